"""How sure a mean over few challenges is: bootstrap intervals and paired differences."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
DRAWS = 2000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over ``n`` challenges with its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Difference:
    """How much a second scorer is better than a first on the same challenges.

    Attributes:
        better_share: share of bootstrap draws in which the second one wins, in 0–1.
    """

    mean: float
    low: float
    high: float
    better_share: float
    n: int


def _draws(values: Floats, seed: int) -> Floats:
    """Means of resampled challenges, shape (DRAWS,)."""
    places = np.random.default_rng(seed).integers(0, len(values), (DRAWS, len(values)))
    drawn: Floats = values[places].mean(axis=1)
    return drawn


def estimate(values: Sequence[float] | Floats, *, seed: int = 1) -> Estimate:
    """The mean of one value per challenge, with a percentile bootstrap interval.

    Raises:
        ValueError: there is no value.

    Source: Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13.
    """
    found = np.asarray(values, dtype=np.float64)
    if not len(found):
        raise ValueError("nothing was measured")
    low, high = np.percentile(_draws(found, seed), [2.5, 97.5])
    return Estimate(float(found.mean()), float(low), float(high), len(found))


def compare(
    first: Sequence[float] | Floats, second: Sequence[float] | Floats, *, seed: int = 1
) -> Difference:
    """Second minus first, paired by challenge.

    Raises:
        ValueError: the two do not speak of the same challenges.
    """
    one, two = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if one.shape != two.shape or not len(one):
        raise ValueError("both need one value for each of the same challenges")
    gains = two - one
    drawn = _draws(gains, seed)
    low, high = np.percentile(drawn, [2.5, 97.5])
    better = float((drawn > 0).mean() + 0.5 * (drawn == 0).mean())
    return Difference(float(gains.mean()), float(low), float(high), better, len(gains))
