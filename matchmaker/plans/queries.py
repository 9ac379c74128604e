"""Every read of plans as such; what a page shows of the pairs stands in ``sheet``."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from matchmaker.accounts.models import User
from matchmaker.challenges.models import Challenge
from matchmaker.kernel.actor import Actor
from matchmaker.kernel.errors import NotFound
from matchmaker.kernel.pages import Page
from matchmaker.matching.board import HAS_ROWS, open_to
from matchmaker.matching.constraints import PairIds
from matchmaker.matching.lifecycle import RunState
from matchmaker.matching.models import RecommendationRun, RunChallenge
from matchmaker.plans.lifecycle import SOLVED, PlanState, Role
from matchmaker.plans.models import Plan, PlanChallenge, PlanPair, PlanTeam, PlanWish
from matchmaker.plans.policy import Sight
from matchmaker.teams.models import Team


def plan(session: Session, public_id: str) -> Plan:
    """One plan with its call, its run and the plan it was changed from. One statement.

    Raises:
        NotFound: there is none.
    """
    found = session.scalar(
        select(Plan)
        .where(Plan.public_id == public_id)
        .options(joinedload(Plan.call), joinedload(Plan.run), joinedload(Plan.base))
    )
    if found is None:
        raise NotFound
    return found


class PlanRow(NamedTuple):
    """One plan in the list of plans; ``base`` is the number of the plan it was changed from."""

    plan: Plan
    by: str | None
    run: int
    base: int | None


def plans(
    session: Session, call_id: int, *, before_id: int | None = None, size: int = 20
) -> Page[PlanRow]:
    """The plans of a call, newest first. One statement."""
    base = aliased(Plan)
    stmt = (
        select(Plan, User.name, RecommendationRun.number, base.number)
        .outerjoin(User, User.id == Plan.requested_by)
        .join(RecommendationRun, RecommendationRun.id == Plan.run_id)
        .outerjoin(base, base.id == Plan.base_id)
        .where(Plan.call_id == call_id)
        .order_by(Plan.id.desc())
        .limit(size + 1)
    )
    if before_id is not None:
        stmt = stmt.where(Plan.id < before_id)
    rows = [PlanRow(*row) for row in session.execute(stmt)]
    older = str(rows[size - 1].plan.id) if len(rows) > size else None
    return Page(rows[:size], older=older)


def solved(session: Session, call_id: int) -> list[Plan]:
    """Plans of a call that hold pairs, newest first. One statement."""
    stmt = (
        select(Plan)
        .where(Plan.call_id == call_id, Plan.state.in_(SOLVED))
        .order_by(Plan.number.desc())
    )
    return list(session.scalars(stmt))


def in_force(session: Session, call_id: int) -> list[Plan]:
    """The published plan of a call: one or none. One statement."""
    stmt = select(Plan).where(Plan.call_id == call_id, Plan.state == PlanState.PUBLISHED)
    return list(session.scalars(stmt))


class OnBoard(NamedTuple):
    """What the board says of plans: whether the call has any, and the teams of one challenge."""

    has_plans: bool
    teams: frozenset[int]


def on_board(session: Session, call_id: int, challenge_id: int) -> OnBoard:
    """The teams that a challenge gets by the plan in force. One statement."""
    planned = and_(
        PlanPair.plan_id == Plan.id,
        Plan.state == PlanState.PUBLISHED,
        PlanPair.challenge_id == challenge_id,
        PlanPair.role == Role.PLANNED,
    )
    stmt = (
        select(Plan.id, PlanPair.team_id)
        .outerjoin(PlanPair, planned)
        .where(Plan.call_id == call_id)
        .order_by(PlanPair.position)
    )
    rows = session.execute(stmt).all()
    return OnBoard(bool(rows), frozenset(row.team_id for row in rows if row.team_id is not None))


def planned_pairs(session: Session, plan_id: int) -> list[PairIds]:
    """The pairs of a plan in a fixed order. One statement."""
    stmt = (
        select(PlanPair.challenge_id, PlanPair.team_id)
        .where(PlanPair.plan_id == plan_id, PlanPair.role == Role.PLANNED)
        .order_by(PlanPair.challenge_id, PlanPair.position)
    )
    return [(challenge_id, team_id) for challenge_id, team_id in session.execute(stmt)]


def wishes(session: Session, plan_id: int) -> list[PlanWish]:
    """What was wished for the next version, with challenges and teams. One statement."""
    stmt = (
        select(PlanWish)
        .where(PlanWish.plan_id == plan_id)
        .options(joinedload(PlanWish.challenge), joinedload(PlanWish.team))
        .order_by(PlanWish.challenge_id, PlanWish.team_id)
    )
    return list(session.scalars(stmt))


def runs_with_scores(session: Session, call_id: int) -> list[RecommendationRun]:
    """Runs whose scores a plan can use, the one to prefer first. One statement."""
    present = RecommendationRun.state.in_((RunState.COMPLETED, RunState.PUBLISHED))
    stmt = (
        select(RecommendationRun)
        .where(RecommendationRun.call_id == call_id, RecommendationRun.state.in_(HAS_ROWS))
        .order_by(present.desc(), RecommendationRun.number.desc())
        .limit(30)
    )
    return list(session.scalars(stmt))


def is_conflicted(session: Session, plan: Plan, actor: Actor) -> bool:
    """Whether somebody has a conflict of interest with a challenge or a team of a plan.

    One statement at most.
    """
    sight = Sight.of(actor)
    if sight.is_whole:
        return False
    of_challenges = (
        select(PlanChallenge.challenge_id)
        .join(Challenge, Challenge.id == PlanChallenge.challenge_id)
        .where(
            PlanChallenge.plan_id == plan.id,
            or_(
                Challenge.organization_id.in_(sight.organizations),
                Challenge.id.in_(sight.challenges),
            ),
        )
    )
    of_teams = select(PlanTeam.team_id).where(
        PlanTeam.plan_id == plan.id, PlanTeam.team_id.in_(sight.teams)
    )
    return session.scalar(of_challenges.union_all(of_teams).limit(1)) is not None


def owners_of(session: Session, challenge_ids: Collection[int]) -> dict[int, int]:
    """Challenge id → organisation that owns it. One statement."""
    stmt = select(Challenge.id, Challenge.organization_id).where(Challenge.id.in_(challenge_ids))
    return {row[0]: row[1] for row in session.execute(stmt)}


def challenges_of_run(session: Session, run_id: int, *, seen_by: Actor) -> list[Challenge]:
    """The challenges that a run read and the reader may decide about. One statement."""
    stmt = (
        select(Challenge)
        .join(RunChallenge, RunChallenge.challenge_id == Challenge.id)
        .where(RunChallenge.run_id == run_id, open_to(seen_by))
        .order_by(Challenge.id)
    )
    return list(session.scalars(stmt))


def challenges_by_id(session: Session, ids: Collection[int], sight: Sight) -> dict[int, Challenge]:
    """Challenges by their ids, without those that the reader does not see. One statement."""
    stmt = select(Challenge).where(Challenge.id.in_(ids)).order_by(Challenge.id)
    return {
        each.id: each
        for each in session.scalars(stmt)
        if sight.sees_challenge(each.id, each.organization_id)
    }


def teams_named(session: Session, refs: Collection[str]) -> dict[str, Team]:
    """Teams by their references. One statement."""
    stmt = select(Team).where(Team.ref.in_(refs))
    return {team.ref: team for team in session.scalars(stmt)}


def teams_by_id(session: Session, ids: Collection[int]) -> list[Team]:
    """Teams by their ids, in the order of their references. One statement."""
    return list(session.scalars(select(Team).where(Team.id.in_(ids)).order_by(Team.ref)))
