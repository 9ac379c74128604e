"""Teams indexed once and asked about challenges, in either direction."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from matchmaker.recommender.constraints import Constraints, Pair
from matchmaker.recommender.counterfactual import WhatIf
from matchmaker.recommender.explanation import Explainer, Reason
from matchmaker.recommender.gaps import Gap
from matchmaker.recommender.index import TeamIndex
from matchmaker.recommender.pairs import PairScorer
from matchmaker.recommender.parts import PARTS, ConceptRarity, Weights, bent, raw_parts
from matchmaker.recommender.records import ChallengeProfile, Record, TeamProfile
from matchmaker.recommender.results import ChallengeMatches, HeldBack, Recommendation, fit_of
from matchmaker.recommender.views import views

Floats = NDArray[np.float64]
Feedback = Mapping[Pair, float]


@dataclass(frozen=True, slots=True)
class Options:
    """What a caller asks of a run beside its texts."""

    constraints: Constraints
    top: int
    seed: int
    explain: bool


class Matcher:
    """Teams indexed once, asked about challenges in either direction.

    Args:
        teams: profiles or records.
        weights: of the parts.
    """

    def __init__(self, teams: Sequence[TeamProfile | Record], *, weights: Weights | None = None):
        self.index = TeamIndex([as_team(team) for team in teams])
        self.weights = weights or Weights()
        self.concept_rarity = ConceptRarity(self.index)
        self._scorer = PairScorer(self.index, self.concept_rarity, self.weights)

    @classmethod
    def over(cls, index: TeamIndex, rarity: ConceptRarity, weights: Weights) -> Self:
        """A matcher over an index that is there already, with concepts as rare as they are."""
        matcher = cls.__new__(cls)
        matcher.index, matcher.weights, matcher.concept_rarity = index, weights, rarity
        matcher._scorer = PairScorer(index, rarity, weights)
        return matcher

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
        asked = [as_challenge(challenge) for challenge in challenges]
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
        profile = as_challenge(challenge)
        rules = constraints or Constraints()
        rules.check()
        scored = next(self.scored([profile], feedback))
        return self.matches(profile, *scored, Options(rules, top, seed, explain))

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
        asked = [as_challenge(challenge) for challenge in challenges]
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

    def explained(
        self,
        challenge: ChallengeProfile | Record,
        found: Iterable[Recommendation],
        *,
        explainer: Explainer | None = None,
    ) -> Iterator[Recommendation]:
        """Recommendations of one challenge that were made without reasons, now with them."""
        explainer = explainer or Explainer(self._scorer, as_challenge(challenge))
        for each in found:
            row = self.index.row[each.team_id]
            reasons = explainer.reasons(row, each.score, each.parts)
            yield replace(
                each,
                reasons=(*each.reasons, *reasons),
                gaps=tuple(explainer.gaps(row)),
            )

    @property
    def scorer(self) -> PairScorer:
        """Scores single pairs as the whole index does, also with changed texts."""
        return self._scorer

    def what_if(self, challenge: ChallengeProfile | Record) -> WhatIf:
        """What single changes of teams would do to their scores for a challenge."""
        return WhatIf(Explainer(self._scorer, as_challenge(challenge)))

    def matches(
        self,
        challenge: ChallengeProfile,
        scores: Floats,
        parts: Mapping[str, Floats],
        options: Options,
    ) -> ChallengeMatches:
        """Rank the teams for a challenge that has been scored."""
        rules, ids = options.constraints, [*self.index.row]
        reasons = [
            rules.obstacle(challenge.id, team_id, capacity)
            for team_id, capacity in zip(ids, self.index.capacities, strict=True)
        ]
        pinned = [(challenge.id, team_id) in rules.pinned for team_id in ids]
        order = sorted(
            range(len(ids)),
            key=lambda row: (not pinned[row], -scores[row], _lot(options.seed, ids[row])),
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
                HeldBack(challenge.id, ids[row], code, float(scores[row]))
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


def _lot(seed: int, key: str) -> str:
    """A fixed lot that decides between equal scores."""
    return hashlib.sha256(f"{seed}:{key}".encode("utf8", "surrogatepass")).hexdigest()


def as_challenge(value: ChallengeProfile | Record) -> ChallengeProfile:
    """A profile from either form of a challenge."""
    return value if isinstance(value, ChallengeProfile) else ChallengeProfile.from_record(value)


def as_team(value: TeamProfile | Record) -> TeamProfile:
    """A profile from either form of a team."""
    return value if isinstance(value, TeamProfile) else TeamProfile.from_record(value)
