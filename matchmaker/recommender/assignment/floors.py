"""The quick way to a fair plan: ask at once for all that the worst challenges could reach alone.

No challenge scores more than it would choosing alone. So the smallest of these scores bounds the
worst, the two smallest bound the two worst, and so on; a plan that reaches them needs no other
proof. Only the floors that matter are put into a programme, and whole numbers are searched only
for the challenges that fractions split.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matchmaker.recommender.assignment.linear import Solved, solve
from matchmaker.recommender.assignment.prices import choosing_alone, leading
from matchmaker.recommender.assignment.problem import Bools, Floats, Ints
from matchmaker.recommender.assignment.programme import Aim, Task, build
from matchmaker.recommender.assignment.sheet import Unsolved

SLACK = 4e-6  # below a floor, in units of the best score
GAP = 1e-3  # of the total, relative, at which the search for whole numbers ends
REACHES = ((12, 0), (8, 1))  # pairs of a challenge, steps to its neighbours
FAR_FROM = 0.985  # of the heights that fractions reach; above it neighbours are left alone
SHARES = (1.0, 0.99, 0.98, 0.96, 0.93, 0.9, 0.8, 0.5)  # of those heights that are tried
HALVINGS = 5  # of the search for the heights that fractions reach
SPLIT = 1e-6  # of a pair
MISSED = 1e-6  # of all floors together, in units of the best score


@dataclass(frozen=True, eq=False)
class Raised:
    """A plan over pairs that keeps some floors, and the bound of the total of such plans."""

    chosen: Bools
    bound: float


def alone(task: Task) -> Floats:
    """What each challenge could score with its pins if no other were in its way."""
    return choosing_alone(task.problem, task.share, with_pins=True)


def floors_at(task: Task, best: Floats, levels: int, share: float = 1.0) -> Floats:
    """Floors at a share of what the worst ``levels`` challenges reach alone.

    Each of those must reach its own best, every other at least the best of the last of them.
    """
    active = task.problem.active
    heights = np.sort(best[active])[:levels]
    floors = np.full(len(best), -np.inf)
    floors[active] = np.minimum(best[active], heights[-1]) - SLACK
    if share < 1.0:
        floors[active] -= (1.0 - share) * np.abs(heights[-1])
    return floors


def relaxed(task: Task, floors: Floats, among: Ints) -> Solved:
    """The best total above the floors when pairs may be split; ``below`` tells what lacks."""
    nobody = np.zeros(0, np.int64)
    return solve(task, Aim(floors=floors, watched=nobody), among)


def quick(task: Task, levels: int, among: Ints, nodes: int) -> Raised | None:
    """A fair plan for many pairs: floors as high as whole numbers are found for without effort.

    The floors are not proven to be the highest. None when no whole plan was found.
    """
    best = alone(task)
    top, solved = _reachable(task, best, levels, among)
    for share in SHARES:
        floors = floors_at(task, best, levels, top * share)
        if share < 1.0 or solved is None:
            solved = relaxed(task, floors, among)
        reaches = REACHES[:1] if share > FAR_FROM else REACHES
        for reach in reaches if solved.below <= MISSED else ():
            plan = _unsplit(task, solved, floors, reach, nodes)
            if plan is not None:
                return Raised(plan, max(solved.bound, float(task.gain[plan].sum())))
        among = solved.chosen
    return None


def _reachable(task: Task, best: Floats, levels: int, among: Ints) -> tuple[float, Solved | None]:
    """The share of the heights reached alone that fractions reach, found by halving."""
    solved = relaxed(task, floors_at(task, best, levels), among)
    if solved.below <= MISSED:
        return 1.0, solved
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        tried = relaxed(task, floors_at(task, best, levels, middle), among)
        low, high = (middle, high) if tried.below <= MISSED else (low, middle)
    return low, None


def _unsplit(
    task: Task, solved: Solved, floors: Floats, reach: tuple[int, int], nodes: int
) -> Bools | None:
    """Keep challenges whose pairs are whole, search the others and some of their neighbours."""
    pairs = task.problem.pairs
    used = solved.chosen[solved.amount > SPLIT]
    is_open, near = _opened(task, solved, reach)
    chosen = np.union1d(used, near)
    aim = Aim(floors=floors, watched=np.flatnonzero(np.isfinite(floors)), may_fall_short=False)
    fixed = chosen[~is_open[pairs.challenge[chosen]]]
    task.pause()
    programme = build(replace(task, fixed=fixed), aim, chosen)
    try:
        answer = programme.sheet.minimise_whole(
            programme.whole, nodes=nodes, gap=GAP, seconds=task.seconds_left()
        )
    except Unsolved:
        return None
    if answer.x is None:
        return None
    plan = np.zeros(len(pairs), bool)
    plan[chosen] = answer.x[programme.pairs] > 0.5
    return plan


def _opened(task: Task, solved: Solved, reach: tuple[int, int]) -> tuple[Bools, Ints]:
    """Challenges that are searched, and the pairs they may have.

    A neighbour is a challenge that has a team now which one that is searched could use.
    """
    pairs, (width, steps) = task.problem.pairs, reach
    is_open = np.zeros(task.problem.shape[0], bool)
    cut = (solved.amount > SPLIT) & (solved.amount < 1.0 - SPLIT)
    is_open[pairs.challenge[solved.chosen[cut]]] = True
    used = solved.chosen[solved.amount > SPLIT]
    for step in range(steps + 1):
        among = np.flatnonzero(is_open[pairs.challenge])
        near = leading(task.problem, solved.price, among, width)
        if step < steps:
            is_wanted = np.zeros(task.problem.shape[1], bool)
            is_wanted[pairs.team[near]] = True
            is_open[pairs.challenge[used[is_wanted[pairs.team[used]]]]] = True
    return is_open, near
