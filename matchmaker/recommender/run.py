"""A run: challenges and teams in, ranked recommendations with parts, reasons and gaps out."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.recommender import lexicon
from matchmaker.recommender.constraints import Constraints, HeldBackFor, Pair
from matchmaker.recommender.explanation import Explainer, Gap, Reason
from matchmaker.recommender.index import TeamIndex
from matchmaker.recommender.pairs import PairScorer
from matchmaker.recommender.parts import (
    PARTS,
    ConceptRarity,
    Weights,
    bent,
    raw_parts,
)
from matchmaker.recommender.records import ChallengeProfile, Record, TeamProfile
from matchmaker.recommender.views import views

Floats = NDArray[np.float64]
Feedback = Mapping[Pair, float]
Progress = Callable[[int, int], None]
METHOD = "text 1"  # raise when the same input would score otherwise
STRONG_FROM = 0.5
FAIR_FROM = 0.3


class Fit(StrEnum):
    """A score in words, by fixed thresholds (see ``fit_of``)."""

    STRONG = "strong"
    FAIR = "fair"
    WEAK = "weak"


class Cancelled(Exception):
    """The run was asked to stop; nothing of it is kept."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One pair that is put forward; ``parts`` add up to ``score``."""

    challenge_id: str
    team_id: str
    rank: int
    score: float
    parts: Mapping[str, float]
    fit: Fit
    pinned: bool = False
    reasons: tuple[Reason, ...] = ()
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A pair that a hard constraint keeps from being put forward, with what it would score."""

    challenge_id: str
    team_id: str
    code: HeldBackFor
    score: float


@dataclass(frozen=True, slots=True)
class ChallengeMatches:
    """The outcome for one challenge; both lists best first."""

    challenge_id: str
    recommended: tuple[Recommendation, ...]
    held_back: tuple[HeldBack, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """A reproducible run: the same ``input_digest`` and ``version`` give the same matches."""

    version: str
    input_digest: str
    weights: Weights
    seed: int
    matches: tuple[ChallengeMatches, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain lists, dicts, numbers and strings, ready for JSON."""
        return asdict(self)


def fit_of(score: float) -> Fit:
    """The word for a score: strong from 0.5, fair from 0.3, else weak.

    Source: on the demo cohort, see ``tests/recommender/test_fit.py``.
    """
    if score >= STRONG_FROM:
        return Fit.STRONG
    return Fit.FAIR if score >= FAIR_FROM else Fit.WEAK


@cache
def version() -> str:
    """Method and word tables in use."""
    digest = hashlib.sha256()
    for name in ("han.bin", "english.bin", "concepts.bin"):
        digest.update((lexicon.TABLES / name).read_bytes())
    return f"{METHOD} · tables {digest.hexdigest()[:8]}"


class Matcher:
    """Teams indexed once, asked about challenges in either direction.

    Args:
        teams: profiles or records.
        weights: of the parts.
    """

    def __init__(
        self, teams: Sequence[TeamProfile | Record], *, weights: Weights | None = None
    ):
        self.index = TeamIndex([_team(team) for team in teams])
        self.weights = weights or Weights()
        self.concept_rarity = ConceptRarity(self.index)
        self._scorer = PairScorer(self.index, self.concept_rarity, self.weights)

    def scored(
        self, challenges: Sequence[ChallengeProfile], feedback: Feedback | None = None
    ) -> Iterator[tuple[Floats, dict[str, Floats]]]:
        """Scores and parts of each challenge with every team, shape (n_teams,) each."""
        opinions: dict[str, dict[str, float]] = {}
        for (challenge_id, team_id), opinion in (feedback or {}).items():
            opinions.setdefault(challenge_id, {})[team_id] = opinion
        compared = self.index.compare([views(c.passages) for c in challenges])
        for challenge, similarity in zip(challenges, compared, strict=True):
            yield bent(
                raw_parts(
                    similarity,
                    challenge.concepts,
                    self.index,
                    self.concept_rarity,
                    self.weights,
                    opinions.get(challenge.id, {}),
                )
            )

    def scores(self, challenges: Sequence[ChallengeProfile | Record]) -> Floats:
        """The matrix (n_challenges, n_teams) of scores."""
        asked = [_challenge(challenge) for challenge in challenges]
        rows = [scores for scores, _ in self.scored(asked)]
        return np.array(rows).reshape(len(asked), len(self.index.teams))

    def teams_for(
        self,
        challenge: ChallengeProfile | Record,
        *,
        constraints: Constraints | None = None,
        top: int = 10,
        seed: int = 0,
        feedback: Feedback | None = None,
        explain: bool = True,
    ) -> ChallengeMatches:
        """The best teams for one challenge."""
        profile = _challenge(challenge)
        rules = constraints or Constraints()
        rules.check()
        scored = next(self.scored([profile], feedback))
        return self._matches(profile, *scored, _Options(rules, top, seed, explain))

    def challenges_for(
        self,
        team_id: str,
        challenges: Sequence[ChallengeProfile | Record],
        *,
        constraints: Constraints | None = None,
        top: int = 10,
        seed: int = 0,
        feedback: Feedback | None = None,
        explain: bool = True,
    ) -> tuple[Recommendation, ...]:
        """The challenges that fit one team best, scored exactly as in the other direction.

        Raises:
            KeyError: the team is not in the index.
        """
        row, rules = self.index.row[team_id], constraints or Constraints()
        rules.check()
        asked = [_challenge(challenge) for challenge in challenges]
        found = []
        for challenge, (scores, parts) in zip(asked, self.scored(asked, feedback), strict=True):
            if rules.reason(challenge.id, self.index.teams[row]) is None:
                pinned = (challenge.id, team_id) in rules.pinned
                if pinned or scores[row] > 0:
                    found.append((not pinned, -float(scores[row]), challenge, scores, parts))
        found.sort(key=lambda hit: (hit[0], hit[1], _lot(seed, hit[2].id)))
        return tuple(
            self._recommendation(challenge, row, rank, scores, parts, not loose, explain)
            for rank, (loose, _, challenge, scores, parts) in enumerate(found[:top], 1)
        )

    def _matches(
        self,
        challenge: ChallengeProfile,
        scores: Floats,
        parts: Mapping[str, Floats],
        options: "_Options",
    ) -> ChallengeMatches:
        rules, teams = options.constraints, self.index.teams
        reasons = [rules.reason(challenge.id, team) for team in teams]
        pinned = [(challenge.id, team.id) in rules.pinned for team in teams]
        order = sorted(
            range(len(teams)),
            key=lambda row: (not pinned[row], -scores[row], _lot(options.seed, teams[row].id)),
        )
        free = [r for r in order if reasons[r] is None and (pinned[r] or scores[r] > 0)]
        explainer = Explainer(self._scorer, challenge) if options.explain else None
        return ChallengeMatches(
            challenge.id,
            tuple(
                self._recommendation(
                    challenge, row, rank, scores, parts, pinned[row], options.explain, explainer
                )
                for rank, row in enumerate(free[: options.top], 1)
            ),
            tuple(
                HeldBack(challenge.id, teams[row].id, code, float(scores[row]))
                for row in order
                if (code := reasons[row]) is not None
            ),
        )

    def _recommendation(
        self,
        challenge: ChallengeProfile,
        row: int,
        rank: int,
        scores: Floats,
        parts: Mapping[str, Floats],
        pinned: bool,
        explain: bool,
        explainer: Explainer | None = None,
    ) -> Recommendation:
        own = {name: float(parts[name][row]) for name in PARTS}
        reasons: list[Reason] = []
        gaps: list[Gap] = []
        if explain:
            explainer = explainer or Explainer(self._scorer, challenge)
            reasons, gaps = explainer.reasons(row, float(scores[row]), own), explainer.gaps(row)
        if pinned:
            reasons.insert(0, Reason("pinned", {}, "", 0.0))
        return Recommendation(
            challenge_id=challenge.id,
            team_id=self.index.teams[row].id,
            rank=rank,
            score=float(scores[row]),
            parts=own,
            fit=fit_of(float(scores[row])),
            pinned=pinned,
            reasons=tuple(reasons),
            gaps=tuple(gaps),
        )


@dataclass(frozen=True, slots=True)
class _Options:
    constraints: Constraints
    top: int
    seed: int
    explain: bool


def score_records(challenges: Sequence[Record], teams: Sequence[Record]) -> Floats:
    """Score every pair of records; shape (n_challenges, n_teams), larger is better.

    A challenge scores the same alone as among others; scores compare over challenges.
    """
    return Matcher(teams).scores(challenges)


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
    asked, told = [_challenge(c) for c in challenges], [_team(t) for t in teams]
    rules = constraints or Constraints()
    rules.check()
    if top < 1:
        raise ValueError("top must be at least 1")
    if len({challenge.id for challenge in asked}) != len(asked):
        raise ValueError("challenge ids must be unique")
    matcher = Matcher(told, weights=weights)
    options = _Options(rules, top, seed, explain)
    matches = []
    for challenge, scored in zip(asked, matcher.scored(asked, feedback), strict=True):
        if should_stop and should_stop():
            raise Cancelled
        matches.append(matcher._matches(challenge, *scored, options))
        if on_progress:
            on_progress(len(matches), len(asked))
    digest = input_digest(asked, told, matcher.weights, options, feedback or {})
    return Run(version(), digest, matcher.weights, seed, tuple(matches))


def input_digest(
    challenges: Sequence[ChallengeProfile],
    teams: Sequence[TeamProfile],
    weights: Weights,
    options: _Options,
    feedback: Feedback,
) -> str:
    """SHA-256 over everything that decides the outcome, whatever order it came in."""
    content = {
        "challenges": [_plain(asdict(c)) for c in sorted(challenges, key=lambda c: c.id)],
        "teams": [_plain(asdict(t)) for t in sorted(teams, key=lambda t: t.id)],
        "weights": asdict(weights),
        "options": _plain(asdict(options)),
        "feedback": _plain(feedback),
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf8", "surrogatepass")).hexdigest()


def _plain(value: Any) -> Any:
    """Sets and mappings with pairs as keys in one fixed JSON form."""
    if isinstance(value, Mapping):
        return {json.dumps(_plain(k), ensure_ascii=False): _plain(v) for k, v in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((_plain(v) for v in value), key=str)
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value


def _lot(seed: int, key: str) -> str:
    """A fixed lot that decides between equal scores."""
    return hashlib.sha256(f"{seed}:{key}".encode("utf8", "surrogatepass")).hexdigest()


def _challenge(value: ChallengeProfile | Record) -> ChallengeProfile:
    return value if isinstance(value, ChallengeProfile) else ChallengeProfile.from_record(value)


def _team(value: TeamProfile | Record) -> TeamProfile:
    return value if isinstance(value, TeamProfile) else TeamProfile.from_record(value)
