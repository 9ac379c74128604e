"""What both kinds of index have in common: frozen layers, a delta, and rows taken out.

A row that is added goes into the delta. When ``MERGE_AT`` rows have gathered there, they are
frozen into a layer of their own, and small layers are joined as they grow, so that there are
never many. A row that is removed is only marked; it leaves with the next joining of its layer.
So each change costs what one row costs, and the large first layer is left alone until
:meth:`Layered.merge` is called.

In a folder each layer is a file that never changes; ``changes.index`` names them and holds the
delta and the rows taken out, so that saving a change writes that small file alone.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Generic, NamedTuple, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from matchmaker.recommender.retrieval.storage import (
    Array,
    Damaged,
    read_arrays,
    write_arrays,
)

MERGE_AT = 5_000  # rows in the delta that become a layer
GROWTH = 4  # a layer is joined with the one before it until that one is so many times larger
CHANGES = "changes.index"
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Q = TypeVar("Q")
R = TypeVar("R")
Asked = TypeVar("Asked", contravariant=True)
Held = TypeVar("Held", contravariant=True)


class Hits(NamedTuple):
    """The best rows for a query, best first; equal scores stand in the order of their keys.

    Both arrays have shape (n_hits,); only scores above 0 are hits.
    """

    keys: Ints
    scores: Floats


class Index(Protocol[Asked, Held]):
    """The contract of an index, whatever its rows are made of."""

    def __len__(self) -> int:
        """Rows that can be found."""

    def __contains__(self, key: int) -> bool:
        """Whether a row with this key can be found."""

    def add(self, key: int, row: Held) -> None:
        """Add a row; ValueError if its key is taken."""

    def replace(self, key: int, row: Held) -> None:
        """Put a row in the place of another; KeyError if there is none."""

    def remove(self, key: int) -> None:
        """Take a row out; KeyError if there is none."""

    def top(self, query: Asked, k: int) -> Hits:
        """The ``k`` best rows."""

    def merge(self) -> None:
        """Join everything into one layer without the rows taken out."""


class Layer(ABC, Generic[Q]):
    """Frozen rows in ascending order of ``keys``, shape (n_rows,).

    Attributes:
        gone: rows taken out since, in the order in which they went.
        file: the name it is stored under; None before it was.
    """

    def __init__(self, keys: Ints) -> None:
        self.keys = keys
        self.gone: dict[int, None] = {}
        self.file: str | None = None

    def row_of(self, key: int) -> int | None:
        """Where a key stands; None if it is not here or was taken out."""
        at = int(np.searchsorted(self.keys, key))
        found = at < len(self.keys) and int(self.keys[at]) == key
        return at if found and at not in self.gone else None

    def absent(self) -> Ints:
        """Rows taken out."""
        return np.fromiter(self.gone, np.int64, len(self.gone))

    def present(self) -> Ints:
        """Rows that are still there."""
        return np.delete(np.arange(len(self.keys)), self.absent())

    @abstractmethod
    def best(self, query: Q, k: int) -> tuple[Ints, Floats]:
        """At least the ``k`` best rows that are still there, with their exact scores."""

    @abstractmethod
    def arrays(self) -> dict[str, Array]:
        """What is stored."""


class Delta(ABC, Generic[Q, R]):
    """Rows that came lately, kept as they are; ``place`` tells where each key stands."""

    def __init__(self) -> None:
        self.place: dict[int, int] = {}

    @property
    @abstractmethod
    def size(self) -> int:
        """Rows stored, those taken out included."""

    @abstractmethod
    def put(self, row: R) -> int:
        """Store one row more and return its place."""

    @abstractmethod
    def scores(self, query: Q, places: Ints) -> Floats:
        """Exact scores of some rows."""

    @abstractmethod
    def frozen(self) -> Layer[Q]:
        """The rows that are still there, as a layer."""

    def sorted(self) -> tuple[Ints, Ints]:
        """Keys that are still there, ascending, and their places."""
        keys = np.fromiter(self.place, np.int64, len(self.place))
        places = np.fromiter(self.place.values(), np.int64, len(keys))
        order = np.argsort(keys)
        return keys[order], places[order]


class Layered(ABC, Generic[Q, R]):
    """An index of layers and a delta. Subclasses say how rows are frozen, joined and scored."""

    def __init__(self) -> None:
        self.layers: list[Layer[Q]] = []
        self.delta = self._empty()
        self._named = 0  # files that were named so far

    def __len__(self) -> int:
        frozen = sum(len(layer.keys) - len(layer.gone) for layer in self.layers)
        return frozen + len(self.delta.place)

    def __contains__(self, key: int) -> bool:
        return key in self.delta.place or self._found(key) is not None

    def add(self, key: int, row: R) -> None:
        """Add a row.

        Raises:
            ValueError: the key is taken.
        """
        if key in self:
            raise ValueError(f"key {key} is taken")
        self._put(key, row)

    def replace(self, key: int, row: R) -> None:
        """Put a row in the place of another.

        Raises:
            KeyError: there is none with this key.
        """
        self.remove(key)
        self._put(key, row)

    def remove(self, key: int) -> None:
        """Take a row out.

        Raises:
            KeyError: there is none with this key.
        """
        if self.delta.place.pop(key, None) is not None:
            return
        found = self._found(key)
        if found is None:
            raise KeyError(key)
        layer, row = found
        layer.gone[row] = None

    def top(self, query: Q, k: int) -> Hits:
        """The ``k`` best rows.

        Raises:
            ValueError: ``k`` is below 1.
        """
        if k < 1:
            raise ValueError("k must be at least 1")
        found = [Hits(np.zeros(0, np.int64), np.zeros(0)), *self._hits(query, k)]
        keys, scores = (np.concatenate(columns) for columns in zip(*found, strict=True))
        return ordered(keys, scores, k)

    def merge(self) -> None:
        """Join everything into one layer without the rows taken out."""
        self._freeze()
        if len(self.layers) > 1 or any(layer.gone for layer in self.layers):
            self.layers = [self._joined(self.layers)]

    @property
    def nbytes(self) -> int:
        """Bytes of the frozen layers."""
        return sum(a.nbytes for layer in self.layers for a in layer.arrays().values())

    def save(self, folder: Path) -> None:
        """Write into a folder what is not there yet; files without use are deleted.

        A reader finds the state before or after, whatever happens meanwhile.
        """
        folder.mkdir(parents=True, exist_ok=True)
        for layer in self.layers:
            if layer.file is None or not (folder / layer.file).exists():
                self._named += 1
                layer.file = f"layer-{self._named}.index"
                write_arrays(folder / layer.file, layer.arrays())
        gone = {f"gone-{n}": layer.absent() for n, layer in enumerate(self.layers)}
        names = [layer.file for layer in self.layers]
        facts = {
            "index": type(self).__name__, "shape": self._shape(), "named": self._named,
            "layers": names,
        }  # fmt: skip
        keys, _ = self.delta.sorted()
        late = self.delta.frozen().arrays() if len(keys) else {}
        write_arrays(folder / CHANGES, {**gone, **_prefixed("late-", late)}, facts)
        for path in folder.glob("layer-*.index"):
            if path.name not in names:
                path.unlink(missing_ok=True)

    @classmethod
    def open(cls, folder: Path, *, verify: bool = False) -> Self:
        """The index of a folder; layers are mapped, not read.

        Raises:
            FileNotFoundError: there is none.
            Damaged: a file is not what was once written.
        """
        held, facts = read_arrays(folder / CHANGES, verify=True)
        if facts.get("index") != cls.__name__:
            raise Damaged(folder / CHANGES, f"this is no {cls.__name__}")
        index = cls(**facts["shape"])
        index._named = facts["named"]
        for number, name in enumerate(facts["layers"]):
            layer = cls._read(read_arrays(folder / name, verify=verify)[0])
            layer.file = name
            layer.gone = dict.fromkeys(held[f"gone-{number}"].tolist())
            index.layers.append(layer)
        late = {name[5:]: array for name, array in held.items() if name.startswith("late-")}
        for key, row in cls._rows_of(late) if late else ():
            index._put(key, row)
        return index

    def _put(self, key: int, row: R) -> None:
        self.delta.place[key] = self.delta.put(row)
        if self.delta.size >= MERGE_AT:
            self._freeze()
            self._settle()

    def _freeze(self) -> None:
        """Make the delta a layer of its own."""
        if self.delta.place:
            self.layers.append(self.delta.frozen())
        self.delta = self._empty()

    def _settle(self) -> None:
        """Join the newest layers until each is much larger than the next."""
        while len(self.layers) > 1:
            *rest, before, last = self.layers
            if len(before.keys) > GROWTH * len(last.keys):
                return
            self.layers = [*rest, self._joined([before, last])]

    def _found(self, key: int) -> tuple[Layer[Q], int] | None:
        for layer in reversed(self.layers):
            row = layer.row_of(key)
            if row is not None:
                return layer, row
        return None

    def _hits(self, query: Q, k: int) -> Iterator[Hits]:
        for layer in self.layers:
            rows, scores = layer.best(query, k)
            yield ordered(layer.keys[rows], scores, k)
        if self.delta.place:
            keys, places = self.delta.sorted()
            yield ordered(keys, self.delta.scores(query, places), k)

    def _shape(self) -> dict[str, Any]:
        """What the index is made with, as arguments."""
        return {}

    @abstractmethod
    def _empty(self) -> Delta[Q, R]:
        """A delta without rows."""

    @abstractmethod
    def _joined(self, layers: Sequence[Any]) -> Layer[Q]:
        """The rows that are still there, of several layers, as one."""

    @classmethod
    @abstractmethod
    def _read(cls, held: Mapping[str, Array]) -> Layer[Q]:
        """A layer from what was stored of it."""

    @classmethod
    @abstractmethod
    def _rows_of(cls, held: Mapping[str, Array]) -> Iterator[tuple[int, R]]:
        """Keys and rows of a stored layer."""


class Growing:
    """An array that grows at its end, at the same cost for each element.

    Args:
        shape: of one element; () for plain numbers.
    """

    def __init__(self, kind: Any, shape: tuple[int, ...] = ()):
        self._held = np.zeros((64, *shape), kind)
        self.size = 0

    @property
    def array(self) -> Array:
        """What is in it."""
        return self._held[: self.size]

    def extend(self, values: Array) -> None:
        """Add elements, shape (n, \\*shape)."""
        wanted = self.size + len(values)
        if wanted > len(self._held):
            room = (max(wanted, 2 * len(self._held)), *self._held.shape[1:])
            larger = np.zeros(room, self._held.dtype)
            larger[: self.size] = self.array
            self._held = larger
        self._held[self.size : wanted] = values
        self.size = wanted


def ordered(keys: Ints, scores: Floats, k: int) -> Hits:
    """The ``k`` best of some scored keys, best first, equal ones by key."""
    above = scores > 0
    keys, scores = keys[above], scores[above]
    order = np.lexsort((keys, -scores))[:k]
    return Hits(keys[order].astype(np.int64), scores[order].astype(np.float64))


def _prefixed(prefix: str, arrays: Mapping[str, Array]) -> dict[str, Array]:
    return {prefix + name: array for name, array in arrays.items()}
