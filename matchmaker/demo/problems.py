"""The cohort's problems, posted by their owners and taken as far as the plan says."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from matchmaker.accounts.models import User
from matchmaker.challenges import deadlines, decisions, service
from matchmaker.challenges.models import Challenge
from matchmaker.demo import people, records
from matchmaker.demo.cohort import Cohort
from matchmaker.demo.plan import CALLS, ChallengePlan, Stage
from matchmaker.demo.programme import Stage as Scene
from matchmaker.demo.programme import at
from matchmaker.kernel.actor import SYSTEM, Actor, Role, Scope
from matchmaker.organizations.models import Organization

CLOSES = {plan.key: plan.closes for plan in CALLS}
OPENS = {plan.key: plan.opens for plan in CALLS}
UNFINISHED = frozenset({Stage.DRAFT})
DECIDED = frozenset(
    {Stage.APPROVED, Stage.PUBLISHED, Stage.PAUSED, Stage.EVALUATING, Stage.WITHDRAWN}
)
PUBLIC = DECIDED - {Stage.APPROVED}


def build(
    session: Session,
    cohort: Cohort,
    plans: list[ChallengePlan],
    owners: dict[str, Organization],
    scene: Scene,
    *,
    now: datetime,
) -> dict[str, Challenge]:
    """Every problem in its stage, by the cohort's id."""
    leads: dict[str, Actor] = {}
    rows = {row["id"]: row for row in cohort.challenges}
    contacts = {row["id"]: row["contact_role"] for row in cohort.owners}
    posted = {}
    for plan in plans:
        key = rows[plan.id]["owner"]
        if key not in leads:
            name = contacts[key]["zh_TW"] or contacts[key]["en"]
            leads[key] = _lead(session, key, name, owners[key], now)
        posted[plan.id] = _play(session, rows[plan.id], plan, owners[key], leads[key], scene, now)
    return posted


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
    lead: Actor,
    scene: Scene,
    now: datetime,
) -> Challenge:
    """Write, hand in, decide, publish: each by who would do it, on its day."""
    day = at(now, plan.created)
    call, manager = scene.calls[plan.call], scene.manager
    problem = service.create(
        session, call, owner, records.challenge(row), actor=lead, now=day, provenance="fictional"
    )
    if plan.stage in UNFINISHED:
        return problem
    service.submit(session, problem, accept_terms=True, actor=lead, now=day + timedelta(hours=5))
    if plan.stage is Stage.CHANGES_REQUESTED:
        decisions.request_changes(
            session,
            problem,
            "請補充目前的基準值由誰量測、量測多久。",
            actor=manager,
            now=day + timedelta(days=1),
        )
    if plan.stage not in DECIDED:
        return problem
    decisions.approve(session, problem, actor=manager, now=day + timedelta(days=2))
    if plan.stage in PUBLIC:
        _publish(session, problem, plan, manager, now)
    return problem


def _publish(
    session: Session, problem: Challenge, plan: ChallengePlan, manager: Actor, now: datetime
) -> None:
    opened = at(now, OPENS[plan.call], hour=9)
    decisions.publish(session, problem, actor=manager, now=opened)
    if plan.stage is Stage.PAUSED:
        deadlines.pause(
            session, problem, "場域整修，資料暫時無法提供。", actor=manager, now=at(now, -3)
        )
    if plan.stage is Stage.WITHDRAWN:
        _withdraw(session, problem, manager, opened + timedelta(days=20))
    if plan.stage is Stage.EVALUATING:
        closed = at(now, CLOSES[plan.call], hour=18)
        deadlines.evaluate(session, problem, actor=SYSTEM, now=closed + timedelta(hours=1))


def _withdraw(session: Session, problem: Challenge, manager: Actor, day: datetime) -> None:
    """The owner asks, the programme consents."""
    owner = _owner_of(session, problem)
    service.ask_withdrawal(session, problem, "產線停產，題目不再需要。", actor=owner, now=day)
    decisions.withdraw(session, problem, actor=manager, now=day + timedelta(days=1))


def _owner_of(session: Session, problem: Challenge) -> Actor:
    author = session.get_one(User, problem.created_by)
    return people.acting(session, author, now=problem.created_at)
