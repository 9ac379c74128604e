"""The named parts of a score, on fixed scales, and how they add up.

Raw parts are weighted and summed; the sum is bent by ``raw / (raw + HALF_WAY)`` so that scores
lie below 1 and one scale serves every challenge; each part is bent by the same factor, so the
parts still add up to the score. Bending keeps the order.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.recommender.index import Similarity, TeamIndex

Floats = NDArray[np.float64]

PARTS = ("text", "bridge", "meaning", "taxonomy", "capability", "evidence", "feedback")
HALF_WAY = 0.15  # raw score that becomes 0.5: about the median of right pairs in the dev sets
CONCEPT_HALF_WAY = 6.0  # summed rarity of shared concepts that gives half of the part
PART_FACETS: Mapping[str, tuple[str, ...]] = {
    "taxonomy": ("domains", "use_cases"),
    "capability": ("technologies", "modalities"),
}


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each part counts; 0 leaves a part out.

    Attributes:
        text, bridge, meaning: multiply a similarity in 0–1.
        taxonomy, capability: the most that shared concepts can add to the raw score.
        evidence: added share of the similarity that rests on documented projects.
        feedback: what an opinion of +1 or -1 adds or takes.
    """

    text: float = 1.0
    bridge: float = 1.0
    meaning: float = 1.0
    taxonomy: float = 0.06
    capability: float = 0.1
    evidence: float = 0.1
    feedback: float = 0.1

    def __post_init__(self) -> None:
        if any(not 0 <= value <= 10 for value in asdict(self).values()):
            raise ValueError("weights must lie in 0-10")

    def of(self, part: str) -> float:
        """The weight of a part by its name."""
        return float(getattr(self, part))


class ConceptRarity:
    """How telling each concept is in a pool of teams: ln((1 + teams) / (1 + showing it)) + 0.5."""

    def __init__(self, index: TeamIndex):
        self._teams = len(index.teams)
        self._shown: dict[str, int] = {}
        for concepts in index.shown:
            for concept in concepts:
                self._shown[concept] = self._shown.get(concept, 0) + 1

    def __call__(self, concept: str) -> float:
        """The weight of one concept, at least 0.5."""
        return float(np.log((1 + self._teams) / (1 + self._shown.get(concept, 0)))) + 0.5


def facet(concept: str) -> str:
    """The facet of a concept key."""
    return concept.partition(":")[0]


def asked_in(concepts: frozenset[str], part: str) -> list[str]:
    """The declared concepts of a challenge that a part looks at, in order."""
    return sorted(c for c in concepts if facet(c) in PART_FACETS[part])


def concept_part(asked: list[str], shown: frozenset[str], rarity: ConceptRarity) -> float:
    """Shared concepts on a scale from 0 to 1; each one more raises it."""
    shared = sum(rarity(concept) for concept in asked if concept in shown)
    return shared / (shared + CONCEPT_HALF_WAY)


def bent(raw: Mapping[str, Floats]) -> tuple[Floats, dict[str, Floats]]:
    """Scores and parts from raw parts; below 0 the scale goes on straight."""
    total = sum((raw[name] for name in PARTS), start=np.zeros(()))
    factor = 1 / (np.maximum(total, 0.0) + HALF_WAY)
    parts = {name: raw[name] * factor for name in PARTS}
    return sum((parts[name] for name in PARTS), start=np.zeros(())), parts


def raw_parts(
    similarity: Similarity,
    concepts: frozenset[str],
    index: TeamIndex,
    rarity: ConceptRarity,
    weights: Weights,
    feedback: Mapping[str, float],
) -> dict[str, Floats]:
    """Weighted raw parts of one challenge with every team, each of shape (n_teams,)."""
    raw = {
        "text": weights.text * similarity.text,
        "bridge": weights.bridge * similarity.bridge,
        "meaning": weights.meaning * similarity.meaning,
        "evidence": weights.evidence * similarity.evidence,
        "feedback": np.zeros(len(index.teams)),
    }
    for part in PART_FACETS:
        asked = asked_in(concepts, part)
        values = [concept_part(asked, shown, rarity) if asked else 0.0 for shown in index.shown]
        raw[part] = weights.of(part) * np.array(values, dtype=np.float64)
    for team, opinion in feedback.items():
        if team in index.row:
            raw["feedback"][index.row[team]] = weights.feedback * max(-1.0, min(1.0, opinion))
    return raw
