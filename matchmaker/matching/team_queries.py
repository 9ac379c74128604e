"""What a team reads: its recommended challenges and invitations, nothing of other teams."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, or_, select, true
from sqlalchemy.orm import Session, contains_eager, joinedload

from matchmaker.challenges.lifecycle import ChallengeState
from matchmaker.challenges.models import Challenge, SavedChallenge
from matchmaker.kernel.actor import Actor, Role
from matchmaker.kernel.errors import NotFound
from matchmaker.matching.board import open_to
from matchmaker.matching.lifecycle import CandidacyState, RunState, Side
from matchmaker.matching.models import (
    Candidacy,
    Dismissal,
    Recommendation,
    RecommendationRun,
    TeamAdvice,
)
from matchmaker.organizations.models import Organization
from matchmaker.programs.models import Call
from matchmaker.teams.models import Team

LIST = 10


class Suggestion(NamedTuple):
    """One challenge for a team."""

    challenge: Challenge
    recommendation: Recommendation | None
    candidacy: Candidacy | None
    is_put_aside: bool
    is_saved: bool
    team: Team


def team(session: Session, team_id: int) -> Team:
    """A team by its internal number. One statement."""
    return session.get_one(Team, team_id)


def named(session: Session, ref: str) -> Team:
    """A team by its reference. One statement.

    Raises:
        NotFound: there is none.
    """
    found = session.scalar(select(Team).where(Team.ref == ref.upper()))
    if found is None:
        raise NotFound
    return found


def suggestions(
    session: Session,
    team_id: int,
    *,
    user_id: int,
    now: datetime,
    aside: bool = False,
    shown: ColumnElement[bool] | None = None,
) -> list[Suggestion]:
    """Open invitations first, then the best open challenges of published runs. One statement.

    With ``aside`` those that the team put aside itself. ``shown`` narrows the challenges further.
    """
    put_aside = Dismissal.candidacy_id.is_not(None)
    is_invited = case((Candidacy.state == CandidacyState.INVITED, 0), else_=1)
    is_pinned = case((Candidacy.state == CandidacyState.PINNED, 0), else_=1)
    stmt = (
        select(
            Challenge,
            Recommendation,
            Candidacy,
            put_aside,
            SavedChallenge.user_id.is_not(None),
            Team,
        )
        .select_from(Challenge)
        .join(Team, Team.id == team_id)
        .join(Organization, Organization.id == Challenge.organization_id)
        .options(contains_eager(Challenge.organization))
        .outerjoin(
            RecommendationRun,
            and_(
                RecommendationRun.call_id == Challenge.call_id,
                RecommendationRun.state == RunState.PUBLISHED,
            ),
        )
        .outerjoin(
            Recommendation,
            and_(
                Recommendation.run_id == RecommendationRun.id,
                Recommendation.challenge_id == Challenge.id,
                Recommendation.team_id == team_id,
                Recommendation.rank.is_not(None),
            ),
        )
        .options(contains_eager(Recommendation.run))
        .outerjoin(
            Candidacy,
            and_(Candidacy.challenge_id == Challenge.id, Candidacy.team_id == team_id),
        )
        .outerjoin(
            Dismissal,
            and_(Dismissal.candidacy_id == Candidacy.id, Dismissal.side == Side.TEAM),
        )
        .outerjoin(
            SavedChallenge,
            and_(SavedChallenge.challenge_id == Challenge.id, SavedChallenge.user_id == user_id),
        )
        .where(Challenge.state == ChallengeState.PUBLISHED, Challenge.closes_at > now)
        .where(true() if shown is None else shown)
        .where(
            put_aside
            if aside
            else and_(
                Dismissal.candidacy_id.is_(None),
                or_(
                    Recommendation.id.is_not(None),
                    Candidacy.state == CandidacyState.INVITED,
                ),
            )
        )
        .order_by(is_invited, is_pinned, Recommendation.score.desc(), Challenge.id)
        .limit(LIST)
    )
    return [Suggestion(*row) for row in session.execute(stmt)]


def for_managers(actor: Actor) -> ColumnElement[bool]:
    """Challenges of the actor's own programmes, without a conflict of interest in them."""
    own = select(Call.id).where(Call.program_id.in_(actor.scopes(Role.PM)))
    return and_(Challenge.call_id.in_(own), open_to(actor))


class WhyNot(NamedTuple):
    """What a published run says of one challenge and the team; nothing of anybody else."""

    challenge: Challenge
    run: RecommendationRun | None
    recommendation: Recommendation | None
    candidacy: Candidacy | None


def why(session: Session, team_id: int, key: str) -> WhyNot | None:
    """The answer to "why not this challenge"; None where no public one is meant. One statement."""
    row = (
        session.execute(
            select(Challenge, RecommendationRun, Recommendation, Candidacy)
            .outerjoin(
                RecommendationRun,
                and_(
                    RecommendationRun.call_id == Challenge.call_id,
                    RecommendationRun.state == RunState.PUBLISHED,
                ),
            )
            .outerjoin(
                Recommendation,
                and_(
                    Recommendation.run_id == RecommendationRun.id,
                    Recommendation.challenge_id == Challenge.id,
                    Recommendation.team_id == team_id,
                ),
            )
            .outerjoin(
                Candidacy,
                and_(Candidacy.challenge_id == Challenge.id, Candidacy.team_id == team_id),
            )
            .where(Challenge.ref == key.strip().upper())
            .options(joinedload(Candidacy.dismissals))
        )
        .unique()
        .first()
    )
    if row is None or not row[0].is_public:
        return None
    return WhyNot(*row)


def advice(session: Session, team_id: int) -> TeamAdvice | None:
    """What was worked out for a team; None where nothing was yet. One statement."""
    return session.get(TeamAdvice, team_id)
