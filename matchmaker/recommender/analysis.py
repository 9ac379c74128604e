"""Texts to features: where each word, character pair, stem, gloss and concept stands.

Chinese runs are cut into the most frequent sequence of CC-CEDICT headwords and, beside that,
into overlapping character pairs; Latin words are stemmed and paired with their neighbour.
Every feature keeps the place it came from, so that a reason can quote it.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cache, lru_cache
from typing import NamedTuple

import snowballstemmer

from matchmaker.recommender import lexicon
from matchmaker.recommender.records import EN, ZH, Passage

CLIP = 1500  # characters of one text that are read; longer never helped on the development sets
GLOSSES = 6  # English stems taken from one headword, in dictionary order
GLOSS_DECAY = 0.3  # the k-th stem counts 1 / (1 + decay · k)
UNKNOWN_COST = 1000  # centibels for a character that is no headword

HAN_RUN = re.compile(r"[\u3400-\u9fff]+")
LATIN_WORD = re.compile(r"[a-z0-9]+(?:[-'’][a-z0-9]+)*")
HAN_STOP = frozenset(
    "的了和是在與及或為以等由從到對於其可各並而且就都也不無有後前中將被讓把給又很更最再則即若如因此所該這那之一個"
)
ENGLISH_STOP_WORDS = (
    "a an the to of in on at for by with from as or and be is are was were been being it its "
    "that this these those which who whom whose will would can could should may might must "
    "shall has have had do does did not no nor but if then than so such into out up off over "
    "under we our us they their them he she his her you your i me my also each any all both "
    "more most other some only own same too very just about after before between during "
    "through while where when how what why there here "
)
ENGLISH_STOP = frozenset(ENGLISH_STOP_WORDS.split())  # fmt: skip


class Kind(StrEnum):
    """What a feature is made of."""

    WORD = "word"
    PAIR = "pair"
    STEM = "stem"
    PHRASE = "phrase"
    GLOSS = "gloss"


class Token(NamedTuple):
    """One feature and the place in its text it came from; ``weight`` counts occurrences."""

    feature: str
    kind: Kind
    start: int
    end: int
    weight: float = 1.0


class ConceptHit(NamedTuple):
    """A taxonomy concept named in a text, and where."""

    concept: str
    start: int
    end: int


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The English stem of a lower-case word."""
    return str(_stemmer().stemWord(word))


@cache
def _stemmer() -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer("english")


@cache
def _stopped_stems() -> frozenset[str]:
    return frozenset(stem(word) for word in ENGLISH_STOP)


class _Folding(dict[int, str]):
    """Lower case and half width, one character to one, so that places stay true."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        folded = unicodedata.normalize("NFKC", char).lower()
        self[code] = folded if len(folded) == 1 else char
        return self[code]


_FOLD = _Folding()


def fold(text: str) -> str:
    """The text in lower case and half width, with exactly as many characters."""
    return text.translate(_FOLD)


@lru_cache(maxsize=32_768)
def cut(run: str) -> tuple[tuple[int, int], ...]:
    """Cut a run of Han characters into its likeliest headwords, as (start, end)."""
    lexicon_ = lexicon.han()
    costs, cuts = [0.0] + [float("inf")] * len(run), [0] * (len(run) + 1)
    for start in range(len(run)):
        for end in range(start + 1, min(len(run), start + lexicon.LONGEST_HEADWORD) + 1):
            entry = lexicon_.get(run[start:end])
            if entry is None and end > start + 1:
                continue
            cost = costs[start] + (entry.rarity if entry else UNKNOWN_COST)
            if cost < costs[end]:
                costs[end], cuts[end] = cost, start
    pieces, end = [], len(run)
    while end:
        pieces.append((cuts[end], end))
        end = cuts[end]
    return tuple(reversed(pieces))


def clipped(passages: Iterable[Passage]) -> Iterator[tuple[Passage, str]]:
    """Each passage and what is read of it, until ``CLIP`` characters have been read."""
    left = CLIP
    for passage in passages:
        if left <= 0:
            return
        yield passage, passage.text[:left]
        left -= len(passage.text)


def tokens(text: str) -> tuple[Token, ...]:
    """All features of one text."""
    folded = fold(text)
    found: list[Token] = []
    for run in HAN_RUN.finditer(folded):
        found += _han_tokens(run.start(), run.group())
    found += _latin_tokens(folded)
    return tuple(found)


def _han_tokens(offset: int, run: str) -> Iterator[Token]:
    for at in range(len(run) - 1):
        yield Token("b" + run[at : at + 2], Kind.PAIR, offset + at, offset + at + 2)
    for start, end in cut(run):
        word = run[start:end]
        if word in HAN_STOP:
            continue
        place = (offset + start, offset + end)
        yield Token("w" + word, Kind.WORD, *place)
        for gloss, weight in glosses(word):
            yield Token(gloss, Kind.GLOSS, *place, weight)


@cache
def glosses(word: str) -> tuple[tuple[str, float], ...]:
    """English stems a Chinese word of two or more characters stands for, with their weights."""
    entry = lexicon.han().get(word)
    if entry is None or len(word) < 2:
        return ()
    stopped = _stopped_stems()
    stems = [gloss for gloss in entry.glosses if gloss not in stopped][:GLOSSES]
    return tuple((gloss, 1 / (1 + GLOSS_DECAY * rank)) for rank, gloss in enumerate(stems))


def _latin_tokens(folded: str) -> Iterator[Token]:
    before: tuple[str, int] | None = None
    stopped = _stopped_stems()
    for match in LATIN_WORD.finditer(folded):
        start, end = match.span()
        for word, at in _with_halves(match.group(), start):
            stemmed = stem(word)
            if len(stemmed) < 2 or stemmed in stopped:
                continue
            yield Token(stemmed, Kind.STEM, at, at + len(word))
            if "-" in word:
                continue
            if before:
                yield Token(f"{before[0]} {stemmed}", Kind.PHRASE, before[1], end)
            before = (stemmed, at)


def _with_halves(word: str, start: int) -> Iterator[tuple[str, int]]:
    """A hyphenated word as a whole and in its halves, each with its place."""
    yield word, start
    if "-" in word:
        for half in re.finditer(r"[^-]+", word):
            yield half.group(), start + half.start()


def written_in(found: Iterable[Token]) -> str:
    """The language a text is really in: Chinese when Han words are half as many as Latin ones."""
    han = latin = 0
    for token in found:
        han += token.kind is Kind.WORD
        latin += token.kind is Kind.STEM
    return ZH if han > 0.5 * latin else EN


@cache
def _names() -> tuple[Mapping[str, list[tuple[str, str]]], Mapping[str, list[tuple[str, ...]]]]:
    """Concept names by first Han character, and by first Latin stem."""
    han: dict[str, list[tuple[str, str]]] = {}
    latin: dict[str, list[tuple[str, ...]]] = {}
    for concept in lexicon.concepts().values():
        for name in (*concept.zh, *concept.en):
            if HAN_RUN.search(name):
                han.setdefault(fold(name)[0], []).append((fold(name), concept.key))
            elif words := LATIN_WORD.findall(fold(name)):
                spelled = name if _is_sign(name) else ""
                row = (concept.key, spelled, *(stem(word) for word in words))
                latin.setdefault(row[2], []).append(row)
    return han, latin


def _is_sign(name: str) -> bool:
    """Short names with capitals, such as AOI or Line, are matched in their own spelling only."""
    return len(name) <= 5 and name != name.lower()


def concept_hits(text: str) -> tuple[ConceptHit, ...]:
    """Every concept named: Chinese names as substrings, English ones as whole words."""
    folded = fold(text)
    return (*_han_concepts(folded), *_latin_concepts(text, folded))


def _han_concepts(folded: str) -> Iterator[ConceptHit]:
    names = _names()[0]
    for at, char in enumerate(folded):
        for name, concept in names.get(char, ()):
            if folded.startswith(name, at):
                yield ConceptHit(concept, at, at + len(name))


def _latin_concepts(text: str, folded: str) -> Iterator[ConceptHit]:
    names = _names()[1]
    words = [(stem(m.group()), m.start(), m.end()) for m in LATIN_WORD.finditer(folded)]
    for at, (first, start, _) in enumerate(words):
        for concept, spelled, *stems in names.get(first, ()):
            here = words[at : at + len(stems)]
            if [word for word, _, _ in here] != stems:
                continue
            end = here[-1][2]
            if not spelled or text[start:end] in (spelled, spelled.upper()):
                yield ConceptHit(concept, start, end)
