"""Places in texts that made a score: found from the features, quoted with their sentence."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from matchmaker.recommender.analysis import Kind
from matchmaker.recommender.pairs import Told
from matchmaker.recommender.records import Item, Passage

SPANS = 3  # quoted places per reason and side
TERMS = 5  # terms named per reason
SENTENCE = re.compile(r"[^。！？；!?;\n]+?(?:[。！？；!?;\n]+|\.(?=\s|$)|$)")
KINDS = {
    "text": (Kind.WORD, Kind.PAIR, Kind.STEM, Kind.PHRASE),
    "bridge": (Kind.STEM, Kind.GLOSS),
    "meaning": (Kind.WORD, Kind.STEM),
}
"""Features that each way of being alike is made of."""


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
class Span:
    """A place in a passage and what its features add to the score."""

    passage: Passage
    start: int
    end: int
    gain: float


def spans(text: Told, gains: Mapping[str, float], part: str) -> list[Span]:
    """Runs of words that scored, each one place in one passage, strongest first."""
    found: list[Span] = []
    for passage, tokens in text.view.tokens():
        kinds = KINDS[part]
        scored = [
            (token.start, token.end, gains[token.feature])
            for token in tokens
            if token.kind in kinds and token.feature in gains and token.end > token.start + 1
        ]
        found += _runs(passage, sorted(scored))
    return sorted(found, key=lambda s: (-s.gain, s.passage.field, s.start))[: 3 * SPANS]


def _runs(passage: Passage, scored: list[tuple[int, int, float]]) -> Iterator[Span]:
    """Join overlapping places; a single Han character alone says too little to be quoted."""
    here: Span | None = None
    for start, end, gain in scored:
        if here and start < here.end:
            here = Span(passage, here.start, max(here.end, end), here.gain + gain)
            continue
        if here:
            yield here
        here = Span(passage, start, end, gain)
    if here:
        yield here


def without(passages: Iterable[Passage], span: Span) -> tuple[Passage, ...]:
    """The passages with one span cut out; a passage left blank falls away."""
    kept = []
    for passage in passages:
        if passage == span.passage:
            rest = passage.text[: span.start] + passage.text[span.end :]
            passage = replace(passage, text=rest)
        if passage.text.strip():
            kept.append(passage)
    return tuple(kept)


def item_without(item: Item, span: Span) -> Item:
    """The item with one span cut out; a result cut out whole is a result no more."""
    return replace(flags_without(item, span), passages=without(item.passages, span))


def flags_without(item: Item, span: Span) -> Item:
    """The item as it counts with one span cut out, its passages left as they were."""
    if not item.has_result or ".results" not in span.passage.field:
        return item
    left = (passage.field for passage in without(item.passages, span))
    return replace(item, has_result=any(".results" in field for field in left))


def quote(span: Span) -> str:
    """The words at a place."""
    return span.passage.text[span.start : span.end]


def evidence(side: Literal["challenge", "team"], span: Span) -> Evidence:
    """A place as it is cited."""
    text = span.passage.text
    start, end = _sentence(text, span.start, span.end)
    return Evidence(
        side=side,
        field=span.passage.field,
        language=span.passage.language,
        start=span.start,
        end=span.end,
        quote=quote(span),
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


def tag(side: Literal["challenge", "team"], concept: str) -> Evidence:
    """A declared tag as it is cited."""
    name, _, tag = concept.partition(":")
    return Evidence(side, name, "", 0, len(tag), tag)
