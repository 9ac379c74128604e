"""Fair plans: raise the worst challenge, then the second worst, then the third, then the total.

The linear programme says how far each level can be raised at most; whole numbers are looked for
at exactly that height first. Only where none are found is the height itself searched.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matchmaker.recommender.assignment.climbing import climbed, polished
from matchmaker.recommender.assignment.floors import MISSED, alone, floors_at, relaxed
from matchmaker.recommender.assignment.linear import Solved, solve
from matchmaker.recommender.assignment.problem import Bools, Floats, Ints
from matchmaker.recommender.assignment.programme import Aim, Task, build
from matchmaker.recommender.assignment.sheet import Unsolved

SLACK = 4e-6  # below a height that was reached, in units of the best score
FINE_ENOUGH = 4e-3  # between a height that is reached and one that is not
MOST_STEPS = 14  # of the search for a height
WIDTH = 0.1  # how far from competitive pairs may be at first, in units of the best score
FEW = 1_000  # pairs that are all searched at once
PROVABLE = 4_000  # pairs up to which heights are proven whatever they are
TOO_MANY = 20_000  # pairs that are not handed to the whole-number search at once
NODES_ON_THE_WAY = 30  # branches of a small search for a fairer plan
GAP = 1e-6  # of the total, relative; closer counts as proven


@dataclass(frozen=True)
class Level:
    """How far one step of fairness came.

    Attributes:
        worst: k, for the sum of the k worst challenge scores.
        value: that sum; ``bound`` is never below what any plan reaches that is as good on the
            levels before. Both in units of the scores.
    """

    worst: int
    value: float
    bound: float


@dataclass(frozen=True, eq=False)
class Fair:
    """A fair plan as pairs in it, with its proof.

    Attributes:
        chosen: shape (n_pairs,), whether the pair is in the plan.
        levels: in units of the best score.
        bound: of the total among plans as fair, same units.
        is_proven: whether every height was proven to be the greatest.
    """

    chosen: Bools
    levels: tuple[Level, ...]
    bound: float
    is_proven: bool


@dataclass(frozen=True, eq=False)
class Found:
    """A plan of whole pairs, or proof that there is none, or neither."""

    chosen: Bools | None
    bound: float
    is_proven: bool


def fair(task: Task, start: Bools, among: Ints, *, levels: int, nodes: int,
         tell: Callable[[], None]) -> Fair:  # fmt: skip
    """The fairest plan.

    Args:
        start: a plan that keeps all rules.
        among: pairs to begin the linear programme with.
        levels: how many of the worst challenges are raised one after another.
        nodes: branches that each search for whole numbers may look at.
        tell: called after each step, at most ``levels + 1`` times.
    """
    levels = min(levels, len(task.problem.active))
    best = alone(task)
    heights = [float(v) for v in np.cumsum(np.sort(best[task.problem.active])[:levels])]
    if is_large(task):
        return _by_climbing(task, start, among, heights, nodes, tell)
    found = _at_once(task, among, best, levels, nodes)
    tell()
    if found.chosen is None:
        heights, found = _by_sums(task, among, levels, nodes, tell)
    if found.chosen is None:
        return _searched(task, start, among, levels, nodes, tell)
    return _settled(task, found, heights)


def _settled(task: Task, found: Found, heights: Sequence[float]) -> Fair:
    """A plan that reaches the heights that none can pass."""
    assert found.chosen is not None
    reached = _levels(task, found.chosen, heights)
    return Fair(found.chosen, reached, found.bound, found.is_proven)


def _at_once(task: Task, among: Ints, best: Floats, levels: int, nodes: int) -> Found:
    """The best plan in which the worst challenges get what they would get alone."""
    nobody = np.zeros(0, np.int64)
    return whole(task, Aim(floors=floors_at(task, best, levels), watched=nobody), among, nodes)


def _by_climbing(task: Task, start: Bools, among: Ints, heights: list[float], nodes: int,
                 tell: Callable[[], None]) -> Fair:  # fmt: skip
    """A fair plan of many pairs; proven only where it reaches all that can be reached alone."""
    best, levels = alone(task), len(heights)
    plan = climbed(task, start, best, levels, min(nodes, NODES_ON_THE_WAY))
    tell()
    is_small = len(task.problem.pairs) <= TOO_MANY
    if heights[-1] - _heights(task, plan, levels)[-1] <= SLACK:
        floors = floors_at(task, best, levels)
        found = _at_once(task, among, best, levels, nodes) if is_small else None
    else:
        floors = np.full(len(best), -np.inf)
        floors[task.problem.active] = _heights(task, plan, 1)[0] - SLACK
        found = None
        if is_small:
            heights, found = _by_sums(task, among, levels, nodes, tell)
    if found is not None and found.chosen is not None:
        return _settled(task, found, heights)
    tell()
    plan = polished(task, plan, levels, min(nodes, NODES_ON_THE_WAY))
    bound = max(relaxed(task, floors, among).bound, float(task.gain[plan].sum()))
    tell()
    return Fair(plan, _levels(task, plan, heights), bound, is_proven=False)


def _by_sums(
    task: Task, among: Ints, levels: int, nodes: int, tell: Callable[[], None]
) -> tuple[list[float], Found]:
    """Heights that fractions reach where challenges stand in each other's way, and a plan there.

    They bound what any plan reaches. Where whole numbers do not reach them, no plan is found.
    """
    kept: tuple[float, ...] = ()
    heights: list[float] = []
    for worst in range(1, levels + 1):
        solved = solve(task, Aim(worst, kept), among)
        among = solved.chosen
        heights.append(solved.bound)
        kept = (*kept, solved.value - SLACK)
        tell()
    return heights, whole(task, Aim(kept=kept), among, nodes)


def _levels(task: Task, plan: Bools, heights: Sequence[float]) -> tuple[Level, ...]:
    """How far a plan came, beside the heights that none can pass."""
    reached = _heights(task, plan, len(heights))
    return tuple(
        Level(worst, value, max(value, bound))
        for worst, (value, bound) in enumerate(zip(reached, heights, strict=True), 1)
    )


def _searched(task: Task, start: Bools, among: Ints, levels: int, nodes: int,
              tell: Callable[[], None]) -> Fair:  # fmt: skip
    """The same when whole numbers do not reach as high as fractions: each height is searched."""
    climb = Climb(task, nodes, start, among)
    kept: tuple[float, ...] = ()
    shown: list[Level] = []
    for worst in range(1, levels + 1):
        shown.append(climb.raise_level(worst, kept))
        kept = (*kept, shown[-1].value - SLACK)
        tell()
    last = whole(task, Aim(kept=kept), climb.among, nodes)
    tell()
    if last.chosen is None:
        return Fair(climb.plan, tuple(shown), last.bound, is_proven=False)
    proven = all(level.bound - level.value <= 6 * SLACK for level in shown)
    return Fair(last.chosen, tuple(shown), last.bound, proven and last.is_proven)


def is_large(task: Task) -> bool:
    """Whether there are too many pairs to prove what whole numbers cannot reach."""
    return len(task.problem.pairs) > PROVABLE


class Climb:
    """The search for the greatest heights that whole pairs reach.

    Attributes:
        plan: the best plan so far.
        among: pairs to begin a linear programme with.
    """

    def __init__(self, task: Task, nodes: int, start: Bools, among: Ints):
        self._task, self._nodes = task, nodes
        self.plan, self.among = start, among

    def raise_level(self, worst: int, kept: tuple[float, ...]) -> Level:
        """Raise the sum of the ``worst`` lowest scores by halving what is still open.

        When little is open, the next try is just above what was reached: if that fails, the
        height is proven.
        """
        solved = solve(self._task, Aim(worst, kept), self.among)
        self.among = solved.chosen
        low, high = self._height(worst), solved.value
        bound, is_sure, target = solved.bound, True, solved.value
        for _ in range(MOST_STEPS):
            if high - low <= 6 * SLACK:
                break
            aim = Aim(kept=(*kept, target - SLACK))
            found = whole(self._task, aim, self.among, self._nodes, any_total=True)
            if found.chosen is not None:
                self.plan = found.chosen
                low = max(low, self._height(worst))
            else:
                high, is_sure = target, is_sure and found.is_proven
                bound = high if is_sure else bound
            target = (low + high) / 2 if high - low > FINE_ENOUGH else low + 4 * SLACK
        return Level(worst, low, max(low, bound))

    def _height(self, worst: int) -> float:
        return _heights(self._task, self.plan, worst)[-1]


def _heights(task: Task, chosen: Bools, levels: int) -> list[float]:
    """Sums of the 1, 2, 3 … worst challenge scores of a plan."""
    scores = task.scores(np.flatnonzero(chosen))
    return [float(v) for v in np.cumsum(np.sort(scores[task.problem.active])[:levels])]


def whole(task: Task, aim: Aim, among: Ints, nodes: int, *, any_total: bool = False) -> Found:
    """The best total of a plan of whole pairs that keeps some heights.

    Only pairs that the prices leave in reach are searched; the bound counts the others in.

    Args:
        aim: heights or floors, as for fractions.
        any_total: whether any plan will do.
    """
    try:
        solved = solve(task, aim, among)
    except Unsolved:
        return Found(None, -np.inf, is_proven=True)
    if solved.below > MISSED:
        return Found(None, -np.inf, is_proven=True)
    watched = None if aim.floors is None else task.problem.active
    aim = replace(
        aim, counts=bool(aim.kept), any_total=any_total, watched=watched, may_fall_short=False
    )
    found = Found(None, solved.bound, is_proven=False)
    width = WIDTH if len(task.problem.pairs) > FEW else np.inf
    while True:
        chosen = np.flatnonzero((solved.price > -width) | task.problem.pairs.pinned)
        chosen = np.union1d(chosen, solved.chosen[solved.amount > SLACK])
        if len(chosen) > TOO_MANY and width != WIDTH:
            return found
        found = _better(task, found, _whole_among(task, aim, chosen, nodes, solved, width))
        is_done = found.chosen is not None if any_total else found.is_proven
        if is_done or width == np.inf or (found.chosen is None and is_large(task)):
            return found
        wider = np.inf if found.chosen is None else solved.bound - _total(task, found) + SLACK
        if wider <= width:
            return found
        width = wider


def _total(task: Task, found: Found) -> float:
    return -np.inf if found.chosen is None else float(task.gain[found.chosen].sum())


def _better(task: Task, first: Found, second: Found) -> Found:
    """The plan with the larger total, under the bound of the later search, which saw more."""
    best = first if _total(task, first) > _total(task, second) else second
    bound = min(first.bound, second.bound)
    is_proven = second.is_proven or _is_close(bound, _total(task, best))
    return Found(best.chosen, max(bound, _total(task, best)), is_proven)


def _is_close(bound: float, total: float) -> bool:
    return bool(np.isfinite(total)) and bound - total <= 2 * GAP * max(1.0, abs(total))


def _whole_among(
    task: Task, aim: Aim, chosen: Ints, nodes: int, solved: Solved, width: float
) -> Found:
    task.pause()
    programme = build(task, aim, chosen)
    answer = programme.sheet.minimise_whole(
        programme.whole, nodes=nodes, gap=GAP, seconds=task.seconds_left()
    )
    if answer.x is None:
        nobody = answer.bound is None and answer.is_proven and width == np.inf
        return Found(None, solved.bound, is_proven=nobody)
    plan = np.zeros(len(task.problem.pairs), bool)
    plan[chosen] = answer.x[programme.pairs] > 0.5
    total, bound = float(task.gain[plan].sum()), solved.bound
    if answer.bound is not None and not aim.any_total:
        bound = min(bound, max(-answer.bound, solved.bound - width))  # others lose that much
    return Found(plan, max(bound, total), _is_close(bound, total))
