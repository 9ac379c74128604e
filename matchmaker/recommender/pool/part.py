"""Teams as arrays: texts weighed in both spaces, what stands in which language, packed profiles.

Views, items and teams lie behind each other: the items of team t are ``items[t]`` up to
``items[t + 1]``, the views of item i ``views[i]`` up to ``views[i + 1]``.
"""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matchmaker.recommender import meaning
from matchmaker.recommender.analysis import Kind
from matchmaker.recommender.index import Tuning, proof, shown_concepts
from matchmaker.recommender.meaning import DIMENSIONS, Steps
from matchmaker.recommender.parts import Weights
from matchmaker.recommender.pool.statistics import Features, Statistics
from matchmaker.recommender.records import TeamProfile
from matchmaker.recommender.retrieval import Bag, SparseIndex
from matchmaker.recommender.retrieval.storage import Array
from matchmaker.recommender.shelf import Shelf
from matchmaker.recommender.spaces import Rarity, Weighted
from matchmaker.recommender.views import Vectors, View, views

SMALL = 20_000  # views; fewer are compared one and all, without postings
BLOCK = 4_096  # views whose meaning is compared at a time
NO_CAPACITY = -1  # a team that does not say
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Sparse(NamedTuple):
    """Rows of a sparse matrix, as scipy lays them out."""

    starts: Ints
    columns: NDArray[np.int32]
    values: Floats

    def taken(self, rows: Ints) -> "Sparse":
        """Some of the rows, in the order given."""
        lengths = self.starts[rows + 1] - self.starts[rows]
        starts = np.concatenate(([0], np.cumsum(lengths)))
        places = np.repeat(self.starts[rows] - starts[:-1], lengths) + np.arange(starts[-1])
        return Sparse(starts, self.columns[places], self.values[places])

    def times(self, wanted: Floats) -> Floats:
        """Products with a dense vector, shape (n_rows,)."""
        gains = wanted[self.columns] * self.values
        owners = np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))
        return np.bincount(owners, gains, len(self.starts) - 1).astype(np.float64, copy=False)

    @classmethod
    def joined(cls, given: Sequence["Sparse"]) -> "Sparse":
        """Several behind each other."""
        lengths = np.concatenate([np.diff(each.starts) for each in given])
        return cls(
            np.concatenate(([0], np.cumsum(lengths))),
            np.concatenate([each.columns for each in given]),
            np.concatenate([each.values for each in given]),
        )


@dataclass
class Part:
    """Teams as arrays.

    Attributes:
        ids: of the teams, in order.
        shelf: their profiles.
        capacity: of each team; ``NO_CAPACITY`` if it does not say.
        items, views: where the items of each team and the views of each item begin.
        chinese: whether each view is mostly Chinese.
        proof: how well each item is documented.
        native, bridge: the weights of each view, divided by its pivoted length.
        meanings: where each view points, shape (n_views, DIMENSIONS).
        shown: the concepts of each team as numbers of ``concepts``.
        name: what it is stored under; None before it was.
    """

    ids: Sequence[str]
    shelf: Shelf
    capacity: NDArray[np.int32]
    items: Ints
    views: Ints
    chinese: NDArray[np.bool_]
    proof: Floats
    native: Sparse
    bridge: Sparse
    meanings: Steps
    shown: Sparse
    concepts: tuple[str, ...]
    name: str | None = None

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def row(self) -> dict[str, int]:
        """Where each team stands."""
        return {key: number for number, key in enumerate(self.ids)}

    def shown_by(self, row: int) -> frozenset[str]:
        """The concepts of one team."""
        here = slice(self.shown.starts[row], self.shown.starts[row + 1])
        return frozenset(self.concepts[number] for number in self.shown.columns[here])

    def taken(self, rows: Ints) -> "Part":
        """Some of the teams, in the order given."""
        items, item_starts = _ranges(self.items, rows)
        held, view_starts = _ranges(self.views, items)
        return Part(
            [self.ids[row] for row in rows.tolist()],
            self.shelf.taken(rows.tolist()),
            self.capacity[rows], item_starts, view_starts,
            self.chinese[held], self.proof[items],
            self.native.taken(held), self.bridge.taken(held), self.meanings[held],
            self.shown.taken(rows),
            self.concepts,
        )  # fmt: skip

    @classmethod
    def joined(cls, given: Sequence["Part"]) -> "Part":
        """Several behind each other."""
        if len(given) == 1:
            return given[0]
        concepts = tuple(dict.fromkeys(chain.from_iterable(each.concepts for each in given)))
        return cls(
            [key for each in given for key in each.ids],
            Shelf.joined([each.shelf for each in given]),
            np.concatenate([each.capacity for each in given]),
            _behind([each.items for each in given]),
            _behind([each.views for each in given]),
            np.concatenate([each.chinese for each in given]),
            np.concatenate([each.proof for each in given]),
            Sparse.joined([each.native for each in given]),
            Sparse.joined([each.bridge for each in given]),
            np.concatenate([each.meanings for each in given]),
            Sparse.joined([_renamed(each.shown, each.concepts, concepts) for each in given]),
            concepts,
        )

    @cached_property
    def _first_view(self) -> Ints:
        """Where the views of each team begin, and where the last end."""
        return self.views[self.items]

    @cached_property
    def postings(self) -> dict[bool, SparseIndex]:
        """The views of each language by what they hold; keys are numbers of views."""
        return {
            chinese: self._postings(np.flatnonzero(self.chinese == chinese))
            for chinese in (True, False)
        }

    def _postings(self, held: Ints) -> SparseIndex:
        """Features of the native space have even numbers, those of the bridge odd ones."""
        native, bridge = self.native.taken(held), self.bridge.taken(held)
        starts = native.starts + bridge.starts
        terms = np.empty(starts[-1], np.int32)
        weights = np.empty(starts[-1], np.float16)
        shifts = (bridge.starts[:-1], native.starts[1:])
        for space, shift, odd in ((native, shifts[0], 0), (bridge, shifts[1], 1)):
            places = np.repeat(shift, np.diff(space.starts)) + np.arange(len(space.columns))
            terms[places] = 2 * space.columns + odd
            weights[places] = space.values
        return SparseIndex.build(held, starts, terms, weights)

    def rough(self, asked: Sequence["Asked"], tuning: Tuning, weights: Weights) -> Floats:
        """About what the best text of each team adds to its raw score, shape (n_teams,)."""
        best = np.zeros(len(self.chinese) + 1)
        pointing = {id(each): self._alike(each.meaning) for each in asked}
        for chinese in (True, False):
            same = [each for each in asked if each.is_chinese == chinese]
            for each in same or asked:
                native, bridge, pull = tuning.weights(each.words, each.is_chinese, chinese)
                query = each.bag(native * weights.text, bridge * weights.bridge)
                if len(self.chinese) <= SMALL:
                    keys, found = self._compared(query, chinese)
                else:
                    keys, found = self.postings[chinese].rough(query)
                found = found + pull * weights.meaning * pointing[id(each)][keys]
                best[keys] = np.maximum(best[keys], found)
        edges = self._first_view
        highest = np.maximum.reduceat(best, edges[:-1]) if len(self) else np.zeros(0)
        return np.where(np.diff(edges) > 0, highest, 0.0)

    def _alike(self, asked: Steps) -> Floats:
        """Likeness of meaning of each view with a text, in blocks of bounded memory.

        Products of whole steps are exact in single precision.
        """
        query, found = asked.astype(np.float32), np.empty(len(self.chinese))
        for low in range(0, len(found), BLOCK):
            here = slice(low, low + BLOCK)
            found[here] = self.meanings[here].astype(np.float32) @ query
        return np.maximum(found / meaning.STEP**2, 0.0)

    def _compared(self, query: Bag, chinese: bool) -> tuple[Ints, Floats]:
        held = np.flatnonzero(self.chinese == chinese)
        largest = max(self.native.columns.max(initial=0), self.bridge.columns.max(initial=0))
        wanted = np.zeros(2 * int(largest) + 2)
        known = query.terms < len(wanted)
        wanted[query.terms[known]] = query.weights[known]
        native, bridge = self.native.taken(held), self.bridge.taken(held)
        return held, native.times(wanted[0::2]) + bridge.times(wanted[1::2])

    def concept_sums(self, worth: Mapping[str, float]) -> Floats:
        """For each team the sum of what its concepts are worth, shape (n_teams,)."""
        values = np.array([worth.get(concept, 0.0) for concept in self.concepts] or [0.0])
        shape = (len(self), len(values))
        held = (np.ones(len(self.shown.columns)), self.shown.columns, self.shown.starts)
        found: Floats = sparse.csr_matrix(held, shape=shape) @ values
        return found

    def arrays(self) -> dict[str, Array]:
        """What is stored, without the names of concepts."""
        starts, content = self.shelf.arrays()
        names = [key.encode("utf-8", "surrogatepass") for key in self.ids]
        return {
            "ids": np.frombuffer(b"".join(names), np.uint8),
            "id_ends": np.cumsum([len(name) for name in names], dtype=np.int64),
            "shelf_starts": starts, "shelf": content, "capacity": self.capacity,
            "items": self.items, "views": self.views, "chinese": self.chinese,
            "proof": self.proof, "meanings": self.meanings,
            **_flat("native", self.native), **_flat("bridge", self.bridge),
            **_flat("shown", self.shown),
        }  # fmt: skip

    @classmethod
    def of(cls, held: Mapping[str, Array], concepts: Iterable[str]) -> Self:
        """The part that was stored."""
        ids, names, at = held["ids"].tobytes(), [], 0
        for end in held["id_ends"].tolist():
            names.append(ids[at:end].decode("utf-8", "surrogatepass"))
            at = end
        return cls(
            names, Shelf.of(held["shelf_starts"], held["shelf"]), held["capacity"],
            held["items"], held["views"], held["chinese"], held["proof"],
            _whole(held, "native"), _whole(held, "bridge"), held["meanings"],
            _whole(held, "shown"), tuple(concepts),
        )  # fmt: skip


class Asked:
    """One text of a challenge as weights of numbered features."""

    def __init__(self, view: View, vectors: Vectors, features: Features):
        self.is_chinese, self.words = view.is_chinese, vectors.words
        self.native = numbered(vectors.native, features)
        self.bridge = numbered(vectors.bridge, features)
        self.meaning = vectors.meaning

    def bag(self, native: float, bridge: float) -> Bag:
        """A query for postings, the spaces weighed."""
        chosen = [
            (2 * numbers + odd, factor * weights)
            for odd, factor, (numbers, weights) in (
                (0, native, self.native), (1, bridge, self.bridge),
            )
            if factor > 0
        ]  # fmt: skip
        if not chosen:
            return Bag(np.zeros(0, np.int64), np.zeros(0))
        return Bag(*(np.concatenate(column) for column in zip(*chosen, strict=True)))


def numbered(vector: Weighted, features: Features) -> tuple[Ints, Floats]:
    """Numbers and weights of the features that some team uses, on unit length."""
    known = [
        (number, weight)
        for feature, weight in vector.weights.items()
        if weight and (number := features.get(feature)) is not None
    ]
    numbers = np.array([number for number, _ in known], np.int64)
    return numbers, np.array([weight for _, weight in known]) / (vector.norm or 1.0)


class Builder:
    """Reads teams one after the other and keeps counts, not texts.

    Args:
        statistics: to weigh by; None makes those of the teams that are read.
    """

    def __init__(self, statistics: Statistics | None, tuning: Tuning):
        self._statistics, self._tuning = statistics, tuning
        self._numbers: dict[str, int] = {}
        self._kinds: dict[int, Kind] = {}
        self._ids: list[str] = []
        self._shelf = Shelf()
        self._capacity, self._chinese, self._proof = array("i"), array("b"), array("d")
        self._items, self._views = array("q", [0]), array("q", [0])
        self._native, self._bridge, self._shown = _Growing(), _Growing(), _Growing()
        self._concepts: dict[str, int] = {}

    def add(self, team: TeamProfile) -> None:
        """Read one team."""
        self._ids.append(team.id)
        self._shelf.append(team)
        self._capacity.append(NO_CAPACITY if team.capacity is None else team.capacity)
        told: list[View] = []
        for item in team.items:
            found = views(item.passages)
            told += found
            self._proof.append(proof(item))
            self._views.append(self._views[-1] + len(found))
        self._items.append(self._items[-1] + len(team.items))
        for view in told:
            self._count(view)
        shown = sorted(shown_concepts(team.concepts, iter(told)))
        numbers = (self._concepts.setdefault(each, len(self._concepts)) for each in shown)
        self._shown.row(numbers, (1.0 for _ in shown))

    def _count(self, view: View) -> None:
        number, counts = self._number, view.counts
        self._chinese.append(view.is_chinese)
        native = [number(feature) for feature in counts.native]
        self._kinds.update(zip(native, counts.kinds.values(), strict=True))
        self._native.row(native, counts.native.values())
        bridge = [number(feature) for feature in counts.bridge]
        for each in bridge:
            self._kinds.setdefault(each, Kind.STEM)
        self._bridge.row(bridge, counts.bridge.values())

    def _number(self, feature: str) -> int:
        return self._numbers.setdefault(feature, len(self._numbers))

    def done(self) -> tuple[Part, Statistics]:
        """The part, and what it was weighed by."""
        native, bridge = self._native.sparse(), self._bridge.sparse()
        statistics = self._statistics or self._own(native, bridge)
        numbers = np.empty(max(1, len(self._numbers)), np.int32)
        weights = {True: np.empty(len(numbers)), False: np.empty(len(numbers))}
        features, rarity = statistics.features, _Fresh(statistics)
        for name, number in self._numbers.items():
            numbers[number] = features.number(name)
            weights[True][number] = rarity(name, self._kinds[number])
            weights[False][number] = rarity(name, Kind.STEM)
        meant = self._meant(numbers)
        self._numbers, self._kinds = {}, {}
        tuning = self._tuning
        chinese = np.array(self._chinese, bool)
        native = _weighed(native, weights[True], numbers, tuning.native_pivot, tuning.slope)
        part = Part(
            self._ids, self._shelf,
            np.array(self._capacity, np.int32), np.array(self._items, np.int64),
            np.array(self._views, np.int64), chinese, np.array(self._proof, np.float64), native,
            _weighed(bridge, weights[False], numbers, tuning.bridge_pivot, tuning.slope),
            _pointing(native, chinese, meant),
            self._shown.sparse(), tuple(self._concepts),
        )  # fmt: skip
        return part, statistics

    def _meant(self, numbers: NDArray[np.int32]) -> dict[int, Floats]:
        """What features mean, by their number in the statistics."""
        return {
            int(numbers[number]): vector
            for name, number in self._numbers.items()
            if (vector := meaning.of_feature(name, self._kinds[number])) is not None
        }

    def _own(self, native: Sparse, bridge: Sparse) -> Statistics:
        """Statistics of what was read; features are numbered anew."""
        features, numbers = Features.of(list(self._numbers))
        seen = np.zeros(len(features), np.int32)
        both = np.zeros(len(self._numbers), np.int64)
        for view in range(len(self._chinese)):
            held = np.union1d(_row(native, view), _row(bridge, view))
            both[held] += 1
        seen[numbers] = both
        many = np.bincount(self._shown.sparse().columns, minlength=len(self._concepts))
        shown = {concept: int(many[number]) for concept, number in self._concepts.items()}
        return Statistics(features, len(self._chinese), seen, len(self._ids), shown)


class _Fresh(Rarity):
    """The rarity of frozen statistics, without keeping every feature that was asked for."""

    def __init__(self, statistics: Statistics):
        super().__init__([])
        self._texts, self._seen = statistics.rarity._texts, statistics.rarity._seen

    def __call__(self, feature: str, kind: Kind) -> float:
        """The weight of a feature."""
        self._known.clear()
        return super().__call__(feature, kind)


class _Growing:
    """Rows of a sparse matrix while they come."""

    def __init__(self) -> None:
        self._starts, self._columns, self._values = array("q", [0]), array("i"), array("d")

    def row(self, columns: Iterable[int], values: Iterable[float]) -> None:
        """Add one row."""
        self._columns.extend(columns)
        self._values.extend(values)
        self._starts.append(len(self._columns))

    def sparse(self) -> Sparse:
        """All rows; nothing can be added afterwards."""
        return Sparse(
            np.frombuffer(self._starts, np.int64),
            np.frombuffer(self._columns, np.int32) if self._columns else np.zeros(0, np.int32),
            np.frombuffer(self._values, np.float64) if self._values else np.zeros(0),
        )


def _weighed(
    counts: Sparse, rarity: Floats, numbers: NDArray[np.int32], pivot: float, slope: float
) -> Sparse:
    """Counts as weights on about unit length, in place; see ``Space``."""
    values, columns = counts.values, counts.columns
    for low in range(0, len(values), 1 << 22):
        here = slice(low, low + (1 << 22))
        often = values[here]
        frequency = np.where(often >= 1, 1 + np.log(np.maximum(often, 1)), often)
        values[here] = frequency * rarity[columns[here]]
        columns[here] = numbers[columns[here]]
    for row in range(len(counts.starts) - 1):
        here = slice(counts.starts[row], counts.starts[row + 1])
        norm = float(np.sqrt(np.dot(values[here], values[here])))
        values[here] /= slope * pivot + (1 - slope) * norm or 1.0
    return counts


def _pointing(native: Sparse, chinese: NDArray[np.bool_], meant: Mapping[int, Floats]) -> Steps:
    """Where texts point, from their weights in the native space."""
    known = np.array(sorted(meant), np.int64)
    table = np.array([meant[number] for number in known.tolist()]).reshape(-1, DIMENSIONS)
    found = np.zeros((len(chinese), DIMENSIONS), np.int8)
    for view, is_chinese in enumerate(chinese.tolist()):
        here = slice(native.starts[view], native.starts[view + 1])
        columns = native.columns[here]
        at = np.minimum(np.searchsorted(known, columns), max(0, len(known) - 1))
        held = known[at] == columns if len(known) else np.zeros(len(columns), bool)
        total = native.values[here][held] @ table[at[held]]
        found[view] = meaning.direction(total, is_chinese)
    return found


def _row(rows: Sparse, number: int) -> NDArray[np.int32]:
    return rows.columns[rows.starts[number] : rows.starts[number + 1]]


def _ranges(starts: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """The elements of some ranges behind each other, and where each range begins now."""
    lengths = starts[rows + 1] - starts[rows]
    begins = np.concatenate(([0], np.cumsum(lengths)))
    return np.repeat(starts[rows] - begins[:-1], lengths) + np.arange(begins[-1]), begins


def _behind(given: Sequence[Ints]) -> Ints:
    """Starts of several parts as those of one."""
    lengths = np.concatenate([np.diff(each) for each in given])
    return np.concatenate(([0], np.cumsum(lengths)))


def _renamed(shown: Sparse, before: Sequence[str], after: Sequence[str]) -> Sparse:
    place = {concept: number for number, concept in enumerate(after)}
    numbers = np.array([place[concept] for concept in before] or [0], np.int32)
    return shown._replace(columns=numbers[shown.columns])


def _flat(name: str, rows: Sparse) -> dict[str, Array]:
    return {f"{name}_{field}": value for field, value in rows._asdict().items()}


def _whole(held: Mapping[str, Array], name: str) -> Sparse:
    return Sparse(*(held[f"{name}_{field}"] for field in Sparse._fields))
