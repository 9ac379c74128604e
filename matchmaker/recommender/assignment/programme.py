"""One linear programme: places of challenges, loads of teams, scores and the heights they keep."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import sparse

from matchmaker.recommender.assignment.problem import Floats, Ints, Problem
from matchmaker.recommender.assignment.sheet import Sheet

TOLERANCE = 1e-7  # of prices, in units of the best score
SHORT_PRICE = 1e3  # of a score below its floor, in units of the best score


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
        fixed: places of pairs that a search keeps as they are, beside the pinned ones.
    """

    problem: Problem
    gain: Floats
    share: Floats
    pause: Callable[[], None]
    seconds_left: Callable[[], float | None]
    fixed: Ints | None = None

    def scores(self, chosen: Ints, amount: Floats | float = 1.0) -> Floats:
        """Challenge scores of a plan given as places of pairs, in units of the best score."""
        weights = np.broadcast_to(self.share[chosen] * amount, len(chosen))
        many = self.problem.shape[0]
        sums = np.bincount(self.problem.pairs.challenge[chosen], weights, many)
        return sums.astype(np.float64)


@dataclass(frozen=True, eq=False)
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
        floors: shape (n_challenges,), a score that each challenge should reach, or None; falling
            short costs much, unless ``may_fall_short`` is false.
        watched: challenges whose floor is looked at.
    """

    worst: int = 0
    kept: tuple[float, ...] = ()
    slack_price: float = 0.0
    counts: bool = False
    any_total: bool = False
    floors: Floats | None = None
    watched: Ints | None = None
    may_fall_short: bool = True


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
    scored: Ints
    below: slice


def build(task: Task, aim: Aim, chosen: Ints) -> Programme:
    """The programme for some pairs: places of challenges, loads of teams, scores and levels."""
    problem, pairs, sheet = task.problem, task.problem.pairs, Sheet()
    many, size, ones = problem.shape[0], len(chosen), np.ones(len(chosen))
    challenge, columns = pairs.challenge[chosen], np.arange(size)
    teams, seat = _contested(problem, chosen)
    gain = -task.gain[chosen] if aim.worst == 0 and not aim.any_total else 0.0
    least = pairs.pinned[chosen]
    if task.fixed is not None:
        least = least | np.isin(chosen, task.fixed)
    x = sheet.variables(gain, least, 1.0, size)
    wanted = sheet.variables(0.0, problem.demand_min, problem.demand_max, many)
    most_slack = problem.demand_min if aim.slack_price else 0
    slack = sheet.variables(aim.slack_price, 0.0, most_slack, many)
    each = sparse.eye_array(many)
    taken = sparse.coo_array((ones, (challenge, columns)), (many, size))
    counted = np.flatnonzero(seat >= 0)
    load = sparse.coo_array((ones[counted], (seat[counted], counted)), (len(teams), size))
    places = sheet.equal([(x, taken), (wanted, -each), (slack, each)], 0.0)
    loads = sheet.most([(x, load)], problem.capacity[teams])
    scores, below, marks = None, slice(0, 0), []
    scored = problem.active if aim.watched is None else aim.watched
    if aim.worst or aim.kept or aim.floors is not None:
        score = sheet.variables(0.0, _lowest(aim, scored), np.inf, len(scored))
        scores, below = _scores(task, aim, chosen, sheet, (x, score), scored)
        if aim.counts:
            marks = _counts(aim.kept, sheet, score)
        else:
            _sums(aim, sheet, score)
    return Programme(
        sheet, chosen, x, (x, *marks), slack, places, loads, teams,
        scores, scored, below,
    )  # fmt: skip


def _contested(problem: Problem, chosen: Ints) -> tuple[Ints, Ints]:
    """Teams that more of these pairs name than they can take, and for each pair which one or -1."""
    team = problem.pairs.team[chosen]
    named = np.bincount(team, minlength=problem.shape[1])
    teams = np.flatnonzero(named > problem.capacity)
    place = np.full(problem.shape[1], -1, np.int64)
    place[teams] = np.arange(len(teams))
    return teams, place[team]


def _lowest(aim: Aim, scored: Ints) -> Floats:
    """What each score must reach at least."""
    if aim.floors is not None:
        return aim.floors[scored]
    return np.full(len(scored), aim.kept[0] if aim.kept else -np.inf)


def _scores(
    task: Task, aim: Aim, chosen: Ints, sheet: Sheet, places: tuple[slice, slice], scored: Ints
) -> tuple[slice, slice]:
    """Tie scores to pairs: the rows, and what scores lack."""
    many = len(scored)
    x, score = places
    place = np.full(task.problem.shape[0], -1, np.int64)
    place[scored] = np.arange(many)
    row = place[task.problem.pairs.challenge[chosen]]
    counts = np.flatnonzero(row >= 0)
    entries = (task.share[chosen[counts]], (row[counts], counts))
    weighed, each = sparse.coo_array(entries, (many, len(chosen))), sparse.eye_array(many)
    most = np.inf if aim.floors is not None and aim.may_fall_short else 0.0
    below = sheet.variables(SHORT_PRICE, 0.0, most, many)
    return sheet.equal([(x, weighed), (below, each), (score, -each)], 0.0), below


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
