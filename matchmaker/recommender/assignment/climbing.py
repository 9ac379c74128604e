"""Fair plans of many pairs: whoever is worst off is raised by small searches around them.

Nothing is proven here. The plan keeps every rule at each step and never gets less fair.

Source: the idea of a search in large neighbourhoods, Shaw, CP 1998.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from matchmaker.recommender.assignment.prices import leading
from matchmaker.recommender.assignment.problem import Bools, Floats, Ints
from matchmaker.recommender.assignment.programme import Task
from matchmaker.recommender.assignment.sheet import Sheet

STEPS = (0.08, 0.02, 0.005)  # that a challenge is raised by, in units of the best score
SIZES = (6, 14, 30)  # challenges that a search moves about
WIDTH = 12  # teams that each of them may have
LIKED = 10  # teams whose holders are asked to give way
POLISHED = 10  # challenges that are moved about for a better total
MOST_MOVES = 400
MOST_POLISHED = 300
SAME = 1e-9


def climbed(task: Task, plan: Bools, best: Floats, levels: int, nodes: int) -> Bools:
    """Raise the worst challenge by small searches until it is stuck, then the next ones.

    Args:
        best: what each challenge could score alone.
    """
    active = best[task.problem.active]
    tops = np.minimum(best, np.sort(active)[:levels].max(initial=-np.inf))
    ascent = _Ascent(task, plan.copy(), tops, nodes)
    stuck: set[int] = set()
    for _ in range(MOST_MOVES):
        task.pause()
        free = [int(i) for i in task.problem.active if int(i) not in stuck]
        if not free or len(stuck) >= levels:
            break
        scores = ascent.scores
        worst = min(free, key=lambda i: (scores[i], i))
        if not any(ascent.raises(worst, step, stuck) for step in STEPS):
            stuck.add(worst)
    return ascent.plan


def polished(task: Task, plan: Bools, levels: int, nodes: int) -> Bools:
    """Better totals around each challenge, while the worst scores stay what they are."""
    scores = task.scores(np.flatnonzero(plan))
    active = scores[task.problem.active]
    if not len(active):
        return plan
    ascent = _Ascent(task, plan.copy(), scores, nodes)
    floors = np.minimum(scores, np.sort(active)[:levels].max())
    for challenge in task.problem.active[:MOST_POLISHED]:
        task.pause()
        ascent.improves(int(challenge), floors)
    return ascent.plan


@dataclass(eq=False)
class _Ascent:
    """A plan that gets fairer move by move.

    Attributes:
        tops: scores beyond which raising a challenge is no gain in fairness.
    """

    task: Task
    plan: Bools
    tops: Floats
    nodes: int

    @property
    def scores(self) -> Floats:
        """Challenge scores of the plan as it is."""
        return self.task.scores(np.flatnonzero(self.plan))

    def raises(self, worst: int, step: float, stuck: set[int]) -> bool:
        """Try to raise a challenge by a step, with more and more others giving way."""
        scores = self.scores
        goal = min(scores[worst] + step, self.tops[worst])
        if goal <= scores[worst] + SAME:
            return False
        floors = np.minimum(scores, goal)
        floors[worst] = goal
        for size in SIZES:
            opened = self._around(worst, scores, size)
            if self._moved(opened, floors):
                return True
            if len(opened) < size:
                return False
        return False

    def improves(self, challenge: int, floors: Floats) -> bool:
        """Search around a challenge for a better total above the floors."""
        return self._moved(self._around(challenge, self.scores, POLISHED), floors)

    def _around(self, worst: int, scores: Floats, size: int) -> Ints:
        """The challenge, those that hold teams it likes, those that hold teams these like, …"""
        pairs, problem = self.task.problem.pairs, self.task.problem
        held = np.flatnonzero(self.plan)
        opened, edge = [worst], [worst]
        seen = {worst}
        while edge and len(opened) < size:
            liked = np.concatenate([self._liked(i) for i in edge])
            is_liked = np.zeros(problem.shape[1], bool)
            is_liked[liked] = True
            holders = np.unique(pairs.challenge[held[is_liked[pairs.team[held]]]])
            fresh = [int(i) for i in holders if int(i) not in seen]
            fresh.sort(key=lambda i: (-scores[i], i))
            edge = fresh[: size - len(opened)]
            opened += edge
            seen.update(edge)
        return np.array(sorted(opened))

    def _liked(self, challenge: int) -> Ints:
        """The teams that a challenge likes best."""
        pairs = self.task.problem.pairs
        span = slice(pairs.start[challenge], pairs.start[challenge + 1])
        order = np.argsort(-self.task.share[span], kind="stable")[:LIKED]
        return pairs.team[span][order].astype(np.int64)

    def _moved(self, opened: Ints, floors: Floats) -> bool:
        """Search anew for some challenges, all others staying; whether that went."""
        task, pairs, problem = self.task, self.task.problem.pairs, self.task.problem
        spans = [np.arange(pairs.start[i], pairs.start[i + 1]) for i in opened]
        inside = np.concatenate(spans)
        own = inside[self.plan[inside]]
        load = np.bincount(pairs.team[self.plan], minlength=problem.shape[1])
        room = problem.capacity - load + np.bincount(pairs.team[own], minlength=len(load))
        could = inside[room[pairs.team[inside]] > 0]
        chosen = np.union1d(leading(problem, task.share, could, WIDTH), own)
        answer = _searched(task, chosen, opened, floors, room, self.nodes)
        if answer is None:
            return False
        if (
            task.gain[answer].sum() < task.gain[own].sum()
            and not (task.scores(own)[opened] < floors[opened] - SAME).any()
        ):
            return False
        self.plan[own] = False
        self.plan[answer] = True
        return True


def _searched(
    task: Task, chosen: Ints, opened: Ints, floors: Floats, room: Ints, nodes: int
) -> Ints | None:
    """The best total of a few challenges above their floors; None when there is no way."""
    pairs, problem, sheet = task.problem.pairs, task.problem, Sheet()
    row = np.searchsorted(opened, pairs.challenge[chosen])
    teams, seat = np.unique(pairs.team[chosen], return_inverse=True)
    columns, ones = np.arange(len(chosen)), np.ones(len(chosen))
    x = sheet.variables(-task.gain[chosen], pairs.pinned[chosen], 1.0, len(chosen))
    taken = sparse.coo_array((ones, (row, columns)), (len(opened), len(chosen)))
    scored = sparse.coo_array((task.share[chosen], (row, columns)), taken.shape)
    load = sparse.coo_array((ones, (seat, columns)), (len(teams), len(chosen)))
    sheet.most([(x, taken)], problem.demand_max[opened])
    sheet.most([(x, -taken)], -problem.demand_min[opened])
    sheet.most([(x, -scored)], SAME - floors[opened])
    sheet.most([(x, load)], room[teams])
    answer = sheet.minimise_whole([x], nodes=nodes, gap=1e-4, seconds=task.seconds_left())
    if answer.x is None:
        return None
    found = chosen[answer.x[x] > 0.5]
    sums = task.scores(found)[opened]
    return found if (sums >= floors[opened] - 1e-6).all() else None
