"""Floors for a fair plan: ask at once for all that the worst challenges could reach alone.

No challenge scores more than it would choosing alone. So the smallest of these scores bounds the
worst, the two smallest bound the two worst, and so on; a plan that reaches them needs no other
proof. Only the floors that matter are put into a programme.
"""

from __future__ import annotations

import numpy as np

from matchmaker.recommender.assignment.linear import Solved, solve
from matchmaker.recommender.assignment.prices import choosing_alone
from matchmaker.recommender.assignment.problem import Floats, Ints
from matchmaker.recommender.assignment.programme import Aim, Task

SLACK = 4e-6  # below a floor, in units of the best score
MISSED = 1e-6  # of all floors together, in units of the best score


def alone(task: Task) -> Floats:
    """What each challenge could score with its pins if no other were in its way."""
    return choosing_alone(task.problem, task.share, with_pins=True)


def floors_at(task: Task, best: Floats, levels: int) -> Floats:
    """Floors at what the worst ``levels`` challenges reach alone.

    Each of those must reach its own best, every other at least the best of the last of them.
    """
    active = task.problem.active
    heights = np.sort(best[active])[:levels]
    floors = np.full(len(best), -np.inf)
    floors[active] = np.minimum(best[active], heights[-1]) - SLACK
    return floors


def relaxed(task: Task, floors: Floats, among: Ints) -> Solved:
    """The best total above the floors when pairs may be split; ``below`` tells what lacks."""
    nobody = np.zeros(0, np.int64)
    return solve(task, Aim(floors=floors, watched=nobody), among)
