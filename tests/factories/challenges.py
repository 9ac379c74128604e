"""Makers of challenges in every state, through the same verbs that people use."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.accounts import queries as accounts
from matchmaker.challenges import service
from matchmaker.challenges.content import (
    Background,
    Content,
    Data,
    Dates,
    Kpi,
    Kpis,
    Need,
    Rules,
)
from matchmaker.challenges.lifecycle import ChallengeState
from matchmaker.challenges.models import Better, Challenge, Sensitivity
from matchmaker.kernel.actor import SYSTEM, Actor, Role, Scope
from matchmaker.organizations.models import Organization
from matchmaker.programs.models import Call
from tests.factories import People

_numbers = count(1)
DATES = {"k_poc": 2, "poc_weeks": 16, "budget_twd": 1_500_000, "ready_budget": 2}
S = ChallengeState


def complete_content(title: str = "", **dates: Any) -> Content:
    """What an owner says who has left nothing out."""
    return Content(
        need=Need(
            title_zh="面板瑕疵自動檢測",
            title_en=title or f"Defects on panels {next(_numbers)}",
            summary_zh="以影像找出面板瑕疵。",
            summary_en="Find defects on panels by image.",
            pain_zh="漏檢造成退貨，良率難以掌握。",
            pain_en="Missed defects come back as returns.",
            wanted_zh="相機標出可疑位置，由人員決定。",
            wanted_en="A camera marks suspicious spots and a person decides.",
        ),
        background=Background(
            background_zh="三條產線，每日兩萬片。",
            background_en="Three lines make twenty thousand panels a day.",
            current_way_en="People look under a lamp.",
            site_zh="臺中廠二線",
            site_en="Line 2, Taichung",
            domains=("manufacturing",),
            technologies=("defect_detection",),
            use_cases=("defect_inspection",),
            deployment=("production_line",),
            ready_talent=2,
            ready_tools=1,
        ),
        data=Data(
            data_description_zh="影像 8,400 張，2,100 張已標記",
            data_description_en="8,400 images, 2,100 labelled",
            data_access_en="After an NDA",
            data_rows=8400,
            data_labels=2100,
            data_sensitivity=Sensitivity.INTERNAL,
            modalities=("image",),
            ready_data=2,
        ),
        kpi=Kpis(
            (
                Kpi(
                    name_zh="漏檢率",
                    name_en="Miss rate",
                    unit="ratio",
                    better=Better.LOWER,
                    baseline=0.032,
                    target=0.01,
                    method_en="2,000 panels checked by three people",
                ),
            )
        ),
        rules=Rules(ip_wishes_en="Shared by both sides", confidential_en="Supplier of the glass"),
        dates=Dates(**{**DATES, **dates}),
    )


def retitled(content: Content, **values: str) -> Content:
    """The same content with another need."""
    return replace(content, need=replace(content.need, **values))


class Challenges:
    """Makes challenges with their owner and manager, and takes them to any state.

    ``lead``, ``member`` and ``pm`` are the people of the last challenge made.
    """

    def __init__(self, people: People):
        self.people = people
        self.session: Session = people.session
        self.now: datetime = people.now

    def make(
        self,
        state: ChallengeState = S.PUBLISHED,
        *,
        organization: Organization | None = None,
        call: Call | None = None,
        content: Content | None = None,
        provenance: str = "own",
        **dates: Any,
    ) -> Challenge:
        """A challenge in ``state``, whose lead and manager do what they have to."""
        organization = organization or self.people.organization()
        call = call or self.people.call()
        self.lead_user = self.people.owner_lead(organization)
        self.pm_user = self.people.pm(call.program)
        self.lead, self.pm = self.actor(self.lead_user), self.actor(self.pm_user)
        challenge = service.create(
            self.session, call, organization, content or complete_content(**dates),
            actor=self.lead, now=self.now, provenance=provenance,
        )  # fmt: skip
        self.bring(challenge, state)
        self.session.commit()
        return challenge

    def bring(self, challenge: Challenge, state: ChallengeState) -> None:
        """Take a draft to ``state`` by the verbs of lead, manager and clock."""
        for verb in PATHS[state]:
            getattr(self, f"_{verb}")(challenge)

    def actor(self, user: Any) -> Actor:
        """The person as policies see them."""
        return accounts.actor_of(self.session, user)

    def user_as(self, role: Role, challenge: Challenge) -> Any:
        """Somebody in a role that concerns this challenge; None for a visitor."""
        scope, scope_id = {
            Role.OWNER_LEAD: (Scope.ORGANIZATION, challenge.organization_id),
            Role.OWNER_MEMBER: (Scope.ORGANIZATION, challenge.organization_id),
            Role.PM: (Scope.PROGRAM, challenge.call.program_id),
            Role.FINANCE: (Scope.PROGRAM, challenge.call.program_id),
            Role.TEAM_LEAD: (Scope.TEAM, 4711),
            Role.TEAM_MEMBER: (Scope.TEAM, 4711),
            Role.REVIEWER: (Scope.PANEL, 4711),
            Role.REVIEW_CHAIR: (Scope.PANEL, 4711),
        }.get(role, (Scope.PLATFORM, 0))
        return self.people.user("", (role, scope, scope_id))

    def _submit(self, challenge: Challenge) -> None:
        service.submit(self.session, challenge, accept_terms=True, actor=self.lead, now=self.now)

    def _request_changes(self, challenge: Challenge) -> None:
        service.request_changes(
            self.session, challenge, "More on the data", actor=self.pm, now=self.now
        )

    def _reject(self, challenge: Challenge) -> None:
        service.reject(self.session, challenge, "Not in this call", actor=self.pm, now=self.now)

    def _approve(self, challenge: Challenge) -> None:
        service.approve(self.session, challenge, actor=self.pm, now=self.now)

    def _publish(self, challenge: Challenge) -> None:
        service.publish(self.session, challenge, actor=self.pm, now=self.now)

    def _pause(self, challenge: Challenge) -> None:
        service.pause(self.session, challenge, "Line stands still", actor=self.pm, now=self.now)

    def _evaluate(self, challenge: Challenge) -> None:
        after = challenge.closes_at + timedelta(minutes=1)
        service.evaluate(self.session, challenge, actor=SYSTEM, now=after)

    def _withdraw(self, challenge: Challenge) -> None:
        service.ask_withdrawal(
            self.session, challenge, "Solved elsewhere", actor=self.lead, now=self.now
        )
        service.withdraw(self.session, challenge, actor=self.pm, now=self.now)

    def _decide(self, challenge: Challenge) -> None:
        challenge.state = S.AWARDED
        self.session.flush()


PATHS: dict[ChallengeState, tuple[str, ...]] = {
    S.DRAFT: (),
    S.SUBMITTED: ("submit",),
    S.CHANGES_REQUESTED: ("submit", "request_changes"),
    S.REJECTED: ("submit", "reject"),
    S.APPROVED: ("submit", "approve"),
    S.PUBLISHED: ("submit", "approve", "publish"),
    S.PAUSED: ("submit", "approve", "publish", "pause"),
    S.EVALUATING: ("submit", "approve", "publish", "evaluate"),
    S.AWARDED: ("submit", "approve", "publish", "evaluate", "decide"),
    S.WITHDRAWN: ("submit", "approve", "publish", "withdraw"),
}
