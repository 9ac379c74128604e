"""What a run answers: recommendations with parts, reasons and gaps, and teams held back."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from matchmaker.recommender.constraints import HeldBackFor
from matchmaker.recommender.explanation import Reason
from matchmaker.recommender.gaps import Gap
from matchmaker.recommender.parts import Weights

STRONG_FROM = 0.52
FAIR_FROM = 0.42


class Fit(StrEnum):
    """A score in words, by fixed thresholds (see ``fit_of``)."""

    STRONG = "strong"
    FAIR = "fair"
    WEAK = "weak"


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One pair that is put forward; ``parts`` add up to ``score``."""

    challenge_id: str
    team_id: str
    rank: int
    score: float
    parts: Mapping[str, float]
    fit: Fit
    pinned: bool = False
    reasons: tuple[Reason, ...] = ()
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A pair that a hard constraint keeps from being put forward, with what it would score."""

    challenge_id: str
    team_id: str
    code: HeldBackFor
    score: float


@dataclass(frozen=True, slots=True)
class ChallengeMatches:
    """The outcome for one challenge; both lists best first."""

    challenge_id: str
    recommended: tuple[Recommendation, ...]
    held_back: tuple[HeldBack, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """A reproducible run: the same ``input_digest`` and ``version`` give the same matches."""

    version: str
    input_digest: str
    weights: Weights
    seed: int
    matches: tuple[ChallengeMatches, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain lists, dicts, numbers and strings, ready for JSON."""
        return asdict(self)


def fit_of(score: float) -> Fit:
    """The word for a score: strong from 0.52, fair from 0.42, else weak.

    Source: judged pairs of the demo cohort. Of the pairs from 0.52 about nine in ten are judged
    fitting (grade 2 or 3) and these are two thirds of all fitting pairs; from 0.42 it is one in
    three, but nine tenths of them. Below 0.35 hardly any fits.
    """
    if score >= STRONG_FROM:
        return Fit.STRONG
    return Fit.FAIR if score >= FAIR_FROM else Fit.WEAK
