"""The compiled word tables: Chinese headwords with English glosses, rarity, taxonomy concepts.

Each table is read once per process, on first use, in about a tenth of a second.
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

TABLES = Path(__file__).parent / "tables"
UNKNOWN_HAN = 800  # centibels: a word that no frequency list knows
UNKNOWN_PAIR = 620  # centibels: two characters that are no headword
UNKNOWN_STEM = 720  # centibels: rarer than the rarest stem in the English table
LONGEST_HEADWORD = 8


class Headword(NamedTuple):
    """A Chinese word: rarity in centibels (-100·log10 of its frequency), English stems."""

    rarity: int
    glosses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Concept:
    """One taxonomy concept with every name it goes by."""

    key: str
    facet: str
    parent: str | None
    zh: tuple[str, ...]
    en: tuple[str, ...]


def read(name: str) -> str:
    """The text of a compressed table."""
    return zlib.decompress((TABLES / name).read_bytes()).decode("utf8")


class HanLexicon:
    """Chinese headwords in traditional and simplified characters, parsed on demand."""

    def __init__(self, table: str):
        self._lines: dict[str, str] = {}
        self._parsed: dict[str, Headword | None] = {}
        simplified = []
        for line in table.split("\n"):
            word, other, rest = line.split("\t", 2)
            self._lines[word] = rest
            if other:
                simplified.append((other, rest))
        for other, rest in simplified:
            self._lines.setdefault(other, rest)

    def get(self, word: str) -> Headword | None:
        """The headword, or None if no dictionary has it."""
        try:
            return self._parsed[word]
        except KeyError:
            line = self._lines.get(word)
            if line is None:
                return None
            rarity, _, stems = line.partition("\t")
            found = self._parsed[word] = Headword(int(rarity), tuple(stems.split()))
            return found

    def __contains__(self, word: str) -> bool:
        return word in self._lines


@cache
def han() -> HanLexicon:
    """CC-CEDICT's headwords."""
    return HanLexicon(read("han.bin"))


@cache
def english() -> Mapping[str, int]:
    """English stems and their rarity in centibels."""
    pairs = (line.split("\t") for line in read("english.bin").split("\n"))
    return {stem: int(rarity) for stem, rarity in pairs}


@cache
def common_meaning() -> Mapping[bool, list[float]]:
    """The mean direction of Chinese (True) and of English texts in the space of meaning."""
    found = json.loads(read("means.bin"))
    return {True: found["zh_TW"], False: found["en"]}


@cache
def concepts() -> Mapping[str, Concept]:
    """Taxonomy concepts by key, such as ``technologies:ocr``."""
    rows = json.loads(read("concepts.bin"))
    return {
        key: Concept(
            key=key,
            facet=row["facet"],
            parent=f"{row['facet']}:{row['parent']}" if row["parent"] else None,
            zh=tuple(row["zh_TW"]),
            en=tuple(row["en"]),
        )
        for row in rows
        for key in [f"{row['facet']}:{row['id']}"]
    }


def with_ancestors(keys: frozenset[str]) -> frozenset[str]:
    """The concepts and every wider concept above them."""
    known, found = concepts(), set(keys)
    for key in keys:
        concept = known.get(key)
        while concept is not None and concept.parent:
            found.add(concept.parent)
            concept = known.get(concept.parent)
    return frozenset(found)
