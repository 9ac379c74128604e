"""Checking a typed password without holding the database, which hashing would keep others from."""

from __future__ import annotations

from typing import cast

from flask import current_app, request

from matchmaker.accounts import queries, second_factor, signing_in
from matchmaker.accounts.models import User
from matchmaker.accounts.passwords import Passwords
from matchmaker.accounts.signing_in import Candidate
from matchmaker.kernel.errors import TooMany
from matchmaker.kernel.i18n import msg
from matchmaker.web import door
from matchmaker.web.sign_in import authenticator

LOCKED = msg("Too many attempts. Try again in 15 minutes, or choose a new password by mail.")
CODES_LOCKED = msg("Too many wrong codes. Try again in 15 minutes.")


def passwords() -> Passwords:
    """The hasher of this installation."""
    return cast(Passwords, current_app.extensions["matchmaker.passwords"])


def prove(email: str, password: str) -> Candidate | None:
    """The account that the password fits; None when it fits none.

    Whatever the request changed before is given up: call this first.

    Raises:
        TooMany: too many wrong passwords were given for this address.
    """
    door.db().rollback()
    with door.database().transaction() as own:
        is_admitted = signing_in.admit(own, email, address=request.remote_addr, now=door.now())
        who = signing_in.candidate(own, email)
    if not is_admitted:
        raise TooMany(LOCKED)
    if passwords().matches(who.password_hash, password):
        return who
    note_failure(email, who)
    return None


def note_failure(email: str, who: Candidate) -> None:
    """Record a refused attempt apart from the request, which changes nothing."""
    door.db().rollback()
    with door.database().transaction() as own:
        signing_in.note_failure(own, email, who, actor=door.actor(), now=door.now())


def prove_code(user: User, typed: str) -> bool:
    """Whether this is a code of the person, which is used up with that.

    Whatever the request changed before is given up: call this first.

    Raises:
        TooMany: too many wrong codes were given for this account.
    """
    user_id, email = user.id, user.email
    door.db().rollback()
    with door.database().transaction() as own:
        is_admitted = signing_in.admit_code(own, email, now=door.now())
    if not is_admitted:
        raise TooMany(CODES_LOCKED)
    user = door.db().get_one(User, user_id)
    person = queries.actor_of(door.db(), user, address=request.remote_addr)
    if second_factor.accept(door.db(), user, typed, authenticator(), actor=person, now=door.now()):
        return True
    door.db().rollback()
    with door.database().transaction() as own:
        signing_in.note_wrong_code(own, user_id, actor=door.actor(), now=door.now())
    return False
