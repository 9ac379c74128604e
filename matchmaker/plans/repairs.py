"""Why a plan is impossible and what would help, as stored: rules and repairs with ids and numbers.

A repair is only ever offered; nothing bends before somebody starts a plan with it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from matchmaker.challenges.models import Challenge
from matchmaker.plans.models import Plan
from matchmaker.plans.numbers import MOST_CHALLENGES, MOST_TEAMS, Numbers
from matchmaker.plans.policy import Sight


class Kind(StrEnum):
    """What a rule is about. ``PINNED`` and ``FORBIDDEN`` speak of pairs."""

    DEMAND_MIN = "demand_min"
    DEMAND_MAX = "demand_max"
    CAPACITY = "capacity"
    FORBIDDEN = "forbidden"
    PINNED = "pinned"
    UNKNOWN = "unknown"


NUMBERED = (Kind.DEMAND_MIN, Kind.DEMAND_MAX, Kind.CAPACITY)
EXCLUDED = "excluded"


@dataclass(frozen=True)
class Rule:
    """One rule that clashes or binds; without challenge and team it speaks of all.

    ``value`` is the number it sets; ``why`` the obstacle or cause of a pair; ``times`` how many
    challenges would have a team that is taken up.
    """

    kind: Kind
    challenge: int | None = None
    team: int | None = None
    value: int | None = None
    why: str | None = None
    times: int = 0

    def is_seen(self, sight: Sight, challenges: Collection[int]) -> bool:
        """Whether the reader may see it; ``challenges`` are those that the reader sees."""
        if self.challenge is not None and self.challenge not in challenges:
            return False
        return self.team is None or sight.sees_team(self.team)


@dataclass(frozen=True)
class Repair:
    """One change that is enough for its reason.

    ``value`` is the new number; ``least`` and ``most`` hold what the challenge has now, ``least``
    of a repair for all teams how many of them do not say what they can take on, ``most`` of one
    for all challenges how many these are; ``pairs`` are team ids to let in, each with what keeps
    it out.
    """

    rule: Rule
    by: int
    value: int | None = None
    least: int = 0
    most: int = 0
    pairs: Mapping[int, str] | None = None

    @property
    def is_number(self) -> bool:
        """Whether the form can be filled with it."""
        if self.rule.kind not in NUMBERED:
            return False
        if self.rule.kind is Kind.CAPACITY and self.rule.team is None:
            return self.least > 0
        most = MOST_CHALLENGES if self.rule.kind is Kind.CAPACITY else MOST_TEAMS
        return self.value is None or self.value <= most


@dataclass(frozen=True)
class Reason:
    """Rules that cannot hold together, and repairs, the cheapest first."""

    rules: Sequence[Rule]
    repairs: Sequence[Repair]


def stored(reasons: Sequence[Reason]) -> list[dict[str, Any]]:
    """Reasons as a column holds them."""
    return [
        {
            "rules": [vars_of(rule) for rule in reason.rules],
            "repairs": [
                {
                    "rule": vars_of(repair.rule), "by": repair.by, "value": repair.value,
                    "least": repair.least, "most": repair.most,
                    "pairs": {str(key): why for key, why in (repair.pairs or {}).items()},
                }
                for repair in reason.repairs
            ],
        }
        for reason in reasons
    ]  # fmt: skip


def vars_of(rule: Rule) -> dict[str, Any]:
    """A rule as a column holds it."""
    return {
        "kind": rule.kind.value, "challenge": rule.challenge, "team": rule.team,
        "value": rule.value, "why": rule.why, "times": rule.times,
    }  # fmt: skip


def rule_of(held: Mapping[str, Any]) -> Rule:
    """A rule from what a column holds."""
    return Rule(Kind(held["kind"]), held["challenge"], held["team"], held["value"], held["why"])


def reasons_of(plan: Plan) -> list[Reason]:
    """Why a plan is impossible; empty for one that is not."""
    return [
        Reason(
            [rule_of(rule) for rule in held["rules"]],
            [
                Repair(
                    rule_of(repair["rule"]),
                    repair["by"],
                    repair["value"],
                    repair["least"],
                    repair["most"],
                    {int(key): why for key, why in repair["pairs"].items()},
                )
                for repair in held["repairs"]
            ],
        )
        for held in plan.outcome.get("reasons", [])
    ]


def binding_of(plan: Plan) -> list[Rule]:
    """The rules that keep a plan from being better."""
    return [rule_of(held) for held in plan.outcome.get("binding", [])]


def numbered(
    plan: Plan, place: int | None, sight: Sight, challenges: Sequence[Challenge]
) -> Repair | None:
    """The repair that an address names by its place among all of a plan, from 0.

    None unless it changes a number that the reader may change.
    """
    every = [repair for reason in reasons_of(plan) for repair in reason.repairs]
    if place is None or not 0 <= place < len(every) or not every[place].is_number:
        return None
    shown = {challenge.id for challenge in challenges}
    return every[place] if every[place].rule.is_seen(sight, shown) else None


def mended(numbers: Numbers, repair: Repair) -> Numbers:
    """Numbers with one repair made."""
    rule, value = repair.rule, repair.value
    if rule.kind is Kind.CAPACITY:
        if rule.team is None or value is None:
            return replace(numbers, capacity=min(numbers.capacity + 1, MOST_CHALLENGES))
        return replace(numbers, teams={**numbers.teams, rule.team: value})
    if rule.challenge is None or value is None:
        each = -(-repair.by // max(repair.most, 1))
        return replace(numbers, least=max(numbers.least - each, 0))
    span = (value, repair.most) if rule.kind is Kind.DEMAND_MIN else (repair.least, value)
    return replace(numbers, challenges={**numbers.challenges, rule.challenge: span})
