"""Learning and judging as plain computation: decisions in, weights with their figures out.

Knows no database. A model is learnt from the earlier challenges and measured on the later ones,
beside the text alone and beside the measured weights; the weights that are measured are the ones
that will be used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matchmaker import benchmark
from matchmaker.recommender import PARTS, Weights
from matchmaker.recommender.decisions import LEARNT, Grade
from matchmaker.recommender.exposure import FIRST, Exposure, exposure, is_concentrated
from matchmaker.recommender.learning import TEXT_PARTS, History, agreement, comparisons, learn

Floats = NDArray[np.float64]
LEAST_DECISIONS = 200
LEAST_LATER = 10  # later challenges in which something can be compared
BETTER = 0.95  # share of resampled histories in which a model has to win
LEAST_GAIN = 0.01  # in the share of comparisons ordered as people did
GAINS = {Grade.PUT_ASIDE: 0, Grade.IGNORED: 0, Grade.INVITED: 1, Grade.INTERESTED: 2}
MOST_GAIN = 3  # of a proposal and everything after it


class Reason(StrEnum):
    """Why a model is not used."""

    FEW_DECISIONS = "few_decisions"
    FEW_CHALLENGES = "few_challenges"
    NOT_BETTER_THAN_TEXT = "not_better_than_text"
    NOT_BETTER_THAN_DEFAULT = "not_better_than_default"
    CONCENTRATES = "concentrates"


class Pool(NamedTuple):
    """One challenge of a run with the teams that may be recommended for it.

    Attributes:
        teams: their ids; raw: values before weights, shape (n_teams, len(LEARNT)).
    """

    teams: Sequence[str]
    raw: Floats


class Field(NamedTuple):
    """The lists over which exposure is measured, and how many teams take part."""

    pools: Sequence[Pool]
    teams: int


@dataclass(frozen=True)
class Assessment:
    """What was learnt and how it did.

    Attributes:
        weights: None where there was too little to learn from.
        figures: ready for JSON (see :func:`assess`).
        reasons: why it is not used; empty when it may be.
    """

    weights: Weights | None
    figures: Mapping[str, Any]
    reasons: Sequence[Reason]


def assess(history: History, default: Weights, field: Field) -> Assessment:
    """Learn from the earlier challenges and judge by the later ones.

    The figures hold ``rows`` (matcher → measure → mean, low, high), ``gains`` (over what → mean,
    low, high, better_share), the sizes of both parts, and ``exposure`` before and after.
    """
    earlier, later = history.split()
    later = _comparable(later)
    figures: dict[str, Any] = {
        "earlier": _size(earlier),
        "later": _size(later),
        "measure": "agreement",
    }
    reasons = []
    if history.decisions < LEAST_DECISIONS:
        reasons.append(Reason.FEW_DECISIONS)
    if figures["later"]["challenges"] < LEAST_LATER:
        reasons.append(Reason.FEW_CHALLENGES)
    if not len(comparisons(earlier).winners) or not figures["later"]["challenges"]:
        return Assessment(None, figures, reasons or [Reason.FEW_CHALLENGES])
    weights = learn(earlier, default)
    totals = {
        "text": later.totals(default, TEXT_PARTS),
        "default": later.totals(default),
        "model": later.totals(weights),
    }
    agreeing = {name: agreement(later, total) for name, total in totals.items()}
    figures["rows"] = {
        name: {
            "agreement": _estimate(agreeing[name]),
            "ndcg_at_10": _estimate(_ndcg(later, total)),
        }
        for name, total in totals.items()
    }
    figures["gains"] = {
        name: _short(asdict(benchmark.compare(agreeing[name], agreeing["model"])))
        for name in ("text", "default")
    }
    before, after = spread(field, default), spread(field, weights)
    figures["exposure"] = {
        "first": FIRST,
        "before": _short(asdict(before)),
        "after": _short(asdict(after)),
    }
    if not _wins(figures["gains"]["text"]):
        reasons.append(Reason.NOT_BETTER_THAN_TEXT)
    if not _wins(figures["gains"]["default"]):
        reasons.append(Reason.NOT_BETTER_THAN_DEFAULT)
    if is_concentrated(before, after):
        reasons.append(Reason.CONCENTRATES)
    return Assessment(rounded(weights), figures, reasons)


def rounded(weights: Weights) -> Weights:
    """Weights as they are stored and shown: four decimals."""
    return replace(weights, **{part: round(weights.of(part), 4) for part in PARTS})


def spread(field: Field, weights: Weights) -> Exposure:
    """How first places fall on the teams under some weights."""
    counted = np.array([weights.of(part) for part in LEARNT])
    lists = []
    for pool in field.pools:
        order = np.lexsort((np.array(pool.teams), -(pool.raw @ counted)))
        lists.append([pool.teams[n] for n in order[:FIRST]])
    return exposure(lists, field.teams)


def _wins(gain: Mapping[str, float]) -> bool:
    return gain["better_share"] >= BETTER and gain["mean"] >= LEAST_GAIN


def _comparable(history: History) -> History:
    """Without challenges in which all pairs came equally far."""
    return history.only(np.isin(history.groups, np.unique(comparisons(history).groups)))


def _size(history: History) -> dict[str, int]:
    return {
        "challenges": len(np.unique(history.groups)),
        "pairs": len(history.grades),
        "decisions": history.decisions,
        "comparisons": len(comparisons(history).winners),
    }


def _ndcg(history: History, totals: Floats) -> Floats:
    """nDCG@10 of each challenge, by how far pairs came."""
    gains = np.array([GAINS.get(Grade(grade), MOST_GAIN) for grade in history.grades], dtype=float)
    found = []
    for group in np.unique(history.groups):
        rows = np.flatnonzero(history.groups == group)
        found.append(benchmark.ndcg(gains[rows][benchmark.order_of(totals[rows])]))
    return np.array(found)


def _estimate(values: Floats) -> dict[str, float]:
    found = benchmark.estimate(values)
    return _short({"mean": found.mean, "low": found.low, "high": found.high})


def _short(figures: Mapping[str, float]) -> dict[str, float]:
    """Four decimals are more than the data tell."""
    return {name: round(value, 4) for name, value in figures.items()}
