"""Ranking figures: how high the right teams stand in each challenge's list."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matchmaker.benchmark.intervals import Estimate, estimate

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Record = Mapping[str, Any]
Scorer = Callable[[Sequence[Record], Sequence[Record]], ArrayLike]
RIGHT_FROM = 2  # grade from which a team counts as right


@dataclass(frozen=True, slots=True)
class Figures:
    """Means over the challenges that have at least one right team."""

    ndcg_at_10: Estimate
    mrr: Estimate
    recall_at_5: Estimate
    recall_at_10: Estimate
    hit_at_1: Estimate

    def means(self) -> dict[str, float]:
        """The bare means by name."""
        return {field.name: getattr(self, field.name).mean for field in fields(self)}


def grade_matrix(
    challenges: Sequence[Record], teams: Sequence[Record], judgements: Sequence[Record]
) -> Floats:
    """Grades of shape (n_challenges, n_teams); pairs nobody judged are 0.

    Raises:
        KeyError: a judgement names a challenge or team that is not there.
    """
    rows = {challenge["id"]: n for n, challenge in enumerate(challenges)}
    columns = {team["id"]: n for n, team in enumerate(teams)}
    grades = np.zeros((len(challenges), len(teams)))
    for judged in judgements:
        grades[rows[judged["challenge"]], columns[judged["team"]]] = judged["grade"]
    return grades


def order_of(scores: Floats, *, seed: int = 3) -> Ints:
    """Teams best first for one challenge; equal scores in a drawn order, never in file order."""
    lots = np.random.default_rng(seed).random(len(scores))
    order: Ints = np.lexsort((lots, -scores))
    return order


def ndcg(ranked: Floats, k: int = 10) -> float:
    """Normalised discounted cumulative gain of grades in ranked order, in 0–1.

    Gains are 2^grade - 1, discounts 1 / log2(rank + 1); 0 where nothing is graded.

    Source: Järvelin and Kekäläinen, ACM TOIS 2002, with the gains of Burges et al., ICML 2005.
    """
    discounts = 1 / np.log2(np.arange(2, k + 2))
    best = np.sort(ranked)[::-1][:k]
    ideal = float(((2**best - 1) * discounts[: len(best)]).sum())
    shown = ranked[:k]
    return float(((2**shown - 1) * discounts[: len(shown)]).sum()) / ideal if ideal else 0.0


def reciprocal_rank(ranked: Floats) -> float:
    """1 / rank of the first right team; 0 if there is none."""
    right = np.flatnonzero(ranked >= RIGHT_FROM)
    return 1 / (int(right[0]) + 1) if len(right) else 0.0


def recall(ranked: Floats, k: int) -> float:
    """Share of the right teams among the first k; 0 if there is none."""
    right = ranked >= RIGHT_FROM
    return float(right[:k].sum() / right.sum()) if right.any() else 0.0


def per_challenge(scores: ArrayLike, grades: Floats) -> dict[str, Floats]:
    """Each figure for each challenge that has a right team, for paired comparisons.

    Raises:
        ValueError: shapes differ or a score is not finite.
    """
    table = np.asarray(scores, dtype=np.float64)
    if table.shape != grades.shape or not np.isfinite(table).all():
        raise ValueError(f"scores must be finite and of shape {grades.shape}")
    ranked = [
        grade[order_of(row)]
        for row, grade in zip(table, grades, strict=True)
        if (grade >= RIGHT_FROM).any()
    ]
    return {
        "ndcg_at_10": np.array([ndcg(row) for row in ranked]),
        "mrr": np.array([reciprocal_rank(row) for row in ranked]),
        "recall_at_5": np.array([recall(row, 5) for row in ranked]),
        "recall_at_10": np.array([recall(row, 10) for row in ranked]),
        "hit_at_1": np.array([float(row[0] >= RIGHT_FROM) for row in ranked]),
    }


def measure(scores: ArrayLike, grades: Floats, *, seed: int = 1) -> Figures:
    """All figures with their intervals.

    Args:
        scores, grades: shape (n_challenges, n_teams).

    Raises:
        ValueError: shapes differ, a score is not finite, or no challenge has a right team.
    """
    found = per_challenge(scores, grades)
    return Figures(**{name: estimate(values, seed=seed) for name, values in found.items()})


def batch_dependence(
    scorer: Scorer,
    challenges: Sequence[Record],
    teams: Sequence[Record],
    *,
    sample: int = 3,
    seed: int = 23,
) -> float:
    """Largest difference between a challenge's scores alone and among all; should be 0."""
    together = np.asarray(scorer(challenges, teams), dtype=np.float64)
    count = min(sample, len(challenges))
    chosen = np.random.default_rng(seed).choice(len(challenges), count, replace=False).tolist()
    alone = [np.asarray(scorer([challenges[n]], teams), dtype=np.float64)[0] for n in chosen]
    gaps = [float(np.abs(row - together[n]).max()) for n, row in zip(chosen, alone, strict=True)]
    return max(gaps, default=0.0)
