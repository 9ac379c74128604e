"""Texts as directions in one space of meaning that Chinese and English words share.

A text points where its words point together, rare words more; what all texts of its language
have in common is taken away first. The table of words is compiled once (``tables``); nothing
here depends on the pool, so that one team is added without reading the others again.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from matchmaker.recommender import lexicon
from matchmaker.recommender.analysis import Kind

Floats = NDArray[np.float64]
Steps = NDArray[np.int8]
DIMENSIONS = 320
STEP = 400  # a direction is kept in steps of one part in so many, which a byte holds


class WordVectors:
    """Unit vectors of Chinese words and English stems, unpacked when first asked for.

    Args:
        names: of the rows: ``w`` and a Chinese word, ``c`` and a character, ``e`` and a stem.
        packed: four bits a number, shape (n_rows, DIMENSIONS / 2).
    """

    def __init__(self, names: Iterable[str], packed: NDArray[np.uint8]):
        self._row = {name: number for number, name in enumerate(names)}
        self._packed = packed

    def _at(self, name: str) -> Floats | None:
        row = self._row.get(name)
        if row is None:
            return None
        both = self._packed[row]
        steps = np.empty(DIMENSIONS)
        steps[0::2], steps[1::2] = both >> 4, both & 15
        steps -= 8
        return steps / (float(np.linalg.norm(steps)) or 1.0)

    def of_chinese(self, word: str) -> Floats | None:
        """A word, or what its characters mean together."""
        found = self._at("w" + word)
        if found is not None:
            return found
        single = [vector for char in word if (vector := self._at("c" + char)) is not None]
        return unit(np.sum(single, axis=0)) if single else None

    def of_stem(self, stem: str) -> Floats | None:
        """An English stem."""
        return self._at("e" + stem)


def unit(vector: Floats) -> Floats:
    """The vector on length one; nothing stays nothing."""
    length = float(np.linalg.norm(vector))
    return vector / length if length > 1e-9 else np.zeros(DIMENSIONS)


@cache
def words() -> WordVectors:
    """The compiled table; its numbers stay on disk until they are asked for."""
    names = lexicon.read("vectors_of.bin").split("\n")
    shape = (len(names), DIMENSIONS // 2)
    packed = np.memmap(lexicon.TABLES / "vectors.bin", np.uint8, "r", shape=shape)
    return WordVectors(names, packed)


@lru_cache(maxsize=50_000)
def of_feature(feature: str, kind: Kind) -> Floats | None:
    """The vector of a feature of the native space; None for pairs, phrases and unknown words."""
    if kind is Kind.WORD:
        return words().of_chinese(feature[1:])
    return words().of_stem(feature) if kind is Kind.STEM else None


@cache
def common(is_chinese: bool) -> Floats:
    """What texts of a language have in common: their mean direction."""
    return np.fromiter(lexicon.common_meaning()[is_chinese], np.float64, DIMENSIONS)


def told(
    weights: Mapping[str, float], kinds: Mapping[str, Kind]
) -> Iterator[tuple[str, float, Floats]]:
    """Features of a text that have a meaning: name, weight and vector."""
    for feature, weight in weights.items():
        kind = kinds[feature]
        if kind is Kind.WORD or kind is Kind.STEM:
            vector = of_feature(feature, kind)
            if vector is not None:
                yield feature, weight, vector


def summed(weights: Mapping[str, float], kinds: Mapping[str, Kind]) -> Floats:
    """The words of a text together, before anything is taken away."""
    total = np.zeros(DIMENSIONS)
    for _feature, weight, vector in told(weights, kinds):
        total += weight * vector
    return total


def direction(total: Floats, is_chinese: bool) -> Steps:
    """Where a text points, of about length ``STEP``; all zeros if none of its words is known.

    In whole steps, so that stored and fresh texts give the same numbers.
    """
    if not total.any():
        return np.zeros(DIMENSIONS, np.int8)
    pointing = unit(unit(total) - common(is_chinese))
    return np.clip(np.rint(pointing * STEP), -127, 127).astype(np.int8)


def likeness(asked: NDArray[np.generic], told: NDArray[np.generic]) -> Floats:
    """Cosines of directions, none below 0; shape (n_asked, n_told)."""
    products = asked.astype(np.float64) @ told.astype(np.float64).T
    return np.maximum(products / STEP**2, 0.0)


def read_words(kinds: Iterable[Kind]) -> int:
    """How many different words a text has."""
    return sum(kind is Kind.WORD or kind is Kind.STEM for kind in kinds)
