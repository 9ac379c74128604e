"""Top rows of vectors: every row is compared, block by block, so the answer is exact.

The time is that of reading the vectors once from memory. Blocks bound what is held beside them.
With ``np.int8`` a vector takes one byte a number and one scale, a quarter of the memory; scores
are then exact for the rounded vectors.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from matchmaker.recommender.retrieval.layers import (
    Delta,
    Floats,
    Growing,
    Ints,
    Layer,
    Layered,
)
from matchmaker.recommender.retrieval.storage import Array

BLOCK = 8 << 20  # bytes of 32-bit vectors compared at a time
ROUNDED_BLOCK = 4 << 20  # the same of rounded ones, which are widened in the processor's cache
LEVELS = 127  # of a rounded number, on either side of 0
Singles = NDArray[np.float32]


class Vectors:
    """Vectors as they are stored: 32-bit numbers, or 8-bit ones with a scale for each row.

    Args:
        values: shape (n_rows, n_dimensions), float32 or int8.
        scales: shape (n_rows,); 1 for 32-bit numbers.
    """

    def __init__(self, values: Array, scales: Singles):
        self.values, self.scales = values, scales

    @classmethod
    def of(cls, vectors: NDArray[np.floating[Any]], kind: Any) -> Self:
        """Store vectors of shape (n_rows, n_dimensions) in a kind of number."""
        if np.dtype(kind) != np.int8:
            return cls(vectors.astype(np.float32, copy=False), np.ones(len(vectors), np.float32))
        peaks = np.abs(vectors).max(axis=1, initial=0).astype(np.float32)
        scales = np.where(peaks > 0, peaks, 1).astype(np.float32) / np.float32(LEVELS)
        return cls(np.rint(vectors / scales[:, None]).astype(np.int8), scales)

    def __len__(self) -> int:
        return len(self.values)

    def taken(self, rows: Ints) -> "Vectors":
        """Some of the rows, in the order given."""
        return Vectors(self.values[rows], self.scales[rows])

    def exact(self, query: Floats, rows: Ints) -> Floats:
        """Products of some rows with a query in double precision, each by itself."""
        wide = self.values[rows].astype(np.float64) * self.scales[rows, None]
        return np.array([float(np.dot(row, query)) for row in wide])

    def rough(self, query: Singles) -> Iterator[tuple[int, Singles]]:
        """Products with a query in single precision, block by block with the first row."""
        width = 4 * self.values.shape[1]
        if self.values.dtype != np.int8:
            step = max(1, BLOCK // width)
            for low in range(0, len(self.values), step):
                yield low, self.values[low : low + step] @ query
            return
        step = max(1, ROUNDED_BLOCK // width)
        wide = np.empty((step, self.values.shape[1]), np.float32)
        for low in range(0, len(self.values), step):
            here = self.values[low : low + step]
            wide[: len(here)] = here
            yield low, (wide[: len(here)] @ query) * self.scales[low : low + step]


class Block(Layer[NDArray[np.floating[Any]]]):
    """A frozen layer of vectors; ``reach`` is the length of the longest."""

    def __init__(self, keys: Ints, vectors: Vectors, reach: float):
        super().__init__(keys)
        self.vectors, self.reach = vectors, reach

    @classmethod
    def of(cls, keys: Ints, vectors: Vectors) -> Self:
        """A layer of vectors whose keys ascend."""
        reach = 0.0
        for low in range(0, len(keys), 10_000):
            here = vectors.values[low : low + 10_000].astype(np.float32)
            lengths = np.linalg.norm(here, axis=1) * vectors.scales[low : low + 10_000]
            reach = max(reach, float(lengths.max()))
        return cls(keys, vectors, reach)

    def best(self, query: NDArray[np.floating[Any]], k: int) -> tuple[Ints, Floats]:
        """The best rows; those that single precision cannot tell apart are all looked at."""
        single = query.astype(np.float32)
        error = 2 * len(query) * np.finfo(np.float32).eps * self.reach * np.linalg.norm(single)
        gone, kept = np.sort(self.absent()), _Kept(k, float(error))
        for low, scores in self.vectors.rough(single):
            here = gone[np.searchsorted(gone, low) : np.searchsorted(gone, low + len(scores))]
            scores[here - low] = -np.inf
            kept.offer(low, scores)
        rows = kept.rows
        return rows, self.vectors.exact(query.astype(np.float64), rows)

    def arrays(self) -> dict[str, Array]:
        """What is stored."""
        found = {"keys": self.keys, "values": self.vectors.values}
        if self.vectors.values.dtype == np.int8:
            found["scales"] = self.vectors.scales
        return found | {"reach": np.array([self.reach])}

    @classmethod
    def from_arrays(cls, held: Mapping[str, Array]) -> Self:
        """The layer that was stored."""
        values = held["values"]
        scales = held["scales"] if "scales" in held else np.ones(len(values), np.float32)
        return cls(held["keys"], Vectors(values, scales), float(held["reach"][0]))


class _Kept:
    """The best rows so far, and all that come within ``error`` of them."""

    def __init__(self, k: int, error: float):
        self.k, self.error = k, error
        self.edge = 0.0
        self.rows: Ints = np.zeros(0, np.int64)
        self._scores: Singles = np.zeros(0, np.float32)

    def offer(self, low: int, scores: Singles) -> None:
        """Look at the scores of the rows from ``low`` on."""
        near = np.flatnonzero(scores > self.edge - self.error)
        if not len(near):
            return
        self.rows = np.concatenate((self.rows, near + low))
        self._scores = np.concatenate((self._scores, scores[near]))
        if len(self.rows) <= self.k:
            return
        at = len(self.rows) - self.k
        self.edge = max(self.edge, float(np.partition(self._scores, at)[at]))
        still = self._scores > self.edge - self.error
        self.rows, self._scores = self.rows[still], self._scores[still]


class Lately(Delta[NDArray[np.floating[Any]], NDArray[np.floating[Any]]]):
    """Vectors added since the last layer was frozen."""

    def __init__(self, dimensions: int, kind: Any):
        super().__init__()
        self._kind = kind
        self._values = Growing(kind, (dimensions,))
        self._scales = Growing(np.float32)

    @property
    def size(self) -> int:
        """Rows stored."""
        return self._values.size

    def put(self, row: NDArray[np.floating[Any]]) -> int:
        """Store one row more.

        Raises:
            ValueError: it has another number of dimensions, or a number that is not finite.
        """
        if row.shape != self._values.array.shape[1:] or not np.isfinite(row).all():
            raise ValueError(f"{self._values.array.shape[1]} finite numbers are expected")
        stored = Vectors.of(row[None, :], self._kind)
        self._values.extend(stored.values)
        self._scales.extend(stored.scales)
        return self.size - 1

    def scores(self, query: NDArray[np.floating[Any]], places: Ints) -> Floats:
        """Exact scores of some rows."""
        return self._vectors().exact(query.astype(np.float64), places)

    def frozen(self) -> Block:
        """The rows that are still there as a layer."""
        keys, places = self.sorted()
        return Block.of(keys, self._vectors().taken(places))

    def _vectors(self) -> Vectors:
        return Vectors(self._values.array, self._scales.array)


class DenseIndex(Layered[NDArray[np.floating[Any]], NDArray[np.floating[Any]]]):
    """Vectors, asked for those with the largest product with a query.

    Args:
        dimensions: numbers in a vector.
        kind: ``np.float32`` or ``np.int8``.
    """

    def __init__(self, dimensions: int, kind: Any = np.float32):
        self.dimensions, self.kind = dimensions, np.dtype(kind)
        super().__init__()

    @classmethod
    def build(cls, keys: Ints, vectors: NDArray[np.floating[Any]], kind: Any = np.float32) -> Self:
        """An index of many vectors at once.

        Args:
            keys: ascending, shape (n_rows,).
            vectors: shape (n_rows, n_dimensions).

        Raises:
            ValueError: keys do not ascend.
        """
        if (np.diff(keys) <= 0).any():
            raise ValueError("keys must ascend")
        index = cls(vectors.shape[1], kind)
        if len(keys):
            index.layers.append(Block.of(keys, Vectors.of(vectors, kind)))
        return index

    def _shape(self) -> dict[str, Any]:
        return {"dimensions": self.dimensions, "kind": self.kind.name}

    def _empty(self) -> Lately:
        return Lately(self.dimensions, self.kind)

    def _joined(self, layers: Sequence[Block]) -> Block:
        keys = np.concatenate([layer.keys[layer.present()] for layer in layers])
        kept = [layer.vectors.taken(layer.present()) for layer in layers]
        order = np.argsort(keys)
        together = Vectors(
            np.concatenate([each.values for each in kept]),
            np.concatenate([each.scales for each in kept]),
        )
        return Block.of(keys[order], together.taken(order))

    @classmethod
    def _read(cls, held: Mapping[str, Array]) -> Block:
        return Block.from_arrays(held)

    @classmethod
    def _rows_of(cls, held: Mapping[str, Array]) -> Iterator[tuple[int, Array]]:
        stored = Block.from_arrays(held).vectors
        yield from zip(held["keys"].tolist(), stored.values * stored.scales[:, None], strict=True)
