"""Two vector spaces for texts: native words, and English stems as a bridge between languages.

The *native* space holds Chinese words and character pairs, English stems and phrases. The
*bridge* space holds English stems, to which a Chinese word adds its dictionary glosses; there a
Chinese and an English text meet, in either direction.

A term weighs (1 + ln tf) · idf. The idf mixes the pool of team texts with general frequency
tables, so that it depends neither on the challenges asked about nor much on a small pool.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from matchmaker.recommender import lexicon
from matchmaker.recommender.analysis import Kind, Token

PRIOR_TEXTS = 200.0  # weight of the general tables, in texts of the pool
TYPICAL_LENGTH = 80  # words of a typical text; turns a word frequency into a text frequency
KIND_FACTOR = {Kind.WORD: 1.0, Kind.PAIR: 0.7, Kind.STEM: 1.0, Kind.PHRASE: 0.5, Kind.GLOSS: 1.0}
UNKNOWN_PHRASE = 800  # centibels


@dataclass(frozen=True, slots=True)
class Counts:
    """How often each feature of a text occurs, per space."""

    native: Mapping[str, float]
    bridge: Mapping[str, float]
    kinds: Mapping[str, Kind]


def count(found: Iterable[Token]) -> Counts:
    """Count the features of a text."""
    native: dict[str, float] = {}
    bridge: dict[str, float] = {}
    kinds: dict[str, Kind] = {}
    gloss, stem = Kind.GLOSS, Kind.STEM
    for feature, kind, _, _, weight in found:
        if kind is gloss:
            bridge[feature] = bridge.get(feature, 0.0) + weight
            continue
        native[feature] = native.get(feature, 0.0) + 1.0
        kinds[feature] = kind
        if kind is stem:
            bridge[feature] = bridge.get(feature, 0.0) + 1.0
    return Counts(native, bridge, kinds)


def term_frequency(occurrences: float) -> float:
    """Sublinear: the tenth occurrence says less than the second."""
    return 1 + math.log(occurrences) if occurrences >= 1 else occurrences


class Rarity:
    """Inverse document frequency from the pool of team texts and the general tables."""

    def __init__(self, pool: Sequence[Counts]):
        self._texts = len(pool)
        self._seen: Counter[str] = Counter()
        for counts in pool:
            self._seen.update(counts.native.keys() | counts.bridge.keys())
        self._known: dict[str, float] = {}

    def __call__(self, feature: str, kind: Kind) -> float:
        """The weight of a feature, above 0: ``seen`` never exceeds the texts there are."""
        try:
            return self._known[feature]
        except KeyError:
            return self._known.setdefault(feature, self._idf(feature, kind, self._seen[feature]))

    def with_fewer(self, feature: str, kind: Kind) -> float:
        """The weight that the feature would have if one text of the pool lost it."""
        return self._idf(feature, kind, max(0, self._seen[feature] - 1))

    def _idf(self, feature: str, kind: Kind, seen: int) -> float:
        general = _general_share(feature, kind)
        shown = 0.5 + seen + PRIOR_TEXTS * general
        return math.log((1 + self._texts + PRIOR_TEXTS) / shown) * KIND_FACTOR[kind]


def _general_share(feature: str, kind: Kind) -> float:
    """The share of texts in general that hold the feature, in 0–1."""
    if kind in (Kind.STEM, Kind.GLOSS):
        centibels = lexicon.english().get(feature, lexicon.UNKNOWN_STEM)
    elif kind is Kind.PHRASE:
        centibels = UNKNOWN_PHRASE
    else:
        entry = lexicon.han().get(feature[1:])
        unknown = lexicon.UNKNOWN_PAIR if kind is Kind.PAIR else lexicon.UNKNOWN_HAN
        centibels = entry.rarity if entry else unknown
    return 1 - float((1 - 10 ** (-centibels / 100)) ** TYPICAL_LENGTH)


class Weighted:
    """A text's weights in one space and their Euclidean length; not yet normalised."""

    __slots__ = ("norm", "weights")

    def __init__(self, weights: Mapping[str, float]):
        self.weights = weights
        self.norm = math.sqrt(sum([weight * weight for weight in weights.values()]))


def native_vector(counts: Counts, rarity: Rarity) -> Weighted:
    """A text in the native space."""
    kinds = counts.kinds
    return Weighted({f: term_frequency(n) * rarity(f, kinds[f]) for f, n in counts.native.items()})


def bridge_vector(counts: Counts, rarity: Rarity) -> Weighted:
    """A text in the bridge space."""
    stem = Kind.STEM
    return Weighted({f: term_frequency(n) * rarity(f, stem) for f, n in counts.bridge.items()})


class Space:
    """Team texts as the rows of one sparse matrix, each of about unit length.

    Args:
        vectors: one mapping per text.
        pivot: length that the texts' own lengths are drawn to.
        slope: 0 keeps each text's own length (cosine); 1 gives all the pivot.
    """

    def __init__(self, vectors: Sequence[Weighted], *, pivot: float, slope: float):
        self.pivot, self.slope = pivot, slope
        self.columns: dict[str, int] = {}
        for vector in vectors:
            for feature in vector.weights:
                self.columns.setdefault(feature, len(self.columns))
        scales = [self.scale(vector) for vector in vectors]
        self.matrix = self._rows(vectors, scales)

    def weigh(self, asked: "Weighted", told: "Weighted") -> float:
        """The similarity of one challenge text and one team text, without the matrix."""
        small, large = sorted((asked.weights, told.weights), key=len)
        dot = sum(weight * large[feature] for feature, weight in small.items() if feature in large)
        return dot / ((asked.norm or 1.0) * self.scale(told))

    def scale(self, vector: Weighted) -> float:
        """What a team text's weights are divided by (pivoted length)."""
        return self.slope * self.pivot + (1 - self.slope) * vector.norm or 1.0

    def rows(self, vectors: Sequence[Weighted]) -> Any:
        """Challenge texts as unit rows over this space's columns."""
        return self._rows(vectors, [vector.norm or 1.0 for vector in vectors])

    def _rows(self, vectors: Sequence[Weighted], scales: Sequence[float]) -> Any:
        values: list[float] = []
        places: list[int] = []
        starts = [0]
        for vector, scale in zip(vectors, scales, strict=True):
            for feature, weight in vector.weights.items():
                column = self.columns.get(feature)
                if column is not None and weight:
                    places.append(column)
                    values.append(weight / scale)
            starts.append(len(places))
        shape = (len(vectors), max(1, len(self.columns)))
        matrix = sparse.csr_matrix((values, places, starts), shape=shape, dtype=np.float64)
        matrix.sort_indices()
        return matrix
