"""Learning from people's decisions how much each part of a score should count.

Words: a *decision* is a grade that a pair reached on the ladder; a *comparison* is two teams of
one challenge of which one went further; a *history* is all graded pairs in a form for numbers.

What is learnt are :class:`Weights` and nothing else: scores stay sums of the named parts, in
either direction, and no part of them is about how often a team has been shown or chosen. The
feedback part is left as it is, because it is made of the same decisions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from matchmaker.recommender.decisions import LEARNT, Decided, Grade
from matchmaker.recommender.parts import PARTS, Weights

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

TEXT_PARTS = tuple(part for part in PARTS if part in {"text", "bridge", "meaning"})
EARLIER = 0.7  # share of the challenges, by the time of their first decision, that is learnt from
STRENGTHS = (1000.0, 300.0, 100.0, 30.0)  # decisions that the measured weights are worth
FOLDS = 5
LEAST, MOST = 0.1, 8.0  # times its measured weight that a part may come to count
MOST_WEIGHT = 10.0
SAME = 1e-9
LOOSE = 1e4  # inverse strength of scikit-learn's own pull towards 0, which is to have no effect


@dataclass(frozen=True)
class History:
    """Graded pairs as arrays, challenges in the order of their first decision.

    Attributes:
        challenges, teams: one id for each pair, with ``groups`` numbering the challenges from 0.
        raw: shape (n_pairs, len(LEARNT)), values before weights.
        grades: shape (n_pairs,).
    """

    challenges: Sequence[str]
    teams: Sequence[str]
    raw: Floats
    grades: Ints
    groups: Ints

    @classmethod
    def of(cls, decided: Iterable[Decided]) -> History:
        """The same history whatever order the pairs come in."""
        rows = sorted(decided, key=lambda row: (row.challenge, row.team))
        first: dict[str, datetime] = {}
        for row in rows:
            first[row.challenge] = min(first.get(row.challenge, row.at), row.at)
        place = {c: n for n, c in enumerate(sorted(first, key=lambda c: (first[c], c)))}
        rows.sort(key=lambda row: place[row.challenge])
        return cls(
            [row.challenge for row in rows],
            [row.team for row in rows],
            np.array([[row.raw[part] for part in LEARNT] for row in rows]).reshape(-1, len(LEARNT)),
            np.array([row.grade for row in rows], dtype=np.int64),
            np.array([place[row.challenge] for row in rows], dtype=np.int64),
        )

    @property
    def decisions(self) -> int:
        """How many pairs somebody decided about."""
        return int((self.grades != Grade.IGNORED).sum())

    def only(self, wanted: NDArray[np.bool_]) -> History:
        """The chosen pairs."""
        places: list[int] = np.flatnonzero(wanted).tolist()
        return History(
            [self.challenges[n] for n in places],
            [self.teams[n] for n in places],
            self.raw[places],
            self.grades[places],
            self.groups[places],
        )

    def split(self, share: float = EARLIER) -> tuple[History, History]:
        """Earlier and later challenges; no challenge is in both."""
        cut = round(share * len(set(self.groups.tolist())))
        order = np.unique(self.groups)
        early = np.isin(self.groups, order[:cut])
        return self.only(early), self.only(~early)

    def totals(self, weights: Weights, parts: Sequence[str] = LEARNT) -> Floats:
        """What each pair scores before bending (which keeps the order), shape (n_pairs,)."""
        counted = [weights.of(part) if part in parts else 0.0 for part in LEARNT]
        found: Floats = self.raw @ np.array(counted)
        return found


@dataclass(frozen=True)
class Comparisons:
    """Pairs of teams of one challenge of which the first went further.

    Attributes:
        winners, losers: rows of the history, shape (n,).
        groups: the challenge of each, shape (n,).
        weights: what each counts; those of a challenge add up to its decisions.
    """

    winners: Ints
    losers: Ints
    groups: Ints
    weights: Floats


def comparisons(history: History) -> Comparisons:
    """Every two teams of one challenge whose grades differ."""
    found: list[tuple[int, int, int, float]] = []
    for group in np.unique(history.groups):
        rows = np.flatnonzero(history.groups == group)
        grades = history.grades[rows]
        higher, lower = np.nonzero(grades[:, None] > grades[None, :])
        if not len(higher):
            continue
        each = float((grades != Grade.IGNORED).sum()) / len(higher)
        found += [
            (int(rows[h]), int(rows[low]), int(group), each)
            for h, low in zip(higher, lower, strict=True)
        ]
    columns = list(zip(*found, strict=True)) or [(), (), (), ()]
    return Comparisons(
        np.array(columns[0], dtype=np.int64),
        np.array(columns[1], dtype=np.int64),
        np.array(columns[2], dtype=np.int64),
        np.array(columns[3], dtype=np.float64),
    )


def agreement(history: History, totals: Floats) -> Floats:
    """For each challenge, the share of its comparisons that the scores order as people did.

    Equal scores count half. Shape (challenges that have a comparison,), in 0–1.
    """
    met = comparisons(history)
    gains = totals[met.winners] - totals[met.losers]
    right = (gains > 0) + 0.5 * (gains == 0)
    groups, counts = np.unique(met.groups, return_counts=True)
    sums = [right[met.groups == group].sum() for group in groups]
    shares: Floats = np.array(sums, dtype=np.float64) / np.maximum(counts, 1)
    return shares


def learn(history: History, default: Weights) -> Weights:
    """Weights that order pairs as people did, held near the measured ones.

    Pairwise logistic regression on the differences of the parts. The measured weights take part
    as decisions of their own: each comparison is also answered as they would, so that few
    decisions change little and many change what they agree on. How many decisions they are worth
    is chosen by cross-validation over challenges, and the larger number wins a near tie. No part
    gets a negative weight, and the scores of the history keep their mean, so that the words for a
    fit keep their meaning.

    Raises:
        ValueError: no two teams of a challenge came to different grades.
    """
    met = comparisons(history)
    if not len(met.winners):
        raise ValueError("nothing to compare: no two teams of a challenge differ in their grade")
    points = history.raw * np.array([default.of(part) for part in LEARNT])
    gaps = points[met.winners] - points[met.losers]
    spread = float(np.std(gaps.sum(axis=1))) or 1.0
    task = _Task(gaps / spread, met.weights, met.groups)
    times = task.times(task.strength())
    return _weights(default, times, points)


def _weights(default: Weights, times: Floats, points: Floats) -> Weights:
    """The weights after each counts so many times as before, with the mean score kept."""
    before, after = float(points.sum(axis=1).mean()), float((points @ times).mean())
    scale = before / after if before > 0 and after > 0 else 1.0
    changed = {
        part: min(MOST_WEIGHT, default.of(part) * float(np.clip(scale * time, LEAST, MOST)))
        for part, time in zip(LEARNT, times, strict=True)
    }
    return Weights(**(asdict(default) | changed))


@dataclass(frozen=True)
class _Task:
    """Comparisons as a regression: points gained by the one that went further, part by part.

    ``gaps`` are scaled so that the sum over the parts, which is what the measured weights say,
    has the standard deviation 1; there every part counts once.
    """

    gaps: Floats
    weights: Floats
    groups: Ints

    def strength(self) -> float:
        """How many decisions the measured weights are worth: the most within one standard error
        of the best, by log loss over left-out challenges."""
        if len(np.unique(self.groups)) < FOLDS:
            return STRENGTHS[0]
        losses = np.array([self._losses(strength) for strength in STRENGTHS])
        means = losses.mean(axis=1)
        best = int(means.argmin())
        error = float(losses[best].std(ddof=1) / np.sqrt(losses.shape[1]))
        return next(s for s, m in zip(STRENGTHS, means, strict=True) if m <= means[best] + error)

    def _losses(self, strength: float) -> Floats:
        """Log loss of each left-out challenge."""
        found: dict[int, float] = {}
        for known, asked in GroupKFold(FOLDS).split(self.gaps, groups=self.groups):
            part = _Task(self.gaps[known], self.weights[known], self.groups[known])
            losses = np.logaddexp(0, -(self.gaps[asked] @ part.times(strength)))
            for group in np.unique(self.groups[asked]):
                found[int(group)] = float(losses[self.groups[asked] == group].mean())
        return np.array([found[group] for group in sorted(found)])

    def times(self, strength: float) -> Floats:
        """How many times its measured weight each part should count, none negative.

        A part that never differs tells nothing and keeps its place among the others. Parts that
        would count against a pair are dropped one at a time, the most negative first; where all
        would, nothing is changed.
        """
        tells = np.abs(self.gaps).max(axis=0) > SAME
        free: list[int] = np.flatnonzero(tells).tolist()
        while free:
            found = self._regression(free, strength)
            if found.min() >= 0:
                times = np.where(tells, 0.0, found.sum() / tells.sum())
                times[free] = found
                return times
            free.pop(int(found.argmin()))
        return np.ones(self.gaps.shape[1])

    def _regression(self, columns: Sequence[int], strength: float) -> Floats:
        """Coefficients of the chosen parts."""
        gaps = self.gaps[:, columns]
        prior = strength / float(self.weights.sum())
        expected = 1 / (1 + np.exp(-self.gaps.sum(axis=1)))
        for_it = self.weights * (1 + prior * expected)
        against = self.weights * prior * (1 - expected)
        model = LogisticRegression(C=LOOSE, fit_intercept=False, tol=1e-8, max_iter=1_000)
        model.fit(
            np.vstack([gaps, gaps]),
            np.repeat([1, 0], len(gaps)),
            sample_weight=np.concatenate([for_it, against]),
        )
        coefficients: Floats = model.coef_[0]
        return coefficients
