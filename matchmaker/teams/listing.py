"""The list of teams: filters, their counts, and pages, all within what the reader may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.kernel import search
from matchmaker.kernel.actor import Actor
from matchmaker.kernel.pages import SIZE, Page
from matchmaker.organizations.models import Organization, OrgType
from matchmaker.teams.models import EvidenceKind, PastProject, Team, TeamMember, TeamTag
from matchmaker.teams.policy import visible_to

TAG_FACETS = ("domains", "technologies", "regions")
CAPACITIES = (1, 2, 3)
SORTS = ("newest", "changed")
MOST_EXPORTED = 5_000


@dataclass(frozen=True)
class Filter:
    """What a list is narrowed to; several values of one kind widen it, kinds narrow it.

    ``capacity`` asks for room for at least so many PoCs at a time.
    """

    query: str = ""
    domains: tuple[str, ...] = ()
    technologies: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    types: tuple[OrgType, ...] = ()
    capacity: int = 0

    @property
    def is_on(self) -> bool:
        """Whether anything is asked for."""
        return self != Filter()


class Row(NamedTuple):
    """A team in a list, with how much it has to show."""

    team: Team
    people: int
    projects: int
    proven: int


@dataclass(frozen=True)
class Counts:
    """How many teams each further choice would show, and how many are shown now."""

    total: int
    of: dict[tuple[str, str], int]


def listing(
    session: Session,
    actor: Actor,
    wanted: Filter | None = None,
    *,
    sort: str = "newest",
    before_id: int | None = None,
    after_id: int | None = None,
    size: int = SIZE,
) -> Page[Row]:
    """A page of the teams that the actor may see. One statement.

    Args:
        sort: ``newest`` first, or last ``changed`` first.
        before_id: the last team of the page before; ``after_id``: the first of the page after.
    """
    backwards = after_id is not None
    mark = after_id if backwards else before_id
    stmt = (
        _rows()
        .where(*_conditions(session, actor, wanted or Filter()))
        .where(*_behind(sort, mark, backwards=backwards))
        .order_by(*_order(sort, backwards=backwards))
        .limit(size + 1)
    )
    found = [Row(*row) for row in session.execute(stmt)]
    more, rows = len(found) > size, found[:size]
    if backwards:
        rows.reverse()
    has_newer, has_older = (more, True) if backwards else (mark is not None, more)
    return Page(
        rows,
        older=str(rows[-1].team.id) if rows and has_older else None,
        newer=str(rows[0].team.id) if rows and has_newer else None,
    )


def exported(
    session: Session, actor: Actor, wanted: Filter, *, sort: str = "newest"
) -> Sequence[Team]:
    """All teams of the same list, with projects and certificates, for an export.

    Three statements.
    """
    stmt = (
        select(Team)
        .where(*_conditions(session, actor, wanted))
        .options(
            joinedload(Team.organization),
            selectinload(Team.projects),
            selectinload(Team.certificates),
        )
        .order_by(*_order(sort))
        .limit(MOST_EXPORTED)
    )
    return session.scalars(stmt).all()


def counts(session: Session, actor: Actor, wanted: Filter) -> Counts:
    """What each facet would show if its own choice were taken back. One statement."""
    roomy = _conditions(session, actor, wanted, without="capacity")
    parts = [
        _count("total", "", _conditions(session, actor, wanted)),
        _count_types(_conditions(session, actor, wanted, without="types")),
        *(_count("capacity", str(n), [*roomy, Team.capacity >= n]) for n in CAPACITIES),
        *(
            _count_tags(kind, _conditions(session, actor, wanted, without=kind))
            for kind in TAG_FACETS
        ),
    ]
    found = {(row[0], row[1]): row[2] for row in session.execute(union_all(*parts))}
    return Counts(found.pop(("total", ""), 0), found)


def _rows() -> Select[Team, int, int, int]:
    people = select(func.count(TeamMember.id)).where(
        TeamMember.team_id == Team.id, TeamMember.left_on.is_(None)
    )
    projects = select(func.count(PastProject.id)).where(PastProject.team_id == Team.id)
    proven = projects.where(PastProject.evidence != EvidenceKind.SELF)
    return select(
        Team,
        people.scalar_subquery(),
        projects.scalar_subquery(),
        proven.scalar_subquery(),
    ).options(joinedload(Team.organization))


def _behind(sort: str, mark: int | None, *, backwards: bool = False) -> list[ColumnElement[bool]]:
    """The teams that come after the one with the number ``mark``; all without a mark."""
    if mark is None:
        return []
    if sort == "changed":
        at = select(Team.edited_at).where(Team.id == mark).scalar_subquery()
        return [_beyond((Team.edited_at, Team.id), (at, mark), backwards=backwards)]
    return [_beyond((Team.id,), (mark,), backwards=backwards)]


def _order(sort: str, *, backwards: bool = False) -> list[ColumnElement[Any]]:
    key = (Team.edited_at, Team.id) if sort == "changed" else (Team.id,)
    return [column.asc() if backwards else column.desc() for column in key]


def _beyond(key: Sequence[Any], edge: Sequence[Any], *, backwards: bool) -> ColumnElement[bool]:
    """The rows behind the edge, comparing one column after the other."""
    first, limit = key[0], edge[0]
    behind: ColumnElement[bool] = first > limit if backwards else first < limit
    if len(key) == 1:
        return behind
    return or_(behind, and_(first == limit, _beyond(key[1:], edge[1:], backwards=backwards)))


def _conditions(
    session: Session, actor: Actor, wanted: Filter, *, without: str = ""
) -> list[ColumnElement[bool]]:
    """What a team must fulfil to be shown, leaving one facet out of account."""
    conditions = [visible_to(actor)]
    found = search.matching(session, "team", wanted.query)
    if found is not None:
        conditions.append(Team.id.in_(found))
    for kind in TAG_FACETS:
        chosen = getattr(wanted, kind)
        if chosen and kind != without:
            tagged = select(TeamTag.team_id).where(TeamTag.kind == kind, TeamTag.term.in_(chosen))
            conditions.append(Team.id.in_(tagged))
    if wanted.types and without != "types":
        of_type = select(Organization.id).where(Organization.type.in_(wanted.types))
        conditions.append(Team.organization_id.in_(of_type))
    if wanted.capacity and without != "capacity":
        conditions.append(Team.capacity >= wanted.capacity)
    return conditions


def _word(text: str) -> ColumnElement[str]:
    return cast(literal(text), String)


def _count(
    facet: str, value: str, conditions: Sequence[ColumnElement[bool]]
) -> Select[str, str, int]:
    return select(_word(facet), _word(value), func.count(Team.id)).where(*conditions)


def _count_tags(kind: str, conditions: Sequence[ColumnElement[bool]]) -> Select[str, str, int]:
    return (
        select(_word(kind), TeamTag.term, func.count(Team.id))
        .join(Team, Team.id == TeamTag.team_id)
        .where(TeamTag.kind == kind, *conditions)
        .group_by(TeamTag.term)
    )


def _count_types(conditions: Sequence[ColumnElement[bool]]) -> Select[str, str, int]:
    kind = cast(Organization.type, String)
    return (
        select(_word("types"), kind, func.count(Team.id))
        .join(Organization, Organization.id == Team.organization_id)
        .where(Organization.type.is_not(None), *conditions)
        .group_by(kind)
    )
