"""One small world with everything in it, for tests that walk through the whole house.

Somebody for every role, and one of every thing in the state that most pages speak of; a scene
(:data:`SCENES`) puts it into another state. What happens inside ``world.undone()`` is forgotten.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from matchmaker.accounts import invitations as accounts_invitations
from matchmaker.accounts import queries as accounts
from matchmaker.accounts import sessions, staff, tokens
from matchmaker.accounts.invitations import Invitee
from matchmaker.accounts.lifecycle import AccountState
from matchmaker.accounts.models import Grant, MailToken, Purpose, User
from matchmaker.accounts.staff import Wish
from matchmaker.challenges import service as challenges
from matchmaker.challenges.lifecycle import ChallengeState
from matchmaker.kernel.actor import PUBLIC, Actor, Role, Scope
from matchmaker.kernel.files import FileStore
from matchmaker.kernel.i18n import Lang
from matchmaker.kernel.localized import Localized
from matchmaker.matching import execution
from matchmaker.matching import service as matching
from matchmaker.matching.lifecycle import CandidacyState, ModelState, RunState
from matchmaker.matching.models import (
    Candidacy,
    RankingModel,
    Recommendation,
    RecommendationRun,
    RunChallenge,
)
from matchmaker.matching.policy import Pair
from matchmaker.notifications import notices, outbox
from matchmaker.notifications.models import Notice
from matchmaker.notifications.outbox import Recipient
from matchmaker.plans import execution as planning
from matchmaker.plans import service as plans
from matchmaker.plans.lifecycle import PlanState
from matchmaker.plans.models import Plan, PlanChallenge, PlanPair, PlanTeam, PlanWish
from matchmaker.plans.numbers import Numbers
from matchmaker.plans.service import Asked
from matchmaker.proposals import attaching
from matchmaker.proposals.attaching import Upload
from matchmaker.proposals.lifecycle import ProposalState
from matchmaker.proposals.models import ConfidentialityAcceptance
from matchmaker.recommender import Weights, version
from matchmaker.showcase.models import CaseGroup, ReportedCase
from matchmaker.teams.models import Certificate, EvidenceKind, PastProject, TeamMember
from matchmaker.web.accounts.hosts import HOSTS
from tests.conftest import NOON, TransactionDatabase
from tests.factories import People
from tests.factories.proposals import give, hand_in, make_challenge, make_proposal, make_stage
from tests.factories.proposals import make_team as plain_team

VISITOR = "visitor"
ROLES = (
    VISITOR, "signed_in", "admin", "auditor", "pm", "pm_other", "finance", "reviewer",
    "review_chair", "investor", "mentor", "coordinator", "owner_lead", "owner_member",
    "owner_other", "team_lead", "team_member", "team_other",
)  # fmt: skip
PASSWORD = "a long sentence of mine"
CERTIFICATE_BYTES = b"name,value\nmiss rate,0.01\n"
_P, _C = ProposalState, ChallengeState
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class World:
    """The people and things; attributes name them, ``user(role)`` and ``actor(role)`` find them."""

    def __init__(self, database: TransactionDatabase, session: Session, app: Flask):
        self.database, self.session, self.app = database, session, app
        self.people, self.now = People(session, NOON), NOON
        self.users: dict[str, User] = {}
        self.cookies: dict[str, str] = {}
        self.lang = "en"
        self._client = app.test_client(use_cookies=False)
        self._fill()

    # people

    def user(self, role: str) -> User | None:
        """Somebody in a role; None for a visitor."""
        return self.users.get(role)

    def actor(self, role: str) -> Actor:
        """Somebody in a role as policies see them."""
        user = self.user(role)
        return accounts.actor_of(self.session, user) if user else PUBLIC

    # doors

    def get(self, role: str, path: str, **more: Any) -> TestResponse:
        """The answer to somebody who opens a page."""
        return self.ask(role, "GET", path, **more)

    def post(self, role: str, path: str, data: Any = None, **more: Any) -> TestResponse:
        """The answer to somebody who sends a form."""
        return self.ask(role, "POST", path, data=data or {}, **more)

    def ask(self, role: str, method: str, path: str, **more: Any) -> TestResponse:
        """The answer to somebody; every request comes from a browser without a history."""
        headers = {"Cookie": self._cookie(role), **more.pop("headers", {})}
        if self.session.in_transaction():
            self.session.commit()
        answer = self._client.open(path, method=method, headers=headers, buffered=True, **more)
        self.session.expire_all()
        return answer

    def _cookie(self, role: str) -> str:
        parts = [f"lang={self.lang}"]
        if role in self.cookies:
            parts.append(f"session={self.cookies[role]}")
        return "; ".join(parts)

    def sign_in(self, role: str, user: User) -> None:
        """A browser for somebody."""
        self.users[role] = user
        _row, token = sessions.start(
            self.session, user, now=self.now, address="127.0.0.1", agent="test"
        )
        serializer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        self.cookies[role] = serializer.dumps({"_user_id": token, "_fresh": True})
        self.session.commit()

    # time and states

    @contextmanager
    def undone(self, scene: str = "") -> Iterator[World]:
        """Forget what happens inside; ``scene`` names what is put up first."""
        if self.session.in_transaction():
            self.session.commit()
        outer = self.database.outer
        assert outer is not None
        nested = outer.begin_nested()
        try:
            self.put_up(scene)
            yield self
        finally:
            self.session.rollback()
            nested.rollback()
            self.session.expire_all()

    def put_up(self, scene: str) -> None:
        """Put things into the states that a scene names; several are joined by ``+``."""
        for name in filter(None, scene.split("+")):
            SCENES[name](self)
        self.session.commit()

    # things

    def things(self) -> dict[str, Any]:
        """What stands for ``{name}`` in the address of a page."""
        return {
            "account": self.account.public_id,
            "call": self.call.slug,
            "candidacy_version": self.candidacy.version,
            "candidacy": self.candidacy.public_id,
            "certificate": self.certificate.id,
            "challenge": self.challenge.key,
            "draft_call": self.draft_call.slug,
            "draft_challenge": self.draft_challenge.public_id,
            "draft_proposal": self.draft_proposal.key,
            "free": self.free.key,
            "file": self.file.public_id,
            "grant": self.grant.id,
            "reviewer_grant": self.reviewer_grant.id,
            "invitation": self.invitation.public_id,
            "invitation_token": self.invitation_token,
            "program_invitation": self.program_invitation.public_id,
            "staff_invitation": self.staff_invitation.public_id,
            "mail": self.mail.public_id,
            "matched": self.matched.key,
            "model": self.model.number,
            "secret_mail": self.secret_mail.public_id,
            "member": self.member.id,
            "membership": self.membership.id,
            "notice": self.notice.public_id,
            "organization": self.organization.ref,
            "plan": self.plan.public_id,
            "plan_pair": self.plan_pair,
            "planning": self.planning.public_id,
            "program": self.program.slug,
            "project": self.project.id,
            "proposal": self.proposal.key,
            "reset_token": self.reset_token,
            "run": self.run.public_id,
            "running": self.running.public_id,
            "session": self.foreign_session,
            "showcase": self.showcase.slug,
            "staff": self.staff_proposal.public_id,
            "team": self.team.ref,
            "team_id": self.team.id,
            "team_version": self.team.version,
            "topic": "calls",
            "verify_token": self.verify_token,
        }

    def pair(self) -> Pair:
        """The challenge that the team is invited to, and the team."""
        return Pair(self.matched, self.team)

    # filling

    def _fill(self) -> None:
        session, people = self.session, self.people
        stage = self.stage = make_stage(
            people, technologies=["defect_detection"], domains=["manufacturing"],
            confidential=Localized(en="Supplier of the glass"),
        )  # fmt: skip
        self.call, self.organization, self.challenge = (
            stage.call, stage.organization, stage.challenge,
        )  # fmt: skip
        self.program = stage.call.program
        self.team = stage.team
        self.team.technologies, self.team.domains = ["defect_detection"], ["manufacturing"]
        self.team.projects.append(
            PastProject(title=Localized(en="AOI"), evidence=EvidenceKind.LETTER, position=0)
        )
        self.team.certificates.append(Certificate(name="ISO 9001"))
        session.commit()
        self.project, self.certificate = self.team.projects[0], self.team.certificates[0]
        self.member = session.scalars(
            select(TeamMember).where(TeamMember.user_id == stage.member.id)
        ).one()
        self._fill_people()
        self._fill_calls()
        self._fill_proposals()
        self._fill_matching()
        self._fill_accounts()
        self._fill_messages()
        self.showcase = _case(self)
        session.add(self.showcase)
        session.commit()

    def _fill_people(self) -> None:
        people, stage, program = self.people, self.stage, self.program
        other = self.other_organization = people.organization("Other")
        self.other_program = people.program("Other programme")
        other_lead, other_member = people.user("Ota Lead"), people.user("Ota Member")
        self.other_team = plain_team(
            people, other_lead, other_member, technologies=["defect_detection"],
            domains=["manufacturing"],
        )  # fmt: skip
        give(people, other_lead, Role.TEAM_LEAD, Scope.TEAM, self.other_team.id)
        give(people, other_member, Role.TEAM_MEMBER, Scope.TEAM, self.other_team.id)
        of_program = (Scope.PROGRAM, program.id)
        users = {
            "signed_in": people.user("Una Unhatted"),
            "admin": people.admin(),
            "auditor": people.auditor(),
            "pm": stage.pm,
            "pm_other": people.pm(self.other_program),
            "finance": people.user("Fin Finance", (Role.FINANCE, *of_program)),
            "reviewer": people.user("Rea Reviewer", (Role.REVIEWER, *of_program)),
            "review_chair": people.user("Cha Chair", (Role.REVIEW_CHAIR, *of_program)),
            "investor": people.user("Ina Investor", (Role.INVESTOR, *of_program)),
            "mentor": people.user("Mo Mentor", (Role.MENTOR, *of_program)),
            "coordinator": people.user("Co Ordinator", (Role.COORDINATOR, *of_program)),
            "owner_lead": stage.owner_lead,
            "owner_member": stage.owner_member,
            "owner_other": people.owner_lead(other),
            "team_lead": stage.lead,
            "team_member": stage.member,
            "team_other": other_lead,
        }
        for role, user in users.items():
            self.sign_in(role, user)
        assert (VISITOR, *users) == ROLES

    def _fill_calls(self) -> None:
        people = self.people
        self.draft_call = people.call(self.program)
        self.draft_call.published_at = None
        self.draft_challenge = make_challenge(
            people, self.call, self.organization, state=_C.DRAFT, published_at=None
        )
        self.draft_challenge.ref = None
        self.session.commit()

    def _fill_proposals(self) -> None:
        stage = self.stage
        self.proposal = make_proposal(stage)
        self.store = FileStore(self.app.extensions["matchmaker.settings"].uploads)
        self.file = attaching.attach(
            self.session, self.proposal, Upload(io.BytesIO(CERTIFICATE_BYTES), "figures.csv"),
            self.store, actor=stage.actor(stage.lead), now=self.now,
        )  # fmt: skip
        self.session.commit()
        hand_in(stage, self.proposal)
        self.matched = make_challenge(
            self.people, self.call, self.organization, technologies=["defect_detection"]
        )
        self.draft_proposal = make_proposal(stage, challenge=self.matched)
        self.free = make_challenge(self.people, self.call, self.organization)

    def _fill_matching(self) -> None:
        actor = self.actor("pm")
        self.run = matching.request_run(
            self.session, self.call, matching.Parameters(), actor=actor, now=self.now
        )
        execution.compute_within(self.session, self.run, now=self.now)
        self.session.commit()
        self.running = RecommendationRun(
            number=99, program_id=self.program.id, call_id=self.draft_call.id,
            state=RunState.REQUESTED, requested_at=self.now,
        )  # fmt: skip
        self.session.add(self.running)
        self.model = RankingModel(
            number=1, program_id=self.program.id, state=ModelState.CANDIDATE,
            requested_at=self.now, finished_at=self.now, code_version=version(),
            weights=asdict(Weights(text=1.2)), measured=asdict(Weights()),
            data={"decisions": 0, "shown": 0, "challenges": 0, "teams": 0, "digest": "0" * 64},
        )  # fmt: skip
        self.session.add(self.model)
        self.candidacy = Candidacy(
            challenge_id=self.matched.id, team_id=self.team.id, run_id=self.run.id,
            state=CandidacyState.INVITED, invited_at=self.now, answer_by=self.now + 9 * DAY,
            changed_at=self.now,
        )  # fmt: skip
        self.session.add(self.candidacy)
        self.session.commit()
        self._fill_plans()

    def _fill_plans(self) -> None:
        actor, session = self.actor("pm"), self.session
        self.plan = plans.request(
            session, Asked(self.run, Numbers(least=0)), actor=actor, now=self.now
        )
        planning.solve_within(session, self.plan, now=self.now)
        self.plan_pair = f"{self.matched.key}/{self.team.ref}"
        self.planning = Plan(
            number=99, program_id=self.program.id, call_id=self.draft_call.id,
            run_id=self.run.id, state=PlanState.REQUESTED, numbers=self.plan.numbers,
            requested_at=self.now,
        )  # fmt: skip
        session.add(self.planning)
        session.commit()

    def _fill_accounts(self) -> None:
        session, people = self.session, self.people
        self.account = people.user("Ada Account", (Role.FINANCE, Scope.PROGRAM, self.program.id))
        self.grant = session.scalars(select(Grant).where(Grant.user_id == self.account.id)).one()
        reviewer = self.users["reviewer"]
        self.reviewer_grant = session.scalars(
            select(Grant).where(Grant.user_id == reviewer.id)
        ).one()
        owner_member = self.users["owner_member"]
        self.membership = session.scalars(
            select(Grant).where(Grant.user_id == owner_member.id)
        ).one()
        row, _token = sessions.start(
            session, self.account, now=self.now, address="127.0.0.1", agent="theirs"
        )
        self.foreign_session = row.public_id
        self.invitation, self.invitation_token = self._invitation()
        self.program_invitation = accounts_invitations.invite(
            session, HOSTS[Scope.PROGRAM], self.program,
            Invitee("invited-reviewer@example.org", Role.REVIEWER, Lang.EN),
            actor=self.actor("pm"), now=self.now,
        )  # fmt: skip
        second = self.second_admin = people.admin()
        wish = Wish("new-pm@example.org", Role.PM, self.program.id, "Needed", Lang.EN)
        third = people.admin()
        invited = staff.propose(session, wish, actor=people.actor(second), now=self.now)
        staff.confirm(session, invited, self.program.name, actor=people.actor(third), now=self.now)
        self.staff_invitation = session.scalars(
            select(MailToken).where(MailToken.email == wish.email)
        ).one()
        wish = Wish("new-finance@example.org", Role.FINANCE, self.program.id, "Needed", Lang.EN)
        self.staff_proposal = staff.propose(session, wish, actor=people.actor(second), now=self.now)
        unconfirmed = people.user("Pen Ding")
        unconfirmed.state = AccountState.PENDING
        _row, self.verify_token = tokens.issue(
            session, Purpose.CONFIRM_EMAIL, unconfirmed.email, now=self.now,
            user_id=unconfirmed.id,
        )  # fmt: skip
        forgetful = people.user("For Getful")
        _row, self.reset_token = tokens.issue(
            session, Purpose.RESET_PASSWORD, forgetful.email, now=self.now, user_id=forgetful.id
        )
        session.commit()

    def _invitation(self) -> tuple[MailToken, str]:
        return tokens.issue(
            self.session, Purpose.INVITATION, "invited@example.org", now=self.now,
            created_by=self.users["owner_lead"].id, role=Role.OWNER_MEMBER,
            scope=Scope.ORGANIZATION, scope_id=self.organization.id,
            payload={"thing": self.organization.name.to_json(), "lang": "en"},
        )  # fmt: skip

    def _fill_messages(self) -> None:
        def mail(key: str, **more: Any) -> Any:
            found = outbox.add(
                self.session, "test", "About the programme", "What happened\n", unique_key=key,
                to=Recipient("somebody@example.org", Lang.EN), now=self.now,
                program_id=self.program.id, **more,
            )  # fmt: skip
            assert found is not None
            return found

        self.mail, self.secret_mail = mail("world-1"), mail("world-2", dies_at=self.now + DAY)
        self.mail.failed_at, self.mail.error, self.mail.attempts = self.now, "550 unknown", 1
        notices.tell(
            self.session, [self.users["team_lead"].id], "run_published", "team", self.team.id,
            now=self.now,
        )  # fmt: skip
        self.session.flush()
        self.notice = self.session.scalars(
            select(Notice).where(Notice.about_kind == "team").order_by(Notice.id.desc())
        ).first()
        self.session.commit()


def _case(world: World) -> ReportedCase:
    """A case of a published report."""
    return ReportedCase(
        slug="a-case", group=CaseGroup.LANDED, programme="Programme", stage="poc",
        title=Localized(en="A case"), source=Localized(en="A report"), published_at=world.now,
    )  # fmt: skip


def _challenge_in(state: ChallengeState) -> Callable[[World], None]:
    """The challenge, and what belongs to it, in a state of its life."""

    def put(world: World) -> None:
        challenge = world.challenge
        challenge.state = state
        if not challenge.is_public:
            challenge.ref = challenge.published_at = None
        if state in {_C.EVALUATING, _C.AWARDED}:
            challenge.closes_at = world.now - HOUR
        if state is _C.PAUSED:
            challenge.paused_at = world.now
        challenge.created_by = challenge.edited_by = world.users["owner_lead"].id

    return put


def _proposal_in(
    state: ProposalState, *, closed: bool, released: bool = False
) -> Callable[[World], None]:
    """The proposal in a state of its life."""

    def put(world: World) -> None:
        proposal = world.proposal
        proposal.state = state
        if state is _P.DRAFT:
            proposal.submitted_at = proposal.submitted_version = None
        if state is _P.MORE_INFO_REQUESTED:
            proposal.requested = ["answer"]
            proposal.info_due_at = world.now + DAY
        if released:
            proposal.released_at = world.now
        if closed:
            _challenge_in(_C.EVALUATING)(world)

    return put


def _promised(world: World) -> None:
    for role in ("owner_lead", "owner_member"):
        world.session.add(
            ConfidentialityAcceptance(
                challenge_id=world.challenge.id, user_id=world.users[role].id,
                accepted_at=world.now,
            )
        )  # fmt: skip


def _signed(world: World) -> None:
    challenges.sign_terms(
        world.session, world.challenge, world.team.id, actor=world.actor("team_lead"),
        now=world.now,
    )  # fmt: skip


def _published_run(world: World) -> None:
    matching.publish_run(world.session, world.run, actor=world.actor("pm"), now=world.now)


def _candidacy_in(state: CandidacyState, **values: Any) -> Callable[[World], None]:
    def put(world: World) -> None:
        world.candidacy.state = state
        for name, value in values.items():
            setattr(world.candidacy, name, value)

    return put


def _unlisted(world: World) -> None:
    world.team.is_listed = False


def _asked_to_withdraw(world: World) -> None:
    world.challenge.withdrawal_asked_at = world.now
    world.challenge.withdrawal_asked_by = world.users["owner_lead"].id


def _free_team(world: World) -> None:
    """The team has no proposal to the challenge any more."""
    world.proposal.state = _P.WITHDRAWN


def _published_plan(world: World) -> None:
    plans.publish_plan(world.session, world.plan, actor=world.actor("pm"), now=world.now)


def _wish(world: World) -> None:
    plans.exclude_pair(
        world.session, world.plan, world.pair(), reason="No.", actor=world.actor("pm"),
        now=world.now,
    )  # fmt: skip


def _no_run(world: World) -> None:
    for table in (PlanPair, PlanChallenge, PlanTeam, PlanWish):
        world.session.execute(delete(table))
    for plan in (world.planning, world.plan):
        world.session.delete(plan)
    for row in (world.running, world.run):
        for kind in (Recommendation, RunChallenge):
            world.session.execute(delete(kind).where(kind.run_id == row.id))
    world.candidacy.run_id = None
    world.session.flush()
    for row in (world.running, world.run):
        world.session.delete(row)


def _no_draft(world: World) -> None:
    world.session.delete(world.draft_challenge)


def _summary_shown(world: World) -> None:
    world.proposal.shows_summary = True


def _model_in(state: ModelState) -> Callable[[World], None]:
    def put(world: World) -> None:
        world.model.state = state

    return put


SCENES: dict[str, Callable[[World], None]] = {
    **{f"challenge_{state.value}": _challenge_in(state) for state in ChallengeState},
    "asked_to_withdraw": _asked_to_withdraw,
    "signed": _signed,
    "promised": _promised,
    "proposal_draft": _proposal_in(_P.DRAFT, closed=False),
    "proposal_submitted": _proposal_in(_P.SUBMITTED, closed=False),
    "proposal_closed": _proposal_in(_P.SUBMITTED, closed=True),
    "draft_closed": _proposal_in(_P.DRAFT, closed=True),
    "proposal_more_info": _proposal_in(_P.MORE_INFO_REQUESTED, closed=True),
    "under_review": _proposal_in(_P.UNDER_REVIEW, closed=True),
    "shortlisted": _proposal_in(_P.SHORTLISTED, closed=True),
    "summary_shown": _summary_shown,
    "selected": _proposal_in(_P.SELECTED, closed=True),
    "selected_released": _proposal_in(_P.SELECTED, closed=True, released=True),
    "not_selected_released": _proposal_in(_P.NOT_SELECTED, closed=True, released=True),
    "free_team": _free_team,
    "no_draft": _no_draft,
    "no_run": _no_run,
    "run_published": _published_run,
    "plan_published": _published_plan,
    "wish": _wish,
    "suggested": _candidacy_in(CandidacyState.SUGGESTED, invited_at=None, answer_by=None),
    "queued": _candidacy_in(
        CandidacyState.SUGGESTED, invited_at=None, answer_by=None, queued_at=NOON
    ),
    "dismissed": _candidacy_in(CandidacyState.DISMISSED, invited_at=None, answer_by=None),
    "answered": _candidacy_in(CandidacyState.INTERESTED, answered_at=NOON),
    "unlisted": _unlisted,
    "model_active": _model_in(ModelState.ACTIVE),
    "model_rejected": _model_in(ModelState.REJECTED),
}
