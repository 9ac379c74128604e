"""Signed-in browsers as rows that can be listed and ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, joinedload

from matchmaker.accounts import queries
from matchmaker.accounts.lifecycle import AccountState
from matchmaker.accounts.models import Grant, SignInSession, User
from matchmaker.kernel.actor import STAFF_ROLES, Actor, Hat
from matchmaker.kernel.identifiers import fingerprint, secret_token

IDLE_STAFF, IDLE = timedelta(minutes=30), timedelta(hours=8)
AGE_STAFF, AGE = timedelta(hours=12), timedelta(hours=72)
TOUCH_EVERY = timedelta(minutes=2)


@dataclass(frozen=True)
class SignedIn:
    """A person behind a live session, with the hats worn now."""

    session_id: int
    user: User
    actor: Actor
    needs_touch: bool


def start(
    session: Session, user: User, *, now: datetime, address: str | None, agent: str
) -> tuple[SignInSession, str]:
    """Open a session; returns the row and the token for the cookie."""
    sweep(session, now=now)
    token = secret_token()
    row = SignInSession(
        token_hash=fingerprint(token), user_id=user.id, created_at=now, seen_at=now,
        address=address, agent=agent[:200],
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row, token


def find(session: Session, token: str, *, now: datetime, address: str | None) -> SignedIn | None:
    """The person behind a token, unless the session ended by age or idleness. One statement."""
    stmt = (
        select(SignInSession, Grant.role, Grant.scope, Grant.scope_id)
        .outerjoin(Grant, Grant.user_id == SignInSession.user_id)
        .where(SignInSession.token_hash == fingerprint(token))
        .options(joinedload(SignInSession.user))
    )
    found: list[Any] = list(session.execute(stmt))  # no role at all gives one row of None
    row: SignInSession | None = found[0][0] if found else None
    if row is None or row.user.state is not AccountState.ACTIVE:
        return None
    hats = (Hat(role, scope, at) for _row, role, scope, at in found if role is not None)
    actor = queries.actor_with(row.user, hats, address=address)
    is_staff = actor.holds_any(STAFF_ROLES)
    idle, age = (IDLE_STAFF, AGE_STAFF) if is_staff else (IDLE, AGE)
    if now - row.seen_at >= idle or now - row.created_at >= age:
        return None
    return SignedIn(row.id, row.user, actor, now - row.seen_at >= TOUCH_EVERY)


def touch(session: Session, session_id: int, *, now: datetime) -> None:
    """Note that the session is in use."""
    session.execute(update(SignInSession).where(SignInSession.id == session_id).values(seen_at=now))


def of_user(session: Session, user_id: int) -> list[SignInSession]:
    """All sessions of a person, last used first. One statement."""
    stmt = (
        select(SignInSession)
        .where(SignInSession.user_id == user_id)
        .order_by(SignInSession.seen_at.desc(), SignInSession.id)
    )
    return list(session.scalars(stmt))


def end(session: Session, session_id: int, *, user_id: int) -> None:
    """End one session of a person."""
    session.execute(
        delete(SignInSession).where(
            SignInSession.id == session_id, SignInSession.user_id == user_id
        )
    )


def end_named(session: Session, public_id: str, *, user_id: int) -> bool:
    """End one session of a person by its public name; False when there is none such."""
    stmt = delete(SignInSession).where(
        SignInSession.public_id == public_id, SignInSession.user_id == user_id
    )
    return bool(session.execute(stmt).rowcount)  # type: ignore[attr-defined]


def sweep(session: Session, *, now: datetime) -> None:
    """Forget sessions that ended by age. One statement."""
    session.execute(delete(SignInSession).where(SignInSession.created_at <= now - AGE))


def end_all(session: Session, user_id: int, *, but: int | None = None) -> int:
    """End all sessions of a person, except perhaps the present one; returns how many ended."""
    stmt = delete(SignInSession).where(SignInSession.user_id == user_id)
    if but is not None:
        stmt = stmt.where(SignInSession.id != but)
    return int(session.execute(stmt).rowcount)  # type: ignore[attr-defined]
