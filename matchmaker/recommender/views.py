"""Language versions of a record's texts, analysed: what is really compared."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain

from matchmaker.recommender import analysis, meaning
from matchmaker.recommender.analysis import ConceptHit, Token
from matchmaker.recommender.meaning import Steps
from matchmaker.recommender.records import EN, ZH, Passage
from matchmaker.recommender.spaces import (
    Counts,
    Rarity,
    Weighted,
    bridge_vector,
    count,
    native_vector,
)

tokens_of = lru_cache(maxsize=4096)(analysis.tokens)
hits_of = lru_cache(maxsize=4096)(analysis.concept_hits)


@dataclass(frozen=True)
class View:
    """All passages of a record or an item in one language.

    Attributes:
        passages: each with the part of its text that is read.
        language: the language most words are really in.
    """

    passages: tuple[tuple[Passage, str], ...]
    language: str
    counts: Counts

    @property
    def is_chinese(self) -> bool:
        """Whether the text is mostly Chinese."""
        return self.language == ZH

    @cached_property
    def hits(self) -> tuple[tuple[Passage, ConceptHit], ...]:
        """Concepts named in the text, and where."""
        return tuple((p, hit) for p, text in self.passages for hit in hits_of(text))

    def tokens(self) -> list[tuple[Passage, tuple[Token, ...]]]:
        """The features of each passage."""
        return [(passage, tokens_of(text)) for passage, text in self.passages]


def views(passages: Sequence[Passage]) -> list[View]:
    """A record's texts by language version; each version is compared on its own."""
    found = []
    for language in (ZH, EN):
        chosen = tuple(analysis.clipped(p for p in passages if p.language == language))
        if chosen:
            words = list(chain.from_iterable(tokens_of(text) for _, text in chosen))
            found.append(View(chosen, analysis.written_in(words), count(words)))
    return found


class Vectors:
    """The weights of one view in each space, worked out when first asked for."""

    def __init__(self, view: View, rarity: Rarity):
        self._counts, self._rarity, self._is_chinese = view.counts, rarity, view.is_chinese

    @cached_property
    def native(self) -> Weighted:
        """In the native space."""
        return native_vector(self._counts, self._rarity)

    @cached_property
    def bridge(self) -> Weighted:
        """In the bridge space."""
        return bridge_vector(self._counts, self._rarity)

    @cached_property
    def meaning(self) -> Steps:
        """Where the text points in the space of meaning."""
        total = meaning.summed(self.native.weights, self._counts.kinds)
        return meaning.direction(total, self._is_chinese)

    @cached_property
    def words(self) -> int:
        """How many different words the text has."""
        return meaning.read_words(self._counts.kinds.values())
