"""Verbs of becoming known: registering, and showing that the address is one's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from matchmaker.accounts import queries, service, tokens
from matchmaker.accounts.addresses import address_of
from matchmaker.accounts.credentials import PAUSE
from matchmaker.accounts.events import KnownAddressRegistered, RegistrationToConfirm
from matchmaker.accounts.lifecycle import ACCOUNT, AccountState
from matchmaker.accounts.models import MailToken, Purpose, User
from matchmaker.audit.service import record
from matchmaker.kernel.actor import Actor
from matchmaker.kernel.errors import WrongState
from matchmaker.kernel.events import publish
from matchmaker.kernel.i18n import Lang
from matchmaker.kernel.text import clean


@dataclass(frozen=True)
class Registration:
    """What somebody entered to get an account; the password is hashed already."""

    email: str
    name: str
    password_hash: str
    lang: Lang


def register(session: Session, entry: Registration, *, actor: Actor, now: datetime) -> None:
    """Make a pending account and mail its link; a known address is told by mail only.

    Registering again before the link was used replaces name and password, so that nobody is
    bound to what a stranger entered for them. A second mail is sent after two minutes at the
    earliest.
    """
    email = address_of(entry.email)
    user = queries.user_by_email(session, email)
    if user is None:
        user = service.create_user(
            session, email=email, name=entry.name, password_hash=entry.password_hash,
            actor=actor, now=now, lang=entry.lang,
        )  # fmt: skip
    elif user.state is AccountState.PENDING:
        user.name, user.lang = clean(entry.name, single_line=True), entry.lang
        user.password_hash, user.password_changed_at = entry.password_hash, now
        session.flush()
    if tokens.was_issued(session, Purpose.CONFIRM_EMAIL, email, since=now - PAUSE):
        return
    is_new = user.state is AccountState.PENDING
    tokens.revoke(session, now=now, purposes=[Purpose.CONFIRM_EMAIL], email=email)
    row, token = tokens.issue(
        session, Purpose.CONFIRM_EMAIL, email, now=now, is_usable=is_new,
        user_id=user.id if is_new else None,
    )  # fmt: skip
    if is_new:
        publish(
            session,
            RegistrationToConfirm(email, entry.lang, row.id, token, row.expires_at, now),
        )
    else:
        publish(session, KnownAddressRegistered(email, user.lang or entry.lang, row.id, now))


def confirm(session: Session, row: MailToken, *, actor: Actor, now: datetime) -> User:
    """Open a registered account: its address belongs to whoever holds the link.

    Raises:
        WrongState: the link is dead, or the account was closed in the meantime.
    """
    tokens.consume(session, row, now=now)
    user = session.get_one(User, row.user_id)
    if user.state is not AccountState.PENDING:
        raise WrongState(tokens.DEAD)
    user.state = ACCOUNT.after(user.state, "activate")
    user.email_confirmed_at = now
    session.flush()
    record(
        session, "account.confirm", actor=actor, now=now, kind="account", object_id=user.id,
        name=user.name, before={"state": AccountState.PENDING.value},
        after={"state": user.state.value},
    )  # fmt: skip
    return user
