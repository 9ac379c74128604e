"""Making calibrations from decided pairs; loads scikit-learn, so only workers import it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from matchmaker.recommender.calibration import (
    ISOTONIC_FROM,
    Calibration,
    Reliability,
    hundredth,
    reliability,
)

Floats = NDArray[np.float64]
FOLDS = 5
CORNERS = np.linspace(0, 1, 41)  # of a smooth curve, over the scores


def calibrate(
    scores: Sequence[float], accepted: Sequence[bool], *, method: str | None = None
) -> Calibration:
    """The curve from score to frequency.

    Args:
        scores, accepted: one for each decided pair.
        method: ``platt`` or ``isotonic``; by default what suits the number of decisions.

    Raises:
        ValueError: all pairs were accepted, or none.

    Source: Platt, Advances in Large Margin Classifiers, 1999, with his smoothed targets; isotonic
    as in Zadrozny and Elkan, KDD 2002.
    """
    given, outcomes = np.asarray(scores, dtype=np.float64), np.asarray(accepted, dtype=bool)
    if outcomes.all() or not outcomes.any():
        raise ValueError("needs pairs that were accepted and pairs that were not")
    chosen = method or ("isotonic" if len(given) >= ISOTONIC_FROM else "platt")
    corners, rates = _isotonic(given, outcomes) if chosen == "isotonic" else _platt(given, outcomes)
    return Calibration(
        chosen,
        [round(float(each), 6) for each in corners],
        [round(float(each), 6) for each in rates],
        np.bincount([hundredth(float(each)) for each in given], minlength=101).tolist(),
        int(outcomes.sum()),
    )


def cross_validated(
    scores: Sequence[float],
    accepted: Sequence[bool],
    groups: Sequence[Hashable],
    *,
    method: str | None = None,
) -> Reliability:
    """How good calibration is on challenges that it was not made from.

    Args:
        groups: the challenge of each pair; all pairs of one are left out together.

    Raises:
        ValueError: fewer than two challenges, or a part of them was all accepted or all not.
    """
    names = {name: n for n, name in enumerate(dict.fromkeys(groups))}
    numbers = np.array([names[name] for name in groups])
    given, outcomes = np.asarray(scores, dtype=np.float64), np.asarray(accepted, dtype=bool)
    chosen = method or ("isotonic" if len(given) >= ISOTONIC_FROM else "platt")
    predicted = np.zeros(len(given))
    for known, asked in GroupKFold(min(FOLDS, len(names))).split(given, groups=numbers):
        made = calibrate(given[known].tolist(), outcomes[known].tolist(), method=chosen)
        predicted[asked] = [made.curve(float(score)) for score in given[asked]]
    return reliability(predicted.tolist(), outcomes.tolist())


def _isotonic(scores: Floats, accepted: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    fitted = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip")
    fitted.fit(scores, accepted.astype(np.float64))
    corners, first = np.unique(fitted.X_thresholds_, return_index=True)
    return corners, fitted.y_thresholds_[first]


def _platt(scores: Floats, accepted: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """A logistic curve over the score; it does not fall, whatever the decisions say."""
    yes, no = float(accepted.sum()), float((~accepted).sum())
    target = np.where(accepted, (yes + 1) / (yes + 2), 1 / (no + 2))
    middle, spread = float(scores.mean()), float(scores.std()) or 1.0
    column = ((scores - middle) / spread)[:, None]
    model = LogisticRegression(C=1e4, tol=1e-8, max_iter=1_000)
    model.fit(
        np.vstack([column, column]),
        np.repeat([1, 0], len(scores)),
        sample_weight=np.concatenate([target, 1 - target]),
    )
    slope, start = float(model.coef_[0, 0]), float(model.intercept_[0])
    if slope < 0:
        share = (yes + 1) / (yes + no + 2)
        slope, start = 0.0, float(np.log(share / (1 - share)))
    corners = scores.min() + CORNERS * (scores.max() - scores.min())
    corners = np.unique(corners)
    return corners, 1 / (1 + np.exp(-(start + slope * (corners - middle) / spread)))
