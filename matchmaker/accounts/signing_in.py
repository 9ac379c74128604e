"""Proving who one is: the password, the code, and what happens after too many wrong ones.

An attempt is counted before the password is looked at, so that many at once cannot get past the
limit, and forgotten when the password fits. Addresses without an account are counted alike.

Two counters stand beside each other: one for an account and the device that tries, so that a
stranger cannot shut others out by typing nonsense, and a wide one for the account alone, so that
many devices cannot try for ever (NIST SP 800-63B-4 allows 100 failures in a row). Codes have a
third one, for the account alone: only who knows the password gets that far.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from matchmaker.accounts import queries
from matchmaker.accounts.addresses import address_of
from matchmaker.accounts.lifecycle import AccountState
from matchmaker.accounts.models import FailedSignIn, User
from matchmaker.audit.service import record
from matchmaker.kernel.actor import Actor
from matchmaker.kernel.identifiers import fingerprint

MOST_FAILURES = 5  # from one device
MOST_IN_ALL = 50  # from all devices together
LOCKED_FOR = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(days=1)


class Candidate(NamedTuple):
    """The account behind a typed address, as far as the password check needs it."""

    user_id: int | None
    password_hash: str | None


def admit(session: Session, email: str, *, address: str | None, now: datetime) -> bool:
    """Count an attempt from a device; False while too many have failed.

    The fifth failure in a row locks the account for this device for a quarter of an hour, whatever
    the password. Belongs into a transaction of its own, because a refused request is rolled back.
    """
    session.execute(delete(FailedSignIn).where(FailedSignIn.last_at < now - FORGOTTEN_AFTER))
    return _count(session, _key(email, address), MOST_FAILURES, now) and _count(
        session, _key(email), MOST_IN_ALL, now
    )


def admit_code(session: Session, email: str, *, now: datetime) -> bool:
    """Count an attempt at the code; False while too many have failed.

    Belongs into a transaction of its own, because a refused request is rolled back.
    """
    return _count(session, _code_key(email), MOST_FAILURES, now)


def _count(session: Session, key: str, most: int, now: datetime) -> bool:
    _make_row(session, key, now)
    counted = session.execute(
        update(FailedSignIn)
        .where(
            FailedSignIn.key == key,
            (FailedSignIn.locked_until.is_(None)) | (FailedSignIn.locked_until <= now),
        )
        .values(failures=FailedSignIn.failures + 1, last_at=now, locked_until=None)
        .execution_options(synchronize_session=False)
    )
    if counted.rowcount != 1:  # type: ignore[attr-defined]
        return False
    session.execute(
        update(FailedSignIn)
        .where(FailedSignIn.key == key, FailedSignIn.failures >= most)
        .values(failures=0, locked_until=now + LOCKED_FOR)
        .execution_options(synchronize_session=False)
    )
    return True


def is_locked(session: Session, email: str, *, address: str | None, now: datetime) -> bool:
    """Whether too many wrong passwords were given for an account lately. One statement."""
    stmt = select(FailedSignIn.key).where(
        FailedSignIn.key.in_([_key(email), _key(email, address)]), FailedSignIn.locked_until > now
    )
    return session.scalar(stmt.limit(1)) is not None


def candidate(session: Session, email: str) -> Candidate:
    """What a password has to fit, for known and unknown addresses alike. One statement."""
    row = session.execute(
        select(User.id, User.password_hash).where(User.email == address_of(email))
    ).first()
    return Candidate(*row) if row else Candidate(None, None)


def owner(session: Session, who: Candidate) -> User | None:
    """Whose password fitted; None unless the account is active and unchanged since."""
    user = session.get(User, who.user_id) if who.user_id is not None else None
    if user is None or user.state is not AccountState.ACTIVE:
        return None
    return user if user.password_hash == who.password_hash else None


def enter(session: Session, user: User, *, actor: Actor, now: datetime) -> None:
    """Let somebody in who proved everything that the account asks for.

    ``actor`` tells from where; in the record it is the person who signed in.
    """
    forget(session, user.email, address=actor.address)
    user.last_sign_in_at = now
    session.flush()
    person = queries.actor_of(session, user, address=actor.address)
    record(
        session, "account.sign_in", actor=person, now=now, kind="account", object_id=user.id,
        name=user.name,
    )  # fmt: skip


def note_failure(
    session: Session, email: str, who: Candidate, *, actor: Actor, now: datetime
) -> None:
    """Record a refused attempt. Belongs into a transaction of its own."""
    name = session.scalar(select(User.name).where(User.id == who.user_id)) or ""
    record(
        session, "account.sign_in_failed", actor=actor, now=now, kind="account",
        object_id=who.user_id, name=name,
        after={"locked": is_locked(session, email, address=actor.address, now=now)},
    )  # fmt: skip


def note_wrong_code(session: Session, user_id: int, *, actor: Actor, now: datetime) -> None:
    """Record a refused code. Belongs into a transaction of its own."""
    user = session.get_one(User, user_id)
    row = session.get(FailedSignIn, _code_key(user.email))
    is_locked = row is not None and row.locked_until is not None and row.locked_until > now
    record(
        session, "account.code_refused", actor=actor, now=now, kind="account", object_id=user.id,
        name=user.name, after={"locked": is_locked},
    )  # fmt: skip


def forget_codes(session: Session, email: str) -> None:
    """Forget earlier wrong codes: a right one was given."""
    session.execute(delete(FailedSignIn).where(FailedSignIn.key == _code_key(email)))


def forget(session: Session, email: str, *, address: str | None) -> None:
    """Forget earlier failures: the right password was given, or a new one chosen."""
    keys = [_key(email), _key(email, address)]
    session.execute(delete(FailedSignIn).where(FailedSignIn.key.in_(keys)))


def _make_row(session: Session, key: str, now: datetime) -> None:
    if session.get(FailedSignIn, key) is not None:
        return
    try:
        with session.begin_nested():
            session.add(FailedSignIn(key=key, failures=0, last_at=now))
    except IntegrityError:  # somebody else counts for the same address at this moment
        return


def _key(email: str, address: str | None = "") -> str:
    """What an account, or an account and a device, is counted under; "" stands for all devices."""
    return fingerprint(f"{address_of(email)}\n{address}")


def _code_key(email: str) -> str:
    return fingerprint(f"{address_of(email)}\ncode")
