"""How a challenge's text and a team's are alike, word by word: what each adds, and in which terms.

Three ways: the same words (``text``), words that a dictionary puts into each other's place
(``bridge``), and words that point the same way (``meaning``).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from matchmaker.recommender import meaning
from matchmaker.recommender.meaning import Floats
from matchmaker.recommender.pairs import Meeting, Told
from matchmaker.recommender.spans import KINDS, TERMS, Span, quote

ALIKE = ("text", "bridge", "meaning")
MIN_TERM = 0.2  # of the strongest term's gain; weaker terms are not named
MIN_UNLIKE = 0.6  # the same for unlike words of one language, where glosses are often too wide
MIN_CLOSE = 0.35  # cosine of two words that are named as close to each other
Gains = Mapping[str, float]


def gains(part: str, meeting: Meeting) -> tuple[Gains, Gains]:
    """What each feature of the challenge's text and of the team's adds, strongest first."""
    if part == "meaning":
        asked, told = meeting.asked, meeting.told
        here, there = _pointing(asked), _pointing(told)
        return _towards(asked, here, there), _towards(told, there, here)
    shared = _shared(part, meeting)
    return shared, shared


def _shared(part: str, meeting: Meeting) -> Gains:
    """The product of both weights for each feature that both texts have."""
    name = "native" if part == "text" else "bridge"
    asked = getattr(meeting.asked.vectors, name).weights
    told = getattr(meeting.told.vectors, name).weights
    return _sorted({f: weight * told[f] for f, weight in asked.items() if weight and told.get(f)})


def _pointing(text: Told) -> Floats:
    """Where a text points, of about length one."""
    return text.vectors.meaning.astype(np.float64) / meaning.STEP


def _towards(text: Told, here: Floats, goal: Floats) -> Gains:
    """How far each word draws a text towards a direction, beyond where the rest points."""
    found = [*meaning.told(text.vectors.native.weights, text.view.counts.kinds)]
    if not found:
        return {}
    features, weights, vectors = zip(*found, strict=True)
    drawn = np.array(weights) * (np.array(vectors) @ (goal - float(here @ goal) * here))
    return _sorted({f: float(g) for f, g in zip(features, drawn, strict=True) if g > 0})


def _sorted(found: Gains) -> Gains:
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def terms(
    meeting: Meeting, part: str, gains: Gains, asked: Sequence[Span], told: Sequence[Span]
) -> tuple[str, ...]:
    """The terms a reason names: a quoted run, or a pair of words that mean the same."""
    if part == "text":
        return tuple(dict.fromkeys(quote(span) for span in asked))
    if part == "meaning":
        return tuple(dict.fromkeys(_close(meeting, asked, told)))[:TERMS]
    left, right = _surfaces(meeting.asked, gains), _surfaces(meeting.told, gains)
    across = meeting.asked.view.is_chinese != meeting.told.view.is_chinese
    strongest = max(gains.values())
    named: dict[str, None] = {}
    for feature, gain in gains.items():
        ours, theirs = left[feature], right[feature]
        alike = ours.casefold() == theirs.casefold()
        if gain >= strongest * (MIN_TERM if alike or across else MIN_UNLIKE):
            named[ours if alike else f"{ours} ≈ {theirs}"] = None
        if len(named) == TERMS:
            break
    return tuple(named)


def _surfaces(text: Told, gains: Gains) -> dict[str, str]:
    """How each shared bridge feature is written in a text."""
    written: dict[str, str] = {}
    for passage, tokens in text.view.tokens():
        for token in tokens:
            if token.kind in KINDS["bridge"] and token.feature in gains:
                written.setdefault(token.feature, passage.text[token.start : token.end])
    return written


def _close(meeting: Meeting, asked: Sequence[Span], told: Sequence[Span]) -> Iterator[str]:
    """Each cited word of the challenge with the closest word of the team's text."""
    theirs = [*_words(meeting.told, told)] or [*_words(meeting.told)]
    everywhere = [*_words(meeting.told)]
    for ours, vector in _words(meeting.asked, asked):
        for candidates in (theirs, everywhere):
            word, alike = max(
                ((word, float(vector @ other)) for word, other in candidates),
                key=lambda pair: pair[1],
            )
            if alike >= MIN_CLOSE:
                yield ours if ours.casefold() == word.casefold() else f"{ours} ≈ {word}"
                break
        else:
            yield ours


def _words(text: Told, within: Iterable[Span] | None = None) -> Iterator[tuple[str, Floats]]:
    """Words of a text that have a meaning, as they are written; those in some places alone."""
    places = None if within is None else [*within]
    for passage, tokens in text.view.tokens():
        here = [each for each in places or () if each.passage.field == passage.field]
        for token in tokens if places is None or here else ():
            if here and not any(each.start <= token.start < each.end for each in here):
                continue
            if token.end > token.start + 1 and token.kind in KINDS["meaning"]:
                vector = meaning.of_feature(token.feature, token.kind)
                if vector is not None:
                    yield passage.text[token.start : token.end], vector
