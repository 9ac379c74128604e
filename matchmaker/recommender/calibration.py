"""From scores to frequencies: of 100 pairs with such a score, about how many were accepted.

A calibration is made from decided pairs only, and it answers only where decisions lie near; what
it answers is kept as a table (:meth:`Calibration.table`) that needs no library to be read. How
good it is, is measured on challenges that it was not made from (Brier score, reliability).
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

ENOUGH = 200  # decisions below which scores are told in words only
ISOTONIC_FROM = 1_000  # decisions from which steps are followed instead of one smooth curve
NEAR = 5  # hundredths; scores this far away are alike
LEAST_NEAR = 20  # decisions that must lie near a score before a frequency is told
BINS = 10
Z95 = 1.959963984540054


class Interval(NamedTuple):
    """Where a share lies with 95 % confidence."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Pairs whose predicted frequency lies in one tenth of the scale.

    Attributes:
        low, high: the bounds of the tenth.
        predicted: mean prediction; ``observed``: share that was accepted.
        pairs, accepted: how many.
        interval: of the observed share.
    """

    low: float
    high: float
    predicted: float
    observed: float
    pairs: int
    accepted: int
    interval: Interval


@dataclass(frozen=True, slots=True)
class Reliability:
    """How far predictions can be trusted.

    Attributes:
        brier: mean squared distance between prediction and outcome; 0 is perfect.
        base: the same for somebody who always says the overall share.
        miscalibration, resolution, uncertainty: parts of the Brier score over the bins;
            miscalibration - resolution + uncertainty is the Brier score of the bins' means.
    """

    pairs: int
    accepted: int
    brier: float
    base: float
    miscalibration: float
    resolution: float
    uncertainty: float
    bins: Sequence[Bin]

    @property
    def skill(self) -> float:
        """Share of the base's error that is saved; 0 or less means nothing is gained."""
        return 1 - self.brier / self.base if self.base else 0.0

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return asdict(self) | {"skill": self.skill}


@dataclass(frozen=True, slots=True)
class Calibration:
    """A curve from score to frequency: rising straight lines between ``scores``.

    Attributes:
        method: ``platt`` or ``isotonic``.
        scores, rates: the corners of the curve, both rising.
        seen: how many decided scores lie in each hundredth from 0 to 1; a frequency is told only
            where enough lie near.
        accepted: how many of them were accepted.
    """

    method: str
    scores: Sequence[float]
    rates: Sequence[float]
    seen: Sequence[int]
    accepted: int

    @property
    def decisions(self) -> int:
        """How many decisions it rests on."""
        return sum(self.seen)

    def curve(self, score: float) -> float:
        """The frequency on the curve, in 0–1; level beyond its ends."""
        place = bisect_right(self.scores, score)
        if place == 0:
            return self.rates[0]
        if place == len(self.scores):
            return self.rates[-1]
        low, high = self.scores[place - 1], self.scores[place]
        part = (score - low) / (high - low)
        return self.rates[place - 1] + part * (self.rates[place] - self.rates[place - 1])

    def rate(self, score: float) -> float | None:
        """The frequency for a score; None where too few decisions lie near it."""
        place = hundredth(score)
        near = sum(self.seen[max(0, place - NEAR) : place + NEAR + 1])
        return self.curve(score) if near >= LEAST_NEAR else None

    def table(self) -> list[float | None]:
        """The frequency for the middle of each hundredth from 0 to 1, ready for JSON."""
        found = [self.rate((place + 0.5) / 100) for place in range(101)]
        return [None if rate is None else round(rate, 4) for rate in found]


def hundredth(score: float) -> int:
    """Which hundredth of the scale a score lies in, 0-100."""
    return min(100, max(0, int(score * 100)))


def wilson(successes: int, trials: int) -> Interval:
    """The score interval of a share; (0, 1) without any trial.

    Source: Wilson, JASA 1927.
    """
    if not trials:
        return Interval(0.0, 1.0)
    share, square = successes / trials, Z95 * Z95
    middle = (share + square / (2 * trials)) / (1 + square / trials)
    spread = math.sqrt(share * (1 - share) / trials + square / (4 * trials * trials))
    half = Z95 / (1 + square / trials) * spread
    return Interval(max(0.0, middle - half), min(1.0, middle + half))


def reliability(predicted: Sequence[float], accepted: Sequence[bool]) -> Reliability:
    """Compare predictions with what came.

    Raises:
        ValueError: the two differ in length, or there is nothing to compare.

    Source: Brier, Monthly Weather Review 1950; decomposition by Murphy, J. Applied Meteorology
    1973.
    """
    if len(predicted) != len(accepted) or not predicted:
        raise ValueError("one outcome for each prediction, and at least one")
    many, yes = len(predicted), sum(accepted)
    share = yes / many
    brier = sum((p - y) ** 2 for p, y in zip(predicted, accepted, strict=True)) / many
    bins = _bins(predicted, accepted)
    return Reliability(
        many,
        yes,
        brier,
        share * (1 - share),
        sum(b.pairs * (b.predicted - b.observed) ** 2 for b in bins) / many,
        sum(b.pairs * (b.observed - share) ** 2 for b in bins) / many,
        share * (1 - share),
        bins,
    )


def _bins(predicted: Sequence[float], accepted: Sequence[bool]) -> list[Bin]:
    """The tenths of the scale that hold any prediction."""
    filled: dict[int, list[tuple[float, bool]]] = {}
    for each, outcome in zip(predicted, accepted, strict=True):
        filled.setdefault(min(BINS - 1, int(each * BINS)), []).append((each, outcome))
    found = []
    for place, held in sorted(filled.items()):
        yes = sum(outcome for _, outcome in held)
        found.append(
            Bin(
                place / BINS,
                (place + 1) / BINS,
                sum(each for each, _ in held) / len(held),
                yes / len(held),
                len(held),
                yes,
                wilson(yes, len(held)),
            )
        )
    return found
