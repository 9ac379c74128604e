"""A run as plain computation: inputs in, rows with ranks, parts, reasons and gaps out.

Knows no database. The same inputs, seed and code version give the same results.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from matchmaker import recommender
from matchmaker.matching.constraints import PairIds, Rules
from matchmaker.matching.lifecycle import Obstacle
from matchmaker.matching.profiles import ChallengeInput, Inputs
from matchmaker.recommender import Matcher, Reason, Weights
from matchmaker.recommender.counterfactual import Step
from matchmaker.recommender.exposure import FIRST, Exposure, exposure
from matchmaker.recommender.pool import frozen, matcher_by

KEEP_ALL = 20_000  # pairs; a run up to this size keeps every pair
KEEP_BEST = 50  # recommended teams kept for each challenge of a larger run
EXPLAINED = 20  # best teams of each challenge that get reasons
TEAM_LIST = 10  # best challenges of each team that get reasons
CASES = {"capacity": Obstacle.FULL}
Progress = Callable[[int, int], None]


class Clash(Exception):
    """A pinned pair is forbidden: the rules cannot all hold."""

    def __init__(self, pair: PairIds, obstacle: Obstacle):
        super().__init__(f"pinned and forbidden: {pair}, {obstacle}")
        self.pair, self.obstacle = pair, obstacle


@dataclass
class Row:
    """One pair of a run, as it will be stored."""

    challenge_id: int
    team_id: int
    challenge_version: int
    team_version: int
    score: float
    band: str = ""
    rank: int | None = None
    team_rank: int | None = None
    parts: Mapping[str, float] = field(default_factory=dict)
    reasons: Sequence[Mapping[str, Any]] = ()
    counter: Sequence[Mapping[str, Any]] = ()
    is_explained: bool = False
    held_back: str | None = None


@dataclass(frozen=True)
class ChallengeOutcome:
    """How one challenge came off."""

    challenge_id: int
    wanted: int
    strong: int
    fair: int
    conflicts: int
    best: float

    @property
    def is_gap(self) -> bool:
        """Whether fewer fitting teams were found than PoCs are wanted."""
        return self.strong + self.fair < self.wanted


@dataclass(frozen=True)
class Results:
    """What a run found."""

    version: str
    digest: str
    rows: Sequence[Row]
    outcomes: Sequence[ChallengeOutcome]
    steps: Mapping[PairIds, Mapping[str, Any]] = field(default_factory=dict)
    statistics: bytes = b""

    def summary(self) -> dict[str, Any]:
        """The run in figures: size, coverage, gaps, conflicts, worst-off challenge."""
        bests = [each.best for each in self.outcomes]
        wanted = sum(each.wanted for each in self.outcomes)
        return {
            "challenges": len(self.outcomes),
            "wanted": wanted,
            "covered": sum(min(o.wanted, o.strong + o.fair) for o in self.outcomes),
            "gaps": sum(each.is_gap for each in self.outcomes),
            "conflicts": sum(each.conflicts for each in self.outcomes),
            "worst": min(bests, default=0.0),
        }

    def exposure(self, teams: int) -> Exposure:
        """How the first places of the challenges spread over so many teams."""
        lists: dict[int, list[tuple[int, int]]] = {}
        for row in self.rows:
            if row.rank is not None and row.rank <= FIRST:
                lists.setdefault(row.challenge_id, []).append((row.rank, row.team_id))
        shown = [[str(team_id) for _, team_id in sorted(each)] for each in lists.values()]
        return exposure(shown, teams)


def compute(
    inputs: Inputs,
    *,
    on_progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
    keep_all: int = KEEP_ALL,
) -> Results:
    """Score all pairs, rank them in both directions, explain those that will be read.

    Raises:
        Clash: a pinned pair is forbidden.
        recommender.Cancelled: ``should_stop`` said so.
    """
    for pair, obstacle in inputs.rules.clashes():
        raise Clash(pair, obstacle)
    work = _Work(inputs, on_progress, should_stop)
    keep = len(inputs.teams) if inputs.pairs <= keep_all else KEEP_BEST
    rows, outcomes = work.ranked(max(1, keep))
    _rank_within_teams(rows, inputs)
    work.explain(rows)
    ordered = sorted(rows.values(), key=lambda row: (row.challenge_id, -row.score, row.team_id))
    return Results(
        recommender.version(), inputs.digest(), ordered, outcomes, work.steps,
        frozen(work.matcher.index, work.matcher.concept_rarity),
    )  # fmt: skip


def compute_one(
    inputs: Inputs, statistics: bytes, others: Mapping[int, Sequence[float]]
) -> list[Row]:
    """One team scored as in an earlier run, whose statistics are frozen.

    Args:
        inputs: the challenges, the rules, and the team alone.
        others: scores of the teams that the run recommends, by challenge.

    Returns:
        A row for each challenge; ``rank`` is the place among the others that the run keeps.

    Raises:
        Clash: a pinned pair is forbidden.
    """
    for pair, obstacle in inputs.rules.clashes():
        raise Clash(pair, obstacle)
    profiles = [each.profile for each in inputs.teams]
    work = _Work(inputs, None, None, matcher_by(statistics, profiles, Weights(**inputs.weights)))
    rows, _ = work.ranked(1)
    for row in rows.values():
        if row.rank is not None:
            row.rank = 1 + sum(score > row.score for score in others.get(row.challenge_id, ()))
    _rank_within_teams(rows, inputs)
    work.explain(rows)
    return sorted(rows.values(), key=lambda row: row.challenge_id)


class _Work:
    """One computation with its index, rules in the recommender's words, and progress."""

    def __init__(
        self,
        inputs: Inputs,
        on_progress: Progress | None,
        should_stop: Callable[[], bool] | None,
        matcher: Matcher | None = None,
    ):
        self.inputs = inputs
        self.on_progress = on_progress
        self.should_stop = should_stop
        self.team = {each.profile.id: each for each in inputs.teams}
        self.constraints = _constraints(inputs)
        self.feedback = _feedback(inputs)
        self.matcher = matcher or Matcher(
            [each.profile for each in inputs.teams], weights=Weights(**inputs.weights)
        )
        self.found: dict[int, Sequence[recommender.Recommendation]] = {}
        self.steps: dict[PairIds, Mapping[str, Any]] = {}
        self.done = 0

    def step(self) -> None:
        """One challenge or team further; progress is told in pairs."""
        if self.should_stop and self.should_stop():
            raise recommender.Cancelled
        self.done += 1
        if self.on_progress:
            steps = 2 * len(self.inputs.challenges)
            self.on_progress(self.inputs.pairs * self.done // max(1, steps), self.inputs.pairs)

    def ranked(self, keep: int) -> tuple[dict[PairIds, Row], list[ChallengeOutcome]]:
        """Every kept pair with score, parts and rank, and how each challenge came off."""
        rows: dict[PairIds, Row] = {}
        outcomes = []
        for given in self.inputs.challenges:
            self.step()
            matches = self.matcher.teams_for(
                given.profile,
                constraints=self.constraints,
                top=max(1, len(self.inputs.teams)),
                seed=self.inputs.seed,
                feedback=self.feedback,
                explain=False,
            )
            outcomes.append(_outcome(given, matches))
            self.found[given.id] = matches.recommended[:keep]
            for found in self.found[given.id]:
                row = self._row(given, found.team_id, found.score)
                row.rank, row.parts, row.band = found.rank, found.parts, found.fit.value
                rows[row.challenge_id, row.team_id] = row
            for held in matches.held_back[:keep]:
                row = self._row(given, held.team_id, held.score)
                obstacle = self.inputs.rules.obstacle(row.challenge_id, row.team_id)
                row.held_back = (obstacle or CASES[held.code.value]).value
                rows[row.challenge_id, row.team_id] = row
        return rows, outcomes

    def _row(self, given: ChallengeInput, team_key: str, score: float) -> Row:
        team = self.team[team_key]
        return Row(given.id, team.id, given.version, team.version, score)

    def explain(self, rows: Mapping[PairIds, Row]) -> None:
        """Reasons for the best teams of each challenge and the best challenges of each team.

        Beside them what would raise each of these pairs, so that no page has to score.
        """
        for given in self.inputs.challenges:
            self.step()
            found = self.found[given.id]
            read = [each for each in found if _is_read(rows[self._key(given, each)])]
            what_if = self.matcher.what_if(given.profile)
            explained = self.matcher.explained(given.profile, read, explainer=what_if.explainer)
            for each in explained:
                _explain(rows[self._key(given, each)], each)
                row = self.matcher.index.row[each.team_id]
                self.steps[self._key(given, each)] = _steps(what_if.steps(row, each.score))

    def _key(self, given: ChallengeInput, found: recommender.Recommendation) -> PairIds:
        return given.id, self.team[found.team_id].id


def _is_read(row: Row) -> bool:
    """Whether a pair stands high enough on either side's list to be read."""
    return (row.rank or 0) <= EXPLAINED or (row.team_rank or 0) <= TEAM_LIST


def _constraints(inputs: Inputs) -> recommender.Constraints:
    """The rules with the recommender's ids and kinds; a pin outranks capacity alone."""
    challenge = {each.id: each.profile.id for each in inputs.challenges}
    team = {each.id: each.profile.id for each in inputs.teams}
    rules: Rules = inputs.rules
    pinned = {(c, t) for c, t in rules.pinned if c in challenge and t in team}
    forbidden = {
        (challenge[c], team[t]): code.kind
        for (c, t), code in rules.forbidden.items()
        if c in challenge and t in team
    }
    held_back = {}
    pinned_teams = {t for _, t in pinned}
    for team_id, code in rules.absent.items():
        if team_id not in pinned_teams:
            held_back[team[team_id]] = code.kind
            continue
        for challenge_id, key in challenge.items():
            if (challenge_id, team_id) not in pinned:
                forbidden.setdefault((key, team[team_id]), code.kind)
    return recommender.Constraints(
        forbidden=forbidden,
        held_back=held_back,
        pinned=frozenset((challenge[c], team[t]) for c, t in pinned),
    )


def _feedback(inputs: Inputs) -> dict[tuple[str, str], float]:
    """Earlier decisions on pairs of this run, with the recommender's ids."""
    challenge = {each.id: each.profile.id for each in inputs.challenges}
    team = {each.id: each.profile.id for each in inputs.teams}
    return {
        (challenge[c], team[t]): opinion
        for (c, t), opinion in inputs.rules.opinions.items()
        if c in challenge and t in team
    }


def _outcome(given: ChallengeInput, matches: recommender.ChallengeMatches) -> ChallengeOutcome:
    fits = [found.fit.value for found in matches.recommended]
    return ChallengeOutcome(
        given.id,
        given.wanted,
        strong=fits.count("strong"),
        fair=fits.count("fair"),
        conflicts=sum(held.code.value == "conflict" for held in matches.held_back),
        best=max((found.score for found in matches.recommended), default=0.0),
    )


def _rank_within_teams(rows: Mapping[PairIds, Row], inputs: Inputs) -> None:
    """Number each team's challenges from 1, pinned ones first, then by score."""
    of_team: dict[int, list[Row]] = {}
    for row in rows.values():
        if row.rank is not None:
            of_team.setdefault(row.team_id, []).append(row)
    for own in of_team.values():
        own.sort(
            key=lambda row: (
                (row.challenge_id, row.team_id) not in inputs.rules.pinned,
                -row.score,
                row.challenge_id,
            )
        )
        for position, row in enumerate(own, 1):
            row.team_rank = position


def _explain(row: Row, found: recommender.Recommendation) -> None:
    row.reasons = [_reason(each) for each in found.reasons if each.code != "pinned"]
    row.counter = [
        {"code": gap.code, "params": _listed(gap.params), "says": _says(gap.code, gap.params)}
        for gap in found.gaps
    ]
    row.is_explained = True


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "code": reason.code,
        "params": _listed(reason.params),
        "says": _says(reason.code, reason.params),
        "part": reason.part,
        "share": round(reason.share, 4),
        "evidence": [
            {
                "side": each.side,
                "field": each.field,
                "lang": each.language,
                "quote": each.quote,
                "context": each.context or each.quote,
                "start": each.start - each.context_start if each.context else 0,
                "end": each.end - each.context_start if each.context else len(each.quote),
            }
            for each in reason.evidence
        ],
    }


def _steps(found: Sequence[Step]) -> dict[str, Any]:
    """Single changes with the score they lead to, and pairs of them by their numbers."""
    single = [step for step in found if len(step.changes) == 1]
    number = {id(step.changes[0]): n for n, step in enumerate(single)}
    return {
        "single": [
            {
                "code": change.code,
                "params": _listed(change.params),
                "says": _says(change.code, change.params),
                "score": step.score,
            }
            for step in single
            for change in step.changes
        ],
        "double": [
            [*(number[id(change)] for change in step.changes), step.score]
            for step in found
            if len(step.changes) == 2
        ],
    }


def _says(code: str, params: Mapping[str, object]) -> dict[str, str]:
    return {lang: recommender.say(code, params, lang) for lang in ("zh_TW", "en")}


def _listed(params: Mapping[str, object]) -> dict[str, object]:
    """Parameters as JSON holds them."""
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in params.items()
    }
