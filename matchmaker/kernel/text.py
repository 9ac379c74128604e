"""Text as people type it: cleaned for storing, folded for comparing, cut into search tokens."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

import snowballstemmer

BIDI_CONTROLS = dict.fromkeys(
    [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C]
)
HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]+")
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")


def clean(text: str, *, single_line: bool = False) -> str:
    """Text as it is stored: NFC, no NUL, no lone surrogates, trimmed, line ends as ``\\n``.

    Direction controls are dropped from single lines (names, titles), where they could disguise
    what is written; full-width characters stay as typed.
    """
    text = text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    if single_line:
        text = " ".join(text.translate(BIDI_CONTROLS).split())
    return text.strip()


def fold(text: str) -> str:
    """Text as it is compared: NFKC, case-folded, 臺 as 台, no direction controls."""
    text = unicodedata.normalize("NFKC", text).translate(BIDI_CONTROLS).casefold()
    return text.replace("臺", "台")


@cache
def _stemmer() -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer("english")


@lru_cache(maxsize=20_000)  # words repeat, and a stem costs a hundred times a look-up
def _stem(word: str) -> str:
    return str(_stemmer().stemWord(word))


def search_tokens(text: str) -> list[str]:
    """Tokens under which a text is found.

    Chinese runs become overlapping character pairs (in order) followed by single characters;
    other words are stemmed as English.
    """
    pairs: list[str] = []
    singles: list[str] = []
    for token in _pieces(text):
        if HAN.fullmatch(token):
            pairs.extend(token[i : i + 2] for i in range(len(token) - 1))
            singles.extend(token)
        else:
            pairs.append(_stem(token))
    return pairs + singles


def query_phrases(text: str) -> list[list[str]]:
    """What a query asks for: every phrase must occur, its tokens side by side."""
    phrases: list[list[str]] = []
    for token in _pieces(text):
        if not HAN.fullmatch(token):
            phrases.append([_stem(token)])
        elif len(token) == 1:
            phrases.append([token])
        else:
            phrases.append([token[i : i + 2] for i in range(len(token) - 1)])
    return phrases


def _pieces(text: str) -> list[str]:
    """Runs of Chinese characters and other words, folded, in order."""
    pieces: list[str] = []
    for word in WORD.findall(fold(text)):
        position = 0
        for run in HAN.finditer(word):
            if run.start() > position:
                pieces.append(word[position : run.start()])
            pieces.append(run.group())
            position = run.end()
        if position < len(word):
            pieces.append(word[position:])
    return pieces
