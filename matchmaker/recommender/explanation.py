"""Why a pair scored: codes, parameters and the words in both texts that made the score.

Spans come from the features that scored. A span is cited only if the score really falls when it
is cut out of its text; that is tried out for each one.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from matchmaker.recommender import lexicon
from matchmaker.recommender.analysis import Kind
from matchmaker.recommender.pairs import Meeting, PairScorer, Side, Told
from matchmaker.recommender.parts import PART_FACETS, asked_in, facet
from matchmaker.recommender.records import ChallengeProfile, Item, Passage, TeamProfile
from matchmaker.recommender.views import views

SPANS = 3  # quoted places per reason and side
TERMS = 5  # terms named per reason
MIN_SHARE = 0.04  # of the score; a reason that carries less is not given
MIN_FALL = 0.005  # of the score; what cutting a cited span must cost at least
SENTENCE = re.compile(r"[^。！？；!?;\n]+?(?:[。！？；!?;\n]+|\.(?=\s|$)|$)")
BRIDGE_KINDS = (Kind.STEM, Kind.GLOSS)
Params = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A place in a text that made the score.

    Attributes:
        side: ``challenge`` or ``team``.
        field: path in the record, such as ``pain.zh_TW`` or ``projects[0].body``; a declared tag
            is cited with its facet (``technologies``) and its id as the quote.
        language: ``zh_TW``, ``en``, or empty for a tag.
        start, end: place of the quote in the field's text, in characters.
        context: the sentence around it, which begins at ``context_start``.
    """

    side: Literal["challenge", "team"]
    field: str
    language: str
    start: int
    end: int
    quote: str
    context: str = ""
    context_start: int = 0


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


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that speaks against a pair or is not known."""

    code: str
    params: Params = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Span:
    passage: Passage
    start: int
    end: int
    gain: float


class Explainer:
    """Explains pairs of one challenge."""

    def __init__(self, scorer: PairScorer, challenge: ChallengeProfile):
        self.scorer = scorer
        self.challenge = challenge
        self.asked = scorer.told(views(challenge.passages))
        self._without: dict[tuple[str, int, int], list[Told]] = {}

    def reasons(self, row: int, score: float, parts: Mapping[str, float]) -> list[Reason]:
        """What speaks for the team in ``row``, strongest first."""
        side = self.scorer.side(row)
        met = self.scorer.meet(self.asked, side)
        case = _Case(self, row, side, score)
        found = [*self._from_texts(case, met, parts), *self._from_evidence(case, met, parts)]
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
        evidence = (
            *(_evidence("challenge", span) for span in asked),
            *(_evidence("team", span) for span in told),
        )
        yield Reason(f"{part}.{kind}", params, part, share, evidence)

    def _gains(self, part: str, meeting: Meeting) -> dict[str, float]:
        """What each shared feature adds, in the order of its gain."""
        name = "native" if part == "text" else "bridge"
        asked = getattr(meeting.asked.vectors, name)
        told = getattr(meeting.told.vectors, name)
        shared = {f: weight * told[f] for f, weight in asked.items() if weight and told.get(f)}
        return dict(sorted(shared.items(), key=lambda pair: (-pair[1], pair[0])))

    def _cut_challenge(self, case: "_Case", span: _Span) -> float:
        key = (span.passage.field, span.start, span.end)
        if key not in self._without:
            rest = without(self.challenge.passages, span)
            self._without[key] = self.scorer.told(views(rest))
        return case.rescore(asked=self._without[key])

    def _from_evidence(
        self, case: "_Case", met: Sequence[Meeting], parts: Mapping[str, float]
    ) -> Iterator[Reason]:
        proven = [m for m in met if m.item.has_result]
        if not proven or parts["evidence"] <= 0:
            return
        item = proven[0].item
        result = next((p for p in item.passages if ".results" in p.field), None)
        if result is None:
            return
        span = _Span(result, 0, len(result.text), 1.0)
        if case.kept([span], lambda c, s: c.cut_item(item, s, has_result=False)):
            code = "evidence.project" if item.has_evidence else "evidence.result"
            params = {"project": item.title, "evidence": result.text}
            share = case.share(parts["evidence"])
            yield Reason(code, params, "evidence", share, (_evidence("team", span),))

    def _from_concepts(self, case: "_Case", part: str, value: float) -> Iterator[Reason]:
        asked = asked_in(self.challenge.concepts, part)
        shared = [concept for concept in asked if concept in case.side.shown]
        if not shared or value <= 0:
            return
        rarity = self.scorer.rarity
        shared.sort(key=lambda concept: (-rarity(concept), concept))
        evidence: list[Evidence] = []
        for concept in shared[:TERMS]:
            evidence += [_tag("challenge", concept), case.where_shown(concept)]
        params: dict[str, object] = {"concepts": tuple(shared)}
        code = "taxonomy.shared"
        if part == "capability":
            code = "capability.shown"
            params |= {"covered": len(shared), "asked": len(asked)}
        yield Reason(code, params, part, case.share(value), tuple(evidence))

    def gaps(self, row: int) -> list[Gap]:
        """What is missing between the challenge and the team in ``row``."""
        team = self.scorer.index.teams[row]
        shown = self.scorer.index.shown[row]
        return [*self._missing_concepts(shown), *_missing_proof(team), *self._missing_words(row)]

    def _missing_concepts(self, shown: frozenset[str]) -> Iterator[Gap]:
        missing = [c for c in asked_in(self.challenge.concepts, "capability") if c not in shown]
        if missing:
            yield Gap("gap.capability", {"concepts": tuple(missing)})
        domains = [c for c in self.challenge.concepts if facet(c) == "domains"]
        if domains and not shown.intersection(domains):
            yield Gap("gap.domain", {"concepts": tuple(sorted(domains))})

    def _missing_words(self, row: int) -> Iterator[Gap]:
        told = {t.view.language for _, texts in self.scorer.side(row).items for t in texts}
        asked = {text.view.language for text in self.asked}
        if told and asked and not told & asked:
            yield Gap("gap.language")


@dataclass(frozen=True)
class _Case:
    """One pair while it is being explained."""

    explainer: Explainer
    row: int
    side: Side
    score: float

    def share(self, part: float) -> float:
        return part / self.score if self.score else 0.0

    def rescore(self, asked: Sequence[Told] | None = None, side: Side | None = None) -> float:
        explainer = self.explainer
        texts = explainer.asked if asked is None else asked
        return explainer.scorer.score(texts, explainer.challenge.concepts, side or self.side)

    def cut_item(self, item: Item, span: _Span, **flags: bool) -> float:
        """The score when ``span`` is cut out of the team's item."""
        changed = replace(item, passages=without(item.passages, span), **flags)
        return self.rescore(side=self.explainer.scorer.side_with(self.row, changed))

    def kept(self, tried: Iterable[_Span], cut: "_Cut") -> list[_Span]:
        """The first few spans whose cutting makes the score fall."""
        before = self.rescore()
        found: list[_Span] = []
        for span in tried:
            if cut(self, span) < before - MIN_FALL * abs(before):
                found.append(span)
            if len(found) == SPANS:
                break
        return found

    def where_shown(self, concept: str) -> Evidence:
        """Where the team shows a concept: its own tag, or else the place in its texts."""
        team = self.explainer.scorer.index.teams[self.row]
        for declared in sorted(team.concepts):
            if concept in lexicon.with_ancestors(frozenset({declared})):
                return _tag("team", declared)
        for _, texts in self.side.items:
            for told in texts:
                for passage, hit in told.view.hits:
                    if concept in lexicon.with_ancestors(frozenset({hit.concept})):
                        return _evidence("team", _Span(passage, hit.start, hit.end, 0.0))
        raise LookupError(f"team {team.id} does not show {concept}")


_Cut = Callable[[_Case, _Span], float]


def spans(text: Told, gains: Mapping[str, float], part: str) -> list[_Span]:
    """Runs of words that scored, each one place in one passage, strongest first."""
    found: list[_Span] = []
    for passage, tokens in text.view.tokens():
        scored = [
            (token.start, token.end, gains[token.feature])
            for token in tokens
            if token.feature in gains and (token.kind in BRIDGE_KINDS) >= (part == "bridge")
            and (part == "bridge" or token.kind is not Kind.GLOSS)
        ]
        found += _runs(passage, sorted(scored))
    return sorted(found, key=lambda s: (-s.gain, s.passage.field, s.start))[: 3 * SPANS]


def _runs(passage: Passage, scored: list[tuple[int, int, float]]) -> Iterator[_Span]:
    """Join overlapping or touching places; Latin words join over one blank."""
    here: _Span | None = None
    for start, end, gain in scored:
        if here and passage.text[here.end : start].strip() == "" and start <= here.end + 1:
            here = _Span(passage, here.start, max(here.end, end), here.gain + gain)
            continue
        if here:
            yield here
        here = _Span(passage, start, end, gain)
    if here:
        yield here


def terms(
    meeting: Meeting,
    gains: Mapping[str, float],
    asked: Sequence[_Span],
    told: Sequence[_Span],
    part: str,
) -> tuple[str, ...]:
    """The terms a reason names: a quoted run, or a pair of words that mean the same."""
    if part == "text":
        return tuple(dict.fromkeys(_quote(span) for span in asked))
    left, right = _surfaces(meeting.asked, gains), _surfaces(meeting.told, gains)
    named: dict[str, None] = {}
    for feature in gains:
        ours, theirs = left[feature], right[feature]
        named[ours if ours.casefold() == theirs.casefold() else f"{ours} ≈ {theirs}"] = None
        if len(named) == TERMS:
            break
    return tuple(named)


def _surfaces(text: Told, gains: Mapping[str, float]) -> dict[str, str]:
    """How each shared bridge feature is written in a text."""
    written: dict[str, str] = {}
    for passage, tokens in text.view.tokens():
        for token in tokens:
            if token.kind in BRIDGE_KINDS and token.feature in gains:
                written.setdefault(token.feature, passage.text[token.start : token.end])
    return written


def without(passages: Iterable[Passage], span: _Span) -> tuple[Passage, ...]:
    """The passages with one span cut out; a passage left blank falls away."""
    kept = []
    for passage in passages:
        if passage == span.passage:
            rest = passage.text[: span.start] + passage.text[span.end :]
            passage = replace(passage, text=rest)
        if passage.text.strip():
            kept.append(passage)
    return tuple(kept)


def _missing_proof(team: TeamProfile) -> Iterator[Gap]:
    projects = [item for item in team.items if item.key != "profile"]
    if not projects:
        yield Gap("gap.projects")
    else:
        if not any(project.has_site for project in projects):
            yield Gap("gap.site")
        if not any(project.has_result and project.has_evidence for project in projects):
            yield Gap("gap.results")
    if team.capacity is None:
        yield Gap("gap.capacity_unknown")
    elif team.capacity <= 0:
        yield Gap("gap.capacity")


def _quote(span: _Span) -> str:
    return span.passage.text[span.start : span.end]


def _evidence(side: Literal["challenge", "team"], span: _Span) -> Evidence:
    text = span.passage.text
    start, end = _sentence(text, span.start, span.end)
    return Evidence(
        side=side,
        field=span.passage.field,
        language=span.passage.language,
        start=span.start,
        end=span.end,
        quote=_quote(span),
        context=text[start:end],
        context_start=start,
    )


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """The sentence, or sentences, around a place."""
    edges = [m.span() for m in SENTENCE.finditer(text)] or [(0, len(text))]
    first = max((a for a, _ in edges if a <= start), default=0)
    last = min((b for _, b in edges if b >= end), default=len(text))
    while first < start and text[first].isspace():
        first += 1
    return first, last


def _tag(side: Literal["challenge", "team"], concept: str) -> Evidence:
    name, _, tag = concept.partition(":")
    return Evidence(side, name, "", 0, len(tag), tag)
