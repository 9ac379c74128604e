"""``assign``: from scores and rules to a plan with a proof, or to the reasons why there is none."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from matchmaker.recommender.assignment.leximin import Level, fair
from matchmaker.recommender.assignment.linear import solve
from matchmaker.recommender.assignment.outcome import VERSION, Outcome, in_given_order
from matchmaker.recommender.assignment.prices import leading, market_prices
from matchmaker.recommender.assignment.problem import (
    Bools,
    Ints,
    Problem,
    in_order,
    order_of,
    problem_of,
)
from matchmaker.recommender.assignment.programme import Aim, Interrupted, Task
from matchmaker.recommender.assignment.reasons import Reason, reasons_of, would_suffice
from matchmaker.recommender.assignment.results import Assignment, Status
from matchmaker.recommender.assignment.sheet import Unsolved

OBJECTIVES = ("total", "fair")
BONUS = 0.02  # of the range of scores, for a pair of the earlier plan
PROVEN = 1e-6  # gap to the bound, relative, below which a plan is called optimal
FIRST_PAIRS = 4  # candidates of a challenge beyond its demand_max
SLACK_PRICES = (4.0, 1e4)  # of a place nobody fills, in units of the best score


@dataclass(frozen=True)
class Options:
    """How to search.

    Attributes:
        levels: how many of the worst challenges ``fair`` raises one after another.
        nodes: branches that each search for whole numbers may look at. It counts work and not
            time, so that every machine finds the same plan.
        seconds: stop after so long, with the best plan until then. Then the result does depend on
            the machine.
        seed: another one looks at challenges and teams in another order, which decides between
            plans that are equally good.
    """

    objective: str = "total"
    levels: int = 3
    nodes: int = 300
    seconds: float | None = None
    seed: int = 0


def assign(
    affinity: ArrayLike,
    *,
    demand_min: ArrayLike,
    demand_max: ArrayLike,
    capacity: ArrayLike,
    forbidden: ArrayLike,
    pinned: ArrayLike,
    objective: str = "total",
    previous: ArrayLike | None = None,
    unbendable: ArrayLike | None = None,
    challenge_ids: Sequence[str] | None = None,
    team_ids: Sequence[str] | None = None,
    seed: int = 0,
    levels: int = 3,
    nodes: int = 300,
    seconds: float | None = None,
    on_progress: Callable[[int, int], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Assignment:
    """Give each challenge its teams so that all rules hold and the plan is the best there is.

    Args:
        affinity: score of each pair, shape (n_challenges, n_teams), larger is better; may be
            negative. NaN: not known, assigned only if pinned, and counts 0 then.
        demand_min, demand_max: teams per challenge; one number stands for all.
        capacity: challenges per team; one number stands for all.
        forbidden, pinned: bool, like affinity.
        objective: ``total`` for the largest sum of scores; ``fair`` to raise the worst challenge
            first, then the second worst, then the third, then the sum.
        previous: an earlier plan; each of its pairs counts 2 percent of the score range more.
        unbendable: forbidden pairs that no repair may offer, such as statutory conflicts.
        challenge_ids, team_ids: with them the order of rows and columns does not matter, not even
            between plans that are equally good.
        seed, levels, nodes, seconds: see ``Options``.
        on_progress: told ``(done, total)`` steps.
        should_stop: asked between steps; true ends the search with status ``cancelled``.

    Returns:
        The plan with its proof; the arrays given are never written to.

    Raises:
        ValueError: a shape does not fit, a number is negative or not whole, an objective unknown.
    """
    if objective not in OBJECTIVES:
        raise ValueError(f"objective must be one of {', '.join(OBJECTIVES)}, not {objective}")
    given = problem_of(
        affinity, demand_min=demand_min, demand_max=demand_max, capacity=capacity,
        forbidden=forbidden, pinned=pinned, previous=previous, unbendable=unbendable,
    )  # fmt: skip
    options = Options(objective, max(1, levels), max(1, nodes), seconds, seed)
    rows = _shuffled(order_of(challenge_ids, given.shape[0], "challenge_ids"), seed)
    columns = _shuffled(order_of(team_ids, given.shape[1], "team_ids"), seed)
    search = _Search(in_order(given, rows, columns), options, on_progress, should_stop)
    found = search.run()
    return in_given_order(given, found, rows, columns)


def _shuffled(order: Ints, seed: int) -> Ints:
    return np.random.default_rng(seed).permutation(order) if seed else order


class _Search:
    """One search; remembers the best plan in case it is cut short."""

    def __init__(
        self,
        problem: Problem,
        options: Options,
        on_progress: Callable[[int, int], None] | None,
        should_stop: Callable[[], bool] | None,
    ):
        self.problem, self.options = problem, options
        self._on_progress, self._should_stop = on_progress, should_stop
        self._began, self._done = time.perf_counter(), 0
        self._steps = 2 + (options.levels + 1 if options.objective == "fair" else 0)
        self._best: Bools | None = None
        self._bound = np.nan

    def run(self) -> Outcome:
        """Search to the end, or until it is cut short."""
        try:
            return self._run()
        except Interrupted as cut:
            plan = None if self._best is None else self._matrix(self._best)
            return self._outcome(plan, Status(cut.code), self._bound)

    def _run(self) -> Outcome:
        self._pause()
        if not self.problem.shape[0]:
            return self._outcome(np.zeros(self.problem.shape, bool), Status.OPTIMAL, 0.0)
        task = self._task()
        self._tell()
        among = self._best_total(task)
        if among is None:
            return self._impossible()
        self._tell()
        if self.options.objective == "total" or not len(self.problem.active):
            return self._total(task, among)
        return self._fair(task, among)

    def _task(self) -> Task:
        problem, pairs = self.problem, self.problem.pairs
        gain = pairs.score / problem.scale
        share = gain / np.maximum(problem.demand_max, 1)[pairs.challenge]
        if problem.previous is not None:
            spread = float(np.ptp(gain)) if len(gain) else 0.0
            gain = gain + BONUS * spread * problem.previous[pairs.challenge, pairs.team]
        return Task(problem, gain, share, self._pause, self._seconds_left)

    def _best_total(self, task: Task) -> Ints | None:
        """Pairs that competed for the best total; None when not all places can be filled."""
        problem, pairs = self.problem, self.problem.pairs
        if (problem.pinned & problem.forbidden).any():
            return None
        wanted = int(problem.demand_max.max(initial=0)) + FIRST_PAIRS
        net = task.gain - market_prices(problem, task.gain)[pairs.team]
        first = leading(problem, net, np.arange(len(pairs)), wanted)
        first = np.union1d(first, np.flatnonzero(pairs.pinned))
        for price in SLACK_PRICES:
            try:
                solved = solve(task, Aim(slack_price=price), first)
            except Unsolved:
                return None
            if solved.short < 0.5:
                self._best = np.zeros(len(pairs), bool)
                self._best[solved.chosen[solved.amount > 0.5]] = True
                self._bound = solved.bound * problem.scale
                return solved.chosen
            if reasons_of(problem, self._pause, most=1):
                return None
            first = solved.chosen
        raise Unsolved("places stay empty although all could be filled")

    def _total(self, task: Task, among: Ints) -> Outcome:
        """The plan found; with an earlier plan its bound is that of the plain total."""
        assert self._best is not None
        plan, bound, proven = self._matrix(self._best), self._bound, self._bound
        reached = float(task.gain[self._best].sum()) * self.problem.scale
        if self.problem.previous is not None:
            plain = replace(task, gain=self.problem.pairs.score / self.problem.scale)
            bound = solve(plain, Aim(), among).bound * self.problem.scale
        is_proven = proven - reached <= PROVEN * max(abs(proven), 1e-9 * self.problem.scale)
        return self._outcome(plan, Status.OPTIMAL if is_proven else Status.FEASIBLE, bound)

    def _fair(self, task: Task, among: Ints) -> Outcome:
        assert self._best is not None
        options, scale = self.options, self.problem.scale
        found = fair(
            task, self._best, among, levels=options.levels, nodes=options.nodes, tell=self._tell
        )
        levels = tuple(
            Level(level.worst, level.value * scale, level.bound * scale) for level in found.levels
        )
        status = Status.OPTIMAL if found.is_proven else Status.FEASIBLE
        return self._outcome(self._matrix(found.chosen), status, found.bound * scale, levels)

    def _impossible(self) -> Outcome:
        reasons = tuple(reasons_of(self.problem, self._pause))
        suffices = would_suffice(self.problem, reasons)
        return self._outcome(None, Status.INFEASIBLE, np.nan, (), reasons, suffices)

    def _outcome(
        self,
        plan: Bools | None,
        status: Status,
        bound: float,
        levels: tuple[Level, ...] = (),
        reasons: tuple[Reason, ...] = (),
        suffices: bool = False,
    ) -> Outcome:
        options = self.options
        kind = (VERSION, options.objective, options.levels, options.nodes, options.seed)
        digest = hashlib.sha256(f"{kind}{self.problem.digest()}".encode()).hexdigest()
        spent = time.perf_counter() - self._began
        return Outcome(
            plan, status, bound, levels, reasons, suffices, digest, options.objective, spent
        )

    def _matrix(self, chosen: Bools) -> Bools:
        pairs = self.problem.pairs
        plan = np.zeros(self.problem.shape, bool)
        plan[pairs.challenge[chosen], pairs.team[chosen]] = True
        return plan

    def _tell(self) -> None:
        self._done += 1
        if self._on_progress is not None:
            self._on_progress(min(self._done, self._steps), self._steps)

    def _pause(self) -> None:
        if self._should_stop is not None and self._should_stop():
            raise Interrupted(Status.CANCELLED)
        left = self._seconds_left()
        if left is not None and left <= 0:
            raise Interrupted(Status.TIMED_OUT)

    def _seconds_left(self) -> float | None:
        if self.options.seconds is None:
            return None
        return self.options.seconds - (time.perf_counter() - self._began)
