"""A run: challenges and teams in, ranked recommendations with parts, reasons and gaps out."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import cache
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
from matchmaker.recommender.records import ChallengeProfile, Record, TeamProfile
from matchmaker.recommender.results import Run

Progress = Callable[[int, int], None]
METHOD = "text 1"  # raise when the same input would score otherwise


class Cancelled(Exception):
    """The run was asked to stop; nothing of it is kept."""


@cache
def version() -> str:
    """Method and word tables in use."""
    digest = hashlib.sha256()
    for name in ("han.bin", "english.bin", "concepts.bin"):
        digest.update((lexicon.TABLES / name).read_bytes())
    return f"{METHOD} · tables {digest.hexdigest()[:8]}"


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
    asked, told = [as_challenge(c) for c in challenges], [as_team(t) for t in teams]
    rules = constraints or Constraints()
    rules.check()
    if top < 1:
        raise ValueError("top must be at least 1")
    if len({challenge.id for challenge in asked}) != len(asked):
        raise ValueError("challenge ids must be unique")
    matcher = Matcher(told, weights=weights)
    options = Options(rules, top, seed, explain)
    matches = []
    for challenge, scored in zip(asked, matcher.scored(asked, feedback), strict=True):
        if should_stop and should_stop():
            raise Cancelled
        matches.append(matcher.matches(challenge, *scored, options))
        if on_progress:
            on_progress(len(matches), len(asked))
    digest = input_digest(asked, told, matcher.weights, options, feedback or {})
    return Run(version(), digest, matcher.weights, seed, tuple(matches))


def input_digest(
    challenges: Sequence[ChallengeProfile],
    teams: Sequence[TeamProfile],
    weights: Weights,
    options: Options,
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
