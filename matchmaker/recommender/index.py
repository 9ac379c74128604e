"""An index of teams, built once and asked about one challenge or many."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matchmaker.recommender import lexicon
from matchmaker.recommender.meaning import DIMENSIONS, Steps, likeness
from matchmaker.recommender.records import Item, TeamProfile
from matchmaker.recommender.spaces import Rarity, Space
from matchmaker.recommender.views import Vectors, View, views

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BLOCK = 64  # challenges scored at a time; bounds memory


@dataclass(frozen=True)
class Tuning:
    """Fixed constants of the text parts, chosen on the development sets.

    Attributes:
        native_share: share of the native space when both texts are Chinese; the rest is bridge.
        cross_scale: what a similarity across languages is multiplied by to be comparable.
        second_floor: the second best item counts at least this share of the best one, so that
            adding a weak project does not drag a team down to half.
        slope, native_pivot, bridge_pivot: see ``Space``; typical lengths of team texts.
        meaning: what likeness of meaning counts beside a similarity of words, by whether the
            challenge's text and the team's are Chinese.
        plenty: words of a challenge's text from which its own words say more than their meaning.
        yielding: how fast meaning gives way to words in longer texts, by whether Chinese.
        most_grip: bound of the weight of meaning for very short texts.
        easing: share of that weight by which the whole score is eased, so that short and long
            texts share one scale.
    """

    native_share: float = 0.5
    cross_scale: float = 1.25
    second_floor: float = 0.35
    meaning: Mapping[tuple[bool, bool], float] = field(
        default_factory=lambda: {
            (True, True): 0.6, (True, False): 1.0, (False, True): 0.6, (False, False): 0.4,
        }
    )  # fmt: skip
    plenty: float = 50.0
    yielding: Mapping[bool, float] = field(default_factory=lambda: {True: 3.0, False: 8.0})
    most_grip: float = 4.0
    easing: float = 1.0
    slope: float = 0.25
    native_pivot: float = 40.0
    bridge_pivot: float = 25.0

    def gates(self, asked_in_chinese: bool, told_in_chinese: bool) -> tuple[float, float]:
        """Weights of the native and the bridge space for a pair of texts."""
        if asked_in_chinese != told_in_chinese:
            return 0.0, self.cross_scale
        return (self.native_share, 1 - self.native_share) if asked_in_chinese else (1.0, 0.0)

    def grip(self, words: int, asked_in_chinese: bool) -> float:
        """How much meaning counts for a challenge's text of so many different words.

        A long text says in its own words what it is about; a short one rarely shares them.
        """
        power = self.yielding[asked_in_chinese]
        return float(min(self.most_grip, (self.plenty / max(1, words)) ** power))

    def weights(
        self, words: int, asked_in_chinese: bool, told_in_chinese: bool
    ) -> tuple[float, float, float]:
        """Weights of the native space, the bridge and meaning for a pair of texts.

        Args:
            words: different words of the challenge's text.
        """
        native, bridge = self.gates(asked_in_chinese, told_in_chinese)
        grip = self.grip(words, asked_in_chinese)
        ease = 1 + self.easing * grip
        meaning = self.meaning[asked_in_chinese, told_in_chinese] * grip
        return native / ease, bridge / ease, meaning / ease


class Similarity(NamedTuple):
    """What a challenge's texts score with each team, arrays of shape (n_teams,).

    ``evidence`` is the part of all three that rests on projects with results or evidence.
    """

    text: Floats
    bridge: Floats
    meaning: Floats
    evidence: Floats


class TeamIndex:
    """Teams ready to be compared with challenges.

    Args:
        teams: the pool; ids must be unique.
        tuning: fixed constants.

    Raises:
        ValueError: two teams have the same id.
    """

    def __init__(self, teams: Sequence[TeamProfile], tuning: Tuning | None = None):
        if len({team.id for team in teams}) != len(teams):
            raise ValueError("team ids must be unique")
        self.tuning = tuning or Tuning()
        self.teams = tuple(teams)
        self.row = {team.id: number for number, team in enumerate(self.teams)}
        self._collect()
        self._embed()
        self._tag()

    @property
    def capacities(self) -> list[int | None]:
        """What each team can take on; None where it does not say."""
        return [team.capacity for team in self.teams]

    def _collect(self) -> None:
        """Lay out items and their language versions."""
        self.items: list[Item] = []
        self.item_views: list[list[int]] = []
        self.views: list[View] = []
        self.team_items: list[list[int]] = []
        for team in self.teams:
            self.team_items.append([])
            for item in team.items:
                self.team_items[-1].append(len(self.items))
                self.items.append(item)
                found = views(item.passages)
                self.item_views.append(list(range(len(self.views), len(self.views) + len(found))))
                self.views += found
        self._views_of_item = _padded(self.item_views)
        self._items_of_team = _padded(self.team_items)
        self._proof = np.array([proof(item) for item in self.items])

    def _embed(self) -> None:
        """Weigh every text."""
        tuning = self.tuning
        self.rarity = Rarity([view.counts for view in self.views])
        self.vectors = [Vectors(view, self.rarity) for view in self.views]
        native, bridge = [v.native for v in self.vectors], [v.bridge for v in self.vectors]
        self.native = Space(native, pivot=tuning.native_pivot, slope=tuning.slope)
        self.bridge = Space(bridge, pivot=tuning.bridge_pivot, slope=tuning.slope)
        self.meanings = directions(self.vectors)
        self._told_in = np.array([view.is_chinese for view in self.views], dtype=bool)
        self._item_tells_in = {
            chinese: np.array(
                [
                    any(self.views[v].is_chinese is chinese for v in held)
                    for held in self.item_views
                    for _ in held
                ],
                dtype=bool,
            )
            for chinese in (True, False)
        }

    def _gates(self, asked: Vectors, is_chinese: bool, languages: set[bool]) -> list[Floats]:
        """Weights of the three likenesses for a challenge text, per team text.

        Texts of different languages are compared only where item and challenge share none.
        """
        same = self._told_in == is_chinese
        shared = np.zeros(len(self.views), dtype=bool)
        for language in languages:
            shared |= self._item_tells_in[language]
        within = self.tuning.weights(asked.words, is_chinese, is_chinese)
        across = self.tuning.weights(asked.words, is_chinese, not is_chinese)
        return [
            np.where(same, here, np.where(shared, 0.0, there))
            for here, there in zip(within, across, strict=True)
        ]

    def _tag(self) -> None:
        """Collect each team's concepts, declared and found in its texts."""
        self.shown = [
            shown_concepts(
                team.concepts, (self.views[v] for i in items for v in self.item_views[i])
            )
            for team, items in zip(self.teams, self.team_items, strict=True)
        ]

    def compare(self, asked: Sequence[Sequence[View]]) -> Iterator[Similarity]:
        """The texts of several challenges with every team, in blocks of bounded memory."""
        for start in range(0, len(asked), BLOCK):
            block = asked[start : start + BLOCK]
            flat = [Vectors(view, self.rarity) for found in block for view in found]
            text = self.native.rows([v.native for v in flat]) @ self.native.matrix.T
            bridge = self.bridge.rows([v.bridge for v in flat]) @ self.bridge.matrix.T
            meaning = likeness(directions(flat), self.meanings)
            at = 0
            for found in block:
                rows = slice(at, at + len(found))
                at += len(found)
                alike = [text[rows].toarray(), bridge[rows].toarray(), meaning[rows]]
                yield self._best(found, flat[rows], alike)

    def _best(
        self, found: Sequence[View], vectors: Sequence[Vectors], alike: list[Floats]
    ) -> Similarity:
        if not found or not self.views:
            return Similarity(*(np.zeros(len(self.teams)) for _ in Similarity._fields))
        languages = {view.is_chinese for view in found}
        for row, (view, asked) in enumerate(zip(found, vectors, strict=True)):
            gates = self._gates(asked, view.is_chinese, languages)
            for part, gate in zip(alike, gates, strict=True):
                part[row] *= gate
        best = sum(alike, start=np.zeros(())).argmax(axis=0)[None, :]
        chosen = [np.take_along_axis(part, best, 0)[0] for part in alike]
        return self._best_two(_pick(chosen, self._views_of_item))

    def _best_two(self, alike: Sequence[Floats]) -> Similarity:
        """Average each team's best two items; the second counts at least its floor."""
        floor = self.tuning.second_floor
        held = self._items_of_team
        whole = sum(alike, start=np.zeros(()))
        total = np.where(held >= 0, whole[held], -1.0)
        order = np.argsort(-total, axis=1, kind="stable")[:, [0, min(1, held.shape[1] - 1)]]
        first, second = np.take_along_axis(held, order, 1).T
        value = np.take_along_axis(total, order, 1)
        alone = (value[:, 1] <= floor * value[:, 0]) | (first == second)
        parts = []
        for part in (*alike, whole * self._proof):
            one = np.where(first >= 0, part[first], 0.0)
            two = np.where(alone, floor * one, part[second])
            parts.append((one + two) / 2)
        return Similarity(*parts)


def directions(vectors: Sequence[Vectors]) -> Steps:
    """Where texts point, shape (n_texts, DIMENSIONS)."""
    return np.array([each.meaning for each in vectors], np.int8).reshape(-1, DIMENSIONS)


def proof(item: Item) -> float:
    """How well an item is documented, in 0–1: half for a result, half for evidence of it."""
    return 0.5 * item.has_result + 0.5 * item.has_evidence


def shown_concepts(declared: frozenset[str], told: Iterator[View]) -> frozenset[str]:
    """Concepts a team declares or names in its texts, with the wider ones above them."""
    named = (hit.concept for view in told for _, hit in view.hits)
    return lexicon.with_ancestors(declared | frozenset(named))


def _padded(rows: Sequence[Sequence[int]]) -> Ints:
    """Ragged lists as a rectangle, -1 where there is nothing."""
    width = max((len(row) for row in rows), default=0) or 1
    table = np.full((len(rows), width), -1, dtype=np.int64)
    for number, row in enumerate(rows):
        table[number, : len(row)] = row
    return table


def _pick(alike: Sequence[Floats], table: Ints) -> list[Floats]:
    """For each row of ``table`` the column with the best total."""
    total = np.where(table >= 0, sum(alike, start=np.zeros(()))[table], -1.0)
    best = np.take_along_axis(table, total.argmax(axis=1)[:, None], 1)[:, 0]
    return [np.where(best >= 0, part[best], 0.0) for part in alike]
