"""Makers for matching: challenges and teams that fit or do not, and runs over them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count

from sqlalchemy.orm import Session

from matchmaker.accounts import service as accounts
from matchmaker.accounts.models import User
from matchmaker.challenges.lifecycle import ChallengeState
from matchmaker.challenges.models import Challenge, ChallengeKind
from matchmaker.kernel.actor import SYSTEM, Role, Scope
from matchmaker.kernel.identifiers import reference
from matchmaker.kernel.localized import Localized
from matchmaker.matching import execution, service
from matchmaker.matching.models import RecommendationRun
from matchmaker.matching.policy import Pair
from matchmaker.organizations.models import Organization
from matchmaker.programs.models import Call
from matchmaker.teams.models import EvidenceKind, MemberRole, PastProject, Team, TeamMember
from tests.factories import People

_numbers = count(700)


@dataclass
class Cast:
    """A call with its manager, problems with their owners, and teams with their leads."""

    session: Session
    people: People
    call: Call
    pm: User
    challenges: list[Challenge] = field(default_factory=list)
    owners: list[User] = field(default_factory=list)
    teams: list[Team] = field(default_factory=list)
    leads: list[User] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        return self.people.now

    def actor(self, user: User):  # type: ignore[no-untyped-def]
        return self.people.actor(user)

    def pair(self, challenge: int = 0, team: int = 0) -> Pair:
        return Pair(self.challenges[challenge], self.teams[team])

    def run(self, *, published: bool = False, seed: int = 0) -> RecommendationRun:
        """A computed run of the call."""
        actor = self.actor(self.pm)
        run = service.request_run(
            self.session, self.call, service.Parameters(seed=seed), actor=actor, now=self.now
        )
        execution.compute_within(self.session, run, now=self.now)
        if published:
            service.publish_run(self.session, run, actor=actor, now=self.now)
        self.session.commit()
        return run


def make_challenge(
    session: Session,
    call: Call,
    organization: Organization,
    *,
    title: str = "Detect defects of panels",
    body: str = "Operators miss scratches in AOI images of panels; the miss rate is too high.",
    state: ChallengeState = ChallengeState.PUBLISHED,
    now: datetime,
    **values: object,
) -> Challenge:
    """A challenge, published unless said otherwise."""
    number = next(_numbers)
    challenge = Challenge(
        ref=reference("CH", number, now),
        call=call,
        organization=organization,
        kind=ChallengeKind.INDUSTRY,
        state=state,
        title=Localized(en=title),
        pain=Localized(en=body),
        created_at=now,
        edited_at=now,
        published_at=now - timedelta(days=1),
        closes_at=call.closes_at,
        **{"technologies": ["defect_detection"], "domains": ["manufacturing"]} | values,
    )
    session.add(challenge)
    session.commit()
    return challenge


def make_team(
    session: Session,
    *,
    name: str = "Keen Eye",
    profile: str = "We find scratches and other defects in AOI images of panels.",
    lead: User | None = None,
    now: datetime,
    **values: object,
) -> Team:
    """A listed team with one past project."""
    team = Team(
        ref=reference("TM", next(_numbers)),
        name=Localized(en=name),
        profile=Localized(en=profile),
        created_at=now,
        edited_at=now,
        **{"technologies": ["defect_detection"], "domains": ["manufacturing"], "languages": ["en"]}
        | values,
    )
    team.projects.append(
        PastProject(
            title=Localized(en="AOI false alarms"),
            body=Localized(en="False alarms of AOI images fell."),
            site="A panel plant",
            results="False alarms from 12 % to 4 %.",
            evidence=EvidenceKind.LETTER,
        )
    )
    if lead is not None:
        team.members.append(
            TeamMember(
                user_id=lead.id, name=lead.name, role=MemberRole.LEAD, joined_on=date(2026, 1, 1)
            )
        )
    session.add(team)
    session.commit()
    return team


def make_cast(session: Session, people: People, *, challenges: int = 2, teams: int = 3) -> Cast:
    """A whole call: every problem has an owner lead, every team a lead."""
    call = people.call()
    cast = Cast(session, people, call, people.pm(call.program))
    for n in range(challenges):
        owner = people.organization(f"Owner{n}")
        cast.owners.append(people.owner_lead(owner))
        cast.challenges.append(
            make_challenge(session, call, owner, title=f"Detect defects {n}", now=people.now)
        )
    for n in range(teams):
        add_team(cast, name=f"Keen Eye {n}")
    return cast


def add_team(cast: Cast, **values: object) -> Team:
    """One more team with a lead of its own."""
    lead = cast.people.user()
    team = make_team(cast.session, lead=lead, now=cast.now, **values)  # type: ignore[arg-type]
    accounts.give_role(
        cast.session, lead, Role.TEAM_LEAD, Scope.TEAM, team.id, actor=SYSTEM, now=cast.now
    )
    cast.session.commit()
    cast.teams.append(team)
    cast.leads.append(lead)
    return team
