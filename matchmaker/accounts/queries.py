"""Reading accounts; the actor that policies ask about is made here."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.accounts.lifecycle import AccountState
from matchmaker.accounts.models import Grant, User
from matchmaker.kernel.actor import Actor, Hat, Role, Scope
from matchmaker.kernel.text import fold


def actor_of(session: Session, user: User, *, address: str | None = None) -> Actor:
    """The person with all hats worn now. One statement."""
    held = session.execute(
        select(Grant.role, Grant.scope, Grant.scope_id).where(Grant.user_id == user.id)
    )
    return Actor(
        user_id=user.id,
        name=user.name,
        email=user.email,
        hats=frozenset(Hat(*row) for row in held),
        lang=user.lang,
        is_suspended=user.state is not AccountState.ACTIVE,
        address=address,
    )


def user_by_email(session: Session, email: str) -> User | None:
    """The account with this address, however it was typed. One statement."""
    return session.scalar(select(User).where(User.email == fold(email.strip())))


def user_by_public_id(session: Session, public_id: str) -> User | None:
    """The account with this public name. One statement."""
    return session.scalar(select(User).where(User.public_id == public_id))


def holders(session: Session, scope: Scope, scope_id: int, roles: Collection[Role]) -> list[User]:
    """Active people who hold one of the roles in a thing, by id. One statement."""
    stmt = (
        select(User)
        .join(Grant, Grant.user_id == User.id)
        .where(
            Grant.scope == scope,
            Grant.scope_id == scope_id,
            Grant.role.in_(roles),
            User.state == AccountState.ACTIVE,
        )
        .order_by(User.id)
        .distinct()
    )
    return list(session.scalars(stmt))
