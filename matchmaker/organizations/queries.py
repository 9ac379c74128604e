"""Every read of organisations."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.accounts.models import Grant, User
from matchmaker.kernel import search
from matchmaker.kernel.actor import Role, Scope
from matchmaker.kernel.errors import NotFound
from matchmaker.kernel.i18n import Lang
from matchmaker.kernel.localized import Localized
from matchmaker.kernel.pages import SIZE, Page
from matchmaker.organizations.models import Organization, OrganizationTie, OrgType


class Member(NamedTuple):
    """Somebody who speaks for an organisation."""

    grant_id: int
    user: User
    role: Role


def get(session: Session, key: str) -> Organization:
    """The organisation with this reference or public id. One statement.

    Raises:
        NotFound: there is none.
    """
    found = session.scalar(
        select(Organization).where(
            or_(Organization.ref == key.upper(), Organization.public_id == key)
        )
    )
    if found is None:
        raise NotFound
    return found


def of_ids(session: Session, ids: Collection[int]) -> list[Organization]:
    """Organisations by internal number, oldest first. One statement."""
    stmt = select(Organization).where(Organization.id.in_(ids)).order_by(Organization.id)
    return list(session.scalars(stmt))


def names(session: Session, ids: Collection[int], lang: Lang) -> dict[int, str]:
    """Names of organisations in the reader's language. One statement."""
    return {key: name.best(lang)[0] for key, name in session.execute(named(ids))}


def named(ids: Collection[int]) -> Select[int, Localized]:
    """The statement that reads names, to be run alone or together with others."""
    return select(Organization.id, Organization.name).where(Organization.id.in_(ids))


def by_business_number(session: Session, number: str) -> Organization | None:
    """The organisation with this business number. One statement."""
    return session.scalar(select(Organization).where(Organization.business_number == number))


def listing(
    session: Session,
    *,
    query: str = "",
    type: OrgType | None = None,
    before_id: int | None = None,
    size: int = SIZE,
) -> Page[Organization]:
    """A page of organisations, newest first. One statement."""
    stmt = select(Organization).order_by(Organization.id.desc()).limit(size + 1)
    found = search.matching(session, "organization", query)
    if found is not None:
        stmt = stmt.where(Organization.id.in_(found))
    if type is not None:
        stmt = stmt.where(Organization.type == type)
    if before_id is not None:
        stmt = stmt.where(Organization.id < before_id)
    rows = list(session.scalars(stmt))
    older = str(rows[size - 1].id) if len(rows) > size else None
    return Page(rows[:size], older=older)


def members(session: Session, organization_id: int) -> list[Member]:
    """Everybody who speaks for an organisation, leads first. One statement."""
    stmt = (
        select(Grant)
        .where(Grant.scope == Scope.ORGANIZATION, Grant.scope_id == organization_id)
        .options(joinedload(Grant.user))
        .order_by(Grant.role, Grant.id)
    )
    return [Member(grant.id, grant.user, grant.role) for grant in session.scalars(stmt)]


def grant(session: Session, organization_id: int, grant_id: int) -> Grant:
    """One role held in an organisation. One statement.

    Raises:
        NotFound: no such role in this organisation.
    """
    found = session.scalar(
        select(Grant).where(
            Grant.id == grant_id,
            Grant.scope == Scope.ORGANIZATION,
            Grant.scope_id == organization_id,
        )
    )
    if found is None:
        raise NotFound
    return found


def ties(session: Session, organization_id: int) -> list[OrganizationTie]:
    """Ties of an organisation in both directions. One statement."""
    stmt = (
        select(OrganizationTie)
        .where(
            or_(
                OrganizationTie.from_id == organization_id,
                OrganizationTie.to_id == organization_id,
            )
        )
        .options(joinedload(OrganizationTie.origin), joinedload(OrganizationTie.target))
        .order_by(OrganizationTie.id)
    )
    return list(session.scalars(stmt))


def tied_pairs(session: Session) -> set[frozenset[int]]:
    """Every two organisations that are bound to each other. One statement."""
    rows = session.execute(select(OrganizationTie.from_id, OrganizationTie.to_id))
    return {frozenset(row) for row in rows}


def count(session: Session) -> int:
    """How many organisations there are. One statement."""
    return session.scalar(select(func.count(Organization.id))) or 0
