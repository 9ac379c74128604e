"""One challenge and one team, scored by hand: what explanations take apart and try out.

The matrix code in ``index`` must give the same numbers; a test holds them together.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from matchmaker.recommender.index import TeamIndex, proof, shown_concepts
from matchmaker.recommender.meaning import likeness
from matchmaker.recommender.parts import (
    HALF_WAY,
    PART_FACETS,
    ConceptRarity,
    Weights,
    asked_in,
    concept_part,
)
from matchmaker.recommender.records import Item, Passage
from matchmaker.recommender.views import Vectors, View, views


@dataclass(frozen=True)
class Told:
    """A text with its weights, on either side."""

    view: View
    vectors: Vectors


@dataclass(frozen=True)
class Meeting:
    """How one item of a team meets a challenge: the best pair of language versions.

    ``text``, ``bridge``, ``meaning``: gated similarities; ``share`` is what the item counts in the
    team's average.
    """

    item: Item
    asked: Told
    told: Told
    text: float
    bridge: float
    meaning: float
    share: float = 0.5

    @property
    def total(self) -> float:
        """Similarity of all kinds together."""
        return self.text + self.bridge + self.meaning


class Side(NamedTuple):
    """A team as the pair scorer sees it: items with their texts, and concepts."""

    items: Sequence[tuple[Item, Sequence[Told]]]
    shown: frozenset[str]


class PairScorer:
    """Scores single pairs against an index, also with texts that differ from the stored ones."""

    def __init__(self, index: TeamIndex, rarity: ConceptRarity, weights: Weights):
        self.index, self.rarity, self.weights = index, rarity, weights

    def told(self, found: Iterable[View]) -> list[Told]:
        """Weigh views with the index's rarities."""
        return [Told(view, Vectors(view, self.index.rarity)) for view in found]

    def told_again(
        self, known: Iterable[Told], passages: Iterable[Passage], language: str
    ) -> list[Told]:
        """The known texts, those of one language read anew from changed passages."""
        others = [text for text in known if text.view.passages[0][0].language != language]
        return [*others, *self.told(views([p for p in passages if p.language == language]))]

    def side(self, row: int) -> Side:
        """The stored team in a row of the index."""
        index = self.index
        items = [
            (index.items[i], [Told(index.views[v], index.vectors[v]) for v in index.item_views[i]])
            for i in index.team_items[row]
        ]
        return Side(items, index.shown[row])

    def shown_with(self, row: int, side: Side, key: str, changed: Sequence[Told]) -> frozenset[str]:
        """The team's concepts when the texts of one item are ``changed``."""
        texts = (changed if item.key == key else held for item, held in side.items)
        seen = (text.view for held in texts for text in held)
        return shown_concepts(self.index.teams[row].concepts, seen)

    def meetings(self, asked: Sequence[Told], side: Side) -> dict[str, Meeting]:
        """How each item of a team meets the challenge, by the item's key."""
        return {item.key: met for item, told in side.items if (met := self.meet(asked, item, told))}

    def meet(self, asked: Sequence[Told], item: Item, told: Sequence[Told]) -> Meeting | None:
        """The best pair of language versions; across languages only where none is shared."""
        pairs = [(a, t) for a in asked for t in told]
        same = [(a, t) for a, t in pairs if a.view.is_chinese == t.view.is_chinese]
        met = [self._meet(a, item, t) for a, t in same or pairs]
        return max(met, key=lambda m: m.total, default=None)

    def _meet(self, asked: Told, item: Item, told: Told) -> Meeting:
        index = self.index
        a, t = asked.vectors, told.vectors
        native, bridge, meaning = index.tuning.weights(
            a.words, asked.view.is_chinese, told.view.is_chinese
        )
        text = native * index.native.weigh(a.native, t.native) if native else 0.0
        other = bridge * index.bridge.weigh(a.bridge, t.bridge) if bridge else 0.0
        alike = meaning * float(likeness(a.meaning[None], t.meaning[None])[0, 0])
        return Meeting(item, asked, told, text, other, alike)

    def counting(self, meetings: Iterable[Meeting]) -> list[Meeting]:
        """The one or two meetings that count in a team's average, with their shares."""
        best = sorted(meetings, key=lambda met: -met.total)[:2]
        floor = self.index.tuning.second_floor
        if best and (len(best) == 1 or best[1].total <= floor * best[0].total):
            return [replace(best[0], share=(1 + floor) / 2)]
        return best

    def concepts(self, concepts: frozenset[str], shown: frozenset[str]) -> float:
        """What shared concepts add to the raw score."""
        return sum(
            self.weights.of(part) * concept_part(asked_in(concepts, part), shown, self.rarity)
            for part in PART_FACETS
        )

    def score(self, meetings: Iterable[Meeting], concepts: float, opinion: float = 0.0) -> float:
        """The score of a pair from its meetings and what its concepts add."""
        weights, raw = self.weights, concepts
        for met in self.counting(meetings):
            raw += met.share * (
                weights.text * met.text
                + weights.bridge * met.bridge
                + weights.meaning * met.meaning
            )
            raw += met.share * weights.evidence * met.total * proof(met.item)
        raw += weights.feedback * max(-1.0, min(1.0, opinion))
        return raw / (max(raw, 0.0) + HALF_WAY)
