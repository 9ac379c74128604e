"""Every read of supplements."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from matchmaker.challenges.lifecycle import ChallengeState
from matchmaker.challenges.models import Challenge
from matchmaker.kernel.actor import Actor
from matchmaker.matching.lifecycle import RunState
from matchmaker.matching.models import Recommendation, RecommendationRun
from matchmaker.matching.policy import TEAM_ROLES
from matchmaker.matching.queries import RESULTS
from matchmaker.supplements.lifecycle import SupplementState
from matchmaker.supplements.models import RunStatistics, Supplement, SupplementPair

SHOWN = 10  # pairs of one list


def waiting(session: Session) -> list[int]:
    """Supplements that are to be computed, oldest first. One statement."""
    stmt = (
        select(Supplement.id)
        .where(Supplement.state == SupplementState.WAITING)
        .order_by(Supplement.asked_at, Supplement.id)
    )
    return list(session.scalars(stmt))


def runs_of_open_calls(session: Session, now: datetime) -> list[RecommendationRun]:
    """Runs that one can still compute beside: the newest of a call and the published one, while
    a challenge of the call is open. One statement.
    """
    newer = aliased(RecommendationRun)
    is_newest = ~(
        select(newer.id)
        .where(
            newer.call_id == RecommendationRun.call_id,
            newer.state.in_(RESULTS),
            newer.number > RecommendationRun.number,
        )
        .exists()
    )
    has_open = (
        select(Challenge.id)
        .where(
            Challenge.call_id == RecommendationRun.call_id,
            or_(
                Challenge.state == ChallengeState.APPROVED,
                and_(Challenge.state == ChallengeState.PUBLISHED, Challenge.closes_at > now),
            ),
        )
        .exists()
    )
    stmt = (
        select(RecommendationRun)
        .join(RunStatistics, RunStatistics.run_id == RecommendationRun.id)
        .where(
            RecommendationRun.state.in_(RESULTS),
            or_(is_newest, RecommendationRun.state == RunState.PUBLISHED),
            has_open,
        )
        .order_by(RecommendationRun.id)
    )
    return list(session.scalars(stmt))


class OfTeam(NamedTuple):
    """A supplement of a team with one of its pairs; None where no open challenge fits."""

    supplement: Supplement
    pair: SupplementPair | None


def of_team(session: Session, team_id: int, now: datetime) -> list[OfTeam]:
    """What was computed for a team beside published runs: the open challenges that fit it best.

    One statement. Every supplement is among the rows while there are fewer than ``SHOWN`` pairs.
    """
    is_open = select(Challenge.id).where(
        Challenge.state == ChallengeState.PUBLISHED, Challenge.closes_at > now
    )
    fits = and_(
        SupplementPair.supplement_id == Supplement.id,
        SupplementPair.held_back.is_(None),
        SupplementPair.team_rank.is_not(None),
        SupplementPair.challenge_id.in_(is_open),
    )
    stmt = (
        select(Supplement, SupplementPair)
        .join(RecommendationRun, RecommendationRun.id == Supplement.run_id)
        .outerjoin(SupplementPair, fits)
        .where(Supplement.team_id == team_id, RecommendationRun.state == RunState.PUBLISHED)
        .options(joinedload(SupplementPair.challenge))
        .order_by(
            SupplementPair.score.is_(None),
            SupplementPair.score.desc(),
            SupplementPair.challenge_id,
            Supplement.id,
        )
        .limit(SHOWN)
    )
    return [OfTeam(*row) for row in session.execute(stmt)]


def beside(
    session: Session, run: RecommendationRun, challenge_id: int, *, seen_by: Actor
) -> list[SupplementPair]:
    """Teams computed after a run that would stand, or stood, among the first of a challenge.

    Best place first, without teams the reader has a conflict with. One statement.
    """
    declared = {key for kind, key in seen_by.conflicts if kind == "team"}
    stmt = (
        select(SupplementPair)
        .join(Supplement, Supplement.id == SupplementPair.supplement_id)
        .where(
            Supplement.run_id == run.id,
            SupplementPair.challenge_id == challenge_id,
            Supplement.team_id.not_in(seen_by.scopes(*TEAM_ROLES) | declared),
            or_(SupplementPair.place <= SHOWN, SupplementPair.rank_before <= SHOWN),
        )
        .options(
            contains_eager(SupplementPair.supplement).joinedload(Supplement.team),
        )
        .order_by(SupplementPair.place.is_(None), SupplementPair.place, SupplementPair.score.desc())
        .limit(SHOWN)
    )
    return list(session.scalars(stmt))


class Before(NamedTuple):
    """A pair of a run, as far as a supplement is set against it."""

    challenge_id: int
    team_id: int
    score: float
    rank: int | None


def before(session: Session, run_id: int) -> list[Before]:
    """All pairs of a run in four numbers each. One statement."""
    columns = (
        Recommendation.challenge_id, Recommendation.team_id,
        Recommendation.score, Recommendation.rank,
    )  # fmt: skip
    stmt = select(*columns).where(Recommendation.run_id == run_id)
    return [Before(*row) for row in session.execute(stmt)]
