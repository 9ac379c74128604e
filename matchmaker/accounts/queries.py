"""Reading accounts; the actor that policies ask about is made here."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Select, false, or_, select, true
from sqlalchemy.orm import Session, joinedload, selectinload, undefer

from matchmaker.accounts.addresses import address_of
from matchmaker.accounts.lifecycle import AccountState
from matchmaker.accounts.models import Grant, MailToken, Purpose, User
from matchmaker.accounts.policy import READS_ALL
from matchmaker.kernel.actor import STAFF_ROLES, Actor, Hat, Role, Scope
from matchmaker.kernel.errors import NotFound
from matchmaker.kernel.pages import SIZE, Page
from matchmaker.kernel.permissions import can

READS_ADDRESSES = frozenset({Role.ADMIN, Role.PM})


def actor_of(session: Session, user: User, *, address: str | None = None) -> Actor:
    """The person with all hats worn now. One statement."""
    held = session.execute(
        select(Grant.role, Grant.scope, Grant.scope_id).where(Grant.user_id == user.id)
    )
    return actor_with(user, (Hat(*row) for row in held), address=address)


def actor_with(user: User, hats: Iterable[Hat], *, address: str | None = None) -> Actor:
    """The person with hats that were read already."""
    return Actor(
        user_id=user.id,
        name=user.name,
        email=user.email,
        hats=frozenset(hats),
        lang=user.lang,
        is_suspended=user.state is not AccountState.ACTIVE,
        address=address,
    )


def user_by_email(session: Session, email: str) -> User | None:
    """The account with this address, however it was typed. One statement."""
    return session.scalar(select(User).where(User.email == address_of(email)))


def by_public_id(session: Session, public_id: str) -> User | None:
    """The account of this public name, with what proves its password. One statement."""
    return session.scalar(
        select(User).where(User.public_id == public_id).options(undefer(User.password_hash))
    )


def active(session: Session, ids: Collection[int]) -> list[User]:
    """Those of the people whose account is open, by id. One statement."""
    stmt = select(User).where(User.id.in_(ids), User.state == AccountState.ACTIVE)
    return list(session.scalars(stmt.order_by(User.id)))


def holders(session: Session, scope: Scope, scope_id: int, roles: Collection[Role]) -> list[User]:
    """Active people who hold one of the roles in a thing, by id. One statement."""
    return holders_in(session, scope, [scope_id], roles)


def holders_in(
    session: Session, scope: Scope, scope_ids: Collection[int], roles: Collection[Role]
) -> list[User]:
    """Active people who hold one of the roles in one of the things, by id. One statement."""
    stmt = (
        select(User)
        .join(Grant, Grant.user_id == User.id)
        .where(
            Grant.scope == scope,
            Grant.scope_id.in_(scope_ids),
            Grant.role.in_(roles),
            User.state == AccountState.ACTIVE,
        )
        .order_by(User.id)
        .distinct()
    )
    return list(session.scalars(stmt))


def holder_ids(
    session: Session, scope: Scope, scope_ids: Collection[int], roles: Collection[Role]
) -> list[tuple[int, int]]:
    """(thing, person) for all active people with one of the roles. One statement."""
    stmt = (
        select(Grant.scope_id, Grant.user_id)
        .join(User, User.id == Grant.user_id)
        .where(
            Grant.scope == scope,
            Grant.scope_id.in_(scope_ids),
            Grant.role.in_(roles),
            User.state == AccountState.ACTIVE,
        )
        .order_by(Grant.scope_id, Grant.user_id)
        .distinct()
    )
    return [(thing_id, user_id) for thing_id, user_id in session.execute(stmt)]


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The accounts that ``account.view`` allows, as a condition for lists."""
    if actor.holds_any(READS_ALL):
        return true()
    own = actor.scopes(Role.PM)
    if actor.is_suspended or not own:
        return false()
    return User.id.in_(
        select(Grant.user_id).where(Grant.scope == Scope.PROGRAM, Grant.scope_id.in_(own))
    )


def listing(
    session: Session,
    *,
    seen_by: Actor,
    query: str = "",
    state: AccountState | None = None,
    before_id: int | None = None,
    size: int = SIZE,
) -> Page[User]:
    """A page of accounts with their roles, newest first. Two statements.

    The query looks into names, and into addresses for those who may read them.
    """
    stmt = (
        select(User)
        .where(visible_to(seen_by))
        .options(selectinload(User.grants))
        .order_by(User.id.desc())
        .limit(size + 1)
    )
    words = query.strip()
    if words:
        columns = [User.name, User.name_en]
        if seen_by.holds_any(READS_ADDRESSES):
            columns.append(User.email)
        stmt = stmt.where(or_(*(each.icontains(words, autoescape=True) for each in columns)))
    if state is not None:
        stmt = stmt.where(User.state == state)
    if before_id is not None:
        stmt = stmt.where(User.id < before_id)
    rows = list(session.scalars(stmt))
    older = str(rows[size - 1].id) if len(rows) > size else None
    return Page(rows[:size], older=older)


def get(session: Session, public_id: str, *, seen_by: Actor) -> User:
    """One account with its roles. Two statements.

    Raises:
        NotFound: there is none, or the actor may not know of it.
    """
    user = session.scalar(
        select(User).where(User.public_id == public_id).options(selectinload(User.grants))
    )
    if user is None or not can(seen_by, "account.view", user):
        raise NotFound
    return user


def grant_of(session: Session, user: User, grant_id: int) -> Grant:
    """One role of a person. One statement.

    Raises:
        NotFound: the person holds no such role.
    """
    found = session.scalar(select(Grant).where(Grant.id == grant_id, Grant.user_id == user.id))
    if found is None:
        raise NotFound
    return found


def open_invitations(
    session: Session, scope: Scope, scope_id: int, *, now: datetime
) -> list[MailToken]:
    """Invitations into a thing that nobody has answered yet, newest first. One statement."""
    stmt = _open_invitations(now).where(
        MailToken.scope == scope, MailToken.scope_id == scope_id, MailToken.role.not_in(STAFF_ROLES)
    )
    return list(session.scalars(stmt))


def open_staff_invitations(session: Session, *, now: datetime) -> list[MailToken]:
    """Invitations to staff roles that nobody has answered yet, newest first. One statement."""
    return list(session.scalars(_open_invitations(now).where(MailToken.role.in_(STAFF_ROLES))))


def _open_invitations(now: datetime) -> Select[MailToken]:
    return (
        select(MailToken)
        .where(
            MailToken.purpose == Purpose.INVITATION,
            MailToken.used_at.is_(None),
            MailToken.revoked_at.is_(None),
            MailToken.expires_at > now,
        )
        .options(joinedload(MailToken.inviter))
        .order_by(MailToken.id.desc())
    )
