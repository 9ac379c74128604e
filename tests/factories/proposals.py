"""Makers of proposals and of the challenges and teams they stand between."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count

from sqlalchemy.orm import Session

from matchmaker.accounts.models import User
from matchmaker.challenges.lifecycle import ChallengeState
from matchmaker.challenges.models import Better, Challenge, ChallengeKind, TargetKpi
from matchmaker.kernel.actor import Actor, Role, Scope
from matchmaker.kernel.identifiers import reference
from matchmaker.kernel.localized import Localized
from matchmaker.organizations.models import Organization
from matchmaker.programs.models import Call
from matchmaker.proposals import queries, service
from matchmaker.proposals.content import (
    Answer,
    Budget,
    BudgetLine,
    Commitment,
    Content,
    DataUse,
    Kpis,
    Milestone,
    Plan,
    Share,
)
from matchmaker.proposals.content import (
    People as Persons,
)
from matchmaker.proposals.lifecycle import ProposalState
from matchmaker.proposals.models import Proposal
from matchmaker.proposals.policy import Sight
from matchmaker.teams.models import MemberRole, Team, TeamMember
from tests.factories import People

_numbers = count(400)
RULES = {"team_min": 2, "team_max": 5, "one_team_per_person": True}


def both(zh: str, en: str) -> Localized:
    """A text in both languages."""
    return Localized(zh_TW=zh, en=en)


def full_content(challenge: Challenge, team: Team) -> Content:
    """Everything that a proposal to this challenge has to say."""
    return Content(
        answer=Answer(
            title=both("少樣本瑕疵檢測", "Few-shot defect inspection"),
            summary=both("以少量影像訓練檢測模型。", "Train an inspection model from few images."),
            approach=both("先標註，再訓練，最後上線。", "Label, train, then go live."),
        ),
        data=DataUse(
            data=both("產線影像。", "Images of the line."),
            models=both("影像分割模型。", "A segmentation model."),
            limits=both("反光面仍會誤判。", "Shiny surfaces are still misjudged."),
        ),
        plan=Plan(
            milestones=(
                Milestone("Data ready", 4, "A labelled set of 2,000 images"),
                Milestone("Model in the line", 12, "A report with the measured KPIs"),
            )
        ),
        kpis=Kpis(
            tuple(
                Commitment(kpi_id=kpi.id, value=kpi.target, method="Two weeks in the line")
                for kpi in challenge.kpis
            )
        ),
        budget=Budget(
            lines=(
                BudgetLine("Staff", 400_000, 0),
                BudgetLine("Cameras", 100_000, 50_000),
            )
        ),
        people=Persons(
            tuple(Share(member.name, "Model", 1 / len(team.members)) for member in team.members)
        ),
    )


@dataclass
class Stage:
    """An open challenge with its owner, a team with lead and member, and the staff around them."""

    session: Session
    people: People
    call: Call
    organization: Organization
    challenge: Challenge
    team: Team
    lead: User
    member: User
    owner_lead: User
    owner_member: User
    pm: User
    extra: dict[str, User] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        return self.people.now

    @property
    def closing(self) -> datetime:
        return self.challenge.closes_at

    @property
    def after(self) -> datetime:
        """An hour after the closing time."""
        return self.challenge.closes_at + timedelta(hours=1)

    def actor(self, user: User) -> Actor:
        return self.people.actor(user)

    def person(self, name: str) -> User | None:
        """Somebody by role; None is a visitor."""
        if name == "public":
            return None
        own = getattr(self, name, None)
        if isinstance(own, User):
            return own
        if name not in self.extra:
            self.extra[name] = self._outsider(name)
        return self.extra[name]

    def _outsider(self, name: str) -> User:
        other = self.people.organization("Other")
        hats: dict[str, tuple[tuple[Role, Scope, int], ...]] = {
            "signed_in": (),
            "other_lead": ((Role.TEAM_LEAD, Scope.TEAM, make_team(self).id),),
            "other_owner": ((Role.OWNER_LEAD, Scope.ORGANIZATION, other.id),),
            "other_pm": ((Role.PM, Scope.PROGRAM, self.people.program().id),),
            "review_chair": ((Role.REVIEW_CHAIR, Scope.PROGRAM, self.call.program_id),),
            "reviewer": ((Role.REVIEWER, Scope.PANEL, 1),),
            "finance": ((Role.FINANCE, Scope.PROGRAM, self.call.program_id),),
            "auditor": ((Role.AUDITOR, Scope.PLATFORM, 0),),
            "admin": ((Role.ADMIN, Scope.PLATFORM, 0),),
            "investor": ((Role.INVESTOR, Scope.ORGANIZATION, other.id),),
            "mentor": ((Role.MENTOR, Scope.PROGRAM, self.call.program_id),),
            "coordinator": ((Role.COORDINATOR, Scope.ORGANIZATION, other.id),),
        }
        return self.people.user(name, *hats[name])

    def started(self, **changes: object) -> Proposal:
        """A draft of the team with everything filled in."""
        return make_proposal(self, **changes)

    def handed_in(self, **changes: object) -> Proposal:
        """A proposal that the team handed in."""
        return hand_in(self, make_proposal(self, **changes))

    def sight(self, proposal: Proposal, user: User | None, now: datetime | None = None) -> Sight:
        actor = self.actor(user) if user else Actor()
        return queries.sight_of(self.session, proposal, actor=actor, now=now or self.now)

    def promise(self, user: User | None = None) -> None:
        """The owner's lead promises confidentiality after closing."""
        service.promise_confidentiality(
            self.session, self.challenge, actor=self.actor(user or self.owner_lead), now=self.after
        )
        self.session.commit()


def make_challenge(
    people: People,
    call: Call,
    organization: Organization,
    *,
    state: ChallengeState = ChallengeState.PUBLISHED,
    **values: object,
) -> Challenge:
    """A public challenge with two target KPIs, closing with its call."""
    number = next(_numbers)
    given: dict[str, object] = {
        "title": both("面板瑕疵自動檢測", f"Inspect panels {number}"),
        "summary": both("漏檢率過高。", "Too many defects are missed."),
        "pain": both("人工檢查太慢。", "Inspection by eye is slow."),
        "wanted": both("自動找出瑕疵。", "Find defects automatically."),
        "data_description": both("三萬張影像。", "30,000 images."),
        "budget_twd": 1_000_000,
        "k_poc": 2,
        "poc_weeks": 16,
        "closes_at": call.closes_at,
        "published_at": people.now - timedelta(days=9),
        **values,
    }
    challenge = Challenge(
        ref=reference("CH", number, people.now),
        call=call,
        organization=organization,
        kind=given.pop("kind", ChallengeKind.INDUSTRY),
        state=state,
        created_at=people.now - timedelta(days=15),
        edited_at=people.now - timedelta(days=12),
        kpis=[
            TargetKpi(
                position=0, code="miss", name=both("漏檢率", "Miss rate"), unit="ratio",
                better=Better.LOWER, baseline=0.032, target=0.01,
                method=both("抽檢一千片。", "A sample of 1,000 panels."),
            ),
            TargetKpi(
                position=1, code="cycle", name=both("節拍", "Cycle time"), unit="s",
                better=Better.LOWER, baseline=20.0, target=12.0,
            ),
        ],
        **given,
    )  # fmt: skip
    people.session.add(challenge)
    people.session.commit()
    return challenge


def make_team(stage_or_people: Stage | People, *users: User, **values: object) -> Team:
    """A team whose first user leads it; three people without accounts join when none is given."""
    people = getattr(stage_or_people, "people", stage_or_people)
    number = next(_numbers)
    named = [(user.name, user.id) for user in users] or [(f"Solver {n}", None) for n in range(3)]
    team = Team(
        ref=reference("TM", number),
        name=both("視覺智造", f"Visionwright {number}"),
        profile=both("瑕疵檢測。", "Defect inspection."),
        created_at=people.now,
        edited_at=people.now,
        capacity=values.pop("capacity", 2),
        members=[
            TeamMember(
                name=name, user_id=user_id, joined_on=people.now.date(),
                role=MemberRole.MEMBER if position else MemberRole.LEAD,
            )
            for position, (name, user_id) in enumerate(named)
        ],
        **values,
    )  # fmt: skip
    people.session.add(team)
    people.session.commit()
    return team


def make_stage(people: People, **challenge: object) -> Stage:
    """One open challenge, its owner, one team, its programme manager."""
    lead, member = people.user("Lin Lead"), people.user("Mei Member")
    team = make_team(people, lead, member)
    for user, role in ((lead, Role.TEAM_LEAD), (member, Role.TEAM_MEMBER)):
        give(people, user, role, Scope.TEAM, team.id)
    organization = people.organization("Panel Works")
    call = people.call(
        rules=dict(RULES), ceiling_twd=800_000,
        terms=both("參與者應保密。", "Whoever takes part keeps secrets."),
    )  # fmt: skip
    return Stage(
        session=people.session,
        people=people,
        call=call,
        organization=organization,
        challenge=make_challenge(people, call, organization, **challenge),  # type: ignore[arg-type]
        team=team,
        lead=lead,
        member=member,
        owner_lead=people.owner_lead(organization),
        owner_member=people.owner_member(organization),
        pm=people.pm(call.program),
    )


def give(people: People, user: User, role: Role, scope: Scope, scope_id: int) -> None:
    """One more hat for somebody."""
    from matchmaker.accounts import service as accounts
    from matchmaker.kernel.actor import SYSTEM

    accounts.give_role(people.session, user, role, scope, scope_id, actor=SYSTEM, now=people.now)
    people.session.commit()


def another_team(stage: Stage, **values: object) -> tuple[Team, User]:
    """A second team with its own lead, who could answer as well."""
    lead, member = stage.people.user("Other Lead"), stage.people.user("Other Member")
    team = make_team(stage.people, lead, member, **values)
    give(stage.people, lead, Role.TEAM_LEAD, Scope.TEAM, team.id)
    give(stage.people, member, Role.TEAM_MEMBER, Scope.TEAM, team.id)
    return team, lead


def make_proposal(
    stage: Stage,
    *,
    team: Team | None = None,
    lead: User | None = None,
    challenge: Challenge | None = None,
    now: datetime | None = None,
    **sections: object,
) -> Proposal:
    """A draft with every section filled; ``answer=…`` and the like replace a section."""
    team, lead = team or stage.team, lead or stage.lead
    challenge, now = challenge or stage.challenge, now or stage.now
    actor = stage.actor(lead)
    proposal = service.start(stage.session, challenge, team, actor=actor, now=now)
    content = replace(full_content(challenge, team), **sections)  # type: ignore[arg-type]
    for name in ("answer", "data", "plan", "kpis", "budget", "people"):
        service.save(
            stage.session, proposal, getattr(content, name), version=proposal.edition(name),
            actor=actor, now=now,
        )  # fmt: skip
    stage.session.commit()
    return proposal


def hand_in(
    stage: Stage, proposal: Proposal, *, lead: User | None = None, now: datetime | None = None
) -> Proposal:
    """Hand a draft in as the database holds it, whichever session wrote it."""
    stage.session.commit()
    stage.session.refresh(proposal)
    service.submit(
        stage.session, proposal, version=proposal.version, accepts_terms=True,
        actor=stage.actor(lead or stage.lead), now=now or stage.now,
    )  # fmt: skip
    stage.session.commit()
    return proposal


def put_in_state(stage: Stage, proposal: Proposal, state: ProposalState) -> Proposal:
    """As if a later room had moved it there."""
    proposal.state = state
    if state is ProposalState.DRAFT:
        proposal.submitted_at = proposal.submitted_version = None
    stage.session.commit()
    return proposal
