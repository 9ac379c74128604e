"""Who stands where in the demo, drawn by a seed: calls, states of problems, proposals, decisions.

Days count from the day of loading; negative days lie in the past.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum

from matchmaker.demo.cohort import Cohort

SEED = 115
STAR_CHALLENGE, STAR_TEAM = "c31", "t061"
"""The pair that the demo's owner and team sign in to: still open between them."""


class CallKey(StrEnum):
    """The three rounds of the demo programme."""

    CLOSED = "ai-match-115-1"
    OPEN = "ai-match-115-2"
    UPCOMING = "ai-match-116-1"


@dataclass(frozen=True)
class CallPlan:
    """One round: its names and on which days it opens and closes."""

    key: CallKey
    name_zh: str
    name_en: str
    opens: int
    closes: int
    published: int


CALLS = (
    CallPlan(CallKey.CLOSED, "115 年度第一梯次徵件", "Call 2026, round 1", -150, -45, -170),
    CallPlan(CallKey.OPEN, "115 年度第二梯次徵件", "Call 2026, round 2", -24, 21, -40),
    CallPlan(CallKey.UPCOMING, "116 年度第一梯次徵件", "Call 2027, round 1", 35, 95, -5),
)


class Stage(StrEnum):
    """How far a problem has come."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    CHANGES_REQUESTED = "changes_requested"
    APPROVED = "approved"
    PUBLISHED = "published"
    PAUSED = "paused"
    EVALUATING = "evaluating"
    WITHDRAWN = "withdrawn"


SHARES: tuple[tuple[CallKey, Stage, int], ...] = (
    (CallKey.CLOSED, Stage.EVALUATING, 24),
    (CallKey.CLOSED, Stage.WITHDRAWN, 2),
    (CallKey.OPEN, Stage.PUBLISHED, 36),
    (CallKey.OPEN, Stage.PAUSED, 1),
    (CallKey.OPEN, Stage.APPROVED, 2),
    (CallKey.OPEN, Stage.SUBMITTED, 3),
    (CallKey.OPEN, Stage.CHANGES_REQUESTED, 2),
    (CallKey.OPEN, Stage.DRAFT, 2),
    (CallKey.UPCOMING, Stage.APPROVED, 2),
    (CallKey.UPCOMING, Stage.SUBMITTED, 2),
    (CallKey.UPCOMING, Stage.DRAFT, 1),
)


@dataclass(frozen=True)
class ChallengePlan:
    """One problem: its call, its stage, and the day on which it was first written."""

    id: str
    call: CallKey
    stage: Stage
    created: int


@dataclass(frozen=True)
class ProposalPlan:
    """One proposal: started and, unless ``handed_in`` is None, handed in on these days."""

    challenge: str
    team: str
    started: int
    handed_in: int | None
    withdrawn: int | None = None


def challenges(cohort: Cohort) -> list[ChallengePlan]:
    """The stage of every problem of the cohort."""
    chance = random.Random(SEED)  # noqa: S311 - a demo, not a secret
    stages = [(call, stage) for call, stage, many in SHARES for _ in range(many)]
    if len(stages) != len(cohort.challenges):
        raise ValueError(f"{len(stages)} stages for {len(cohort.challenges)} problems")
    chance.shuffle(stages)
    by_call = {plan.key: plan for plan in CALLS}
    return [
        ChallengePlan(
            record["id"],
            call,
            stage,
            created=by_call[call].published + chance.randint(1, 12)
            if call is not CallKey.UPCOMING
            else -chance.randint(3, 4),
        )
        for record, (call, stage) in zip(cohort.challenges, stages, strict=True)
    ]


def proposals(cohort: Cohort, stages: list[ChallengePlan]) -> list[ProposalPlan]:
    """Who proposes what: suitable teams first, nobody beyond the own capacity in one call."""
    chance = random.Random(SEED + 1)  # noqa: S311 - a demo, not a secret
    calls = {plan.key: plan for plan in CALLS}
    load: dict[tuple[CallKey, str], int] = {}
    capacity = {team["id"]: max(1, team["capacity"] or 1) for team in cohort.teams}
    planned = []
    for plan in stages:
        if plan.stage not in {Stage.PUBLISHED, Stage.EVALUATING}:
            continue
        call = calls[plan.call]
        suitors = sorted(
            (team for challenge, team in cohort.fit if challenge == plan.id),
            key=lambda team: (-cohort.fit[plan.id, team], team),
        )
        wanted = chance.choice((1, 2, 3, 3, 4) if plan.stage is Stage.EVALUATING else (0, 1, 2, 3))
        for team in suitors[:wanted]:
            if load.get((plan.call, team), 0) >= capacity[team]:
                continue
            if (plan.id, team) == (STAR_CHALLENGE, STAR_TEAM):
                continue
            load[plan.call, team] = load.get((plan.call, team), 0) + 1
            planned.append(_proposal(plan, team, call, chance))
    return planned + _of_the_star(cohort, stages, planned)


def _of_the_star(
    cohort: Cohort, stages: list[ChallengePlan], planned: list[ProposalPlan]
) -> list[ProposalPlan]:
    """The star team writes on one more draft: to the first open problem of its field."""
    fields = {row["id"]: set(row["domains"]) for row in (*cohort.challenges, *cohort.teams)}
    answered = {each.challenge for each in planned if each.team == STAR_TEAM}
    for plan in stages:
        is_other = plan.id != STAR_CHALLENGE and plan.id not in answered
        if is_other and plan.stage is Stage.PUBLISHED and fields[plan.id] & fields[STAR_TEAM]:
            return [ProposalPlan(plan.id, STAR_TEAM, started=-6, handed_in=None)]
    return []


def _proposal(
    plan: ChallengePlan, team: str, call: CallPlan, chance: random.Random
) -> ProposalPlan:
    """Days of one proposal; in the open call some are still drafts or were taken back."""
    started = call.opens + chance.randint(2, 12)
    if plan.stage is Stage.EVALUATING:
        return ProposalPlan(plan.id, team, started, handed_in=call.closes - chance.randint(1, 20))
    fate = chance.random()
    if fate < 0.45:
        return ProposalPlan(plan.id, team, started, handed_in=None)
    handed_in = chance.randint(started, -1)
    if fate < 0.52:
        return ProposalPlan(plan.id, team, started, handed_in, withdrawn=min(handed_in + 1, -1))
    return ProposalPlan(plan.id, team, started, handed_in)
