"""One challenge and one team, scored by hand: what explanations take apart and try out.

The matrix code in ``index`` must give the same numbers; a test holds them together.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from matchmaker.recommender.index import Similarity, TeamIndex, proof, shown_concepts
from matchmaker.recommender.parts import ConceptRarity, Weights, asked_in, bent, concept_part
from matchmaker.recommender.records import Item
from matchmaker.recommender.views import Vectors, View, views


@dataclass(frozen=True)
class Told:
    """A text with its weights, on either side."""

    view: View
    vectors: Vectors


@dataclass(frozen=True)
class Meeting:
    """How one item of a team meets a challenge: the best pair of language versions.

    ``text`` and ``bridge`` are gated similarities; ``share`` is what the item counts in the
    team's average.
    """

    item: Item
    asked: Told
    told: Told
    text: float
    bridge: float
    share: float = 0.5

    @property
    def total(self) -> float:
        """Similarity in both spaces together."""
        return self.text + self.bridge


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

    def side(self, row: int) -> Side:
        """The stored team in a row of the index."""
        index = self.index
        items = [
            (index.items[i], [Told(index.views[v], index.vectors[v]) for v in index.item_views[i]])
            for i in index.team_items[row]
        ]
        return Side(items, index.shown[row])

    def side_with(self, row: int, changed: Item) -> Side:
        """The stored team with one item replaced; an item without text falls away."""
        told = self.told(views(changed.passages))
        items = [
            (changed, told) if item.key == changed.key else (item, texts)
            for item, texts in self.side(row).items
        ]
        items = [(item, texts) for item, texts in items if texts]
        declared = self.index.teams[row].concepts
        seen = (text.view for _, texts in items for text in texts)
        return Side(items, shown_concepts(declared, seen))

    def meet(self, asked: Sequence[Told], side: Side) -> list[Meeting]:
        """The one or two items that count, best first, with their shares."""
        meetings = [
            max((self._meet(a, item, t) for a in asked for t in texts), key=lambda m: m.total)
            for item, texts in side.items
            if asked and texts
        ]
        meetings.sort(key=lambda m: -m.total)
        if not meetings:
            return []
        floor = self.index.tuning.second_floor
        if len(meetings) == 1 or meetings[1].total <= floor * meetings[0].total:
            return [_shared(meetings[0], (1 + floor) / 2)]
        return meetings[:2]

    def _meet(self, asked: Told, item: Item, told: Told) -> Meeting:
        index = self.index
        native, bridge = index.tuning.gates(asked.vectors.is_chinese, told.vectors.is_chinese)
        a, t = asked.vectors, told.vectors
        text = native * index.native.weigh(a.native, t.native) if native else 0.0
        other = bridge * index.bridge.weigh(a.bridge, t.bridge) if bridge else 0.0
        return Meeting(item, asked, told, text, other)

    def score(
        self, asked: Sequence[Told], concepts: frozenset[str], side: Side, opinion: float = 0.0
    ) -> float:
        """The score of a pair."""
        met = self.meet(asked, side)
        similarity = Similarity(
            np.array(sum(m.text * m.share for m in met)),
            np.array(sum(m.bridge * m.share for m in met)),
            np.array(sum(m.total * m.share * proof(m.item) for m in met)),
        )
        weights = self.weights
        raw = {
            "text": weights.text * similarity.text,
            "bridge": weights.bridge * similarity.bridge,
            "evidence": weights.evidence * similarity.evidence,
            "feedback": np.array(weights.feedback * max(-1.0, min(1.0, opinion))),
        }
        for part in ("taxonomy", "capability"):
            value = concept_part(asked_in(concepts, part), side.shown, self.rarity)
            raw[part] = np.array(getattr(weights, part) * value)
        return float(bent(raw)[0])


def _shared(meeting: Meeting, share: float) -> Meeting:
    return Meeting(
        meeting.item, meeting.asked, meeting.told, meeting.text, meeting.bridge, share
    )
