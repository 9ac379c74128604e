"""Profiles of many teams in little memory: packed, and unpacked when one is looked at."""

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import overload

import numpy as np
from numpy.typing import NDArray

from matchmaker.recommender.records import Item, Passage, TeamProfile

HABITS = (  # what most profiles hold; small texts would otherwise not become smaller
    '["languages","zh-TW","en"],"modalities:image","modalities:text","domains:manufacturing",'
    '"technologies:forecasting",[["projects[2].site.zh_TW","zh_TW",'
    '["projects[1].results.en","en",["projects[0].results","zh_TW",'
    '["projects[1]",[true,false,true],["projects[0].body.en","en",'
    '["projects[0].body.zh_TW","zh_TW",["projects[0].title.en","en",'
    '["projects[0].title.zh_TW","zh_TW",[["profile","",[false,false,false],'
    '[["name.zh_TW","zh_TW","["profile.zh_TW","zh_TW","["name.en","en","["profile.en","en","'
).encode("ascii")
AT_HAND = 512  # profiles kept unpacked
Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]


def written(team: TeamProfile) -> bytes:
    """Everything a profile holds, in one form for equal profiles."""
    items = [
        [
            item.key,
            item.title,
            [item.has_result, item.has_evidence, item.has_site],
            [[passage.field, passage.language, passage.text] for passage in item.passages],
        ]
        for item in team.items
    ]
    content = [team.id, items, sorted(team.concepts), team.capacity, sorted(team.languages)]
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def packed(team: TeamProfile) -> bytes:
    """A profile in little space, for :func:`unpacked`."""
    press = zlib.compressobj(zdict=HABITS)
    return press.compress(written(team)) + press.flush()


def unpacked(content: bytes) -> TeamProfile:
    """The profile that was packed."""
    text = zlib.decompressobj(zdict=HABITS).decompress(content).decode("utf-8", "surrogatepass")
    key, items, concepts, capacity, languages = json.loads(text)
    found = (
        Item(name, tuple(Passage(*passage) for passage in passages), title, *stated)
        for name, title, stated, passages in items
    )
    return TeamProfile(key, tuple(found), frozenset(concepts), capacity, frozenset(languages))


class Shelf(Sequence[TeamProfile]):
    """Profiles in the order in which they were put there.

    >>> shelf = Shelf([TeamProfile("t1", ())])
    >>> shelf[0].id
    't1'
    """

    def __init__(self, teams: Iterable[TeamProfile] = ()):
        self._packed: list[bytes | memoryview] = []
        self._at = lru_cache(AT_HAND)(self._unpacked)
        for team in teams:
            self.append(team)

    def append(self, team: TeamProfile) -> None:
        """Put one profile more at the end."""
        self._packed.append(packed(team))

    def __len__(self) -> int:
        return len(self._packed)

    @overload
    def __getitem__(self, row: int) -> TeamProfile: ...

    @overload
    def __getitem__(self, row: slice) -> Sequence[TeamProfile]: ...

    def __getitem__(self, row: int | slice) -> TeamProfile | Sequence[TeamProfile]:
        if isinstance(row, slice):
            return [self._at(each) for each in range(*row.indices(len(self)))]
        return self._at(range(len(self))[row])

    def __iter__(self) -> Iterator[TeamProfile]:
        return (unpacked(bytes(content)) for content in self._packed)

    def arrays(self) -> tuple[Ints, Bytes]:
        """Where each packed profile begins, shape (n + 1,), and all of them behind each other."""
        lengths = [len(content) for content in self._packed]
        starts = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
        return starts, np.frombuffer(b"".join(self._packed), np.uint8)

    @classmethod
    def of(cls, starts: Ints, content: Bytes) -> "Shelf":
        """The shelf that was stored; its profiles stay where they are until they are read."""
        shelf, held = cls(), content.data
        shelf._packed = [held[low:high] for low, high in pairwise(starts.tolist())]
        return shelf

    def taken(self, rows: Iterable[int]) -> "Shelf":
        """Some of the profiles, in the order given."""
        shelf = Shelf()
        shelf._packed = [self._packed[row] for row in rows]
        return shelf

    @classmethod
    def joined(cls, given: Iterable["Shelf"]) -> "Shelf":
        """Several behind each other."""
        shelf = cls()
        shelf._packed = [content for each in given for content in each._packed]
        return shelf

    def _unpacked(self, row: int) -> TeamProfile:
        return unpacked(bytes(self._packed[row]))
