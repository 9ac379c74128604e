"""Makers for plans: solved ones over the cast of matching."""

from __future__ import annotations

from matchmaker.kernel.actor import Actor
from matchmaker.matching.models import RecommendationRun
from matchmaker.plans import execution, service
from matchmaker.plans.models import Plan
from matchmaker.plans.numbers import Numbers
from matchmaker.plans.service import Asked
from tests.factories.matching import Cast


def ask(
    cast: Cast,
    run: RecommendationRun,
    numbers: Numbers | None = None,
    *,
    base: Plan | None = None,
    actor: Actor | None = None,
) -> Plan:
    """A plan that waits to be computed."""
    return service.request(
        cast.session, Asked(run, numbers or Numbers(least=1), base),
        actor=actor or cast.actor(cast.pm), now=cast.now,
    )  # fmt: skip


def solve(
    cast: Cast,
    run: RecommendationRun,
    numbers: Numbers | None = None,
    *,
    base: Plan | None = None,
    published: bool = False,
) -> Plan:
    """A computed plan."""
    plan = ask(cast, run, numbers, base=base)
    execution.solve_within(cast.session, plan, now=cast.now)
    if published:
        service.publish_plan(cast.session, plan, actor=cast.actor(cast.pm), now=cast.now)
    cast.session.commit()
    return plan
