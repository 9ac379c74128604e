"""Verbs on what proves who somebody is: the address and the password."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from matchmaker.accounts import policy as _policy  # noqa: F401 - registers its rules
from matchmaker.accounts import queries, sessions, signing_in, tokens
from matchmaker.accounts.addresses import address_of, masked
from matchmaker.accounts.events import (
    EmailChangeAsked,
    EmailChangeBegan,
    EmailChanged,
    KnownAddressRegistered,
    PasswordChanged,
    PasswordResetAsked,
    ResetWithoutAccount,
)
from matchmaker.accounts.lifecycle import ACCOUNT, AccountState
from matchmaker.accounts.models import MailToken, Purpose, User
from matchmaker.accounts.passwords import Passwords
from matchmaker.audit.service import record
from matchmaker.kernel.actor import Actor
from matchmaker.kernel.errors import Invalid, WrongState
from matchmaker.kernel.events import publish
from matchmaker.kernel.i18n import Lang, msg
from matchmaker.kernel.permissions import require

PAUSE = timedelta(minutes=2)  # between two mails of a kind to one address
WRONG_PASSWORD = msg("This is not your password.")
CAN_RESET = frozenset({AccountState.ACTIVE, AccountState.PENDING})


def hashed(passwords: Passwords, password: str, *, about: tuple[str, ...] = ()) -> str:
    """The hash of a new password that follows the rules. Slow: call it outside a transaction.

    Raises:
        Invalid: the password breaks a rule.
    """
    problem = passwords.problem(password, about=about)
    if problem is not None:
        raise Invalid({"password": problem})
    return passwords.hash(password)


def known_of(user: User) -> tuple[str, ...]:
    """What others know of a person and would try as a password."""
    return (user.name, user.name_en or "", user.email)


def ask_reset(session: Session, email: str, *, lang: Lang, actor: Actor, now: datetime) -> None:
    """Send a link for choosing a new password, or word that there is no account; never tell which.

    A second request within two minutes is quietly passed over.
    """
    email = address_of(email)
    user = queries.user_by_email(session, email)
    known = user if user is not None and user.state in CAN_RESET else None
    if tokens.was_issued(session, Purpose.RESET_PASSWORD, email, since=now - PAUSE):
        return
    tokens.revoke(session, now=now, purposes=[Purpose.RESET_PASSWORD], email=email)
    row, token = tokens.issue(
        session, Purpose.RESET_PASSWORD, email, now=now, is_usable=known is not None,
        user_id=known.id if known else None,
    )  # fmt: skip
    record(
        session, "account.ask_reset", actor=actor, now=now, kind="account",
        object_id=known.id if known else None, name=known.name if known else "",
    )  # fmt: skip
    if known is not None:
        reads = known.lang or lang
        publish(session, PasswordResetAsked(email, reads, row.id, token, row.expires_at, now))
    else:
        publish(session, ResetWithoutAccount(email, lang, row.id, now))


def reset_password(
    session: Session, row: MailToken, password_hash: str, *, actor: Actor, now: datetime
) -> User:
    """Choose a new password with a mailed link, which proves the address as well.

    Raises:
        WrongState: the link was used or is too old, or the account is suspended by now.
    """
    tokens.consume(session, row, now=now)
    user = session.get_one(User, row.user_id)
    if user.state is AccountState.PENDING:
        user.state = ACCOUNT.after(user.state, "activate")
        user.email_confirmed_at = now
    elif user.state is not AccountState.ACTIVE:
        raise WrongState(tokens.DEAD)
    signing_in.forget(session, user.email, address=actor.address)
    _set_password(session, user, password_hash, "account.reset_password", actor=actor, now=now)
    return user


def change_password(
    session: Session, user: User, password_hash: str, *, actor: Actor, now: datetime
) -> None:
    """Choose another password; all sessions end and all mailed links die.

    The caller has checked the old password just now.
    """
    require(actor, "account.view_edit_profile", user)
    _set_password(session, user, password_hash, "account.change_password", actor=actor, now=now)


def ask_email_change(
    session: Session, user: User, email: str, *, lang: Lang, actor: Actor, now: datetime
) -> None:
    """Send a link to the new address and word to the old one; nothing changes before the link.

    Whether the new address belongs to another account is told to that address only. The caller
    has checked the password just now.

    Raises:
        Invalid: it is the address the account has already.
    """
    require(actor, "account.change_email", user)
    email = address_of(email)
    if email == user.email:
        raise Invalid({"email": msg("This is your address already.")})
    is_free = queries.user_by_email(session, email) is None
    tokens.revoke(session, now=now, purposes=[Purpose.CHANGE_EMAIL], user_id=user.id)
    row, token = tokens.issue(
        session, Purpose.CHANGE_EMAIL, email, now=now, is_usable=is_free, user_id=user.id
    )
    record(
        session, "account.ask_email_change", actor=actor, now=now, kind="account",
        object_id=user.id, name=user.name, after={"email": masked(email)},
    )  # fmt: skip
    if is_free:
        publish(session, EmailChangeAsked(email, lang, row.id, token, row.expires_at, now))
    else:
        publish(session, KnownAddressRegistered(email, lang, row.id, now))
    publish(session, EmailChangeBegan(user.id, now))


def confirm_email_change(session: Session, row: MailToken, *, actor: Actor, now: datetime) -> User:
    """Use the new address from now on; all sessions end and all other mailed links die.

    Raises:
        WrongState: the link is dead, or the address was taken in the meantime.
    """
    tokens.consume(session, row, now=now)
    user = session.get_one(User, row.user_id)
    if user.state is not AccountState.ACTIVE or queries.user_by_email(session, row.email):
        raise WrongState(tokens.DEAD)
    old, user.email, user.email_confirmed_at = user.email, row.email, now
    user.version += 1
    session.flush()
    _lock_out(session, user, now)
    record(
        session, "account.change_email", actor=actor, now=now, kind="account",
        object_id=user.id, name=user.name,
        before={"email": masked(old)}, after={"email": masked(user.email)},
    )  # fmt: skip
    publish(session, EmailChanged(user.id, old, now))
    return user


def _set_password(
    session: Session, user: User, password_hash: str, action: str, *, actor: Actor, now: datetime
) -> None:
    user.password_hash, user.password_changed_at = password_hash, now
    session.flush()
    _lock_out(session, user, now)
    record(session, action, actor=actor, now=now, kind="account", object_id=user.id, name=user.name)
    publish(session, PasswordChanged(user.id, now))


def _lock_out(session: Session, user: User, now: datetime) -> None:
    """End everything that was opened with the old password or address."""
    sessions.end_all(session, user.id)
    tokens.revoke(session, now=now, user_id=user.id)
