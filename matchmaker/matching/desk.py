"""What waits on somebody's desk because of matching: for managers, owners and teams."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.challenges.lifecycle import ChallengeState
from matchmaker.challenges.models import Challenge
from matchmaker.matching.lifecycle import UNDER_WAY, CandidacyState, RunState
from matchmaker.matching.models import Candidacy, Recommendation, RecommendationRun, RunChallenge
from matchmaker.matching.queries import MATCHED_STATES, RESULTS
from matchmaker.programs.models import Call


class CallStanding(NamedTuple):
    """How far matching is in one running call.

    ``run`` is the newest finished or running one, None where nobody ever asked for one;
    ``changed`` counts challenges edited since, ``queued`` invitations that wait for release.
    """

    call: Call
    run: RecommendationRun | None
    challenges: int
    changed: int
    queued: int


def of_managers(
    session: Session, program_ids: Collection[int], now: datetime
) -> list[CallStanding]:
    """Calls of some programmes that have not closed, with their newest run. One statement."""
    newest = (
        select(func.max(RecommendationRun.number))
        .where(
            RecommendationRun.call_id == Call.id,
            RecommendationRun.state.in_((*RESULTS, *UNDER_WAY, RunState.FAILED)),
        )
        .correlate(Call)
        .scalar_subquery()
    )
    matched = and_(Challenge.call_id == Call.id, Challenge.state.in_(MATCHED_STATES))
    challenges = select(func.count(Challenge.id)).where(matched).correlate(Call)
    changed = (
        select(func.count(Challenge.id))
        .where(matched, Challenge.edited_at > RecommendationRun.requested_at)
        .correlate(Call, RecommendationRun)
    )
    queued = (
        select(func.count(Candidacy.id))
        .join(Challenge, Challenge.id == Candidacy.challenge_id)
        .where(Challenge.call_id == Call.id, Candidacy.queued_at.is_not(None))
        .correlate(Call)
    )
    stmt = (
        select(
            Call,
            RecommendationRun,
            challenges.scalar_subquery(),
            changed.scalar_subquery(),
            queued.scalar_subquery(),
        )
        .outerjoin(
            RecommendationRun,
            and_(RecommendationRun.call_id == Call.id, RecommendationRun.number == newest),
        )
        .where(
            Call.program_id.in_(program_ids), Call.published_at.is_not(None), Call.closes_at > now
        )
        .order_by(Call.closes_at, Call.id)
    )
    return [CallStanding(*row) for row in session.execute(stmt)]


class Fits(NamedTuple):
    """How many fitting teams a published run found for a challenge."""

    challenge: Challenge
    teams: int


def of_owners(
    session: Session, organization_ids: Collection[int], *, since: datetime
) -> list[Fits]:
    """Challenges of some organisations with fitting teams in a run published lately.

    One statement.
    """
    fitting = RunChallenge.strong + RunChallenge.fair
    stmt = (
        select(Challenge, fitting)
        .join(RunChallenge, RunChallenge.challenge_id == Challenge.id)
        .join(RecommendationRun, RecommendationRun.id == RunChallenge.run_id)
        .where(
            Challenge.organization_id.in_(organization_ids),
            Challenge.state == ChallengeState.PUBLISHED,
            RecommendationRun.state == RunState.PUBLISHED,
            RecommendationRun.published_at > since,
            fitting > 0,
        )
        .order_by(RecommendationRun.published_at.desc(), Challenge.id)
        .limit(10)
    )
    return [Fits(*row) for row in session.execute(stmt)]


def invitations(session: Session, team_ids: Collection[int], now: datetime) -> list[Candidacy]:
    """Invitations that some teams have not answered, first due first. One statement."""
    stmt = (
        select(Candidacy)
        .where(
            Candidacy.team_id.in_(team_ids),
            Candidacy.state == CandidacyState.INVITED,
            or_(Candidacy.answer_by.is_(None), Candidacy.answer_by > now),
        )
        .options(joinedload(Candidacy.challenge), joinedload(Candidacy.team))
        .order_by(Candidacy.answer_by, Candidacy.id)
        .limit(10)
    )
    return list(session.scalars(stmt))


def recommended(
    session: Session, team_ids: Collection[int], now: datetime, *, since: datetime
) -> int:
    """Open challenges that runs published lately recommend to some teams. One statement."""
    stmt = (
        select(func.count(Recommendation.challenge_id.distinct()))
        .join(RecommendationRun, RecommendationRun.id == Recommendation.run_id)
        .join(Challenge, Challenge.id == Recommendation.challenge_id)
        .outerjoin(
            Candidacy,
            and_(
                Candidacy.challenge_id == Recommendation.challenge_id,
                Candidacy.team_id == Recommendation.team_id,
            ),
        )
        .where(
            Recommendation.team_id.in_(team_ids),
            Recommendation.team_rank <= 10,
            Recommendation.rank.is_not(None),
            RecommendationRun.state == RunState.PUBLISHED,
            RecommendationRun.published_at > since,
            Challenge.state == ChallengeState.PUBLISHED,
            Challenge.closes_at > now,
            Candidacy.id.is_(None),
        )
    )
    return session.scalar(stmt) or 0
