"""Every read of runs, pairs and invitations. Lists are filtered by the rule of the policy."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload, undefer

from matchmaker.accounts.lifecycle import AccountState
from matchmaker.accounts.models import Grant, User
from matchmaker.challenges.lifecycle import ChallengeState
from matchmaker.challenges.models import Challenge
from matchmaker.kernel.actor import Role, Scope
from matchmaker.kernel.errors import NotFound
from matchmaker.kernel.pages import Page
from matchmaker.matching.lifecycle import ModelState, RunState
from matchmaker.matching.models import (
    Candidacy,
    RankingModel,
    Recommendation,
    RecommendationRun,
    WorkerSign,
)
from matchmaker.matching.policy import Pair
from matchmaker.programs.models import Call
from matchmaker.teams.models import Team

RESULTS = (RunState.COMPLETED, RunState.PUBLISHED)
MATCHED_STATES = (ChallengeState.APPROVED, ChallengeState.PUBLISHED, ChallengeState.PAUSED)
ALIVE_FOR = timedelta(seconds=150)


def challenge(session: Session, key: str) -> Challenge:
    """The challenge with this reference or public id, with call and owner. One statement.

    Raises:
        NotFound: there is none.
    """
    stmt = (
        select(Challenge)
        .where(or_(Challenge.ref == key.upper(), Challenge.public_id == key))
        .options(joinedload(Challenge.call), joinedload(Challenge.organization))
    )
    found = session.scalar(stmt)
    if found is None:
        raise NotFound
    return found


def pair(session: Session, key: str, team_key: str) -> Pair:
    """A challenge and a team by their names in addresses. One statement.

    Raises:
        NotFound: one of them does not exist.
    """
    row = session.execute(
        select(Challenge, Team)
        .join(Team, or_(Team.ref == team_key.upper(), Team.public_id == team_key))
        .where(or_(Challenge.ref == key.upper(), Challenge.public_id == key))
        .options(joinedload(Challenge.call), joinedload(Challenge.organization))
    ).first()
    if row is None:
        raise NotFound
    return Pair(*row)


def calls(session: Session, programs: Collection[int] | None) -> list[Call]:
    """Calls of programmes, newest first; None means all. One statement."""
    stmt = select(Call).order_by(Call.opens_at.desc(), Call.id.desc())
    if programs is not None:
        stmt = stmt.where(Call.program_id.in_(programs))
    return list(session.scalars(stmt))


def published_run(session: Session, call_id: int) -> RecommendationRun | None:
    """The run that owners and teams of a call read now. One statement."""
    return session.scalar(
        select(RecommendationRun).where(
            RecommendationRun.call_id == call_id, RecommendationRun.state == RunState.PUBLISHED
        )
    )


def newest_result(session: Session, call_id: int) -> RecommendationRun | None:
    """The newest run with results, published or not. One statement."""
    stmt = (
        select(RecommendationRun)
        .where(RecommendationRun.call_id == call_id, RecommendationRun.state.in_(RESULTS))
        .order_by(RecommendationRun.number.desc())
        .limit(1)
    )
    return session.scalar(stmt)


class PairSheet(NamedTuple):
    """One pair in one run, with what was decided about it."""

    recommendation: Recommendation | None
    candidacy: Candidacy | None


def pair_sheet(session: Session, run_id: int, found: Pair) -> PairSheet:
    """What a run says of a pair and what people decided. Two statements."""
    recommendation = session.scalar(
        select(Recommendation).where(
            Recommendation.run_id == run_id,
            Recommendation.challenge_id == found.challenge.id,
            Recommendation.team_id == found.team.id,
        )
    )
    candidacy = session.scalar(
        select(Candidacy)
        .where(Candidacy.challenge_id == found.challenge.id, Candidacy.team_id == found.team.id)
        .options(joinedload(Candidacy.dismissals))
    )
    return PairSheet(recommendation, candidacy)


def run(session: Session, public_id: str) -> RecommendationRun:
    """One run with its call and what it read. One statement.

    Raises:
        NotFound: there is none.
    """
    found = session.scalar(
        select(RecommendationRun)
        .where(RecommendationRun.public_id == public_id)
        .options(
            joinedload(RecommendationRun.call),
            joinedload(RecommendationRun.model),
            undefer(RecommendationRun.inputs),
        )
    )
    if found is None:
        raise NotFound
    return found


def active_model(session: Session, program_id: int | None) -> RankingModel | None:
    """The ranking model that new runs of a programme use: its own, else the whole site's.

    One statement.
    """
    stmt = (
        select(RankingModel)
        .where(
            RankingModel.state == ModelState.ACTIVE,
            or_(RankingModel.program_id == program_id, RankingModel.program_id.is_(None)),
        )
        .order_by(RankingModel.program_id.is_(None))
        .limit(1)
    )
    return session.scalar(stmt)


class RunRow(NamedTuple):
    """One run in the list of runs."""

    run: RecommendationRun
    by: str | None


def runs(
    session: Session,
    *,
    programs: Collection[int] | None,
    before_id: int | None = None,
    size: int = 20,
) -> Page[RunRow]:
    """Runs of programmes, newest first; None means all. One statement."""
    stmt = (
        select(RecommendationRun, User.name)
        .outerjoin(User, User.id == RecommendationRun.requested_by)
        .options(joinedload(RecommendationRun.call))
        .order_by(RecommendationRun.id.desc())
        .limit(size + 1)
    )
    if programs is not None:
        stmt = stmt.where(RecommendationRun.program_id.in_(programs))
    if before_id is not None:
        stmt = stmt.where(RecommendationRun.id < before_id)
    rows = [RunRow(*row) for row in session.execute(stmt)]
    older = str(rows[size - 1].run.id) if len(rows) > size else None
    return Page(rows[:size], older=older)


def addressees(session: Session, team_ids: Collection[int]) -> dict[int, list[User]]:
    """The active leads of teams. One statement."""
    stmt = (
        select(Grant.scope_id, User)
        .join(User, User.id == Grant.user_id)
        .where(
            Grant.scope == Scope.TEAM,
            Grant.role == Role.TEAM_LEAD,
            Grant.scope_id.in_(team_ids),
            User.state == AccountState.ACTIVE,
        )
        .order_by(User.id)
    )
    found: dict[int, list[User]] = {}
    for team_id, user in session.execute(stmt):
        found.setdefault(team_id, []).append(user)
    return found


def invitation(session: Session, public_id: str) -> Candidacy:
    """An invitation by its address, with challenge, owner and team. One statement.

    Raises:
        NotFound: there is none.
    """
    found = session.scalar(
        select(Candidacy)
        .where(Candidacy.public_id == public_id, Candidacy.invited_at.is_not(None))
        .options(
            joinedload(Candidacy.challenge).joinedload(Challenge.call),
            joinedload(Candidacy.challenge).joinedload(Challenge.organization),
            joinedload(Candidacy.team),
        )
    )
    if found is None:
        raise NotFound
    return found


def worker_seen_at(session: Session) -> datetime | None:
    """When a background worker last gave a sign of life. One statement."""
    return session.scalar(select(func.max(WorkerSign.seen_at)))


def has_worker(session: Session, now: datetime) -> bool:
    """Whether a background worker is at work. One statement."""
    seen = worker_seen_at(session)
    return seen is not None and now - seen < ALIVE_FOR
