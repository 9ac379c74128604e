"""A text without one place, from what is known of the whole: for trying many cuts.

Only the words around the cut are analysed anew; what vanishes and what appears is taken from and
added to the counts, the weights and their length. Of a text that is too long to be read whole,
what comes into view at its end is added. The result is that of reading the shortened text from its
beginning; a test holds the two together.
"""

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from itertools import pairwise
from typing import NamedTuple, cast

from matchmaker.recommender import analysis, lexicon, meaning
from matchmaker.recommender.analysis import HAN_RUN, Kind, Token
from matchmaker.recommender.pairs import Told
from matchmaker.recommender.records import EN, ZH, Passage
from matchmaker.recommender.spaces import Counts, Rarity, Weighted, term_frequency
from matchmaker.recommender.spans import Span, without
from matchmaker.recommender.views import Vectors, View, hits_of, tokens_of

APART = 20  # plain words between two changes of a text that do not touch each other
NOTHING = 1e-9  # occurrences left over by rounding
JOINERS = frozenset("-'’")
Changes = Mapping[tuple[str, Kind], float]


class Laid:
    """A text as read once: its features, its plain words in order, and where they stand."""

    def __init__(self, text: str):
        self.text, self.folded = text, analysis.fold(text)
        self.tokens = sorted(tokens_of(text), key=_start)
        self.token_starts = [token.start for token in self.tokens]
        self.words = sorted(
            (token.start, token.end, token.feature)
            for token in self.tokens
            if token.kind is Kind.STEM and "-" not in self.folded[token.start : token.end]
        )
        self.starts = [start for start, _, _ in self.words]
        self.spelled = [match.span() for match in analysis.LATIN_WORD.finditer(self.folded)]

    def replaced(self, start: int, end: int, by: str) -> Counter[tuple[str, Kind]]:
        """Occurrences gained and lost when other characters stand from ``start`` to ``end``."""
        left, right = self._cluster(start, end)
        joined = self.text[left:start] + by + self.text[end:right]
        starts = self.token_starts
        near = self.tokens[bisect_left(starts, left) : bisect_left(starts, right)]
        lost = [token for token in near if token.kind is not Kind.PHRASE]
        found = tokens_of(joined)
        gained = [token for token in found if token.kind is not Kind.PHRASE]
        changed: Counter[tuple[str, Kind]] = Counter()
        for sign, several in ((-1.0, lost), (1.0, gained)):
            for token in several:
                changed[token.feature, token.kind] += sign * token.weight  # type: ignore[assignment]
        self._phrases(left, right, _plain(joined, found), changed)
        return changed

    def words_after(self, place: int) -> int:
        """How many plain words stand behind a place."""
        return len(self.starts) - bisect_left(self.starts, place)

    def _cluster(self, start: int, end: int) -> tuple[int, int]:
        """The letters that touch the cut, on both sides, as far as they may belong together."""
        while start and _belongs(self.folded[start - 1]):
            start -= 1
        while end < len(self.folded) and _belongs(self.folded[end]):
            end += 1
        return start, end

    def _phrases(
        self, left: int, right: int, new: list[str], changed: Counter[tuple[str, Kind]]
    ) -> None:
        """Neighbours lost and found among plain words, however far apart they stand."""
        first, last = bisect_left(self.starts, left), bisect_left(self.starts, right)
        before = [word for _, _, word in self.words[max(0, first - 1) : first]]
        after = [word for _, _, word in self.words[last : last + 1]]
        old = [word for _, _, word in self.words[first:last]]
        for sign, middle in ((-1, old), (1, new)):
            row = [*before, *middle, *after]
            for one, two in pairwise(row):
                changed[f"{one} {two}", Kind.PHRASE] += sign

    def concepts_replaced(self, start: int, end: int, by: str) -> Counter[str]:
        """Concepts that are named more often or, below 0, less often then."""
        longest, most = _longest_names()
        left, right = self._cluster(start, end)
        first, last = bisect_left(self.spelled, (left, 0)), bisect_left(self.spelled, (right, 0))
        near = self.spelled[max(0, first - most) : last + most]
        left = max(0, min([left - longest, *(place[0] for place in near)]))
        right = min(len(self.text), max([right + longest, *(place[1] for place in near)]))
        left, right = self._cluster(left, right)
        changed: Counter[str] = Counter()
        changed.update(
            h.concept for h in hits_of(self.text[left:start] + by + self.text[end:right])
        )
        changed.subtract(hit.concept for hit in hits_of(self.text[left:right]))
        return changed


@cache
def _longest_names() -> tuple[int, int]:
    """Characters of the longest Chinese name of a concept, words of the longest English one."""
    names = [name for concept in lexicon.concepts().values() for name in (*concept.zh, *concept.en)]
    chinese = [len(name) for name in names if HAN_RUN.search(name)]
    english = [len(analysis.LATIN_WORD.findall(analysis.fold(name))) for name in names]
    return max(chinese), max(english)


def _start(token: Token) -> int:
    return token.start


def _belongs(char: str) -> bool:
    return char in JOINERS or bool(HAN_RUN.match(char)) or (char.isascii() and char.isalnum())


def _plain(text: str, found: Iterable[Token]) -> list[str]:
    """The plain words of a piece, in order."""
    folded = analysis.fold(text)
    rows = sorted(
        (token.start, token.end, token.feature)
        for token in found
        if token.kind is Kind.STEM and "-" not in folded[token.start : token.end]
    )
    return [word for _, _, word in rows]


laid_of = lru_cache(maxsize=4096)(Laid)


class Edit(NamedTuple):
    """A change of one text: other characters from ``start`` to ``end``."""

    text: str
    start: int
    end: int
    by: str


class Cut:
    """A text without one place.

    Attributes:
        told: what is left, with its weights.
        vanished: features that it holds no more, with their kind.
    """

    def __init__(
        self, cutter: "Cutter", edits: Sequence[Edit], told: Told, vanished: Mapping[str, Kind]
    ):
        self._cutter, self._edits = cutter, edits
        self.told, self.vanished = told, vanished

    @cached_property
    def concepts(self) -> frozenset[str]:
        """Concepts that the text still names."""
        named = self._cutter.concepts + Counter()
        for text, start, end, by in self._edits:
            named.update(laid_of(text).concepts_replaced(start, end, by))
        return frozenset(+named)


class Cutter:
    """One text that is cut again and again.

    Args:
        told: the text with its weights.
        rarity: of the index that it is compared in.
    """

    def __init__(self, told: Told, rarity: Rarity):
        self.told, self._rarity = told, rarity
        self._is_whole = sum(len(text) for _, text in told.view.passages) < analysis.CLIP

    @cached_property
    def concepts(self) -> Counter[str]:
        """How often each concept is named."""
        return Counter(hit.concept for _, hit in self.told.view.hits)

    @cached_property
    def _tally(self) -> Counter[Kind]:
        return Counter(token.kind for _, found in self.told.view.tokens() for token in found)

    def edits(self, span: Span) -> list[Edit] | None:
        """How the texts change when a place is cut out; None where only reading anew tells.

        Of a text that is too long to be read whole, as many characters come into view.
        """
        read = next((t for p, t in self.told.view.passages if p == span.passage), "")
        if span.end > len(read):
            return None
        if self._is_whole:
            return [Edit(read, span.start, span.end, "")]
        last, seen = self.told.view.passages[-1]
        wanted = span.end - span.start
        further = last.text[len(seen) : len(seen) + wanted]
        if len(further) < wanted:
            return None
        tail = Edit(seen, len(seen), len(seen), further)
        if last != span.passage:
            return [Edit(read, span.start, span.end, ""), tail]
        if laid_of(read).words_after(span.end) >= APART:
            return [Edit(read, span.start, span.end, ""), tail]
        return [Edit(read, span.start, len(read), read[span.end :] + further)]

    def without(self, span: Span) -> Cut | None:
        """The text without a place; None if nothing is left of it.

        Raises:
            ValueError: only reading anew tells what comes into view (see ``edits``).
        """
        edits = self.edits(span)
        if edits is None:
            raise ValueError("cutting lets words into view that are not known")
        passages = tuple(self._passages(span))
        if not passages:
            return None
        changes: Counter[tuple[str, Kind]] = Counter()
        for text, start, end, by in edits:
            changes.update(laid_of(text).replaced(start, end, by))
        for key in [key for key, change in changes.items() if not change]:
            del changes[key]
        counts = self._counts(changes)
        tally = self._tally.copy()
        for (_, kind), change in changes.items():
            if kind in (Kind.WORD, Kind.STEM):
                tally[kind] += round(change)
        language = ZH if tally[Kind.WORD] > 0.5 * tally[Kind.STEM] else EN
        vanished = {
            feature: kind
            for (feature, kind), change in changes.items()
            if change < 0 and feature not in counts.native and feature not in counts.bridge
        }
        view = View(passages, language, counts)
        return Cut(self, edits, Told(view, self._vectors(view, changes)), vanished)

    def _passages(self, span: Span) -> Iterator[tuple[Passage, str]]:
        left = (p for p, _ in self.told.view.passages)
        return analysis.clipped(without([*left], span))

    def _counts(self, changes: Changes) -> Counts:
        known = self.told.view.counts
        native, bridge, kinds = dict(known.native), dict(known.bridge), dict(known.kinds)
        for (feature, kind), change in changes.items():
            if kind is not Kind.GLOSS:
                _add(native, feature, change)
                kinds[feature] = kind
                if feature not in native:
                    del kinds[feature]
            if kind in (Kind.GLOSS, Kind.STEM):
                _add(bridge, feature, change)
        return Counts(native, bridge, kinds)

    def _vectors(self, view: View, changes: Changes) -> Vectors:
        counts, rarity, known = view.counts, self._rarity, self.told.view.counts.kinds
        native, bridge, words = {}, {}, self.told.vectors.words
        for feature, kind in changes:
            if kind is not Kind.GLOSS:
                native[feature] = _weight(counts.native, feature, kind, rarity)
            if kind is Kind.GLOSS or kind is Kind.STEM:
                bridge[feature] = _weight(counts.bridge, feature, Kind.STEM, rarity)
            if kind is Kind.WORD or kind is Kind.STEM:
                words += (feature in counts.kinds) - (feature in known)
        return _weighed(self.told, view, native, bridge, words)


def with_fewer(told: Told, features: Mapping[str, Kind], rarity: Rarity) -> Told:
    """A text as it weighs when another text of the pool has lost some features."""
    counts = told.view.counts
    native = {
        f: term_frequency(counts.native[f]) * rarity.with_fewer(f, counts.kinds[f])
        for f in features
        if f in counts.native
    }
    bridge = {
        f: term_frequency(counts.bridge[f]) * rarity.with_fewer(f, Kind.STEM)
        for f in features
        if f in counts.bridge
    }
    if not native and not bridge:
        return told
    return Told(told.view, _weighed(told, told.view, native, bridge, told.vectors.words))


def _weighed(
    told: Told, view: View, native: Mapping[str, float], bridge: Mapping[str, float], words: int
) -> Vectors:
    """The vectors of a text of which some weights are others."""
    old, made = told.vectors, Vectors.__new__(Vectors)
    total, before = _meant(told).copy(), told.view.counts.kinds
    for feature, weight in native.items():
        kind = view.counts.kinds.get(feature) or before[feature]
        vector = meaning.of_feature(feature, kind)
        if vector is not None:
            total += (weight - old.native.weights.get(feature, 0.0)) * vector
    if not words:
        total[:] = 0.0  # nothing but what rounding left
    made.__dict__.update(
        native=_changed(old.native, native),
        bridge=_changed(old.bridge, bridge),
        meaning=meaning.direction(total, view.is_chinese),
        words=words,
        meant=total,
    )
    return made


def _meant(told: Told) -> meaning.Floats:
    """The words of a text together, worked out once and kept beside its vectors."""
    kept = told.vectors.__dict__
    if "meant" not in kept:
        kept["meant"] = meaning.summed(told.vectors.native.weights, told.view.counts.kinds)
    return cast(meaning.Floats, kept["meant"])


def _weight(counts: Mapping[str, float], feature: str, kind: Kind, rarity: Rarity) -> float:
    found = counts.get(feature)
    return term_frequency(found) * rarity(feature, kind) if found else 0.0


def _add(counts: dict[str, float], feature: str, change: float) -> None:
    left = counts.get(feature, 0.0) + change
    if left > NOTHING:
        counts[feature] = left
    else:
        counts.pop(feature, None)


def _changed(known: Weighted, weights: Mapping[str, float]) -> Weighted:
    """Weights with some of them changed; 0 takes a feature out."""
    made = Weighted.__new__(Weighted)
    made.weights = left = dict(known.weights)
    square = known.norm * known.norm
    for feature, weight in weights.items():
        square += weight * weight - left.get(feature, 0.0) ** 2
        if weight:
            left[feature] = weight
        else:
            left.pop(feature, None)
    made.norm = math.sqrt(max(0.0, square)) if left else 0.0
    return made
