"""A handful of teams out of a pool, as an index that scores and explains them."""

from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar, overload

import numpy as np

from matchmaker.recommender.index import Ints, Similarity, TeamIndex, Tuning, directions
from matchmaker.recommender.meaning import likeness
from matchmaker.recommender.pool.part import NO_CAPACITY, Part, numbered
from matchmaker.recommender.pool.statistics import Statistics
from matchmaker.recommender.records import Item
from matchmaker.recommender.spaces import Space
from matchmaker.recommender.views import Vectors, View, views

T = TypeVar("T")


class Lazy(Sequence[T], Generic[T]):
    """A sequence whose elements are made when they are looked at, once each."""

    def __init__(self, many: int, make: Callable[[int], T]):
        self._many, self._make = many, make
        self._made: dict[int, T] = {}

    def __len__(self) -> int:
        return self._many

    @overload
    def __getitem__(self, at: int) -> T: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[T]: ...

    def __getitem__(self, at: int | slice) -> T | Sequence[T]:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(self._many))]
        at = range(self._many)[at]
        if at not in self._made:
            self._made[at] = self._make(at)
        return self._made[at]

    def __iter__(self) -> Iterator[T]:
        return (self[at] for at in range(self._many))


class Lengths(Space):
    """What a space knows of lengths, without its rows."""

    def __init__(self, *, pivot: float, slope: float):
        super().__init__([], pivot=pivot, slope=slope)


class Slice(TeamIndex):
    """Teams of a part, scored from their stored rows exactly as if they had been read anew.

    Args:
        part: the teams, and no others.
        statistics: of the whole pool.
    """

    def __init__(self, part: Part, statistics: Statistics, tuning: Tuning):
        self.tuning, self._part, self._features = tuning, part, statistics.features
        self.teams = part.shelf  # type: ignore[assignment] # a sequence that unpacks its elements
        self.row, self.rarity = part.row, statistics.rarity
        team_of = np.repeat(np.arange(len(part)), np.diff(part.items))
        item_of = np.repeat(np.arange(len(team_of)), np.diff(part.views))

        def item(number: int) -> Item:
            team = int(team_of[number])
            return self.teams[team].items[number - int(part.items[team])]

        def view(number: int) -> View:
            held = int(item_of[number])
            return views(self.items[held].passages)[number - int(part.views[held])]

        self.items = Lazy(len(team_of), item)  # type: ignore[assignment]
        self.views = Lazy(len(item_of), view)  # type: ignore[assignment]
        self.vectors = Lazy(  # type: ignore[assignment]
            len(item_of), lambda number: Vectors(self.views[number], self.rarity)
        )
        self.team_items = Lazy(len(part), lambda n: _range(part.items, n))  # type: ignore[assignment]
        self.item_views = Lazy(  # type: ignore[assignment]
            len(team_of), lambda n: _range(part.views, n)
        )
        self._items_of_team, self._views_of_item = _table(part.items), _table(part.views)
        self._proof, self._told_in = part.proof, part.chinese
        self.meanings = part.meanings
        self._item_tells_in = {
            chinese: np.bincount(item_of, part.chinese == chinese, len(team_of))[item_of] > 0
            for chinese in (True, False)
        }
        self.native = Lengths(pivot=tuning.native_pivot, slope=tuning.slope)
        self.bridge = Lengths(pivot=tuning.bridge_pivot, slope=tuning.slope)
        self.shown = [part.shown_by(row) for row in range(len(part))]

    @property
    def capacities(self) -> list[int | None]:
        """What each team can take on; None where it does not say."""
        held = self._part.capacity.tolist()
        return [None if capacity == NO_CAPACITY else capacity for capacity in held]

    def compare(self, asked: Sequence[Sequence[View]]) -> Iterator[Similarity]:
        """The texts of several challenges with every team of the slice."""
        width = 1 + max(
            self._part.native.columns.max(initial=0), self._part.bridge.columns.max(initial=0)
        )
        for found in asked:
            vectors = [Vectors(view, self.rarity) for view in found]
            text, bridge = np.zeros((2, len(found), len(self.views)))
            for row, each in enumerate(vectors):
                wanted = np.zeros(width)
                for space, vector, products in (
                    (self._part.native, each.native, text),
                    (self._part.bridge, each.bridge, bridge),
                ):
                    wanted[:] = 0
                    numbers, weights = numbered(vector, self._features)
                    known = numbers < width
                    wanted[numbers[known]] = weights[known]
                    products[row] = space.times(wanted)
            meaning = likeness(directions(vectors), self.meanings)
            yield self._best(found, vectors, [text, bridge, meaning])


def _range(starts: Ints, number: int) -> list[int]:
    return list(range(int(starts[number]), int(starts[number + 1])))


def _table(starts: Ints) -> Ints:
    """Ranges as a rectangle, -1 where there is nothing."""
    lengths = np.diff(starts)
    steps = np.arange(max(1, int(lengths.max(initial=0))))
    return np.where(steps < lengths[:, None], starts[:-1, None] + steps, -1)
