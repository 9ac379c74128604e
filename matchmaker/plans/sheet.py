"""What a reader sees of a plan: figures, challenges with their teams, cells, how teams come off.

What the reader has a conflict of interest with is neither shown nor counted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session

from matchmaker.challenges.models import Challenge
from matchmaker.kernel.pages import Page
from matchmaker.matching.constraints import PairIds
from matchmaker.matching.models import Candidacy, Recommendation
from matchmaker.plans.lifecycle import Role
from matchmaker.plans.models import Plan, PlanChallenge, PlanPair, PlanTeam
from matchmaker.plans.policy import Sight
from matchmaker.teams.models import Team

LOW = 0.995  # below this a challenge gets visibly less than it would choosing alone
TENTH = 10


class Only(StrEnum):
    """What the challenges of a plan are narrowed to."""

    ALL = ""
    FREE = "free"
    LESS = "less"


class Worst(NamedTuple):
    """The challenge that comes off worst: ``score`` is what it gets for each place it may fill."""

    challenge: Challenge
    score: float
    attainment: float | None


@dataclass(frozen=True)
class Figures:
    """A plan in sum, over what the reader may see.

    Attributes:
        total: sum of the scores of all planned pairs.
        places, filled: teams asked for at most, and planned.
        empty: challenges without any team. worst: None when no challenge can be compared.
        is_whole: nothing was left out, so that bound and gap speak of the same plan.
    """

    challenges: int
    total: float
    places: int
    filled: int
    empty: int
    worst: Worst | None
    is_whole: bool

    @property
    def unfilled(self) -> int:
        """Places that stay free."""
        return self.places - self.filled


def figures(session: Session, plan: Plan, sight: Sight) -> Figures:
    """A plan in sum. Three statements at most."""
    stmt = (
        select(
            PlanChallenge.challenge_id,
            PlanChallenge.most,
            PlanChallenge.filled,
            PlanChallenge.score,
            PlanChallenge.attainment,
        )
        .join(Challenge, Challenge.id == PlanChallenge.challenge_id)
        .where(PlanChallenge.plan_id == plan.id, seen(sight))
        .order_by(PlanChallenge.challenge_id)
    )
    rows = session.execute(stmt).all()
    hidden = hidden_pairs(session, plan, sight)
    total = sum(row.score for row in rows) - sum(hidden.values())
    compared = [
        (row.score / row.most, row.challenge_id, row.attainment)
        for row in rows
        if row.most and row.challenge_id not in hidden
    ]
    worst = min(compared, key=lambda each: each[:2], default=None)
    return Figures(
        challenges=len(rows),
        total=total,
        places=sum(row.most for row in rows),
        filled=sum(row.filled for row in rows),
        empty=sum(row.filled == 0 for row in rows),
        worst=Worst(session.get_one(Challenge, worst[1]), worst[0], worst[2]) if worst else None,
        is_whole=not hidden and len(rows) == plan.outcome.get("challenges", len(rows)),
    )


def hidden_pairs(session: Session, plan: Plan, sight: Sight) -> dict[int, float]:
    """Challenge id → score of planned teams that the reader does not see. One statement at most."""
    if not sight.teams:
        return {}
    stmt = (
        select(PlanPair.challenge_id, func.sum(func.coalesce(PlanPair.score, 0.0)))
        .where(
            PlanPair.plan_id == plan.id,
            PlanPair.role == Role.PLANNED,
            PlanPair.team_id.in_(sight.teams),
        )
        .group_by(PlanPair.challenge_id)
    )
    return {challenge_id: float(score) for challenge_id, score in session.execute(stmt)}


class TeamPlace(NamedTuple):
    """One team with a challenge, with the scores' reasons and what was decided."""

    pair: PlanPair
    team: Team
    recommendation: Recommendation | None
    candidacy: Candidacy | None


@dataclass(frozen=True)
class Row:
    """One challenge of a plan with its teams and its reserves, best first."""

    challenge: Challenge
    came_off: PlanChallenge
    planned: Sequence[TeamPlace]
    reserves: Sequence[TeamPlace]
    is_whole: bool

    @property
    def score(self) -> float | None:
        """Sum over its teams; None where a team is hidden from the reader."""
        return self.came_off.score if self.is_whole else None

    @property
    def attainment(self) -> float | None:
        """What it gets against what it would get choosing alone, in 0–1, where that can be told."""
        return self.came_off.attainment if self.is_whole else None


def rows(
    session: Session,
    plan: Plan,
    sight: Sight,
    *,
    only: Only = Only.ALL,
    after_id: int = 0,
    size: int | None = 20,
) -> Page[Row]:
    """Challenges of a plan with their teams. Two statements, three for somebody with a conflict."""
    stmt = (
        select(Challenge, PlanChallenge)
        .join(PlanChallenge, PlanChallenge.challenge_id == Challenge.id)
        .where(PlanChallenge.plan_id == plan.id, Challenge.id > after_id, seen(sight))
        .where(_narrowed(only))
        .order_by(Challenge.id)
    )
    if size is not None:
        stmt = stmt.limit(size + 1)
    found = [(challenge, came_off) for challenge, came_off in session.execute(stmt)]
    older = str(found[size - 1][0].id) if size is not None and len(found) > size else None
    found = found[:size]
    places = _places(session, plan, sight, [challenge.id for challenge, _came_off in found])
    hidden = hidden_pairs(session, plan, sight)
    return Page(
        [
            Row(
                challenge,
                came_off,
                [p for p in places.get(challenge.id, ()) if p.pair.role is Role.PLANNED],
                [p for p in places.get(challenge.id, ()) if p.pair.role is Role.RESERVE],
                challenge.id not in hidden,
            )
            for challenge, came_off in found
        ],
        older=older,
    )


def _places(
    session: Session, plan: Plan, sight: Sight, challenge_ids: Collection[int]
) -> dict[int, list[TeamPlace]]:
    stmt = (
        select(PlanPair, Team, Recommendation, Candidacy)
        .join(Team, Team.id == PlanPair.team_id)
        .outerjoin(
            Recommendation,
            and_(
                Recommendation.run_id == plan.run_id,
                Recommendation.challenge_id == PlanPair.challenge_id,
                Recommendation.team_id == PlanPair.team_id,
            ),
        )
        .outerjoin(
            Candidacy,
            and_(
                Candidacy.challenge_id == PlanPair.challenge_id,
                Candidacy.team_id == PlanPair.team_id,
            ),
        )
        .where(
            PlanPair.plan_id == plan.id,
            PlanPair.challenge_id.in_(challenge_ids),
            PlanPair.team_id.not_in(sight.teams),
        )
        .order_by(PlanPair.challenge_id, PlanPair.position, PlanPair.team_id)
    )
    found: dict[int, list[TeamPlace]] = {}
    for row in session.execute(stmt):
        place = TeamPlace(*row)
        found.setdefault(place.pair.challenge_id, []).append(place)
    return found


class Cell(NamedTuple):
    """A challenge and a team in the matrix. ``score`` None: the run knows nothing of the pair."""

    team: Team
    score: float | None
    role: Role | None
    is_held_back: bool


class Matrix(NamedTuple):
    """Challenges × teams that occur in them, in the order of the challenges."""

    teams: Sequence[Team]
    rows: Sequence[tuple[Row, Sequence[Cell]]]


def matrix(session: Session, plan: Plan, listed: Iterable[Row]) -> Matrix:
    """The cells between some challenges and the teams planned for any of them. One statement."""
    listed = list(listed)
    teams: dict[int, Team] = {}
    for row in listed:
        for place in row.planned:
            teams.setdefault(place.team.id, place.team)
    stmt = select(
        Recommendation.challenge_id,
        Recommendation.team_id,
        Recommendation.score,
        Recommendation.held_back.is_not(None),
    ).where(
        Recommendation.run_id == plan.run_id,
        Recommendation.challenge_id.in_([row.challenge.id for row in listed]),
        Recommendation.team_id.in_(teams),
    )
    known = {(c, t): (score, bool(held)) for c, t, score, held in session.execute(stmt)}
    return Matrix(
        list(teams.values()), [(row, _cells(row, teams.values(), known)) for row in listed]
    )


def _cells(
    row: Row, teams: Iterable[Team], known: Mapping[PairIds, tuple[float, bool]]
) -> list[Cell]:
    roles = {place.team.id: place.pair.role for place in (*row.reserves, *row.planned)}
    cells = []
    for team in teams:
        score, is_held_back = known.get((row.challenge.id, team.id), (None, False))
        role = roles.get(team.id)
        cells.append(Cell(team, score, role, is_held_back and role is not Role.PLANNED))
    return cells


class Loads(NamedTuple):
    """How many teams get how many challenges.

    ``by_load``: (challenges, teams), fewest first. ``top_share``: the part of all planned places,
    in 0–1, that the most exposed tenth of the teams holds.
    """

    by_load: Sequence[tuple[int, int]]
    teams: int
    none: int
    top_teams: int
    top_share: float


def loads(session: Session, plan: Plan, sight: Sight) -> Loads:
    """How evenly a plan spreads challenges over teams. One statement."""
    stmt = (
        select(PlanTeam.load, func.count())
        .where(PlanTeam.plan_id == plan.id, PlanTeam.team_id.not_in(sight.teams))
        .group_by(PlanTeam.load)
        .order_by(PlanTeam.load)
    )
    by_load = [(load, teams) for load, teams in session.execute(stmt)]
    teams = sum(count for _load, count in by_load)
    places = sum(load * count for load, count in by_load)
    top, left, held = -(-teams // TENTH), -(-teams // TENTH), 0
    for load, count in reversed(by_load):
        taken = min(left, count)
        held, left = held + load * taken, left - taken
    return Loads(by_load, teams, dict(by_load).get(0, 0), top, held / places if places else 0.0)


class TeamLoad(NamedTuple):
    """One team with what it may take and what it gets."""

    team: Team
    came_off: PlanTeam


def team_loads(
    session: Session, plan: Plan, sight: Sight, *, page: int = 1, size: int = 50
) -> Page[TeamLoad]:
    """Teams of a plan, those with most challenges first. One statement."""
    stmt = (
        select(Team, PlanTeam)
        .join(PlanTeam, PlanTeam.team_id == Team.id)
        .where(PlanTeam.plan_id == plan.id, PlanTeam.team_id.not_in(sight.teams))
        .order_by(PlanTeam.load.desc(), Team.ref)
        .offset((page - 1) * size)
        .limit(size + 1)
    )
    found = [TeamLoad(*row) for row in session.execute(stmt)]
    return Page(
        found[:size],
        older=str(page + 1) if len(found) > size else None,
        newer=str(page - 1) if page > 1 else None,
    )


def seen(sight: Sight) -> ColumnElement[bool]:
    """Challenges that the reader has no conflict of interest with, as a condition."""
    return and_(
        Challenge.organization_id.not_in(sight.organizations),
        Challenge.id.not_in(sight.challenges),
    )


def _narrowed(only: Only) -> ColumnElement[bool]:
    if only is Only.FREE:
        return PlanChallenge.filled < PlanChallenge.most
    if only is Only.LESS:
        return or_(PlanChallenge.attainment < LOW, PlanChallenge.filled == 0)
    return true()
