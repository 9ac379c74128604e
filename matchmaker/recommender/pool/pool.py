"""A large part, a small one for what came later, and the way from a challenge to its matches."""

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Self

import numpy as np

from matchmaker.recommender.constraints import Constraints
from matchmaker.recommender.index import Tuning
from matchmaker.recommender.matcher import Feedback, Matcher, Options
from matchmaker.recommender.parts import CONCEPT_HALF_WAY, PART_FACETS, Weights, asked_in
from matchmaker.recommender.pool.part import Asked, Builder, Floats, Ints, Part
from matchmaker.recommender.pool.slices import Slice
from matchmaker.recommender.pool.statistics import Statistics
from matchmaker.recommender.records import ChallengeProfile, TeamProfile
from matchmaker.recommender.results import ChallengeMatches
from matchmaker.recommender.retrieval import Damaged, SparseIndex, read_arrays, write_arrays
from matchmaker.recommender.retrieval.storage import Array
from matchmaker.recommender.views import Vectors, views

CANDIDATES = 1_000  # teams that are scored exactly for each challenge
MERGE_AT = 5_000  # teams that came later before they join the large part
LATER = "later.index"
Watch = Callable[[int], None]


class Pool:
    """Teams by the ten thousand and more, asked for those that suit a challenge.

    Args:
        base: most teams. later: those that came or changed since.
        gone: rows of ``base`` that changed or went.
    """

    def __init__(
        self,
        statistics: Statistics,
        base: Part,
        later: Part | None = None,
        gone: Iterable[int] = (),
        tuning: Tuning | None = None,
    ):
        self.statistics, self.base, self.tuning = statistics, base, tuning or Tuning()
        self.later = later or base.taken(np.zeros(0, np.int64))
        self.gone = dict.fromkeys(gone)

    @classmethod
    def build(
        cls,
        teams: Iterable[TeamProfile],
        *,
        tuning: Tuning | None = None,
        on_team: Watch | None = None,
    ) -> Self:
        """Read teams, whose texts make the statistics.

        Args:
            on_team: called after each with how many were read; what it raises ends the reading.

        Raises:
            ValueError: two teams have the same id.
        """
        builder = Builder(None, tuning or Tuning())
        for number, team in enumerate(teams, 1):
            builder.add(team)
            if on_team:
                on_team(number)
        part, statistics = builder.done()
        if len(part.row) != len(part):
            raise ValueError("team ids must be unique")
        return cls(statistics, part, tuning=tuning)

    def __len__(self) -> int:
        return len(self.base) - len(self.gone) + len(self.later)

    def __contains__(self, team_id: str) -> bool:
        return team_id in self.later.row or self._in_base(team_id) is not None

    def teams(self) -> Iterator[TeamProfile]:
        """Every profile."""
        for row, team in enumerate(self.base.shelf):
            if row not in self.gone:
                yield team
        yield from self.later.shelf

    def team(self, team_id: str) -> TeamProfile | None:
        """The profile of a team; None if it is not there."""
        if team_id in self.later.row:
            return self.later.shelf[self.later.row[team_id]]
        row = self._in_base(team_id)
        return None if row is None else self.base.shelf[row]

    def put(self, teams: Iterable[TeamProfile]) -> None:
        """Add teams or put them in the place of others with the same id, weighed as the rest."""
        builder = Builder(self.statistics, self.tuning)
        new = {team.id: team for team in teams}
        for team in new.values():
            builder.add(team)
        self.remove(key for key in new if key in self)
        self.later = Part.joined([self.later, builder.done()[0]])
        if len(self.later) >= MERGE_AT:
            self.merge()

    def remove(self, team_ids: Iterable[str]) -> None:
        """Take teams out.

        Raises:
            KeyError: one of them is not there; nothing is taken out then.
        """
        later, gone = [], []
        for key in team_ids:
            row = self._in_base(key)
            if key in self.later.row:
                later.append(self.later.row[key])
            elif row is not None:
                gone.append(row)
            else:
                raise KeyError(key)
        self.gone.update(dict.fromkeys(gone))
        if later:
            self.later = self.later.taken(np.delete(np.arange(len(self.later)), later))

    def merge(self) -> None:
        """Make one part of all; the statistics stay as they are."""
        kept = self.base.taken(np.delete(np.arange(len(self.base)), [*self.gone]))
        self.base = Part.joined([kept, self.later])
        self.later, self.gone = self.base.taken(np.zeros(0, np.int64)), {}

    def matches(
        self,
        challenge: ChallengeProfile,
        options: Options,
        *,
        weights: Weights,
        feedback: Feedback | None = None,
    ) -> ChallengeMatches:
        """The best teams for a challenge, with the numbers that scoring all of them would give.

        Of teams held back those are named that are candidates, or that a rule names for this
        challenge: what stands in the way of good teams, not of everybody.
        """
        named = _named(challenge.id, options.constraints, feedback or {})
        matcher = self.matcher(challenge, weights, many=max(CANDIDATES, 10 * options.top),
                               named=named)  # fmt: skip
        scored = next(matcher.scored([challenge], feedback))
        return matcher.matches(challenge, *scored, options)

    def matcher(
        self,
        challenge: ChallengeProfile,
        weights: Weights,
        *,
        many: int = CANDIDATES,
        named: Iterable[str] = (),
    ) -> Matcher:
        """The candidates for a challenge, ready to be scored; ``named`` teams are among them."""
        rough = [self._rough(part, challenge, weights) for part in (self.base, self.later)]
        rough[0][[*self.gone]] = 0
        for key in named:
            row = self._in_base(key)
            if key in self.later.row:
                rough[1][self.later.row[key]] = np.inf
            elif row is not None:
                rough[0][row] = np.inf
        chosen = _best(np.concatenate(rough), many)
        at = int(np.searchsorted(chosen, len(self.base)))
        parts = [self.base.taken(chosen[:at]), self.later.taken(chosen[at:] - len(self.base))]
        return self.over(Part.joined([part for part in parts if len(part)] or parts[:1]), weights)

    def over(self, part: Part, weights: Weights) -> Matcher:
        """A matcher over a few teams, which scores by the statistics of the pool."""
        index = Slice(part, self.statistics, self.tuning)
        return Matcher.over(index, self.statistics.concept_rarity, weights)

    def _rough(self, part: Part, challenge: ChallengeProfile, weights: Weights) -> Floats:
        """About the raw score of each team of a part."""
        rarity, features = self.statistics.rarity, self.statistics.features
        asked = [Asked(view, Vectors(view, rarity), features) for view in views(challenge.passages)]
        found = part.rough(asked, self.tuning, weights) if asked else np.zeros(len(part))
        for name in PART_FACETS:
            worth = {
                concept: self.statistics.concept_rarity(concept)
                for concept in asked_in(challenge.concepts, name)
            }
            if worth:
                shared = part.concept_sums(worth)
                found = found + weights.of(name) * shared / (shared + CONCEPT_HALF_WAY)
        return found

    def _in_base(self, team_id: str) -> int | None:
        row = self.base.row.get(team_id)
        return None if row in self.gone else row

    def save(self, folder: Path, facts: Mapping[str, Any] | None = None) -> None:
        """Write the pool into a folder; what stands there already is not written again.

        A reader finds the state before or after, whatever happens meanwhile.

        Args:
            facts: whatever is to be kept with it, as JSON holds it.
        """
        folder.mkdir(parents=True, exist_ok=True)
        name = self.base.name or _next(folder)
        place = folder / name
        if self.base.name is None:
            place.mkdir()
            arrays, counts = self.statistics.arrays()
            write_arrays(place / "statistics.index", arrays, counts)
            write_arrays(place / "base.index", self.base.arrays(), {"concepts": self.base.concepts})
            for chinese, postings in self.base.postings.items():
                postings.save(place / ("chinese" if chinese else "other"))
        late = {f"late-{key}": value for key, value in self.later.arrays().items()}
        own: dict[str, Array] = {
            "gone": np.fromiter(self.gone, np.int64, len(self.gone)),
            "hashes": np.fromiter(self.statistics.features.later, np.uint64),
        }
        write_arrays(
            folder / LATER,
            own | late,
            {"base": name, "concepts": self.later.concepts, "facts": dict(facts or {})},
        )
        self.base.name = name
        for other in folder.glob("base-*"):
            if other.name != name:
                shutil.rmtree(other, ignore_errors=True)

    @classmethod
    def open(cls, folder: Path, *, tuning: Tuning | None = None) -> tuple[Self, dict[str, Any]]:
        """The pool of a folder, mapped and not read, and the facts kept with it.

        Raises:
            FileNotFoundError: there is none.
            Damaged: a file is not what was once written.
        """
        held, facts = read_arrays(folder / LATER, verify=True)
        if "base" not in facts:
            raise Damaged(folder / LATER, "this is no index of teams")
        place = folder / facts["base"]
        arrays, counts = read_arrays(place / "statistics.index")
        statistics = Statistics.of(arrays, counts, held["hashes"].tolist())
        arrays, names = read_arrays(place / "base.index")
        base = Part.of(arrays, names["concepts"])
        base.name = facts["base"]
        base.__dict__["postings"] = {
            chinese: SparseIndex.open(place / ("chinese" if chinese else "other"))
            for chinese in (True, False)
        }
        late = {key[5:]: value for key, value in held.items() if key.startswith("late-")}
        later = Part.of(late, facts["concepts"])
        return cls(statistics, base, later, held["gone"].tolist(), tuning), facts["facts"]


def _named(challenge_id: str, rules: Constraints, feedback: Feedback) -> list[str]:
    """Teams that a rule or an opinion names for a challenge."""
    pairs = (*rules.pinned, *rules.forbidden, *feedback)
    return [team for challenge, team in pairs if challenge == challenge_id]


def _best(rough: Floats, many: int) -> Ints:
    """The rows with the best rough scores above 0, ascending; of equal ones the earlier."""
    if many < len(rough):
        edge = np.partition(rough, len(rough) - many)[len(rough) - many]
        above = np.flatnonzero(rough > max(edge, 0.0))
        level = np.flatnonzero(rough == edge)[: many - len(above)] if edge > 0 else above[:0]
        return np.sort(np.concatenate((above, level)))
    return np.flatnonzero(rough > 0)


def _next(folder: Path) -> str:
    taken = [int(path.name.removeprefix("base-")) for path in folder.glob("base-*")]
    return f"base-{max(taken, default=0) + 1}"
