"""A run: challenges and teams in, ranked recommendations with parts, reasons and gaps out."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import cache
from itertools import chain, islice
from typing import Any

from matchmaker.recommender import lexicon
from matchmaker.recommender.constraints import Constraints
from matchmaker.recommender.matcher import (
    Feedback,
    Floats,
    Matcher,
    Options,
    as_challenge,
    as_team,
)
from matchmaker.recommender.parts import Weights
from matchmaker.recommender.pool import Pool
from matchmaker.recommender.records import ChallengeProfile, Record, TeamProfile
from matchmaker.recommender.results import ChallengeMatches, Run
from matchmaker.recommender.shelf import written

Progress = Callable[[int, int], None]
LARGE = 5_000  # teams; above, candidates are picked first and only they are scored
METHOD = "text 2"  # raise when the same input would score otherwise


class Cancelled(Exception):
    """The run was asked to stop; nothing of it is kept."""


@cache
def version() -> str:
    """Method and word tables in use."""
    digest = hashlib.sha256()
    for name in ("han.bin", "english.bin", "concepts.bin", "vectors.bin", "means.bin"):
        digest.update((lexicon.TABLES / name).read_bytes())
    return f"{METHOD} · tables {digest.hexdigest()[:8]}"


def score_records(challenges: Sequence[Record], teams: Sequence[Record]) -> Floats:
    """Score every pair of records; shape (n_challenges, n_teams), larger is better.

    A challenge scores the same alone as among others; scores compare over challenges.
    """
    return Matcher(teams).scores(challenges)


class Matching:
    """A run whose matches come one after the other, so that none need be held.

    More than ``LARGE`` teams become a :class:`Pool`: candidates are picked for each challenge and
    only these scored, with the same numbers; of teams held back those are named that are
    candidates. Fewer teams are all scored.

    Args: see :func:`recommend`; ``teams`` may come one after the other.
        on_team: called with how many teams were read, in a large pool; ``should_stop`` is then
            asked after each, too.

    Attributes:
        version, input_digest, weights, seed: as in ``Run``.

    Raises:
        ClashingConstraints, ValueError, Cancelled: as :func:`recommend`, at once.
    """

    def __init__(
        self,
        challenges: Sequence[ChallengeProfile | Record],
        teams: Iterable[TeamProfile | Record],
        *,
        weights: Weights | None = None,
        constraints: Constraints | None = None,
        top: int = 10,
        seed: int = 0,
        feedback: Feedback | None = None,
        explain: bool = True,
        on_progress: Progress | None = None,
        on_team: Callable[[int], None] | None = None,
        should_stop: Callable[[], bool] | None = None,
    ):
        self._asked = [as_challenge(challenge) for challenge in challenges]
        self._feedback, self._on_progress, self._on_team = feedback, on_progress, on_team
        self._should_stop = should_stop
        self._options = Options(constraints or Constraints(), top, seed, explain)
        self._options.constraints.check()
        if top < 1:
            raise ValueError("top must be at least 1")
        if len({challenge.id for challenge in self._asked}) != len(self._asked):
            raise ValueError("challenge ids must be unique")
        self.version, self.seed, self.weights = version(), seed, weights or Weights()
        self._over: Matcher | Pool = self._read(teams)
        read = self._over.teams() if isinstance(self._over, Pool) else iter(self._over.index.teams)
        self.input_digest = input_digest(
            self._asked, read, self.weights, self._options, feedback or {}
        )

    def _read(self, teams: Iterable[TeamProfile | Record]) -> Matcher | Pool:
        """The teams as an index, or as a pool if they are many."""
        coming = (as_team(team) for team in teams)
        first = list(islice(coming, LARGE + 1))
        if len(first) <= LARGE:
            return Matcher(first, weights=self.weights)
        return Pool.build(chain(first, coming), on_team=self._told_team)

    def _told_team(self, number: int) -> None:
        if self._should_stop and self._should_stop():
            raise Cancelled
        if self._on_team:
            self._on_team(number)

    def __len__(self) -> int:
        return len(self._asked)

    def __iter__(self) -> Iterator[ChallengeMatches]:
        """The outcome for each challenge in the order given; raises ``Cancelled`` when stopped."""
        over = self._over
        coming = self._from_pool(over) if isinstance(over, Pool) else self._from_index(over)
        for done in range(1, len(self._asked) + 1):
            if self._should_stop and self._should_stop():
                raise Cancelled
            yield next(coming)
            if self._on_progress:
                self._on_progress(done, len(self._asked))

    def _from_index(self, matcher: Matcher) -> Iterator[ChallengeMatches]:
        scored = matcher.scored(self._asked, self._feedback)
        for challenge, found in zip(self._asked, scored, strict=True):
            yield matcher.matches(challenge, *found, self._options)

    def _from_pool(self, pool: Pool) -> Iterator[ChallengeMatches]:
        for challenge in self._asked:
            yield pool.matches(
                challenge, self._options, weights=self.weights, feedback=self._feedback
            )


def recommend(
    challenges: Sequence[ChallengeProfile | Record],
    teams: Sequence[TeamProfile | Record],
    *,
    weights: Weights | None = None,
    constraints: Constraints | None = None,
    top: int = 10,
    seed: int = 0,
    feedback: Feedback | None = None,
    explain: bool = True,
    on_progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Run:
    """Recommend teams for each challenge.

    Args:
        challenges, teams: profiles or records; ids unique on each side.
        weights: of the parts; the defaults are the measured ones.
        constraints: hard rules; teams they touch are returned as held back.
        top: recommendations per challenge.
        seed: decides between equal scores, so that no team wins by its name.
        feedback: (challenge id, team id) → opinion in -1–1 from earlier decisions.
        explain: whether to give reasons and gaps.
        on_progress: called with challenges done and challenges in all.
        should_stop: asked before each challenge.

    Raises:
        ClashingConstraints: a pinned pair is forbidden too.
        Cancelled: ``should_stop`` said so.
        ValueError: two challenges or two teams have the same id, or ``top`` is below 1.
    """
    matching = Matching(
        challenges,
        teams,
        weights=weights,
        constraints=constraints,
        top=top,
        seed=seed,
        feedback=feedback,
        explain=explain,
        on_progress=on_progress,
        should_stop=should_stop,
    )
    return Run(matching.version, matching.input_digest, matching.weights, seed, tuple(matching))


def input_digest(
    challenges: Iterable[ChallengeProfile],
    teams: Iterable[TeamProfile],
    weights: Weights,
    options: Options,
    feedback: Feedback,
) -> str:
    """SHA-256 over everything that decides the outcome, whatever order it came in."""
    content = {
        "challenges": sorted(_digest(_line(_plain(asdict(each)))) for each in challenges),
        "teams": sorted(_digest(written(each)) for each in teams),
        "weights": asdict(weights),
        "options": _plain(asdict(options)),
        "feedback": _plain(feedback),
    }
    return _digest(_line(content))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _line(content: Any) -> bytes:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf8", "surrogatepass")


def _plain(value: Any) -> Any:
    """Sets and mappings with pairs as keys in one fixed JSON form."""
    if isinstance(value, Mapping):
        return {json.dumps(_plain(k), ensure_ascii=False): _plain(v) for k, v in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((_plain(v) for v in value), key=str)
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value
