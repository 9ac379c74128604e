"""The cohort's problems, posted by their owners and taken as far as the plan says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from matchmaker.challenges import deadlines, decisions, service
from matchmaker.challenges.models import Challenge
from matchmaker.demo import people, records
from matchmaker.demo.cohort import Cohort
from matchmaker.demo.plan import CALLS, ChallengePlan, Stage
from matchmaker.demo.programme import Stage as Scene
from matchmaker.demo.programme import at
from matchmaker.demo.timeline import Script
from matchmaker.kernel.actor import SYSTEM, Actor, Role, Scope
from matchmaker.organizations.models import Organization

CLOSES = {plan.key: plan.closes for plan in CALLS}
OPENS = {plan.key: plan.opens for plan in CALLS}
UNFINISHED = frozenset({Stage.DRAFT})
DECIDED = frozenset(
    {Stage.APPROVED, Stage.PUBLISHED, Stage.PAUSED, Stage.EVALUATING, Stage.WITHDRAWN}
)
PUBLIC = DECIDED - {Stage.APPROVED}


@dataclass
class Problems:
    """The problems posted so far and who leads their owners, by the cohort's ids."""

    posted: dict[str, Challenge] = field(default_factory=dict)
    leads: dict[str, Actor] = field(default_factory=dict)


def scripts(
    session: Session,
    cohort: Cohort,
    plans: list[ChallengePlan],
    owners: dict[str, Organization],
    scene: Scene,
    *,
    now: datetime,
) -> tuple[Problems, list[Script]]:
    """One script for each problem, and where what they make is found."""
    rows = {row["id"]: row for row in cohort.challenges}
    contacts = {row["id"]: row["contact_role"] for row in cohort.owners}
    problems = Problems()
    for plan in plans:
        key = rows[plan.id]["owner"]
        if key not in problems.leads:
            name = contacts[key]["zh_TW"] or contacts[key]["en"]
            problems.leads[key] = _lead(session, key, name, owners[key], now)
    return problems, [
        _play(session, rows[plan.id], plan, owners[rows[plan.id]["owner"]], problems, scene, now)
        for plan in plans
    ]


def _lead(session: Session, key: str, name: str, owner: Organization, now: datetime) -> Actor:
    since = at(now, -200)
    person = people.enter(session, key, name, now=since)
    seat = (Role.OWNER_LEAD, Scope.ORGANIZATION, owner.id)
    return people.acting(session, person, seat, now=since)


def _play(
    session: Session,
    row: records.Record,
    plan: ChallengePlan,
    owner: Organization,
    problems: Problems,
    scene: Scene,
    now: datetime,
) -> Script:
    """Write, hand in, decide, publish: each by who would do it, on its day."""
    day, lead = at(now, plan.created), problems.leads[row["owner"]]
    call, manager = scene.calls[plan.call], scene.manager
    yield day
    problem = service.create(
        session, call, owner, records.challenge(row), actor=lead, now=day, provenance="fictional"
    )
    problems.posted[plan.id] = problem
    if plan.stage in UNFINISHED:
        return
    yield day + timedelta(hours=5)
    service.submit(session, problem, accept_terms=True, actor=lead, now=day + timedelta(hours=5))
    if plan.stage is Stage.CHANGES_REQUESTED:
        yield day + timedelta(days=1)
        decisions.request_changes(
            session,
            problem,
            "請補充目前的基準值由誰量測、量測多久。",
            actor=manager,
            now=day + timedelta(days=1),
        )
    if plan.stage not in DECIDED:
        return
    yield day + timedelta(days=2)
    decisions.approve(session, problem, actor=manager, now=day + timedelta(days=2))
    if plan.stage in PUBLIC:
        yield from _publish(session, problem, plan, lead, manager, now)


def _publish(
    session: Session,
    problem: Challenge,
    plan: ChallengePlan,
    lead: Actor,
    manager: Actor,
    now: datetime,
) -> Script:
    opened = at(now, OPENS[plan.call], hour=9)
    yield opened
    decisions.publish(session, problem, actor=manager, now=opened)
    if plan.stage is Stage.PAUSED:
        yield at(now, -3)
        deadlines.pause(
            session, problem, "場域整修，資料暫時無法提供。", actor=manager, now=at(now, -3)
        )
    if plan.stage is Stage.WITHDRAWN:
        asked = opened + timedelta(days=20)
        yield asked
        service.ask_withdrawal(session, problem, "產線停產，題目不再需要。", actor=lead, now=asked)
        yield asked + timedelta(days=1)
        decisions.withdraw(session, problem, actor=manager, now=asked + timedelta(days=1))
    if plan.stage is Stage.EVALUATING:
        closed = at(now, CLOSES[plan.call], hour=18) + timedelta(hours=1)
        yield closed
        deadlines.evaluate(session, problem, actor=SYSTEM, now=closed)
