"""What would bring one team above another for the same challenge: smallest changes, tried out.

Two questions are kept apart. *What if* the lower team showed more – a concept that is asked for, a
result with evidence, another project on the matter – is answered by scoring the pair anew, one
change at a time and two together, with the statistics of its index. *By how much* the other team
leads, and in which parts, is plain subtraction. So steps can be worked out once for each pair and
kept; comparing two teams later needs no scoring.

A further project is taken to speak of the challenge as closely as the best text that the team has;
what it would really say nobody knows.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import NamedTuple

from matchmaker.recommender import lexicon
from matchmaker.recommender.explanation import Explainer, Params
from matchmaker.recommender.pairs import Meeting, PairScorer
from matchmaker.recommender.parts import HALF_WAY, PART_FACETS, PARTS, asked_in
from matchmaker.recommender.records import ChallengeProfile, Item, TeamProfile

LEAST_GAIN = 0.0005  # of score; what gains less is not a step
PAIRED = 6  # the strongest steps that are tried two at a time
NEW = "projects[new]"


@dataclass(frozen=True, slots=True)
class Change:
    """Something a team could show; see ``wording.SENTENCES`` for the codes."""

    code: str
    params: Params


@dataclass(frozen=True, slots=True)
class Step:
    """One change, or two together, and the score that the pair would have then."""

    changes: tuple[Change, ...]
    score: float


class State(NamedTuple):
    """A pair as it is, or as it would be: how the team's items meet, and what it shows."""

    meetings: Mapping[str, Meeting]
    shown: frozenset[str]


Try = tuple[Change, Callable[[State], State]]


class WhatIf:
    """Tries out changes of teams for one challenge."""

    def __init__(self, explainer: Explainer):
        self._explainer = explainer
        self._scorer: PairScorer = explainer.scorer
        self._challenge: ChallengeProfile = explainer.challenge

    def steps(self, row: int, score: float) -> list[Step]:
        """What the team in ``row``, which has ``score`` now, would gain; best first.

        Single changes come before pairs of them. Earlier decisions keep what they add.
        """
        side, meetings = self._explainer.met(row)
        now = State(meetings, side.shown)
        before, known = self._raw(now), raw_of(score)
        single = []
        for change, apply in self._tries(now, self._scorer.index.teams[row]):
            after = bent_of(known + self._raw(apply(now)) - before)
            if after - score > LEAST_GAIN:
                single.append((Step((change,), after), apply))
        single.sort(key=lambda found: (-found[0].score, _key(found[0].changes[0])))
        double = []
        for (one, first), (two, second) in combinations(single[:PAIRED], 2):
            after = bent_of(known + self._raw(second(first(now))) - before)
            if after - max(one.score, two.score) > LEAST_GAIN:
                double.append(Step((*one.changes, *two.changes), after))
        double.sort(key=lambda step: -step.score)
        return [*(step for step, _ in single), *double]

    def _raw(self, state: State) -> float:
        concepts = self._explainer.concepts(state.shown)
        return raw_of(self._scorer.score(state.meetings.values(), concepts))

    def _tries(self, now: State, team: TeamProfile) -> Iterator[Try]:
        yield from self._concepts(now)
        met = self._scorer.counting(now.meetings.values())
        for meeting in met:
            if meeting.item.key != "profile" and meeting.total > 0:
                yield from _proofs(meeting.item)
        if met and met[0].total > 0:
            yield _project(now.meetings[met[0].item.key])

    def _concepts(self, now: State) -> Iterator[Try]:
        for part in PART_FACETS:
            for concept in asked_in(self._challenge.concepts, part):
                if concept not in now.shown:
                    yield Change(f"step.{part}", {"concepts": (concept,)}), _shows(concept)


def _shows(concept: str) -> Callable[[State], State]:
    added = lexicon.with_ancestors(frozenset({concept}))
    return lambda state: state._replace(shown=state.shown | added)


def _proofs(item: Item) -> Iterator[Try]:
    """A result, evidence of it, or both, where a project lacks them."""
    if item.has_result and item.has_evidence:
        return
    code = "step.proof"
    if item.has_result or item.has_evidence:
        code = "step.evidence" if item.has_result else "step.result"
    yield Change(code, {"project": item.title}), _proves(item.key)


def _proves(key: str) -> Callable[[State], State]:
    def apply(state: State) -> State:
        met = state.meetings[key]
        proven = replace(met, item=replace(met.item, has_result=True, has_evidence=True))
        return state._replace(meetings={**state.meetings, key: proven})

    return apply


def _project(best: Meeting) -> Try:
    """A further project that speaks of the challenge as closely as the best text does."""
    is_profile = best.item.key == "profile"
    code = "step.project" if is_profile else "step.another_project"
    params = {} if is_profile else {"project": best.item.title}
    added = replace(best, item=Item(NEW, (), title=best.item.title))

    def apply(state: State) -> State:
        return state._replace(meetings={**state.meetings, NEW: added})

    return Change(code, params), apply


def raw_of(score: float) -> float:
    """The raw sum behind a score (see ``parts``)."""
    return HALF_WAY * score / (1 - score) if score > 0 else HALF_WAY * score


def bent_of(raw: float) -> float:
    """The score of a raw sum."""
    return raw / (max(raw, 0.0) + HALF_WAY)


def _key(change: Change) -> str:
    return f"{change.code} {sorted(change.params.items())}"


@dataclass(frozen=True)
class Standing:
    """One team for the challenge, from what a run kept.

    Attributes:
        terms: what its texts share with the challenge, as its reasons name them.
        steps: see ``WhatIf.steps``; empty where they were not worked out.
    """

    score: float
    parts: Mapping[str, float]
    terms: Sequence[str] = ()
    steps: Sequence[Step] = ()


@dataclass(frozen=True)
class Lead:
    """By how much the upper team leads in one part; below 0 where the lower one is ahead."""

    part: str
    lower: float
    upper: float

    @property
    def by(self) -> float:
        """The difference in points of score."""
        return self.upper - self.lower


@dataclass(frozen=True)
class Comparison:
    """Why one team stands above another, and what would turn it.

    Attributes:
        leads: every part, the largest difference first; they add up to the difference.
        single: all single changes, best first.
        enough: the fewest changes that suffice: single ones, else pairs; empty if none do.
        only_upper: what only the upper team's texts share with the challenge.
    """

    lower: Standing
    upper: Standing
    leads: Sequence[Lead]
    single: Sequence[Step]
    enough: Sequence[Step]
    only_upper: Sequence[str]

    @property
    def by(self) -> float:
        """The difference of the scores."""
        return self.upper.score - self.lower.score

    def suffices(self, step: Step) -> bool:
        """Whether the lower team would stand above the other."""
        return step.score > self.upper.score


def compare(lower: Standing, upper: Standing) -> Comparison:
    """Two teams for one challenge; ``upper`` has at least the score of ``lower``."""
    names = [name for name in PARTS if name in lower.parts or name in upper.parts]
    leads = [Lead(p, lower.parts.get(p, 0.0), upper.parts.get(p, 0.0)) for p in names]
    leads.sort(key=lambda lead: -abs(lead.by))
    single = [step for step in lower.steps if len(step.changes) == 1]
    enough = [step for step in single if step.score > upper.score]
    if not enough:
        enough = [step for step in lower.steps if step.score > upper.score]
    return Comparison(lower, upper, leads, single, enough, _only(upper.terms, lower.terms))


def _only(ours: Iterable[str], theirs: Iterable[str]) -> list[str]:
    """Terms of the first that the second does not have, in order."""
    known = {term.casefold() for term in theirs}
    return [term for term in dict.fromkeys(ours) if term.casefold() not in known]
