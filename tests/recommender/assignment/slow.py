"""Slow and obvious: every plan there is, and every set of rules tried."""

from itertools import combinations, product

import numpy as np

from matchmaker.recommender.assignment import EVERY, Kind, Rule


def plans(given):
    """Every assignment that keeps all rules."""
    shape = given["affinity"].shape
    choices = [list(_rows(given, i)) for i in range(shape[0])]
    for rows in product(*choices):
        plan = np.array(rows, dtype=bool).reshape(shape)
        if (plan.sum(axis=0) <= given["capacity"]).all():
            yield plan


def _rows(given, i):
    """Every choice of teams of one challenge that its own rules leave."""
    unknown = np.isnan(given["affinity"][i]) & ~given["pinned"][i]
    barred = given["forbidden"][i] | unknown
    for size in range(given["demand_min"][i], given["demand_max"][i] + 1):
        for teams in combinations(range(len(barred)), size):
            row = np.zeros(len(barred), bool)
            row[list(teams)] = True
            if not (row & barred).any() and not (given["pinned"][i] & ~row).any():
                yield row


def total(given, plan):
    return float(np.nan_to_num(given["affinity"])[plan].sum())


def worst_first(given, plan):
    """Challenge scores, the lowest first."""
    active = given["demand_max"] > 0
    sums = (np.nan_to_num(given["affinity"]) * plan).sum(axis=1)
    return np.sort(sums[active] / given["demand_max"][active])


def best_total(given):
    return max((total(given, plan) for plan in plans(given)), default=None)


def fairest(given, levels=3):
    """The greatest worst scores one after another, then the greatest total."""
    keys = (
        (*np.round(worst_first(given, plan)[:levels], 9), round(total(given, plan), 9))
        for plan in plans(given)
    )
    return max(keys, default=None)


def holds(given, codes):
    """Whether some plan keeps these rules when all others are switched off."""
    n_challenges, n_teams = given["affinity"].shape
    free = {
        "affinity": np.zeros((n_challenges, n_teams)),
        "demand_min": np.zeros(n_challenges, int),
        "demand_max": np.full(n_challenges, n_teams),
        "capacity": np.full(n_teams, n_challenges),
        "forbidden": np.zeros((n_challenges, n_teams), bool),
        "pinned": np.zeros((n_challenges, n_teams), bool),
    }
    unknown = np.isnan(given["affinity"]) & ~given["pinned"]
    for rule in map(Rule.parse, codes):
        match rule.kind:
            case Kind.UNKNOWN:
                free["forbidden"][rule.place] |= unknown[rule.place]
            case Kind.FORBIDDEN | Kind.PINNED:
                place = (rule.place, slice(None) if rule.team is None else rule.team)
                free[rule.kind.value][place] |= given[rule.kind.value][place]
            case _:
                place = slice(None) if rule.place == EVERY else rule.place
                free[rule.kind.value][place] = given[rule.kind.value][place]
    if (free["demand_min"] > free["demand_max"]).any():
        return False
    return next(plans(free), None) is not None
