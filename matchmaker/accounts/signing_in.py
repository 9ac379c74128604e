"""Proving who one is: the password, and what happens after too many wrong ones."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from matchmaker.accounts import queries
from matchmaker.accounts.lifecycle import AccountState
from matchmaker.accounts.models import User
from matchmaker.accounts.passwords import Passwords
from matchmaker.audit.service import record
from matchmaker.kernel.actor import Actor

MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)


def check(
    session: Session, email: str, password: str, *, passwords: Passwords, now: datetime
) -> User | None:
    """The active account that this password opens; None for every other reason alike.

    Takes as long for an unknown address. A locked account opens for nobody until the lock ends.
    """
    user = queries.user_by_email(session, email)
    stored = user.password_hash if user else None
    fits = passwords.matches(stored, password)
    if user is None or user.state is not AccountState.ACTIVE or is_locked(user, now):
        return None
    return user if fits else None


def is_locked(user: User, now: datetime) -> bool:
    """Whether too many wrong passwords were given lately."""
    return user.locked_until is not None and now < user.locked_until


def note_failure(session: Session, email: str, *, actor: Actor, now: datetime) -> None:
    """Count a wrong password; the fifth in a row locks the account for a quarter of an hour.

    Stands in a transaction of its own, because the refused request is rolled back.
    """
    user = queries.user_by_email(session, email)
    if user is None or is_locked(user, now):
        return
    user.failed_sign_ins += 1
    if user.failed_sign_ins >= MOST_FAILURES:
        user.locked_until = now + LOCKED_FOR
        user.failed_sign_ins = 0
    session.flush()
    record(
        session, "account.sign_in_failed", actor=actor, now=now, kind="account",
        object_id=user.id, name=user.name,
        after={"locked": is_locked(user, now)},
    )  # fmt: skip


def note_success(session: Session, user: User, *, actor: Actor, now: datetime) -> None:
    """Forget earlier failures and record the sign-in."""
    user.failed_sign_ins = 0
    user.locked_until = None
    user.last_sign_in_at = now
    session.flush()
    record(
        session, "account.sign_in", actor=actor, now=now, kind="account", object_id=user.id,
        name=user.name,
    )  # fmt: skip
