"""Reasons and repairs as codes with the numbers that make them plain."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from matchmaker.recommender.assignment.feasibility import Court, Repair
from matchmaker.recommender.assignment.problem import Problem
from matchmaker.recommender.assignment.reasons import Reason
from matchmaker.recommender.assignment.rules import EVERY, Kind, Rule
from matchmaker.recommender.assignment.wording import Said


def reason_said(problem: Problem, reason: Reason) -> Said:
    """Why these rules cannot hold together."""
    by = _by_kind(reason)
    kinds = {kind for kind, rules in by.items() if rules}
    pins = by[Kind.PINNED]
    if any(rule.place == EVERY for rule in reason.rules):
        return _sums(problem)
    if Kind.DEMAND_MIN not in kinds:
        return _pins(problem, by)
    if kinds == {Kind.DEMAND_MIN, Kind.DEMAND_MAX}:
        i = by[Kind.DEMAND_MIN][0].place
        least, most = int(problem.demand_min[i]), int(problem.demand_max[i])
        return Said("reason.least_most", {"challenge": i, "least": least, "most": most})
    if len(by[Kind.DEMAND_MIN]) == 1 and not by[Kind.CAPACITY] and not pins:
        return _alone(problem, by)
    needed = sum(int(problem.demand_min[rule.place]) for rule in by[Kind.DEMAND_MIN])
    params = {
        "needed": needed,
        "offered": needed - Court(problem).missing(reason.rules),
        "challenges": [rule.place for rule in by[Kind.DEMAND_MIN]],
        "teams": _teams(problem, by),
    }
    return Said("reason.competition_pins" if pins else "reason.competition", params)


def _teams(problem: Problem, by: Mapping[Kind, list[Rule]]) -> list[int]:
    """Teams that these challenges may have: those that are short, and those nobody else wants."""
    short = [rule.place for rule in by[Kind.CAPACITY]]
    rows = [rule.place for rule in by[Kind.DEMAND_MIN]]
    may = ~(problem.forbidden[rows] | problem.unknown[rows])
    open_to = {int(j) for j in np.flatnonzero(may.any(axis=0))}
    return [j for j in short if j in open_to] or short


def _by_kind(reason: Reason) -> Mapping[Kind, list[Rule]]:
    return {kind: [rule for rule in reason.rules if rule.kind is kind] for kind in Kind}


def _sums(problem: Problem) -> Said:
    offered = int(problem.capacity.clip(max=problem.shape[0]).sum())
    return Said("reason.sums", {"needed": int(problem.demand_min.sum()), "offered": offered})


def _pins(problem: Problem, by: Mapping[Kind, list[Rule]]) -> Said:
    """Pins against a ban, against the most a challenge takes, or against a team's room."""
    pins = by[Kind.PINNED]
    if by[Kind.FORBIDDEN]:
        return Said("reason.pin_forbidden", {"challenge": pins[0].place, "team": pins[0].team})
    if by[Kind.DEMAND_MAX]:
        i, teams = by[Kind.DEMAND_MAX][0].place, [rule.team for rule in pins]
        most = int(problem.demand_max[i])
        params = {"challenge": i, "count": len(pins), "most": most, "teams": teams}
        return Said("reason.pins_most", params)
    j, challenges = by[Kind.CAPACITY][0].place, [rule.place for rule in pins]
    room = int(problem.capacity[j])
    params = {"team": j, "count": len(pins), "room": room, "challenges": challenges}
    return Said("reason.pins_room", params)


def _alone(problem: Problem, by: Mapping[Kind, list[Rule]]) -> Said:
    """One challenge that wants more teams than it may have."""
    i = by[Kind.DEMAND_MIN][0].place
    least = int(problem.demand_min[i])
    if not by[Kind.FORBIDDEN] and not by[Kind.UNKNOWN]:
        return Said("reason.too_few_teams", {"challenge": i, "least": least})
    left = int((~(problem.forbidden[i] | problem.unknown[i])).sum())
    return Said("reason.too_few_allowed", {"challenge": i, "least": least, "left": left})


def repair_said(problem: Problem, repair: Repair) -> Said:
    """What would have to bend."""
    rule, kind = repair.rule, repair.rule.kind
    if rule.place == EVERY:
        return Said(f"repair.{kind}_all", {"by": repair.by})
    match kind:
        case Kind.PINNED:
            return Said("repair.pinned", {"challenge": rule.place, "team": rule.team})
        case Kind.CAPACITY:
            was = int(problem.capacity[rule.place])
            return Said("repair.capacity", {"team": rule.place, "from": was, "to": repair.to})
        case Kind.DEMAND_MIN | Kind.DEMAND_MAX:
            of = problem.demand_min if kind is Kind.DEMAND_MIN else problem.demand_max
            params = {"challenge": rule.place, "from": int(of[rule.place]), "to": repair.to}
            return Said(f"repair.{kind}", params)
        case _:
            teams = list(repair.teams)
            return Said(f"repair.{kind}", {"challenge": rule.place, "teams": teams})
