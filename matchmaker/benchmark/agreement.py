"""How alike two rankings of the same teams are."""

import numpy as np
from numpy.typing import ArrayLike

from matchmaker.benchmark.ranking import order_of


def kendall_tau(first: ArrayLike, second: ArrayLike) -> float:
    """Kendall's tau-b of two lists of scores: 1 the same order, 0 no relation, -1 reversed.

    0 where one of the lists is all ties, so that no order can be compared.

    Raises:
        ValueError: the lists differ in length.

    Source: Kendall, The treatment of ties in ranking problems, Biometrika 33, 1945.
    """
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if a.shape != b.shape:
        raise ValueError("both rankings must be of the same teams")
    rows, columns = np.triu_indices(len(a), 1)
    one, two = np.sign(a[rows] - a[columns]), np.sign(b[rows] - b[columns])
    untied = float(np.sqrt((one**2).sum() * (two**2).sum()))
    return float((one * two).sum()) / untied if untied else 0.0


def shared_best(first: ArrayLike, second: ArrayLike, k: int = 10) -> float:
    """The share of the ``k`` best of one list that are among the ``k`` best of the other."""
    one, two = (order_of(np.asarray(scores, dtype=np.float64))[:k] for scores in (first, second))
    return len(np.intersect1d(one, two)) / max(1, len(one))
