"""Plans of the demo's open call: a first one, and the one in force that was changed from it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from matchmaker.demo.matching import Scene
from matchmaker.demo.plan import CallKey
from matchmaker.demo.timeline import Script
from matchmaker.matching.models import RecommendationRun
from matchmaker.matching.policy import Pair
from matchmaker.plans import execution, service
from matchmaker.plans.lifecycle import Objective, Role
from matchmaker.plans.models import Plan, PlanPair
from matchmaker.plans.numbers import Numbers
from matchmaker.plans.service import Asked

DAYS = -5
WHY_NOT = "該團隊人力已投入前一梯次的驗證場域，先保留給其他題目。"


def scripts(scene: Scene) -> list[Script]:
    """The office plans the open call, then does what it knows better."""
    return [_open_call(scene)]


def _open_call(scene: Scene) -> Script:
    call, manager = scene.stage.calls[CallKey.OPEN], scene.stage.manager
    when = scene.day(DAYS, hour=11)
    yield when
    run = scene.session.scalars(
        select(RecommendationRun)
        .where(RecommendationRun.call_id == call.id)
        .order_by(RecommendationRun.number)
    ).first()
    if run is None:
        return
    first = service.request(scene.session, Asked(run, _numbers()), actor=manager, now=when)
    execution.solve_within(scene.session, first, now=when)
    yield when + timedelta(hours=2)
    when += timedelta(hours=2)
    free = _free_pairs(scene, first)
    service.lock_pair(scene.session, first, free[0], actor=manager, now=when)
    service.exclude_pair(scene.session, first, free[-1], reason=WHY_NOT, actor=manager, now=when)
    yield when + timedelta(minutes=5)
    when += timedelta(minutes=5)
    second = service.request(
        scene.session, Asked(run, _numbers(Objective.FAIR), first), actor=manager, now=when
    )
    execution.solve_within(scene.session, second, now=when)
    service.publish_plan(scene.session, second, actor=manager, now=when + timedelta(minutes=10))


def _numbers(objective: Objective = Objective.TOTAL) -> Numbers:
    """At least one team for each challenge, as many as it wants; never fewer than promised."""
    return Numbers(objective, least=1)


def _free_pairs(scene: Scene, plan: Plan) -> list[Pair]:
    """Planned pairs that nothing holds fast, highest score first."""
    stmt = (
        select(PlanPair)
        .where(PlanPair.plan_id == plan.id, PlanPair.role == Role.PLANNED)
        .where(PlanPair.cause.is_(None))
        .order_by(PlanPair.score.desc(), PlanPair.challenge_id, PlanPair.team_id)
    )
    return [Pair(each.challenge, each.team) for each in scene.session.scalars(stmt)]
