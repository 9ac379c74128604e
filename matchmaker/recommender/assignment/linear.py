"""The linear programme over a few pairs, grown until no pair left out could improve it.

Only pairs that look promising are handed to the solver. Its prices then say of every other pair
whether it could help; those that could are added and it is solved again. When none is left the
value is a bound for all pairs, although most were never in a programme.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import sparse

from matchmaker.recommender.assignment.problem import Floats, Ints, Problem
from matchmaker.recommender.assignment.sheet import OutOfTime, Sheet

TOLERANCE = 1e-7  # of prices, in units of the best score
MOST_ROUNDS = 60
ADDED_PER_CHALLENGE = 8
CLOSE = 0.03  # pairs that come along, since prices move a little from round to round


class Interrupted(Exception):
    """The caller asked to stop, or the time allowed is over; ``code`` is the status."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, eq=False)
class Task:
    """A problem with what the solver needs of it again and again.

    Attributes:
        gain: what a pair adds to the total, in units of the best score; earlier pairs a bit more.
        share: what a pair adds to the score of its challenge, in the same units.
        pause: called between steps; raises Interrupted when it is time to stop.
        seconds_left: what the caller still allows; None without limit.
    """

    problem: Problem
    gain: Floats
    share: Floats
    pause: Callable[[], None]
    seconds_left: Callable[[], float | None]


@dataclass(frozen=True)
class Aim:
    """What is maximised and what must be kept.

    Attributes:
        worst: 0 for the total, k for the sum of the k worst challenge scores.
        kept: values that the sums of the 1, 2, 3 … worst scores must reach.
        slack_price: what an empty place costs, in units of the best score, to see if all can be
            filled; 0 when none may stay empty.
        counts: whether heights are kept by counting the challenges below each, which suits a
            search for whole numbers; else by sums, which suits fractions.
        any_total: whether a plan of any total will do, as long as it keeps the heights.
    """

    worst: int = 0
    kept: tuple[float, ...] = ()
    slack_price: float = 0.0
    counts: bool = False
    any_total: bool = False


@dataclass(frozen=True, eq=False)
class Solved:
    """A solution over some pairs with its proof.

    Attributes:
        chosen: pairs in the programme, as places in ``Pairs``; ``amount`` how much of each.
        value: what was reached; ``bound`` is never below what any plan can reach.
        price: shape (n_pairs,), what one unit of a pair would add beyond what it costs.
        short: places that stayed empty, over all challenges.
    """

    chosen: Ints
    amount: Floats
    value: float
    bound: float
    price: Floats
    short: float


@dataclass(frozen=True, eq=False)
class Programme:
    """A sheet for some pairs, with the places of what is read from it."""

    sheet: Sheet
    chosen: Ints
    pairs: slice
    whole: tuple[slice, ...]
    slack: slice
    places: slice
    loads: slice
    teams: Ints
    scores: slice | None


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
        if (outside <= TOLERANCE).all():
            break
        close = np.flatnonzero(outside > -CLOSE)
        inside[leading(task.problem, solved.price, close, ADDED_PER_CHALLENGE)] = True
    return solved


def leading(problem: Problem, value: Floats, among: Ints, many: int) -> Ints:
    """The best ``many`` pairs of each challenge among some, earlier ones first when equal."""
    challenge = problem.pairs.challenge[among]
    order = np.lexsort((-value[among], challenge))
    ordered = challenge[order]
    first = np.searchsorted(ordered, np.arange(problem.shape[0]))
    rank = np.arange(len(among)) - first[ordered]
    return np.sort(among[order[rank < many]])


def _solve_once(task: Task, aim: Aim, chosen: Ints) -> Solved:
    programme = build(task, aim, chosen)
    has_levels = programme.scores is not None
    try:
        answer = programme.sheet.minimise(interior=has_levels, seconds=task.seconds_left())
    except OutOfTime:
        raise Interrupted("timed_out") from None
    pairs, problem = task.problem.pairs, task.problem
    team_price = np.zeros(problem.shape[1])
    team_price[programme.teams] = answer.most[programme.loads]
    price = answer.equal[programme.places][pairs.challenge] + team_price[pairs.team]
    if programme.scores is not None:
        of_score = np.zeros(problem.shape[0])
        of_score[problem.active] = answer.equal[programme.scores]
        price += of_score[pairs.challenge] * task.share
    if aim.worst == 0:
        price += task.gain
    outside = np.ones(len(pairs), bool)
    outside[chosen] = False
    return Solved(
        chosen,
        answer.x[programme.pairs],
        -answer.value,
        -answer.value + float(np.maximum(price[outside], 0.0).sum()),
        price,
        float(answer.x[programme.slack].sum()),
    )


def build(task: Task, aim: Aim, chosen: Ints) -> Programme:
    """The programme for some pairs: places of challenges, loads of teams, scores and levels."""
    problem, pairs, sheet = task.problem, task.problem.pairs, Sheet()
    many, size, ones = problem.shape[0], len(chosen), np.ones(len(chosen))
    challenge, columns = pairs.challenge[chosen], np.arange(size)
    teams, seat = np.unique(pairs.team[chosen], return_inverse=True)
    gain = -task.gain[chosen] if aim.worst == 0 and not aim.any_total else 0.0
    x = sheet.variables(gain, pairs.pinned[chosen], 1.0, size)
    wanted = sheet.variables(0.0, problem.demand_min, problem.demand_max, many)
    most_slack = problem.demand_min if aim.slack_price else 0
    slack = sheet.variables(aim.slack_price, 0.0, most_slack, many)
    each = sparse.eye_array(many)
    taken = sparse.coo_array((ones, (challenge, columns)), (many, size))
    load = sparse.coo_array((ones, (seat, columns)), (len(teams), size))
    places = sheet.equal([(x, taken), (wanted, -each), (slack, each)], 0.0)
    loads = sheet.most([(x, load)], problem.capacity[teams])
    scores, marks = None, []
    if aim.worst or aim.kept:
        scores, score = _scores(task, aim, chosen, sheet, x)
        if aim.counts:
            marks = _counts(aim.kept, sheet, score)
        else:
            _sums(aim, sheet, score)
    return Programme(
        sheet, chosen, x, (x, *marks), slack, places, loads, teams.astype(np.int64), scores
    )


def _scores(task: Task, aim: Aim, chosen: Ints, sheet: Sheet, x: slice) -> tuple[slice, slice]:
    """Add the score of each challenge, none below the first height: its rows, its variables."""
    problem, active = task.problem, task.problem.active
    many = len(active)
    place = np.zeros(problem.shape[0], np.int64)
    place[active] = np.arange(many)
    entries = (task.share[chosen], (place[problem.pairs.challenge[chosen]], np.arange(len(chosen))))
    weighed = sparse.coo_array(entries, (many, len(chosen)))
    floor = aim.kept[0] if aim.kept else -np.inf
    score = sheet.variables(0.0, floor, np.inf, many)
    return sheet.equal([(x, weighed), (score, -sparse.eye_array(many))], 0.0), score


def _sums(aim: Aim, sheet: Sheet, score: slice) -> None:
    """Add the sums of the worst scores that the aim speaks of.

    The sum of the k worst scores is the largest ``k r - sum(d)`` with ``d >= r - score``.

    Source: Ogryczak and Tamir, Information Processing Letters 85 (2003).
    """
    many = score.stop - score.start
    each = sparse.eye_array(many)
    for worst in sorted({*range(2, len(aim.kept) + 1), *([aim.worst] if aim.worst else [])}):
        aimed = aim.worst == worst
        line = sheet.variables(-worst if aimed else 0.0, -np.inf, np.inf, 1)
        below = sheet.variables(1.0 if aimed else 0.0, 0.0, np.inf if worst > 1 else 0.0, many)
        sheet.most([(line, np.ones((many, 1))), (score, -each), (below, -each)], 0.0)
        if not aimed:
            parts = [(line, np.full((1, 1), -worst)), (below, np.ones((1, many)))]
            sheet.most(parts, -aim.kept[worst - 1])


def _counts(kept: Sequence[float], sheet: Sheet, score: slice) -> list[slice]:
    """Let one challenge stay below the second height, two below the third; their marks."""
    many = score.stop - score.start
    each, steps = sparse.eye_array(many), np.maximum(np.diff(kept, n=2, prepend=0.0), 0.0)
    marks = [sheet.variables(0.0, 0.0, 1.0, many) for _ in steps]
    if not marks:
        return []
    height = kept[0] + float(steps.sum()) - TOLERANCE
    parts = [(mark, -step * each) for mark, step in zip(marks, steps, strict=True)]
    sheet.most([(score, -each), *parts], -height)
    for allowed, mark in enumerate(marks, 1):
        sheet.most([(mark, np.ones((1, many)))], float(allowed))
    for inner, outer in pairwise(marks):
        sheet.most([(inner, each), (outer, -each)], 0.0)
    return marks
