"""What people decided about shown pairs, in the form that learning and calibration read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from matchmaker.recommender.parts import HALF_WAY, PARTS, Weights

LEARNT = tuple(part for part in PARTS if part != "feedback")
"""Parts whose weights are learnt: not the feedback, which is made of the same decisions."""


class Grade(IntEnum):
    """How far a pair came, from the bottom of the ladder to its top."""

    PUT_ASIDE = 0
    IGNORED = 1
    INVITED = 2
    INTERESTED = 3
    PROPOSED = 4
    SELECTED = 5
    POC_PASSED = 6
    POB = 7


@dataclass(frozen=True, slots=True)
class Decided:
    """A pair that was shown, and how far it came.

    Attributes:
        raw: part → value before weights (see :func:`raw_of`).
        grade: ``IGNORED`` for a pair that was shown while others of the challenge were decided.
        at: when it was decided; for an ignored pair, when the others were.
    """

    challenge: str
    team: str
    raw: Mapping[str, float]
    grade: Grade
    at: datetime


def raw_of(parts: Mapping[str, float], weights: Weights) -> dict[str, float]:
    """The values that bending and weighting made these parts of a score from.

    A part with the weight 0 was not looked at and comes back as 0.
    """
    score = sum(parts.get(part, 0.0) for part in PARTS)
    factor = (1 - max(score, 0.0)) / HALF_WAY
    return {
        part: parts.get(part, 0.0) / (factor * weights.of(part)) if weights.of(part) else 0.0
        for part in PARTS
    }


def score_of(raw: Mapping[str, float], weights: Weights) -> float:
    """The score that these values get under some weights."""
    total = sum(weights.of(part) * raw.get(part, 0.0) for part in PARTS)
    return total / (max(total, 0.0) + HALF_WAY)
