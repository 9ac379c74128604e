"""The linear programme over a few pairs, grown until no pair left out could improve it.

Only pairs that look promising are handed to the solver. Its prices then say of every other pair
whether it could help; those that could are added and it is solved again. When none is left the
value is a bound for all pairs, although most were never in a programme.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matchmaker.recommender.assignment.prices import choosing_alone, leading, settled_prices
from matchmaker.recommender.assignment.problem import Floats, Ints
from matchmaker.recommender.assignment.programme import (
    TOLERANCE,
    Aim,
    Interrupted,
    Task,
    build,
)
from matchmaker.recommender.assignment.sheet import OutOfTime

MOST_ROUNDS = 60
ADDED_PER_CHALLENGE = 8
CLOSE = 0.03  # pairs that come along, since prices move a little from round to round
SAME = 1e-9  # between value and bound, relative
WHOLE = 1e-6  # from a whole number


@dataclass(frozen=True, eq=False)
class Solved:
    """A solution over some pairs with its proof.

    Attributes:
        chosen: pairs in the programme, as places in ``Pairs``; ``amount`` how much of each.
        value: what was reached; ``bound`` is never below what any plan can reach.
        price: shape (n_pairs,), what one unit of a pair would add beyond what it costs.
        short: places that stayed empty, over all challenges.
        below: by how much scores stay below their floors, over all challenges.
        watched: challenges whose floor was looked at, if any.
    """

    chosen: Ints
    amount: Floats
    value: float
    bound: float
    price: Floats
    short: float
    below: float
    watched: Ints | None


def solve(task: Task, aim: Aim, chosen: Ints) -> Solved:
    """Maximise over all pairs, beginning with ``chosen``.

    Raises:
        Interrupted: ``task.pause`` said so.
        Unsolved: what is to be kept cannot be kept with these pairs.
    """
    inside = np.zeros(len(task.problem.pairs), bool)
    inside[chosen] = True
    for _ in range(MOST_ROUNDS):
        task.pause()
        solved = _solve_once(task, aim, np.flatnonzero(inside))
        outside = np.where(inside, -np.inf, solved.price)
        solved = _proven(task, aim, solved)
        is_complete = _is_closed(aim, solved) or bool((outside <= TOLERANCE).all())
        unseen = _fallen(task, aim, solved)
        if is_complete and not len(unseen):
            break
        if len(unseen) and aim.watched is not None:
            aim = replace(aim, watched=np.union1d(aim.watched, unseen))
        if not is_complete:
            close = np.flatnonzero(outside > -CLOSE)
            inside[leading(task.problem, solved.price, close, ADDED_PER_CHALLENGE)] = True
    return solved


def _is_plain(aim: Aim) -> bool:
    """Whether the total alone is aimed at."""
    return not aim.worst and not aim.kept and aim.floors is None


def _is_closed(aim: Aim, solved: Solved) -> bool:
    """Whether the bound of the plain total shows that no pair is missing."""
    return _is_plain(aim) and solved.bound - solved.value <= SAME * abs(solved.value)


def _proven(task: Task, aim: Aim, solved: Solved) -> Solved:
    """The solution with a better bound, if it is a plan and prices can be found that prove it."""
    is_whole = bool((np.abs(solved.amount - np.round(solved.amount)) < WHOLE).all())
    if not _is_plain(aim) or _is_closed(aim, solved) or solved.short > WHOLE or not is_whole:
        return solved
    plan = np.zeros(len(task.problem.pairs), bool)
    plan[solved.chosen[solved.amount > 0.5]] = True
    price = settled_prices(task.problem, task.gain, plan)
    bound = _bound(task, task.gain - price[task.problem.pairs.team], -price)
    return replace(solved, bound=min(solved.bound, bound))


def _fallen(task: Task, aim: Aim, solved: Solved) -> Ints:
    """Challenges that are not watched and stay below their floor."""
    if aim.floors is None or aim.watched is None:
        return np.zeros(0, np.int64)
    scores = task.scores(solved.chosen, solved.amount)
    low = np.flatnonzero(scores < aim.floors - TOLERANCE)
    return np.setdiff1d(low, aim.watched)


def _solve_once(task: Task, aim: Aim, chosen: Ints) -> Solved:
    programme = build(task, aim, chosen)
    interior = bool(aim.worst or aim.kept)
    try:
        answer = programme.sheet.minimise(interior=interior, seconds=task.seconds_left())
    except OutOfTime:
        raise Interrupted("timed_out") from None
    pairs, problem = task.problem.pairs, task.problem
    team_price, of_score = np.zeros(problem.shape[1]), np.zeros(problem.shape[0])
    team_price[programme.teams] = answer.most[programme.loads]
    if programme.scores is not None:
        of_score[programme.scored] = answer.equal[programme.scores]
    worth = of_score[pairs.challenge] * task.share + team_price[pairs.team]
    if aim.worst == 0:
        worth += task.gain
    price = answer.equal[programme.places][pairs.challenge] + worth
    outside = np.ones(len(pairs), bool)
    outside[chosen] = False
    bound = -answer.value + float(np.maximum(price[outside], 0.0).sum())
    if _is_plain(aim):
        bound = min(bound, _bound(task, worth, team_price))
    return Solved(
        chosen,
        answer.x[programme.pairs],
        -answer.value,
        bound,
        price,
        float(answer.x[programme.slack].sum()),
        float(answer.x[programme.below].sum()),
        aim.watched,
    )


def _bound(task: Task, worth: Floats, team_price: Floats) -> float:
    """The most that any plan can total: each challenge chooses alone at these prices.

    Source: Lagrangian relaxation of the capacities.
    """
    paid = -float(team_price @ task.problem.capacity)
    return paid + float(choosing_alone(task.problem, worth, with_pins=True).sum())
