"""Why a pair is in a plan or is not, what differs between two plans, and how teams are used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from matchmaker.recommender.assignment.problem import Bools, Floats, Ints, problem_of
from matchmaker.recommender.assignment.results import Assignment
from matchmaker.recommender.assignment.solving import assign
from matchmaker.recommender.assignment.wording import Said

SAME = 1e-7  # of a total, relative; plans that differ by less are as good
Pair = tuple[int, int]


def explain(plan: Assignment, challenge: int, team: int, affinity: ArrayLike, **given: Any) -> Said:
    """Why a pair is in the plan or is not, and what the other way would cost.

    The cost comes from solving again with the pair forbidden, or fixed, and nothing else changed.

    Args:
        plan: what ``assign`` found for the same input.
        challenge, team: places of the pair.
        affinity, given: what ``assign`` was given.

    Returns:
        A code with parameters: ``cost`` or ``gain`` in units of the scores, and places of
        ``challenges`` or ``teams`` that stand in the way.

    Raises:
        ValueError: there is no plan to explain.
    """
    if not plan.has_plan:
        raise ValueError("there is no plan to explain")
    rules = ("demand_min", "demand_max", "capacity", "forbidden", "pinned")
    problem = problem_of(affinity, **{name: given[name] for name in rules})
    if plan.assigned[challenge, team]:
        if problem.pinned[challenge, team]:
            return Said("pair.pinned", {})
        return _why_in(plan, _other(plan, (challenge, team), affinity, "forbidden", given))
    if problem.forbidden[challenge, team]:
        return Said("pair.forbidden", {})
    if problem.unknown[challenge, team]:
        return Said("pair.unknown", {})
    if problem.capacity[team] == 0:
        return Said("pair.no_room", {})
    other = _other(plan, (challenge, team), affinity, "pinned", given)
    is_full = bool(plan.assigned[challenge].sum() >= problem.demand_max[challenge])
    is_used = bool(plan.team_load[team] >= problem.capacity[team])
    return _why_out(plan, other, (challenge, team), is_full=is_full, is_used=is_used)


def _other(
    plan: Assignment, pair: Pair, affinity: ArrayLike, name: str, given: dict[str, Any]
) -> Assignment:
    """The best plan with the pair forbidden or pinned."""
    marks = np.array(given[name], dtype=bool)
    marks[pair] = True
    return assign(affinity, **(given | {name: marks, "objective": plan.objective}))


def _why_in(plan: Assignment, other: Assignment) -> Said:
    if not other.has_plan:
        return Said("pair.needed", {})
    cost, same = plan.total - other.total, SAME * max(1.0, abs(plan.total))
    if _is_fairer(plan, other):
        return Said("pair.chosen_fair", {})
    return Said("pair.chosen", {"cost": cost}) if cost > same else Said("pair.chosen_equal", {})


def _is_fairer(plan: Assignment, other: Assignment) -> bool:
    """Whether the worst challenges fare better in the first plan than in the second."""
    pairs = zip(plan.levels, other.levels, strict=False)
    return any(one.value > two.value + SAME * max(1.0, abs(one.value)) for one, two in pairs)


def _why_out(
    plan: Assignment, other: Assignment, pair: Pair, *, is_full: bool, is_used: bool
) -> Said:
    if not other.has_plan:
        return Said("pair.impossible", {})
    cost, same = plan.total - other.total, SAME * max(1.0, abs(plan.total))
    if _is_fairer(plan, other):
        return Said("pair.unfair", {"change": -cost})
    if cost <= same:
        return Said("pair.equal", {})
    if is_used:
        others = [int(i) for i in np.flatnonzero(plan.assigned[:, pair[1]])]
        return Said("pair.team_used", {"challenges": others, "cost": cost})
    if is_full:
        others = [int(j) for j in np.flatnonzero(plan.assigned[pair[0]])]
        return Said("pair.challenge_full", {"teams": others, "cost": cost})
    return Said("pair.costs", {"cost": cost})


@dataclass(frozen=True, eq=False)
class Comparison:
    """What changes from one plan to another of the same challenges and teams.

    Attributes:
        total, worst: before and after.
        gain: shape (n_challenges,), how much the score of each challenge grows.
        winners, losers: challenges by how much they gain or lose, most first.
        kept, added, removed: pairs.
        load: shape (n_teams,), how many more challenges each team has.
    """

    total: tuple[float, float]
    worst: tuple[float, float]
    gain: Floats
    winners: tuple[int, ...]
    losers: tuple[int, ...]
    kept: tuple[Pair, ...]
    added: tuple[Pair, ...]
    removed: tuple[Pair, ...]
    load: Ints


def compare(before: Assignment, after: Assignment) -> Comparison:
    """Who gains and who loses from one plan to another.

    Raises:
        ValueError: the plans are not of the same challenges and teams, or one is none.
    """
    if before.assigned.shape != after.assigned.shape:
        raise ValueError("both plans must be of the same challenges and teams")
    if not before.has_plan or not after.has_plan:
        raise ValueError("both must be plans")
    gain = after.challenge_score - before.challenge_score
    order = np.argsort(-np.abs(gain), kind="stable")
    same = SAME * max(1.0, float(np.abs(before.challenge_score).max(initial=0.0)))
    return Comparison(
        (before.total, after.total),
        (before.worst, after.worst),
        gain,
        tuple(int(i) for i in order if gain[i] > same),
        tuple(int(i) for i in order if gain[i] < -same),
        _pairs(before.assigned & after.assigned),
        _pairs(after.assigned & ~before.assigned),
        _pairs(before.assigned & ~after.assigned),
        after.team_load - before.team_load,
    )


def _pairs(marks: Bools) -> tuple[Pair, ...]:
    return tuple((int(i), int(j)) for i, j in np.argwhere(marks))


@dataclass(frozen=True, eq=False)
class Use:
    """How teams are used by a plan; every array of shape (n_teams,).

    Attributes:
        load: challenges of each team; ``room`` how many more it could take.
        wanted: challenges that would have it if they chose alone.
        share_used: teams with at least one challenge, over teams that can take any.
    """

    load: Ints
    room: Ints
    wanted: Ints
    share_used: float


def use_of_teams(plan: Assignment, affinity: ArrayLike, **given: Any) -> Use:
    """How much each team is used, has room for, and is wanted.

    Args:
        affinity, given: what ``assign`` was given.
    """
    rules = ("demand_min", "demand_max", "capacity", "forbidden", "pinned")
    problem = problem_of(affinity, **{name: given[name] for name in rules})
    pairs = problem.pairs
    order = np.lexsort((-pairs.score, pairs.challenge))
    challenge = pairs.challenge[order]
    rank = np.arange(len(pairs)) - pairs.start[challenge]
    takes = (rank < problem.demand_max[challenge]) & (
        (pairs.score[order] > 0) | (rank < problem.demand_min[challenge])
    )
    wanted = np.bincount(pairs.team[order[takes]], minlength=problem.shape[1])
    can = problem.capacity > 0
    used = float((plan.team_load[can] > 0).mean()) if can.any() else 0.0
    return Use(plan.team_load, problem.capacity - plan.team_load, wanted, used)
