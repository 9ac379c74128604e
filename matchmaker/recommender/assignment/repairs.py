"""The least that has to bend so that a set of rules can hold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from matchmaker.recommender.assignment.feasibility import Court, Repair
from matchmaker.recommender.assignment.problem import Ints, Problem
from matchmaker.recommender.assignment.rules import EVERY, Kind, Rule

EASE = (
    Kind.PINNED,
    Kind.CAPACITY,
    Kind.DEMAND_MIN,
    Kind.DEMAND_MAX,
    Kind.UNKNOWN,
    Kind.FORBIDDEN,
)  # a wish goes first, a conflict last, when both cost as many units
MOST_OF_A_KIND = 12  # rules of one kind that are tried


def repairs_of(court: Court, rules: Sequence[Rule]) -> list[Repair]:
    """Repairs each of which lets the rules hold: fewest units first, then the easiest kind.

    A forbidden pair that is unbendable is never among them.
    """
    found = []
    for kind in EASE:
        some = [rule for rule in rules if rule.kind is kind]
        for rule in sorted(some, key=lambda rule: -_promise(court.problem, rule, rules)):
            repair = _repair(court, rule, rules)
            if repair is not None:
                found.append(repair)
            if sum(other.rule.kind is kind for other in found) >= MOST_OF_A_KIND:
                break
    return sorted(found, key=lambda repair: repair.by)


def _promise(problem: Problem, rule: Rule, rules: Sequence[Rule]) -> float:
    """How good bending a rule could be: the best score it lets in."""
    if rule.kind is not Kind.CAPACITY or rule.place == EVERY:
        return 0.0
    challenges = sorted({r.place for r in rules if r.kind in (Kind.DEMAND_MIN, Kind.PINNED)})
    scores = problem.affinity[challenges, rule.place]
    return float(np.nan_to_num(scores, nan=-np.inf).max(initial=-np.inf))


def _repair(court: Court, rule: Rule, rules: Sequence[Rule]) -> Repair | None:
    problem = court.problem
    if rule.place == EVERY:
        return Repair(rule, _missing(problem))
    match rule.kind:
        case Kind.PINNED:
            return Repair(rule, 1)
        case Kind.DEMAND_MIN:
            given = int(problem.demand_min[rule.place])
            return _number(court, rule, rules, given, -1, given)
        case Kind.DEMAND_MAX:
            given = int(problem.demand_max[rule.place])
            return _number(court, rule, rules, given, 1, problem.shape[1] - given)
        case Kind.CAPACITY:
            given = int(problem.capacity[rule.place])
            return _number(court, rule, rules, given, 1, problem.shape[0] - given)
        case _:
            return _pairs(court, rule, rules)


def _missing(problem: Problem) -> int:
    """Places that all teams together lack."""
    room = np.minimum(problem.capacity, problem.shape[0])
    return int(problem.demand_min.sum()) - int(room.sum())


def _number(
    court: Court, rule: Rule, rules: Sequence[Rule], given: int, step: int, most: int
) -> Repair | None:
    """The smallest change of a number that is enough, by halving; None when none is."""

    def repair(by: int) -> Repair:
        return Repair(rule, by, given + step * by)

    if most < 1 or not court.can_hold(rules, repair(most)):
        return None
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if court.can_hold(rules, repair(middle)) else (middle, high)
    return repair(high)


def _pairs(court: Court, rule: Rule, rules: Sequence[Rule]) -> Repair | None:
    """The fewest pairs of a challenge to be let in, the best first; None when too few may be."""
    problem, i = court.problem, rule.place
    if rule.team is not None:
        return None if problem.unbendable[i, rule.team] else Repair(rule, 1, teams=(rule.team,))
    teams = _candidates(problem, rule, rules)
    if not len(teams) or not court.can_hold(rules, Repair(rule, 1, teams=tuple(teams))):
        return None
    low, high = 0, len(teams)
    while high - low > 1:
        middle = (low + high) // 2
        some = Repair(rule, middle, teams=tuple(teams[:middle]))
        low, high = (low, middle) if court.can_hold(rules, some) else (middle, high)
    return Repair(rule, high, teams=tuple(teams[:high]))


def _candidates(problem: Problem, rule: Rule, rules: Sequence[Rule]) -> list[int]:
    """Teams that could be let in: with room, not among those that are short; the best first."""
    i = rule.place
    if rule.kind is Kind.UNKNOWN:
        marks = problem.unknown[i] & ~problem.forbidden[i]
    else:
        marks = problem.forbidden[i] & ~problem.unbendable[i] & ~problem.unknown[i]
    short = {other.place for other in rules if other.kind is Kind.CAPACITY}
    room: Ints = problem.capacity - problem.pinned.sum(axis=0)
    teams = [int(j) for j in np.flatnonzero(marks & (room > 0)) if j not in short]
    scores = np.nan_to_num(problem.affinity[i].astype(np.float64), nan=-np.inf)
    return sorted(teams, key=lambda j: (-scores[j], j))
