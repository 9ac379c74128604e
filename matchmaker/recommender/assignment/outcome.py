"""An outcome in the order of the search, handed back in the order of the caller."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy

from matchmaker.recommender.assignment.leximin import Level
from matchmaker.recommender.assignment.prices import choosing_alone
from matchmaker.recommender.assignment.problem import Bools, Ints, Problem, is_range
from matchmaker.recommender.assignment.reasons import Reason
from matchmaker.recommender.assignment.results import (
    Assignment,
    Status,
    attainment,
    reserve_list,
)
from matchmaker.recommender.assignment.rules import EVERY, Kind, Rule

VERSION = 1


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a search found, in its own order of challenges and teams."""

    chosen: Bools | None
    status: Status
    bound: float
    levels: tuple[Level, ...]
    reasons: tuple[Reason, ...]
    suffices: bool
    digest: str
    objective: str
    seconds: float


def in_given_order(given: Problem, found: Outcome, rows: Ints, columns: Ints) -> Assignment:
    """The outcome with challenges and teams where the caller had them."""
    has_plan = found.chosen is not None
    plan = _placed_back(given, found.chosen, rows, columns)
    scores, total = given.scores(plan)
    total = total if has_plan else np.nan
    bound = max(found.bound, total) if has_plan else np.nan
    best = choosing_alone(given, given.pairs.score, with_pins=False)
    return Assignment(
        assigned=plan,
        status=found.status,
        objective=found.objective,
        total=total,
        bound=bound,
        gap=(bound - total) / max(abs(bound), 1e-12) if has_plan else np.nan,
        levels=found.levels,
        challenge_score=scores,
        attainment=attainment(scores, best / np.maximum(given.demand_max, 1)),
        team_load=plan.sum(axis=0),
        reserve=reserve_list(given, plan) if has_plan else (),
        reasons=tuple(_renamed(reason, rows, columns) for reason in found.reasons),
        repairs_suffice=found.suffices,
        kept=_kept(given.previous, plan) if has_plan else None,
        input_digest=found.digest,
        solver=f"assignment {VERSION}, HiGHS of scipy {scipy.__version__}",
        seconds=found.seconds,
    )


def _placed_back(given: Problem, chosen: Bools | None, rows: Ints, columns: Ints) -> Bools:
    """A plan with challenges and teams where the caller had them; empty when there is none."""
    if chosen is not None and is_range(rows) and is_range(columns):
        return chosen
    plan = np.zeros(given.shape, bool)
    if chosen is not None:
        plan[np.ix_(rows, columns)] = chosen
    return plan


def _kept(previous: Bools | None, plan: Bools) -> float | None:
    if previous is None or not previous.any():
        return None
    return float((previous & plan).sum() / previous.sum())


def _renamed(reason: Reason, rows: Ints, columns: Ints) -> Reason:
    """A reason with the places of the caller."""

    def rule(old: Rule) -> Rule:
        if old.place == EVERY:
            return old
        of = columns if old.kind is Kind.CAPACITY else rows
        team = None if old.team is None else int(columns[old.team])
        return Rule(old.kind, int(of[old.place]), team)

    repairs = tuple(
        replace(r, rule=rule(r.rule), teams=tuple(int(columns[j]) for j in r.teams))
        for r in reason.repairs
    )
    return Reason(tuple(rule(old) for old in reason.rules), repairs)
