"""Why a pair scored: codes, parameters and the words in both texts that made the score.

Spans come from the features that scored. A span is cited only if the score really falls when it
is cut out of its text; that is tried out for each one.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from matchmaker.recommender import lexicon
from matchmaker.recommender.alike import ALIKE, gains, terms
from matchmaker.recommender.analysis import Kind
from matchmaker.recommender.cutting import Cutter, with_fewer
from matchmaker.recommender.gaps import Gap
from matchmaker.recommender.gaps import gaps as gaps_of
from matchmaker.recommender.pairs import Meeting, PairScorer, Side, Told
from matchmaker.recommender.parts import PART_FACETS, asked_in
from matchmaker.recommender.records import ChallengeProfile, Item
from matchmaker.recommender.spans import (
    SPANS,
    TERMS,
    Evidence,
    Span,
    evidence,
    flags_without,
    item_without,
    quote,
    spans,
    tag,
    without,
)
from matchmaker.recommender.views import Vectors, views

MIN_SHARE = 0.04  # of the score; a reason that carries less is not given
RARER = 1.002  # how much rarer a word must get for its other places to be weighed anew
MIN_FALL = 0.005  # of the score; what cutting a cited span must cost at least
Params = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Reason:
    """Something that speaks for a pair.

    Attributes:
        code, params: see ``wording.SENTENCES``; parameters are names, numbers and lists.
        part: the part of the score it belongs to.
        share: its share of the whole score, in 0–1.
    """

    code: str
    params: Params
    part: str
    share: float
    evidence: tuple[Evidence, ...] = ()


class Explainer:
    """Explains pairs of one challenge."""

    def __init__(self, scorer: PairScorer, challenge: ChallengeProfile):
        self.scorer = scorer
        self.challenge = challenge
        self.asked = scorer.told(views(challenge.passages))
        self._without: dict[tuple[str, int, int], list[Told]] = {}
        self._cutters: dict[Vectors, Cutter] = {}
        self._concepts: dict[frozenset[str], float] = {}
        self._met: tuple[int, Side, dict[str, Meeting]] | None = None

    def met(self, row: int) -> tuple[Side, dict[str, Meeting]]:
        """The team in ``row`` and how its items meet the challenge; the last one is kept."""
        if self._met is None or self._met[0] != row:
            side = self.scorer.side(row)
            self._met = row, side, self.scorer.meetings(self.asked, side)
        return self._met[1:]

    def reasons(self, row: int, score: float, parts: Mapping[str, float]) -> list[Reason]:
        """What speaks for the team in ``row``, strongest first."""
        side, meetings = self.met(row)
        met = self.scorer.counting(meetings.values())
        case = _Case(self, row, side, score, meetings)
        found = [*self._from_texts(case, met, parts), *self._fromevidence(case, met, parts)]
        for part in PART_FACETS:
            found += self._from_concepts(case, part, parts[part])
        if parts["feedback"]:
            code = "feedback.positive" if parts["feedback"] > 0 else "feedback.negative"
            found.append(Reason(code, {}, "feedback", case.share(parts["feedback"])))
        return sorted(found, key=lambda reason: -reason.share)

    def _from_texts(
        self, case: "_Case", met: Sequence[Meeting], parts: Mapping[str, float]
    ) -> Iterator[Reason]:
        for part in ALIKE:
            whole = sum(getattr(m, part) * m.share for m in met)
            for meeting in met:
                own = getattr(meeting, part) * meeting.share
                share = case.share(parts[part] * own / whole) if whole else 0.0
                if share >= MIN_SHARE:
                    yield from self._from_meeting(case, part, meeting, share)

    def _from_meeting(
        self, case: "_Case", part: str, meeting: Meeting, share: float
    ) -> Iterator[Reason]:
        for_asked, for_told = gains(part, meeting)
        asked = case.kept(spans(meeting.asked, for_asked, part), self._cut_challenge)
        told = case.kept(spans(meeting.told, for_told, part), case.cutting(meeting.item))
        if not asked or not told:
            return
        kind = "profile" if meeting.item.key == "profile" else "project"
        params: dict[str, object] = {"terms": terms(meeting, part, for_asked, asked, told)}
        if kind == "project":
            params["project"] = meeting.item.title
        cited = (
            *(evidence("challenge", span) for span in asked),
            *(evidence("team", span) for span in told),
        )
        yield Reason(f"{part}.{kind}", params, part, share, cited)

    def _cut_challenge(self, case: "_Case", span: Span) -> float:
        key = (span.passage.field, span.start, span.end)
        if key not in self._without:
            self._without[key] = self._asked_without(span)
        return case.score_of(self.scorer.meetings(self._without[key], case.side))

    def _asked_without(self, span: Span) -> list[Told]:
        language = span.passage.language
        known = next(t for t in self.asked if language_of_label(t) == language)
        cutter = self.cutter(known)
        if cutter.edits(span) is None:
            rest = without(self.challenge.passages, span)
            return self.scorer.told_again(self.asked, rest, language)
        cut = cutter.without(span)
        others = [text for text in self.asked if text is not known]
        return [*others, cut.told] if cut else others

    def cutter(self, told: Told) -> Cutter:
        """What cuts a text; made once for each."""
        if told.vectors not in self._cutters:
            self._cutters[told.vectors] = Cutter(told, self.scorer.index.rarity)
        return self._cutters[told.vectors]

    def concepts(self, shown: frozenset[str]) -> float:
        """What a team's concepts add to the raw score of this challenge."""
        if shown not in self._concepts:
            self._concepts[shown] = self.scorer.concepts(self.challenge.concepts, shown)
        return self._concepts[shown]

    def _fromevidence(
        self, case: "_Case", met: Sequence[Meeting], parts: Mapping[str, float]
    ) -> Iterator[Reason]:
        proven = [m for m in met if m.item.has_result]
        if not proven or parts["evidence"] <= 0:
            return
        item = proven[0].item
        result = next((p for p in item.passages if ".results" in p.field), None)
        if result is None:
            return
        span = Span(result, 0, len(result.text), 1.0)
        if case.kept([span], case.cutting(item)):
            code = "evidence.project" if item.has_evidence else "evidence.result"
            params = {"project": item.title, "evidence": result.text}
            share = case.share(parts["evidence"])
            yield Reason(code, params, "evidence", share, (evidence("team", span),))

    def _from_concepts(self, case: "_Case", part: str, value: float) -> Iterator[Reason]:
        asked = asked_in(self.challenge.concepts, part)
        shared = [concept for concept in asked if concept in case.side.shown]
        if not shared or value <= 0:
            return
        rarity = self.scorer.rarity
        shared.sort(key=lambda concept: (-rarity(concept), concept))
        cited: list[Evidence] = []
        for concept in shared[:TERMS]:
            cited += [tag("challenge", concept), *case.where_shown(concept)]
        params: dict[str, object] = {"concepts": tuple(shared)}
        code = "taxonomy.shared"
        if part == "capability":
            code = "capability.shown"
            params |= {"covered": len(shared), "asked": len(asked)}
        yield Reason(code, params, part, case.share(value), tuple(cited))

    def gaps(self, row: int) -> list[Gap]:
        """What is missing between the challenge and the team in ``row``."""
        index = self.scorer.index
        held = (v for item in index.team_items[row] for v in index.item_views[item])
        languages = {t.view.language for t in self.asked}, {index.views[v].language for v in held}
        return gaps_of(self.challenge, index.teams[row], index.shown[row], languages)


@dataclass(frozen=True)
class _Case:
    """One pair while it is being explained."""

    explainer: Explainer
    row: int
    side: Side
    score: float
    meetings: Mapping[str, Meeting]

    def share(self, part: float) -> float:
        """A part as a share of the score."""
        return part / self.score if self.score else 0.0

    def score_of(
        self, meetings: Mapping[str, Meeting], shown: frozenset[str] | None = None
    ) -> float:
        """The score with other meetings, earlier decisions left aside."""
        concepts = self.explainer.concepts(self.side.shown if shown is None else shown)
        return self.explainer.scorer.score(meetings.values(), concepts)

    def cutting(self, item: Item) -> "_Cut":
        """What cuts places out of an item."""
        if item.key not in self._cutting:
            self._cutting[item.key] = lambda case, span: case.cut_item(item, span)
        return self._cutting[item.key]

    @cached_property
    def _cutting(self) -> dict[str, "_Cut"]:
        return {}

    def cut_item(self, item: Item, span: Span) -> float:
        """The score when ``span`` is cut out of the team's item, as the pool would be then."""
        language = span.passage.language
        held = next(texts for held, texts in self.side.items if held.key == item.key)
        known = next(text for text in held if language_of_label(text) == language)
        cutter = self.explainer.cutter(known)
        if cutter.edits(span) is None:
            return self._cut_anew(item, held, span)
        cut = cutter.without(span)
        texts = [text for text in held if text is not known] + ([cut.told] if cut else [])
        changed = flags_without(item, span)
        shown = self._shown_without(known, cut.concepts if cut else frozenset())
        fewer = self._held_elsewhere(known, cut.vanished) if cut else {}
        if fewer:
            return self._cut_and_weighed(changed, texts, shown, fewer)
        met = self.explainer.scorer.meet(self.explainer.asked, changed, texts)
        others = {key: met for key, met in self.meetings.items() if key != item.key}
        return self.score_of(others | ({item.key: met} if met else {}), shown)

    def _cut_anew(self, item: Item, held: Sequence[Told], span: Span) -> float:
        """The same for a text that is not read to its end."""
        scorer, changed = self.explainer.scorer, item_without(item, span)
        texts = scorer.told_again(held, changed.passages, span.passage.language)
        met = scorer.meet(self.explainer.asked, changed, texts)
        others = {key: met for key, met in self.meetings.items() if key != item.key}
        shown = scorer.shown_with(self.row, self.side, item.key, texts)
        return self.score_of(others | ({item.key: met} if met else {}), shown)

    def _shown_without(self, known: Told, named: frozenset[str]) -> frozenset[str]:
        """What the team shows when one of its texts names only these concepts."""
        if not self.explainer.challenge.concepts:
            return self.side.shown  # nothing asks
        left = [c for text in self.texts if text is not known for c in self._named(text)]
        declared = self.explainer.scorer.index.teams[self.row].concepts
        return lexicon.with_ancestors(declared | named | frozenset(left))

    def _named(self, text: Told) -> Iterable[str]:
        return self.explainer.cutter(text).concepts

    @cached_property
    def texts(self) -> list[Told]:
        """All texts of the team."""
        return [text for _, held in self.side.items for text in held]

    def _held_elsewhere(self, known: Told, lost: Mapping[str, Kind]) -> dict[str, Kind]:
        """Features that other texts of the team hold: one text fewer makes them rarer there."""
        others = [text.view.counts for text in self.texts if text is not known]
        rarity = self.explainer.scorer.index.rarity
        return {
            feature: kind
            for feature, kind in lost.items()
            if any(feature in held.native or feature in held.bridge for held in others)
            and rarity.with_fewer(feature, kind) > RARER * rarity(feature, kind)
        }

    def _cut_and_weighed(
        self,
        changed: Item,
        texts: Sequence[Told],
        shown: frozenset[str],
        fewer: Mapping[str, Kind],
    ) -> float:
        """The score with a changed item when features are rarer than the index has them."""
        scorer = self.explainer.scorer
        rarity = scorer.index.rarity
        items = [
            (changed, texts) if item.key == changed.key else (item, told)
            for item, told in self.side.items
        ]
        weighed = [
            (item, [with_fewer(text, fewer, rarity) for text in told]) for item, told in items
        ]
        asked = [with_fewer(text, fewer, rarity) for text in self.explainer.asked]
        return self.score_of(scorer.meetings(asked, Side(weighed, shown)), shown)

    def kept(self, tried: Iterable[Span], cut: "_Cut") -> list[Span]:
        """The first few spans whose cutting makes the score fall."""
        found: list[Span] = []
        quoted: set[str] = set()
        for span in tried:
            if quote(span) not in quoted and self._falls(span, cut):
                found.append(span)
                quoted.add(quote(span))
            if len(found) == SPANS:
                break
        return found

    def _falls(self, span: Span, cut: "_Cut") -> bool:
        """Whether cutting a place costs score; several reasons may hang on the same place."""
        place = cut, span.passage.field, span.start, span.end
        if place not in self._fallen:
            self._fallen[place] = cut(self, span) < self.enough
        return self._fallen[place]

    @cached_property
    def enough(self) -> float:
        """The score below which a cut has cost enough."""
        before = self.score_of(self.meetings)
        return before - MIN_FALL * abs(before)

    @cached_property
    def _fallen(self) -> dict[tuple[object, ...], bool]:
        return {}

    def where_shown(self, concept: str) -> Iterator[Evidence]:
        """Where the team shows a concept: its own tag or a place its score hangs on.

        Nothing where two places show it and the score would stay without either.
        """
        enough = self.enough
        for declared in sorted(self.explainer.scorer.index.teams[self.row].concepts):
            implied = lexicon.with_ancestors(frozenset({declared}))
            if concept in implied and self.cut_tag(declared) < enough:
                yield tag("team", declared)
                return
        for item, texts in self.side.items:
            for place in _named(concept, texts):
                if self.cut_item(item, place) < enough:
                    yield evidence("team", place)
                    return

    def cut_tag(self, declared: str) -> float:
        """The score when the team does not declare a concept; its texts may still name it."""
        left = self.explainer.scorer.index.teams[self.row].concepts - {declared}
        named = (c for text in self.texts for c in self._named(text))
        return self.score_of(self.meetings, lexicon.with_ancestors(left | frozenset(named)))


def _named(concept: str, texts: Iterable[Told]) -> Iterator[Span]:
    """Places that name a concept or a narrower one."""
    for told in texts:
        for passage, hit in told.view.hits:
            if concept in lexicon.with_ancestors(frozenset({hit.concept})):
                yield Span(passage, hit.start, hit.end, 0.0)


def language_of_label(text: Told) -> str:
    """The language that a text is labelled with, whatever it is really in."""
    return text.view.passages[0][0].language


_Cut = Callable[[_Case, Span], float]
