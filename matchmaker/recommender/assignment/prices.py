"""What pairs are worth when challenges compete: choosing alone, and prices that even it out."""

from __future__ import annotations

import numpy as np

from matchmaker.recommender.assignment.problem import Bools, Floats, Ints, Pairs, Problem

ROUNDS = 40
FIRST_STEP = 0.1  # of a price, in units of the best score
SHRINK = 0.9  # of the step, from round to round
MOST_SHORTLISTED = 64  # teams that each challenge looks at
MOST_SWEEPS = 60
SETTLED = 1e-13  # between two sweeps, in units of the best score


def leading(problem: Problem, value: Floats, among: Ints, many: int) -> Ints:
    """The best ``many`` pairs of each challenge among some, earlier ones first when equal."""
    challenge = problem.pairs.challenge[among]
    order = np.lexsort((-value[among], challenge))
    ordered = challenge[order]
    first = np.searchsorted(ordered, np.arange(problem.shape[0]))
    rank = np.arange(len(among)) - first[ordered]
    return np.sort(among[order[rank < many]])


def choosing_alone(problem: Problem, value: Floats, *, with_pins: bool) -> Floats:
    """The most that each challenge can reach if no other is in its way, shape (n_challenges,).

    It takes its best teams up to demand_max, beyond demand_min only those that add something.

    Args:
        value: of each pair.
        with_pins: whether pinned teams come first, whatever they are worth.
    """
    pairs = problem.pairs
    fixed = pairs.pinned if with_pins else np.zeros(len(pairs), bool)
    wish = np.where(fixed, np.inf, value)
    many = int(problem.demand_max.max(initial=0))
    best = np.arange(len(pairs))
    if len(pairs) > problem.shape[0] * (many + 1):
        best = _shortlist(problem, wish, many)
    challenge = pairs.challenge[best]
    order = np.lexsort((-wish[best], challenge))
    best, challenge = best[order], challenge[order]
    rank = np.arange(len(best)) - np.searchsorted(challenge, np.arange(problem.shape[0]))[challenge]
    wanted = (value[best] > 0) | (rank < problem.demand_min[challenge]) | fixed[best]
    takes = (rank < problem.demand_max[challenge]) & wanted
    return np.bincount(challenge[takes], value[best[takes]], problem.shape[0]).astype(np.float64)


def _shortlist(problem: Problem, value: Floats, many: int) -> Ints:
    """At least the best ``many`` pairs of each challenge, quicker than sorting all."""
    grid = grid_of(problem.pairs, value, np.arange(len(value)))
    if grid.shape[1] <= many:
        return np.arange(len(value))
    top = np.argpartition(-grid, many - 1, axis=1)[:, :many]
    places = top + problem.pairs.start[:-1, None]
    return np.sort(places[top < np.diff(problem.pairs.start)[:, None]])


def grid_of(pairs: Pairs, value: Floats, among: Ints) -> Floats:
    """Values of some pairs as one row for each challenge, filled up with minus infinity.

    Args:
        among: places in ``pairs``, ascending.
    """
    challenge = pairs.challenge[among]
    start = np.searchsorted(challenge, np.arange(len(pairs.start)))
    grid = np.full((len(start) - 1, int(np.diff(start).max(initial=0))), -np.inf)
    grid[challenge, np.arange(len(among)) - start[challenge]] = value[among]
    return grid


def market_prices(problem: Problem, gain: Floats) -> Floats:
    """Prices of teams at which about as many challenges want each as it can take.

    Every challenge names the teams it likes best at the present prices; the price of a team that
    is named too often goes up, that of one with room goes down, by smaller and smaller steps.

    Args:
        gain: of each pair, in units of the best score.

    Returns:
        Shape (n_teams,), 0 or more, same units. Only a good guess.
    """
    pairs, price = problem.pairs, np.zeros(problem.shape[1])
    most = int(problem.demand_max.max(initial=0))
    best = leading(problem, gain, np.arange(len(pairs)), max(MOST_SHORTLISTED, most))
    grid = grid_of(pairs, gain, best)
    if not most or not grid.shape[1]:
        return price
    team = grid_of(pairs, pairs.team.astype(np.float64), best)
    team = np.where(np.isfinite(team), team, 0).astype(np.int64)
    most, step = min(most, grid.shape[1]), FIRST_STEP
    rank = np.arange(most)
    for _ in range(ROUNDS):
        net = grid - price[team]
        named = np.argpartition(-net, most - 1, axis=1)[:, :most]
        worth = np.take_along_axis(net, named, axis=1)
        order = np.argsort(-worth, axis=1, kind="stable")
        worth = np.take_along_axis(worth, order, axis=1)
        named = np.take_along_axis(named, order, axis=1)
        wanted = (worth > 0) | (rank < problem.demand_min[:, None])
        wanted &= (rank < problem.demand_max[:, None]) & np.isfinite(worth)
        load = np.bincount(np.take_along_axis(team, named, axis=1)[wanted], minlength=len(price))
        excess = np.clip(load - problem.capacity, -1, 2)
        price = np.maximum(price + step * excess, 0.0)
        step *= SHRINK
    return price


def settled_prices(problem: Problem, gain: Floats, plan: Bools) -> Floats:
    """Prices of teams at which nobody in the best plan would rather have another team.

    Where a challenge or team would be better off with another, its price gives way, until all
    are content. That ends if and only if the plan is the best there is; else it is cut off, and
    the prices are only a guess.

    Args:
        gain: of each pair.
        plan: shape (n_pairs,), the pairs of the plan.

    Returns:
        Shape (n_teams,), 0 or more, in units of ``gain``.

    Source: Bellman, Quarterly of Applied Mathematics 16 (1958), on the residual graph.
    """
    pairs, taken = problem.pairs, np.flatnonzero(plan & ~problem.pairs.pinned)
    count = np.bincount(pairs.challenge[plan], minlength=problem.shape[0])
    load = np.bincount(pairs.team[plan], minlength=problem.shape[1])
    has_pairs = np.flatnonzero(np.diff(pairs.start) > 0)
    starts = pairs.start[has_pairs]
    lost = np.where(plan, np.inf, -gain)
    can_drop, can_add = count > problem.demand_min, count < problem.demand_max
    spare = load < problem.capacity
    pay, price, base = np.full(problem.shape[0], np.inf), np.zeros(problem.shape[1]), 0.0
    challenge, team, worth = pairs.challenge[taken], pairs.team[taken], gain[taken]
    for _ in range(MOST_SWEEPS):
        before = price.copy()
        pay[has_pairs] = np.minimum(
            pay[has_pairs], np.minimum.reduceat(price[pairs.team] + lost, starts)
        )
        pay[can_drop] = np.minimum(pay[can_drop], base)
        np.minimum.at(price, team, pay[challenge] + worth)
        base = min(base, float(price.min(initial=np.inf)), float(pay[can_add].min(initial=np.inf)))
        price[spare] = np.minimum(price[spare], base)
        if (before - price <= SETTLED).all():
            break
    return np.maximum(price - base, 0.0)
