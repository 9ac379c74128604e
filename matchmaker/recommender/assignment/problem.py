"""What is asked: scores, how many teams each challenge wants, how much each team can take on."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Problem:
    """One assignment to make; every matrix is challenges × teams and is never written to.

    Attributes:
        affinity: shape (n_challenges, n_teams); NaN where nothing is known of a pair. Such a pair
            is not assigned unless it is pinned, and counts 0 then. Zero and negative scores are
            known scores.
        demand_min, demand_max: teams per challenge, shape (n_challenges,).
        capacity: challenges per team, shape (n_teams,).
        forbidden, pinned: pairs that must not be, pairs that must be.
        previous: an earlier plan whose pairs are kept where that costs little, or None.
        unbendable: forbidden pairs that no repair may offer, such as statutory conflicts.
    """

    affinity: NDArray[np.floating]
    demand_min: Ints
    demand_max: Ints
    capacity: Ints
    forbidden: Bools
    pinned: Bools
    previous: Bools | None
    unbendable: Bools

    @property
    def shape(self) -> tuple[int, int]:
        """Challenges, teams."""
        return len(self.demand_min), len(self.capacity)

    @cached_property
    def unknown(self) -> Bools:
        """Pairs without a score that are not pinned."""
        marks: Bools = np.isnan(self.affinity) & ~self.pinned
        return marks

    @cached_property
    def pairs(self) -> Pairs:
        """Every pair that may be assigned."""
        return Pairs.of(self)

    @cached_property
    def active(self) -> Ints:
        """Challenges that may get a team at all; the others have no score to speak of."""
        return np.flatnonzero(self.demand_max > 0)

    @cached_property
    def scale(self) -> float:
        """The largest size of a score that can count; 1.0 when all are zero."""
        size = float(np.abs(self.pairs.score).max(initial=0.0))
        return size or 1.0

    def scores(self, chosen: Bools) -> tuple[Floats, float]:
        """Score of each challenge, sum over its teams / demand_max, and the total of a plan."""
        places = np.flatnonzero(chosen)
        rows, teams = np.divmod(places, max(1, self.shape[1]))
        values = np.nan_to_num(self.affinity[rows, teams].astype(np.float64))
        sums = np.bincount(rows, values, self.shape[0])
        return sums / np.maximum(self.demand_max, 1), float(values.sum())

    def digest(self) -> str:
        """SHA-256 of everything that decides the plan, as 64 hexadecimal digits."""
        pairs, seen = self.pairs, hashlib.sha256(repr(self.shape).encode())
        for numbers in (self.demand_min, self.demand_max, self.capacity, pairs.start):
            seen.update(np.ascontiguousarray(numbers, dtype="<i8").tobytes())
        seen.update(np.ascontiguousarray(pairs.team, dtype="<i4").tobytes())
        seen.update(np.ascontiguousarray(pairs.score, dtype="<f8").tobytes())
        for marks in (self.forbidden, self.pinned, self.unbendable, self.previous):
            seen.update(b"-" if marks is None else np.packbits(marks).tobytes())
        return seen.hexdigest()


@dataclass(frozen=True, eq=False)
class Pairs:
    """The pairs that may be assigned, challenge by challenge.

    Attributes:
        start: shape (n_challenges + 1,); pairs of challenge i are ``start[i]:start[i + 1]``.
        challenge, team, score, pinned: one entry per pair.
    """

    start: Ints
    challenge: NDArray[np.int32]
    team: NDArray[np.int32]
    score: Floats
    pinned: Bools

    @classmethod
    def of(cls, problem: Problem) -> Pairs:
        """The pairs that are neither forbidden nor without a score."""
        allowed = ~problem.forbidden
        allowed &= ~problem.unknown
        challenge, team = np.nonzero(allowed)
        score = np.nan_to_num(problem.affinity[challenge, team].astype(np.float64))
        start = np.searchsorted(challenge, np.arange(problem.shape[0] + 1))
        return cls(
            start.astype(np.int64),
            challenge.astype(np.int32),
            team.astype(np.int32),
            score,
            problem.pinned[challenge, team],
        )

    def __len__(self) -> int:
        return len(self.team)


def problem_of(
    affinity: ArrayLike,
    *,
    demand_min: ArrayLike,
    demand_max: ArrayLike,
    capacity: ArrayLike,
    forbidden: ArrayLike,
    pinned: ArrayLike,
    previous: ArrayLike | None = None,
    unbendable: ArrayLike | None = None,
) -> Problem:
    """Check what was given and take it as it is, without copying large matrices.

    Raises:
        ValueError: a shape does not fit, a number is negative, infinite or not whole.
    """
    scores = np.asarray(affinity)
    if scores.ndim != 2:
        raise ValueError(f"affinity must be challenges x teams, not of shape {scores.shape}")
    if not np.issubdtype(scores.dtype, np.floating):
        scores = _as_floats(scores)
    if np.isinf(scores).any():
        raise ValueError("affinity must be finite, or NaN where a score is unknown")
    many, teams = scores.shape

    def pairs(name: str, given: ArrayLike) -> Bools:
        return _marks(name, given, scores.shape)

    return Problem(
        scores,
        _counts("demand_min", demand_min, many),
        _counts("demand_max", demand_max, many),
        _counts("capacity", capacity, teams),
        pairs("forbidden", forbidden),
        pairs("pinned", pinned),
        None if previous is None else pairs("previous", previous),
        np.broadcast_to(False, scores.shape)
        if unbendable is None
        else pairs("unbendable", unbendable),
    )


def _as_floats(scores: NDArray[np.generic]) -> Floats:
    try:
        return scores.astype(np.float64)
    except (TypeError, ValueError):
        raise ValueError("affinity must hold numbers") from None


def _counts(name: str, given: ArrayLike, many: int) -> Ints:
    """Whole numbers from 0 on, one each; a single number stands for all."""
    numbers = np.asarray(given)
    if numbers.ndim == 0:
        numbers = np.full(many, numbers)
    if numbers.shape != (many,):
        raise ValueError(f"{name} must have {many} entries, not shape {numbers.shape}")
    if many == 0:
        return np.zeros(0, np.int64)
    if not np.issubdtype(numbers.dtype, np.number) or (numbers != np.floor(numbers)).any():
        raise ValueError(f"{name} must hold whole numbers")
    if (numbers < 0).any():
        raise ValueError(f"{name} must not be negative")
    counts: Ints = np.minimum(numbers, np.iinfo(np.int32).max).astype(np.int64)
    return counts


def _marks(name: str, given: ArrayLike, shape: tuple[int, int]) -> Bools:
    marks = np.asarray(given)
    if marks.shape != shape:
        raise ValueError(f"{name} must have shape {shape}, not {marks.shape}")
    if marks.dtype != bool and not np.isin(marks, (0, 1)).all():
        raise ValueError(f"{name} must hold true or false")
    return marks.astype(bool, copy=False)


def in_order(problem: Problem, rows: Ints, columns: Ints) -> Problem:
    """The same problem with its challenges and teams in another order."""
    if is_range(rows) and is_range(columns):
        return problem

    def pairs(marks: Bools) -> Bools:
        return marks[rows][:, columns]

    return Problem(
        problem.affinity[rows][:, columns],
        problem.demand_min[rows],
        problem.demand_max[rows],
        problem.capacity[columns],
        pairs(problem.forbidden),
        pairs(problem.pinned),
        None if problem.previous is None else pairs(problem.previous),
        pairs(problem.unbendable),
    )


def order_of(ids: Sequence[str] | None, many: int, name: str) -> Ints:
    """The order in which things are looked at: by id, or as given.

    Raises:
        ValueError: there are not as many ids as things, or one stands twice.
    """
    if ids is None:
        return np.arange(many)
    if len(ids) != many or len(set(ids)) != many:
        raise ValueError(f"{name} must be {many} different ids")
    return np.array(sorted(range(many), key=lambda place: str(ids[place])), dtype=np.int64)


def is_range(order: Ints) -> bool:
    """Whether an order leaves everything where it is."""
    return bool((order == np.arange(len(order))).all())
