"""Every read of teams."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.kernel.actor import Actor
from matchmaker.kernel.errors import NotFound
from matchmaker.kernel.i18n import Lang
from matchmaker.kernel.localized import Localized
from matchmaker.teams.listing import Counts, Filter, Row, counts, exported, listing
from matchmaker.teams.models import (
    Certificate,
    MemberRole,
    PastProject,
    Team,
    TeamMember,
)
from matchmaker.teams.policy import visible_to

__all__ = [
    "Counts", "Filter", "Row", "certificate", "count", "counts", "exported", "former",
    "get", "lead", "listing", "member", "membership", "names", "of_ids", "people", "person_ids",
    "project", "size", "teams_of_person",
]  # fmt: skip


def get(session: Session, key: str, *, seen_by: Actor | None = None) -> Team:
    """The team with this reference or public id, with its organisation. One statement.

    Args:
        seen_by: hide what this actor may not see; None looks at everything.

    Raises:
        NotFound: there is none, or none that the actor may see.
    """
    stmt = (
        select(Team)
        .where(or_(Team.ref == key.upper(), Team.public_id == key))
        .options(joinedload(Team.organization))
    )
    if seen_by is not None:
        stmt = stmt.where(visible_to(seen_by))
    found = session.scalar(stmt)
    if found is None:
        raise NotFound
    return found


def of_ids(session: Session, ids: Collection[int]) -> list[Team]:
    """Teams by internal number, oldest first. One statement."""
    stmt = select(Team).where(Team.id.in_(ids)).order_by(Team.id)
    return list(session.scalars(stmt))


def names(session: Session, ids: Collection[int], lang: Lang) -> dict[int, str]:
    """Names of teams in the reader's language. One statement."""
    return {key: name.best(lang)[0] for key, name in session.execute(named(ids))}


def named(ids: Collection[int]) -> Select[int, Localized]:
    """The statement that reads names, to be run alone or together with others."""
    return select(Team.id, Team.name).where(Team.id.in_(ids))


def teams_of_person(session: Session, user_id: int) -> list[Team]:
    """The teams somebody is in now, oldest membership first. One statement."""
    stmt = (
        select(Team)
        .join(TeamMember, TeamMember.team_id == Team.id)
        .where(TeamMember.user_id == user_id, TeamMember.left_on.is_(None))
        .order_by(TeamMember.id)
    )
    return list(session.scalars(stmt))


def people(session: Session, team_id: int) -> list[TeamMember]:
    """Who is in a team now, the representative first. One statement."""
    stmt = (
        select(TeamMember)
        .where(TeamMember.team_id == team_id, TeamMember.left_on.is_(None))
        .order_by(TeamMember.role, TeamMember.id)  # "lead" stands before "member"
    )
    return list(session.scalars(stmt))


def former(session: Session, team_id: int) -> list[TeamMember]:
    """Who has left a team, the last to leave first. One statement."""
    stmt = (
        select(TeamMember)
        .where(TeamMember.team_id == team_id, TeamMember.left_on.is_not(None))
        .order_by(TeamMember.left_on.desc(), TeamMember.id.desc())
    )
    return list(session.scalars(stmt))


def size(session: Session, team_id: int) -> int:
    """How many people are in a team now. One statement."""
    stmt = select(func.count(TeamMember.id)).where(
        TeamMember.team_id == team_id, TeamMember.left_on.is_(None)
    )
    return session.scalar(stmt) or 0


def person_ids(session: Session, team_id: int) -> frozenset[int]:
    """The accounts of a team's people now. One statement."""
    stmt = select(TeamMember.user_id).where(
        TeamMember.team_id == team_id,
        TeamMember.left_on.is_(None),
        TeamMember.user_id.is_not(None),
    )
    return frozenset(user_id for user_id in session.scalars(stmt) if user_id is not None)


def lead(session: Session, team_id: int) -> TeamMember | None:
    """The representative of a team. One statement."""
    return session.scalar(
        select(TeamMember).where(
            TeamMember.team_id == team_id,
            TeamMember.role == MemberRole.LEAD,
            TeamMember.left_on.is_(None),
        )
    )


def membership(session: Session, team_id: int, user_id: int) -> TeamMember | None:
    """Somebody's present place in a team. One statement."""
    return session.scalar(
        select(TeamMember).where(
            TeamMember.team_id == team_id,
            TeamMember.user_id == user_id,
            TeamMember.left_on.is_(None),
        )
    )


def member(session: Session, team_id: int, member_id: int) -> TeamMember:
    """One place in a team, present or past. One statement.

    Raises:
        NotFound: no such place in this team.
    """
    found = session.scalar(
        select(TeamMember).where(TeamMember.id == member_id, TeamMember.team_id == team_id)
    )
    if found is None:
        raise NotFound
    return found


def project(session: Session, team_id: int, project_id: int) -> PastProject:
    """One project of a team. One statement.

    Raises:
        NotFound: no such project of this team.
    """
    found = session.scalar(
        select(PastProject).where(PastProject.id == project_id, PastProject.team_id == team_id)
    )
    if found is None:
        raise NotFound
    return found


def certificate(session: Session, team_id: int, certificate_id: int) -> Certificate:
    """One certificate of a team. One statement.

    Raises:
        NotFound: no such certificate of this team.
    """
    found = session.scalar(
        select(Certificate).where(Certificate.id == certificate_id, Certificate.team_id == team_id)
    )
    if found is None:
        raise NotFound
    return found


def count(session: Session) -> int:
    """How many teams are listed. One statement."""
    return session.scalar(select(func.count(Team.id)).where(Team.is_listed.is_(True))) or 0
