"""Why a pair scored: codes, parameters and the words in both texts that made the score.

Spans come from the features that scored. A span is cited only if the score really falls when it
is cut out of its text; that is tried out for each one.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from matchmaker.recommender import lexicon
from matchmaker.recommender.gaps import Gap, gaps
from matchmaker.recommender.index import shown_concepts
from matchmaker.recommender.pairs import Meeting, PairScorer, Side, Told
from matchmaker.recommender.parts import PART_FACETS, asked_in
from matchmaker.recommender.records import ChallengeProfile, Item
from matchmaker.recommender.spans import (
    SPANS,
    TERMS,
    Evidence,
    Span,
    evidence,
    item_without,
    quote,
    spans,
    tag,
    terms,
    without,
)
from matchmaker.recommender.views import views

MIN_SHARE = 0.04  # of the score; a reason that carries less is not given
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
        for part in ("text", "bridge"):
            whole = sum(getattr(m, part) * m.share for m in met)
            for meeting in met:
                own = getattr(meeting, part) * meeting.share
                share = case.share(parts[part] * own / whole) if whole else 0.0
                if share >= MIN_SHARE:
                    yield from self._from_meeting(case, part, meeting, share)

    def _from_meeting(
        self, case: "_Case", part: str, meeting: Meeting, share: float
    ) -> Iterator[Reason]:
        gains = self._gains(part, meeting)
        asked = case.kept(spans(meeting.asked, gains, part), self._cut_challenge)
        told = case.kept(
            spans(meeting.told, gains, part), lambda c, span: c.cut_item(meeting.item, span)
        )
        if not asked or not told:
            return
        kind = "profile" if meeting.item.key == "profile" else "project"
        params: dict[str, object] = {"terms": terms(meeting, gains, asked, told, part)}
        if kind == "project":
            params["project"] = meeting.item.title
        cited = (
            *(evidence("challenge", span) for span in asked),
            *(evidence("team", span) for span in told),
        )
        yield Reason(f"{part}.{kind}", params, part, share, cited)

    def _gains(self, part: str, meeting: Meeting) -> dict[str, float]:
        """What each shared feature adds, in the order of its gain."""
        name = "native" if part == "text" else "bridge"
        asked = getattr(meeting.asked.vectors, name).weights
        told = getattr(meeting.told.vectors, name).weights
        shared = {f: weight * told[f] for f, weight in asked.items() if weight and told.get(f)}
        return dict(sorted(shared.items(), key=lambda pair: (-pair[1], pair[0])))

    def _cut_challenge(self, case: "_Case", span: Span) -> float:
        key = (span.passage.field, span.start, span.end)
        if key not in self._without:
            rest = without(self.challenge.passages, span)
            self._without[key] = self.scorer.told_again(self.asked, rest, span.passage.language)
        return case.score_of(self.scorer.meetings(self._without[key], case.side))

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
        if case.kept([span], lambda c, s: c.cut_item(item, s)):
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
        return gaps(self.challenge, index.teams[row], index.shown[row], languages)


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

    def cut_item(self, item: Item, span: Span) -> float:
        """The score when ``span`` is cut out of the team's item."""
        scorer = self.explainer.scorer
        changed = item_without(item, span)
        held = next(texts for held, texts in self.side.items if held.key == item.key)
        texts = scorer.told_again(held, changed.passages, span.passage.language)
        met = scorer.meet(self.explainer.asked, changed, texts)
        others = {key: met for key, met in self.meetings.items() if key != item.key}
        shown = scorer.shown_with(self.row, self.side, item.key, texts)
        return self.score_of(others | ({item.key: met} if met else {}), shown)

    def kept(self, tried: Iterable[Span], cut: "_Cut") -> list[Span]:
        """The first few spans whose cutting makes the score fall."""
        before = self.score_of(self.meetings)
        found: list[Span] = []
        quoted: set[str] = set()
        for span in tried:
            if quote(span) not in quoted and cut(self, span) < before - MIN_FALL * abs(before):
                found.append(span)
                quoted.add(quote(span))
            if len(found) == SPANS:
                break
        return found

    def where_shown(self, concept: str) -> Iterator[Evidence]:
        """Where the team shows a concept: its own tag or a place its score hangs on.

        Nothing where two places show it and the score would stay without either.
        """
        enough = self.score_of(self.meetings) * (1 - MIN_FALL)
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
        team = self.explainer.scorer.index.teams[self.row]
        seen = (text.view for _, held in self.side.items for text in held)
        shown = shown_concepts(team.concepts - {declared}, seen)
        return self.score_of(self.meetings, shown)


def _named(concept: str, texts: Iterable[Told]) -> Iterator[Span]:
    """Places that name a concept or a narrower one."""
    for told in texts:
        for passage, hit in told.view.hits:
            if concept in lexicon.with_ancestors(frozenset({hit.concept})):
                yield Span(passage, hit.start, hit.end, 0.0)


_Cut = Callable[[_Case, Span], float]
