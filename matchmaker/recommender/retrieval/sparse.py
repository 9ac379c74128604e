"""Top rows of weighted features in two stages: the most telling postings, then exact rows.

A row is stored twice: as it is (terms and 16-bit weights), and in the *postings* of its terms,
with an 8-bit *impact* on a scale of the term's own. A query goes through the postings of its
terms in the order of what they can add at most, until it has read ``BUDGET`` postings for each
row of the layer; that gives ``WIDE`` candidates, which are scored exactly from their rows. A
layer that is small enough is read whole, so there the answer is exact.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matchmaker.recommender.retrieval.layers import (
    Delta,
    Floats,
    Growing,
    Ints,
    Layer,
    Layered,
)
from matchmaker.recommender.retrieval.storage import Array

BUDGET = 3.0  # postings read for each row of a layer; see the bench for what more would bring
AT_LEAST = 500_000  # postings read however small the layer is
WIDE = 2_000  # candidates that are scored exactly
LEVELS = 255  # of an impact
PIECE = 50_000  # rows laid out at a time; bounds memory
Singles = NDArray[np.float32]


class Bag(NamedTuple):
    """Features with their weights: a row or a query.

    Attributes:
        terms: numbers from 0, each at most once, shape (n,).
        weights: above 0, shape (n,).
    """

    terms: NDArray[np.integer[Any]]
    weights: NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Rows:
    """Many bags behind each other: row r holds ``starts[r]`` up to ``starts[r + 1]``.

    Attributes:
        starts: shape (n_rows + 1,). terms: shape (n_features,).
        weights: shape (n_features,); a thousandth of a weight decides no order.
    """

    starts: Ints
    terms: NDArray[np.int32]
    weights: NDArray[np.float16]

    def scores(self, query: Bag, rows: Ints) -> Floats:
        """Sums of products of some rows with a query, each worked out by itself."""
        found = self.taken(rows)
        largest = max(found.terms.max(initial=0), query.terms.max(initial=0))
        wanted = np.zeros(int(largest) + 1, np.float32)
        wanted[query.terms] = query.weights
        gains = wanted[found.terms] * found.weights
        owners = np.repeat(np.arange(len(rows)), np.diff(found.starts))
        return np.bincount(owners, gains, len(rows)).astype(np.float64, copy=False)

    def taken(self, rows: Ints) -> "Rows":
        """Some of the rows, in the order given."""
        starts = np.concatenate(([0], np.cumsum(self.starts[rows + 1] - self.starts[rows])))
        terms = np.empty(starts[-1], np.int32)
        weights = np.empty(starts[-1], np.float16)
        for low in range(0, len(rows), PIECE):
            high = min(low + PIECE, len(rows))
            shift = np.diff(starts[low : high + 1])
            here = slice(int(starts[low]), int(starts[high]))
            places = np.repeat(self.starts[rows[low:high]] - starts[low:high], shift)
            places += np.arange(here.start, here.stop)
            terms[here], weights[here] = self.terms[places], self.weights[places]
        return Rows(starts, terms, weights)


class Postings(Layer[Bag]):
    """A frozen layer of rows with the postings of their terms.

    Args:
        keys: ascending, shape (n_rows,).
        known: the terms that occur, ascending, shape (n_terms,).
        begins: where the postings of each of them begin, shape (n_terms + 1,).
        steps: what one level of impact is worth for each of them, shape (n_terms,).
        docs, impacts: rows and levels, term by term, shape (n_features,).
    """

    def __init__(
        self,
        keys: Ints,
        rows: Rows,
        known: NDArray[np.int32],
        begins: Ints,
        steps: Singles,
        docs: NDArray[np.int32],
        impacts: NDArray[np.uint8],
    ):
        super().__init__(keys)
        self.rows, self.known, self.begins, self.steps = rows, known, begins, steps
        self.docs, self.impacts = docs, impacts

    @classmethod
    def of(cls, keys: Ints, rows: Rows) -> Self:
        """Lay out the postings of rows whose keys ascend."""
        peaks = np.zeros(int(rows.terms.max(initial=-1)) + 1, np.float32)
        for here in _pieces(rows):
            np.maximum.at(peaks, rows.terms[here], rows.weights[here].astype(np.float32))
        known = np.flatnonzero(peaks).astype(np.int32)
        places = np.zeros(len(peaks), np.int32)
        places[known] = np.arange(len(known))
        columns = np.empty(len(rows.terms), np.int32)
        impacts = np.empty(len(rows.terms), np.uint8)
        for here in _pieces(rows):
            columns[here] = places[rows.terms[here]]
            levels = rows.weights[here] * LEVELS / peaks[rows.terms[here]]
            impacts[here] = np.clip(np.ceil(levels), 1, LEVELS)
        shape = (len(keys), len(known))
        by_term = sparse.csr_matrix((impacts, columns, rows.starts), shape=shape).tocsc()
        return cls(
            keys, rows, known, by_term.indptr.astype(np.int64), peaks[known] / np.float32(LEVELS),
            by_term.indices.astype(np.int32, copy=False), by_term.data,
        )  # fmt: skip

    @classmethod
    def from_arrays(cls, held: Mapping[str, Array]) -> Self:
        """The layer that was stored."""
        rows = Rows(held["starts"], held["terms"], held["weights"])
        names = ("known", "begins", "steps", "docs", "impacts")
        return cls(held["keys"], rows, *(held[name] for name in names))

    def arrays(self) -> dict[str, Array]:
        """What is stored."""
        return {
            "keys": self.keys, "starts": self.rows.starts, "terms": self.rows.terms,
            "weights": self.rows.weights, "known": self.known, "begins": self.begins,
            "steps": self.steps, "docs": self.docs, "impacts": self.impacts,
        }  # fmt: skip

    def best(self, query: Bag, k: int) -> tuple[Ints, Floats]:
        """The best rows among the candidates of the postings."""
        rows = best_rows(self.rough(query), max(WIDE, 10 * k))
        return rows, self.rows.scores(query, rows)

    def rough(self, query: Bag) -> Singles:
        """What the most telling postings add up to, shape (n_rows,); 0 for rows taken out."""
        places, values = self._chosen(query)
        begins, ends = self.begins[places], self.begins[places + 1]
        total = int((ends - begins).sum())
        docs, gains = np.empty(total, np.int32), np.empty(total, np.float32)
        at = 0
        for begin, end, value in zip(begins.tolist(), ends.tolist(), values, strict=True):
            here = slice(at, at + end - begin)
            docs[here] = self.docs[begin:end]
            np.multiply(self.impacts[begin:end], value, out=gains[here])
            at = here.stop
        shape = (len(self.keys), 1)
        column = sparse.csc_matrix((gains, docs, np.array([0, total])), shape=shape)
        found: Singles = column @ np.ones(1, np.float32)
        found[self.absent()] = 0
        return found

    def _chosen(self, query: Bag) -> tuple[Ints, Singles]:
        """Places of the terms to read, those that can add most first, and what a level adds."""
        places = np.searchsorted(self.known, query.terms)
        here = places < len(self.known)
        here[here] = self.known[places[here]] == query.terms[here]
        places = places[here]
        values = (query.weights[here] * self.steps[places]).astype(np.float32)
        order = np.lexsort((places, -values))
        places, values = places[order], values[order]
        read = np.cumsum(self.begins[places + 1] - self.begins[places])
        budget = max(BUDGET * len(self.keys), AT_LEAST)
        many = max(1, int(np.searchsorted(read, budget, side="right")))
        return places[:many], values[:many]


class Lately(Delta[Bag, Bag]):
    """Rows added since the last layer was frozen; few enough to score every one."""

    def __init__(self) -> None:
        super().__init__()
        self._starts = Growing(np.int64)
        self._terms, self._weights = Growing(np.int32), Growing(np.float16)
        self._starts.extend(np.zeros(1, np.int64))

    @property
    def size(self) -> int:
        """Rows stored."""
        return self._starts.size - 1

    def put(self, row: Bag) -> int:
        """Store one row more.

        Raises:
            ValueError: a weight is not above 0, or a term is named twice.
        """
        order = np.argsort(row.terms, kind="stable")
        terms, weights = row.terms[order], row.weights[order]
        if (terms[1:] == terms[:-1]).any() or not (weights > 0).all():
            raise ValueError("terms must differ and weights lie above 0")
        self._terms.extend(terms)
        self._weights.extend(weights)
        self._starts.extend(np.array([self._terms.size]))
        return self.size - 1

    def scores(self, query: Bag, places: Ints) -> Floats:
        """Exact scores of some rows."""
        return self._rows().scores(query, places)

    def frozen(self) -> Postings:
        """The rows that are still there, with their postings."""
        keys, places = self.sorted()
        return Postings.of(keys, self._rows().taken(places))

    def _rows(self) -> Rows:
        return Rows(self._starts.array, self._terms.array, self._weights.array)


class SparseIndex(Layered[Bag, Bag]):
    """Rows of weighted features, asked for those that share most with a query.

    >>> index = SparseIndex()
    >>> index.add(7, Bag(np.array([0, 3]), np.array([0.5, 1.0])))
    >>> index.top(Bag(np.array([3]), np.array([2.0])), 10)
    Hits(keys=array([7]), scores=array([2.]))
    """

    @classmethod
    def build(
        cls,
        keys: Ints,
        starts: Ints,
        terms: NDArray[np.integer[Any]],
        weights: NDArray[np.floating[Any]],
    ) -> Self:
        """An index of many rows at once.

        Args:
            keys: ascending, shape (n_rows,).
            starts, terms, weights: the rows as in ``Rows``.

        Raises:
            ValueError: keys do not ascend.
        """
        if (np.diff(keys) <= 0).any():
            raise ValueError("keys must ascend")
        index = cls()
        rows = Rows(
            starts.astype(np.int64, copy=False),
            terms.astype(np.int32, copy=False),
            weights.astype(np.float16, copy=False),
        )
        if len(keys):
            index.layers.append(Postings.of(keys, rows))
        return index

    def rough(self, query: Bag) -> tuple[Ints, Floats]:
        """All keys and about their scores, by the most telling postings; in no order."""
        found: list[tuple[Ints, Floats]] = [(np.zeros(0, np.int64), np.zeros(0))]
        for layer in self.layers:
            if isinstance(layer, Postings):
                there = layer.present() if layer.gone else slice(None)
                found.append((layer.keys[there], layer.rough(query)[there].astype(np.float64)))
        keys, places = self.delta.sorted()
        found.append((keys, self.delta.scores(query, places)))
        keys, scores = (np.concatenate(column) for column in zip(*found, strict=True))
        return keys, scores

    def _empty(self) -> Lately:
        return Lately()

    def _joined(self, layers: Sequence[Postings]) -> Postings:
        kept = [layer.rows.taken(layer.present()) for layer in layers]
        keys = np.concatenate([layer.keys[layer.present()] for layer in layers])
        together = Rows(
            np.concatenate(([0], np.cumsum(np.concatenate([np.diff(r.starts) for r in kept])))),
            np.concatenate([rows.terms for rows in kept]),
            np.concatenate([rows.weights for rows in kept]),
        )
        order = np.argsort(keys)
        return Postings.of(keys[order], together.taken(order))

    @classmethod
    def _read(cls, held: Mapping[str, Array]) -> Postings:
        return Postings.from_arrays(held)

    @classmethod
    def _rows_of(cls, held: Mapping[str, Array]) -> Iterator[tuple[int, Bag]]:
        starts = held["starts"]
        for row, key in enumerate(held["keys"].tolist()):
            here = slice(starts[row], starts[row + 1])
            yield key, Bag(held["terms"][here], held["weights"][here])


def best_rows(scores: Singles, many: int) -> Ints:
    """The ``many`` rows with the best scores above 0, ascending; of equal ones the earlier."""
    if many >= len(scores):
        return np.flatnonzero(scores > 0)
    edge = np.partition(scores, len(scores) - many)[len(scores) - many]
    if edge <= 0:
        return np.flatnonzero(scores > 0)
    above = np.flatnonzero(scores > edge)
    level = np.flatnonzero(scores == edge)[: many - len(above)]
    return np.sort(np.concatenate((above, level)))


def _pieces(rows: Rows) -> Iterator[slice]:
    """The features of many rows, some at a time."""
    for low in range(0, len(rows.terms), 100 * PIECE):
        yield slice(low, low + 100 * PIECE)
