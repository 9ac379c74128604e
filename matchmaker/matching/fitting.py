"""What scores meant so far: of pairs with such a score, how many were accepted.

Made for one set of weights from the decisions of a programme, and kept with the run that scores by
those weights; pages only read it.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping
from typing import Any

from matchmaker.matching.decisions import Shown
from matchmaker.recommender import Weights
from matchmaker.recommender.calibration import ENOUGH
from matchmaker.recommender.decisions import LEARNT, raw_of, score_of

LEAST_CHALLENGES = 5  # as many parts of the cross-validation


def is_comparable(pair: Shown, version: str) -> bool:
    """Whether the parts of a pair are those that this version of the method computes."""
    looked_at = Weights(**pair.weights)
    return pair.version == version and all(
        looked_at.of(part) for part in LEARNT if Weights().of(part)
    )


def raw(pair: Shown) -> dict[str, float]:
    """The values of a pair before weights, without what earlier decisions added."""
    return raw_of(pair.parts, Weights(**pair.weights)) | {"feedback": 0.0}


def of_run(pairs: Iterable[Shown], weights: Mapping[str, float], version: str) -> dict[str, Any]:
    """The calibration of a run that scores by these weights (see :func:`calibration`)."""
    known = (
        (pair.challenge_id, raw(pair), pair.outcome)
        for pair in pairs
        if pair.outcome is not None and is_comparable(pair, version)
    )
    return calibration(known, Weights(**weights))


def calibration(
    pairs: Iterable[tuple[int, Mapping[str, float], bool]], weights: Weights
) -> dict[str, Any]:
    """How scores under these weights went with acceptance, ready for JSON.

    Args:
        pairs: challenge id, values before weights, and whether it was accepted.

    Returns:
        ``decisions`` and ``accepted``; where that is enough, also ``reliability`` (measured on
        challenges that it was not made from), and where that beats naming the overall share,
        ``table`` (the frequency for each hundredth of the score, None where few decisions lie
        near).
    """
    known = list(pairs)
    accepted = [outcome for _, _, outcome in known]
    found: dict[str, Any] = {"decisions": len(known), "accepted": sum(accepted)}
    groups = [challenge_id for challenge_id, _, _ in known]
    if len(known) < ENOUGH or len(set(groups)) < LEAST_CHALLENGES:
        return found
    scores = [score_of(values, weights) for _, values, _ in known]
    # scikit-learn is loaded where there is something to compute, not with every run
    making = importlib.import_module("matchmaker.recommender.calibrating")
    try:
        measured = making.cross_validated(scores, accepted, groups)
        curve = making.calibrate(scores, accepted)
    except ValueError:  # all were accepted, or none
        return found
    if measured.skill > 0:  # a score that foretells nothing is not made a number of
        found["table"] = curve.table()
    return found | {"reliability": measured.to_dict()}
