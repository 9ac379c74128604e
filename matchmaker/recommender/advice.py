"""What a team could add to its profile, and for how many open challenges that would raise it.

Each hypothetical profile is scored, with the statistics of the present pool: a concept that
challenges ask for and the team does not show, a past project in a field, a result with evidence,
a first project. What cannot be scored is estimated and says so: a further language version by what
it brings teams that have both, a free place by the challenges that fit.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from matchmaker.recommender.counterfactual import (
    Change,
    State,
    WhatIf,
    bent_of,
    first_project,
    proofs,
    raw_of,
    shows,
)
from matchmaker.recommender.index import shown_concepts
from matchmaker.recommender.matcher import Matcher, as_challenge
from matchmaker.recommender.parts import PART_FACETS, asked_in, facet
from matchmaker.recommender.records import EN, ZH, ChallengeProfile, Item, Passage, Record
from matchmaker.recommender.results import FAIR_FROM, fit_of
from matchmaker.recommender.views import views
from matchmaker.recommender.wording import concept_label

LEAST_GAIN = 0.02  # of score; less is not worth anybody's time
POOR = 0.3  # where nothing would fit fairly, a way to this is told (see ``fit_of``)
MOST = 8  # pieces of advice
SAMPLE = 24  # teams with both languages that are asked what the second one brings
OTHER = {ZH: EN, EN: ZH}
LANGUAGE_CODES = {ZH: "advice.chinese", EN: "advice.english"}
Apply = Callable[[State, WhatIf], State]


@dataclass(frozen=True, slots=True)
class Raised:
    """A challenge that a piece of advice would raise the team for."""

    challenge_id: str
    before: float
    after: float

    @property
    def is_better_fit(self) -> bool:
        """Whether the fit would be another word."""
        return fit_of(self.after) is not fit_of(self.before)


@dataclass(frozen=True, slots=True)
class Advice:
    """Something to add, and the open challenges that it would raise the team for, most first.

    Attributes:
        is_estimate: nothing was scored; what it brought others was taken instead.
    """

    change: Change
    raised: tuple[Raised, ...]
    is_estimate: bool = False

    @property
    def gain(self) -> float:
        """What the challenges gain together, in points of score."""
        return sum(each.after - each.before for each in self.raised)


@dataclass(frozen=True)
class _Open:
    """An open challenge with what can be tried out for it."""

    challenge: ChallengeProfile
    what_if: WhatIf

    @cached_property
    def languages(self) -> frozenset[str]:
        """Languages that its texts are in."""
        return frozenset(passage.language for passage in self.challenge.passages)


class Adviser:
    """Advises teams of one pool about some open challenges.

    Args:
        matcher: the pool, with the weights that count.
        challenges: those that are open; their declared tags and public texts.
    """

    def __init__(self, matcher: Matcher, challenges: Sequence[ChallengeProfile | Record]):
        self._matcher = matcher
        self._open = [_Open(c, matcher.what_if(c)) for c in map(as_challenge, challenges)]
        self._ratios: dict[str, float] = {}

    def advise(self, team_id: str, *, most: int = MOST) -> list[Advice]:
        """What would raise a team most, most helpful first; empty where nothing would.

        Only challenges count that would fit fairly then, or at least poorly where none would.

        Raises:
            KeyError: the team is not in the pool.
        """
        row = self._matcher.index.row[team_id]
        now = [(each, each.what_if.state(row)) for each in self._open]
        found = [
            Advice(change, self._raised(now, apply, asks))
            for change, apply, asks in self._tries(row)
        ]
        found += self._language(row, now)
        found += self._capacity(row, now)
        return _best(found, FAIR_FROM, most) or _best(found, POOR, most)

    def _raised(
        self, now: Sequence[tuple[_Open, State]], apply: Apply, asks: str | None
    ) -> tuple[Raised, ...]:
        """Challenges that a change raises enough to tell; ``asks`` names the concept it is for."""
        changed = (
            (each, state, apply(state, each.what_if))
            for each, state in now
            if asks is None or asks in each.challenge.concepts
        )
        return _told(
            Raised(each.challenge.id, each.what_if.score(before), each.what_if.score(after))
            for each, before, after in changed
        )

    def _tries(self, row: int) -> Iterator[tuple[Change, Apply, str | None]]:
        index = self._matcher.index
        for concept in self._missing(index.shown[row]):
            if facet(concept) == "domains":
                yield (
                    Change("advice.project", {"concepts": (concept,)}),
                    self._project(row, concept),
                    concept,
                )
                continue
            part = next(p for p, facets in PART_FACETS.items() if facet(concept) in facets)
            change = Change(f"advice.{part}", {"concepts": (concept,)})
            yield change, _always(shows(concept)), concept
        items = [index.items[number] for number in index.team_items[row]]
        projects = [item for item in items if item.key != "profile"]
        for item in projects:
            for change, apply in proofs(item):
                yield change, _always(apply), None
        if items and not projects:
            yield Change("advice.first_project", {}), _first_project, None

    def _missing(self, shown: frozenset[str]) -> list[str]:
        """Concepts that open challenges ask for and the team does not show."""
        asked = {c for each in self._open for part in PART_FACETS
                 for c in asked_in(each.challenge.concepts, part)}  # fmt: skip
        return sorted(asked - shown)

    def _project(self, row: int, concept: str) -> Apply:
        """A project that names a field and the technologies the team has, and nothing else."""
        team = self._matcher.index.teams[row]
        known = sorted(c for c in team.concepts if facet(c) == "technologies")
        languages = {p.language for item in team.items for p in item.passages} or {ZH, EN}
        passages = tuple(
            Passage(
                f"projects[new].title.{language}", language, _named([concept, *known], language)
            )
            for language in sorted(languages)
        )
        item = Item("projects[new]", passages, title=passages[0].text)
        found = views(passages)
        told = self._matcher.scorer.told(found)
        added = shown_concepts(frozenset({concept}), iter(found))

        def apply(state: State, what_if: WhatIf) -> State:
            met = what_if.meet(item, told)
            meetings = {**state.meetings, item.key: met} if met else state.meetings
            return State(meetings, state.shown | added)

        return apply

    def _language(self, row: int, now: Sequence[tuple[_Open, State]]) -> Iterator[Advice]:
        """The other language, where challenges are written in nothing else."""
        team = self._matcher.index.teams[row]
        languages = {p.language for item in team.items for p in item.passages}
        if len(languages) != 1:
            return
        other = OTHER[languages.pop()]
        ratio = self._ratio(other)
        raised = []
        for each, state in now:
            if each.languages == {other}:
                before = each.what_if.score(state)
                words = raw_of(each.what_if.score(state._replace(shown=frozenset())))
                after = bent_of(raw_of(before) + words * (ratio - 1))
                raised.append(Raised(each.challenge.id, before, after))
        yield Advice(Change(LANGUAGE_CODES[other], {}), _told(raised), is_estimate=True)

    def _ratio(self, other: str) -> float:
        """What texts in a language bring teams that have both, as a ratio; at least 1."""
        if other not in self._ratios:
            self._ratios[other] = max(1.0, self._measured_ratio(other))
        return self._ratios[other]

    def _measured_ratio(self, other: str) -> float:
        index = self._matcher.index
        challenges = [each for each in self._open if each.languages == {other}][:SAMPLE]
        both = [
            row
            for row, team in enumerate(index.teams)
            if all({p.language for p in item.passages} == {ZH, EN} for item in team.items[:1])
        ][:SAMPLE]
        full = bare = 0.0
        for each in challenges:
            for row in both:
                state = each.what_if.state(row)._replace(shown=frozenset())
                full += raw_of(each.what_if.score(state))
                bare += raw_of(each.what_if.score(each.what_if.without(row, other)))
        return full / bare if bare > 0 else 1.0

    def _capacity(self, row: int, now: Sequence[tuple[_Open, State]]) -> Iterator[Advice]:
        """A free place, where the team has none: what fits it stays out of its reach till then."""
        if self._matcher.index.teams[row].capacity != 0:
            return
        scores = ((each.challenge.id, each.what_if.score(state)) for each, state in now)
        fitting = sorted((-score, key) for key, score in scores if score >= FAIR_FROM)
        raised = tuple(Raised(key, 0.0, -score) for score, key in fitting)
        yield Advice(Change("advice.capacity", {}), raised, is_estimate=True)


def _always(apply: Callable[[State], State]) -> Apply:
    return lambda state, _what_if: apply(state)


def _first_project(state: State, what_if: WhatIf) -> State:
    found = first_project(what_if.counting(state))
    return found(state) if found else state


def _named(concepts: Iterable[str], language: str) -> str:
    mark, between = ("：", "、") if language == ZH else (": ", ", ")
    first, *rest = (concept_label(concept, language) for concept in concepts)
    return mark.join([first, *([between.join(rest)] if rest else [])])


def _told(raised: Iterable[Raised]) -> tuple[Raised, ...]:
    """Those that gained enough to be told, most first."""
    worth = [each for each in raised if each.after - each.before >= LEAST_GAIN]
    return tuple(sorted(worth, key=lambda each: (each.before - each.after, each.challenge_id)))


def _best(found: Iterable[Advice], least: float, most: int) -> list[Advice]:
    """The advice that brings most challenges up to ``least``, with these challenges alone."""
    told = (replace(a, raised=tuple(r for r in a.raised if r.after >= least)) for a in found)
    helpful = [advice for advice in told if advice.raised]
    helpful.sort(key=lambda each: (-each.gain, each.change.code, str(each.change.params)))
    return helpful[:most]


def merged(found: Iterable[Sequence[Advice]], *, most: int = MOST) -> list[Advice]:
    """Advice from several sets of challenges as one list: the same change stands once."""
    raised: dict[str, list[Raised]] = {}
    first: dict[str, Advice] = {}
    for advice in (each for several in found for each in several):
        key = f"{advice.change.code} {sorted(advice.change.params.items())}"
        first.setdefault(key, advice)
        raised.setdefault(key, []).extend(advice.raised)
    joined = [replace(advice, raised=_told(raised[key])) for key, advice in first.items()]
    return _best(joined, POOR, most)
