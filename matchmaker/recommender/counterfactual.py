"""What single changes of a team would do to its score for a challenge, tried out.

The lower of two teams could show more: a concept that is asked for, a result with evidence, another
project on the matter. Each change, and each two of them, is answered by scoring the pair anew with
the statistics of its index. So steps are worked out once for each pair and kept; whether one of
them brings a team above another is then plain comparison.

A further project is taken to speak of the challenge as closely as the best text that the team has;
what it would really say nobody knows.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import NamedTuple

from matchmaker.recommender import lexicon
from matchmaker.recommender.explanation import Explainer, Params
from matchmaker.recommender.pairs import Meeting, PairScorer, Side, Told
from matchmaker.recommender.parts import HALF_WAY, PART_FACETS, asked_in
from matchmaker.recommender.records import ChallengeProfile, Item

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
        self.explainer = self._explainer = explainer
        self._scorer: PairScorer = explainer.scorer
        self._challenge: ChallengeProfile = explainer.challenge

    def state(self, row: int) -> State:
        """The pair as it is."""
        side, meetings = self._explainer.met(row)
        return State(meetings, side.shown)

    def without(self, row: int, language: str) -> State:
        """The pair as it would be without concepts and without texts in one language."""
        side = self._scorer.side(row)
        items = [
            (item, [text for text in told if text.view.passages[0][0].language != language])
            for item, told in side.items
        ]
        left = Side(items, frozenset())
        return State(self._scorer.meetings(self._explainer.asked, left), left.shown)

    def score(self, state: State) -> float:
        """The score of the pair in a state, earlier decisions left aside."""
        concepts = self._explainer.concepts(state.shown)
        return self._scorer.score(state.meetings.values(), concepts)

    def meet(self, item: Item, told: Sequence[Told]) -> Meeting | None:
        """How an item that a team does not have would meet the challenge."""
        return self._scorer.meet(self._explainer.asked, item, told)

    def counting(self, state: State) -> list[Meeting]:
        """The meetings that count, best first, as they are kept in the state."""
        counted = self._scorer.counting(state.meetings.values())
        return [state.meetings[met.item.key] for met in counted]

    def steps(self, row: int, score: float) -> list[Step]:
        """What the team in ``row``, which has ``score`` now, would gain; best first.

        Single changes come before pairs of them. Earlier decisions keep what they add.
        """
        now = self.state(row)
        before, known = raw_of(self.score(now)), raw_of(score)

        def after(state: State) -> float:
            return bent_of(known + raw_of(self.score(state)) - before)

        tried = ((change, apply, after(apply(now))) for change, apply in self._tries(now))
        single = [
            (Step((change,), reached), apply)
            for change, apply, reached in tried
            if reached - score > LEAST_GAIN
        ]
        single.sort(key=lambda found: (-found[0].score, _key(found[0].changes[0])))
        double = []
        for (one, first), (two, second) in combinations(single[:PAIRED], 2):
            reached = after(second(first(now)))
            if reached - max(one.score, two.score) > LEAST_GAIN:
                double.append(Step((*one.changes, *two.changes), reached))
        double.sort(key=lambda step: -step.score)
        return [*(step for step, _ in single), *double]

    def _tries(self, now: State) -> Iterator[Try]:
        yield from self._concepts(now)
        met = self.counting(now)
        for meeting in met:
            if meeting.item.key != "profile" and meeting.total > 0:
                yield from proofs(meeting.item)
        if met and met[0].total > 0:
            yield _project(met[0])

    def _concepts(self, now: State) -> Iterator[Try]:
        for part in PART_FACETS:
            for concept in asked_in(self._challenge.concepts, part):
                if concept not in now.shown:
                    yield Change(f"step.{part}", {"concepts": (concept,)}), shows(concept)


def shows(concept: str) -> Callable[[State], State]:
    """The team shows a concept, and with it every wider one."""
    added = lexicon.with_ancestors(frozenset({concept}))
    return lambda state: state._replace(shown=state.shown | added)


def proofs(item: Item) -> Iterator[Try]:
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
    return Change(code, {} if is_profile else {"project": best.item.title}), _adds(best)


def first_project(met: Sequence[Meeting]) -> Callable[[State], State] | None:
    """A project as close as the best text; None where no text meets the challenge."""
    return _adds(met[0]) if met and met[0].total > 0 else None


def _adds(best: Meeting) -> Callable[[State], State]:
    added = replace(best, item=Item(NEW, (), title=best.item.title))
    return lambda state: state._replace(meetings={**state.meetings, NEW: added})


def raw_of(score: float) -> float:
    """The raw sum behind a score (see ``parts``)."""
    return HALF_WAY * score / (1 - score) if score > 0 else HALF_WAY * score


def bent_of(raw: float) -> float:
    """The score of a raw sum."""
    return raw / (max(raw, 0.0) + HALF_WAY)


def _key(change: Change) -> str:
    return f"{change.code} {sorted(change.params.items())}"
