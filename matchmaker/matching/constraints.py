"""Hard rules between challenges and teams, computed from what stands in the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matchmaker.accounts.models import Grant
from matchmaker.challenges.models import Challenge
from matchmaker.kernel.actor import Scope
from matchmaker.kernel.formats import TAIPEI
from matchmaker.matching.lifecycle import CandidacyState, Obstacle, Side
from matchmaker.matching.models import Candidacy
from matchmaker.organizations import queries as organizations
from matchmaker.programs.models import Call
from matchmaker.teams.models import Team, TeamMember

PairIds = tuple[int, int]
OF_SIDE = {
    Side.PM: Obstacle.DISMISSED_BY_PM,
    Side.OWNER: Obstacle.DISMISSED_BY_OWNER,
    Side.TEAM: Obstacle.DISMISSED_BY_TEAM,
}
OPINIONS = {
    CandidacyState.INVITED: 0.5,
    CandidacyState.INTERESTED: 1.0,
    CandidacyState.EXPIRED: -0.25,
    CandidacyState.CONVERTED: 1.0,
    CandidacyState.OUTCOME_KNOWN: 1.0,
}
SHORTLISTED = 0.5


@dataclass(frozen=True)
class Rules:
    """What binds a run.

    Attributes:
        forbidden: (challenge id, team id) → obstacle.
        absent: team id → obstacle that holds for every challenge.
        pinned: pairs that come first whatever they score.
        opinions: earlier decisions on a pair as an opinion in -1–1.
    """

    forbidden: Mapping[PairIds, Obstacle] = field(default_factory=dict)
    absent: Mapping[int, Obstacle] = field(default_factory=dict)
    pinned: frozenset[PairIds] = frozenset()
    opinions: Mapping[PairIds, float] = field(default_factory=dict)

    def clashes(self) -> list[tuple[PairIds, Obstacle]]:
        """Pinned pairs that are forbidden too: no run can satisfy both."""
        return [(p, self.forbidden[p]) for p in sorted(self.pinned) if p in self.forbidden]

    def obstacle(self, challenge_id: int, team_id: int) -> Obstacle | None:
        """What keeps a pair from being recommended."""
        if (challenge_id, team_id) in self.pinned:
            return None
        return self.forbidden.get((challenge_id, team_id)) or self.absent.get(team_id)


class Ties(NamedTuple):
    """Organisations bound to each other, and organisations somebody of a team speaks for."""

    organizations: set[frozenset[int]]
    speaks_for: Mapping[int, frozenset[int]]


def rules_for(
    session: Session, call: Call, challenges: Sequence[Challenge], teams: Sequence[Team]
) -> Rules:
    """Everything that binds a run over these challenges and teams. Three statements."""
    forbidden = conflicts(challenges, teams, ties_of(session))
    pinned: set[PairIds] = set()
    opinions: dict[PairIds, float] = {}
    for candidacy in _decided(session, [challenge.id for challenge in challenges]):
        pair = (candidacy.challenge_id, candidacy.team_id)
        found = put_aside(candidacy)
        if found:
            forbidden.setdefault(pair, found)
        elif candidacy.state is CandidacyState.PINNED:
            pinned.add(pair)
        opinion = OPINIONS.get(candidacy.state, 0.0)
        if candidacy.shortlisted_at:
            opinion = max(opinion, SHORTLISTED)
        if opinion:
            opinions[pair] = opinion
    start = starts_on(call)
    absent = {team.id: found for team in teams if (found := absence(team, start))}
    return Rules(forbidden, absent, frozenset(pinned), opinions)


def starts_on(call: Call) -> date:
    """The day from which a team has to be free: the decision, or else the close of the call."""
    return call.decision_on or call.closes_at.astimezone(TAIPEI).date()


def absence(team: Team, start: date) -> Obstacle | None:
    """Whether a team can take on nothing, or not in time."""
    if team.capacity is not None and team.capacity <= 0:
        return Obstacle.FULL
    return Obstacle.NOT_FREE if team.free_from and team.free_from > start else None


def conflict(organization_id: int, team: Team, ties: Ties) -> Obstacle | None:
    """The conflict of interest between a problem owner and a team, if any."""
    if team.organization_id == organization_id:
        return Obstacle.SAME_ORGANIZATION
    if (
        team.organization_id is not None
        and frozenset({team.organization_id, organization_id}) in ties.organizations
    ):
        return Obstacle.TIED
    if organization_id in ties.speaks_for.get(team.id, frozenset()):
        return Obstacle.SHARED_PERSON
    return None


def conflicts(
    challenges: Sequence[Challenge], teams: Sequence[Team], ties: Ties
) -> dict[PairIds, Obstacle]:
    """All conflicts of interest among challenges and teams."""
    tied: dict[int, set[int]] = {}
    for two in ties.organizations:
        for one in two:
            tied.setdefault(one, set()).update(two - {one})
    close: dict[int, list[Team]] = {}
    for team in teams:
        own = {team.organization_id} if team.organization_id is not None else set()
        bound = own | ties.speaks_for.get(team.id, frozenset())
        for organization_id in bound | {other for one in own for other in tied.get(one, ())}:
            close.setdefault(organization_id, []).append(team)
    return {
        (challenge.id, team.id): found
        for challenge in challenges
        for team in close.get(challenge.organization_id, ())
        if (found := conflict(challenge.organization_id, team, ties))
    }


def conflict_now(session: Session, challenge: Challenge, team: Team) -> Obstacle | None:
    """The conflict of interest as it stands at this moment. Two statements."""
    return conflict(challenge.organization_id, team, ties_of(session, team.id))


def ties_of(session: Session, team_id: int | None = None) -> Ties:
    """What conflicts are computed from, for one team or for all. Two statements."""
    stmt = (
        select(TeamMember.team_id, Grant.scope_id)
        .join(Grant, Grant.user_id == TeamMember.user_id)
        .where(TeamMember.left_on.is_(None), Grant.scope == Scope.ORGANIZATION)
    )
    if team_id is not None:
        stmt = stmt.where(TeamMember.team_id == team_id)
    spoken: dict[int, set[int]] = {}
    for member_of, organization_id in session.execute(stmt):
        spoken.setdefault(member_of, set()).add(organization_id)
    return Ties(
        organizations.tied_pairs(session),
        {each: frozenset(ids) for each, ids in spoken.items()},
    )


def put_aside(candidacy: Candidacy) -> Obstacle | None:
    """The decision that rules a pair out of later runs."""
    if candidacy.state is CandidacyState.DECLINED:
        return Obstacle.DECLINED
    if candidacy.state is CandidacyState.DISMISSED and candidacy.dismissals:
        return OF_SIDE[candidacy.dismissals[0].side]
    return None


def _decided(session: Session, challenge_ids: Sequence[int]) -> list[Candidacy]:
    stmt = (
        select(Candidacy)
        .where(Candidacy.challenge_id.in_(challenge_ids))
        .options(joinedload(Candidacy.dismissals))
        .order_by(Candidacy.id)
    )
    return list(session.scalars(stmt).unique())
