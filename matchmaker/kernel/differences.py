"""What changed between two texts: words in English, runs of characters in Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal

Kind = Literal["same", "del", "ins"]
Piece = tuple[Kind, str]
SENTENCE = re.compile(r"[^。！？.!?\n]*(?:[。！？.!?\n]+|$)")
TOKEN = re.compile(r"[A-Za-z0-9À-ɏ]+(?:['’][A-Za-z]+)?|\s+|.", re.DOTALL)
MOST_WORK = 1_000_000


def pieces(before: str, after: str) -> list[Piece]:
    """Both texts in one: what stayed, what went, what came, in reading order.

    Without the insertions the pieces spell ``before``, without the deletions ``after``.
    """
    found: list[Piece] = []
    for kind, old, new in _changes(_sentences(before), _sentences(after)):
        found += [("same", old)] if kind == "equal" else _within(old, new)
    return [
        (kind, "".join(text for _kind, text in run))
        for kind, run in groupby((p for p in found if p[1]), key=lambda piece: piece[0])
    ]


def is_changed(found: Sequence[Piece]) -> bool:
    """Whether anything went or came."""
    return any(kind != "same" for kind, _text in found)


def _within(old: str, new: str) -> list[Piece]:
    """The change inside some sentences, token by token unless that would take too long."""
    tokens, others = TOKEN.findall(old), TOKEN.findall(new)
    if len(tokens) * len(others) > MOST_WORK:
        return [("del", old), ("ins", new)]
    found: list[Piece] = []
    for kind, gone, come in _changes(tokens, others):
        found += [("same", gone)] if kind == "equal" else [("del", gone), ("ins", come)]
    return found


def _changes(before: list[str], after: list[str]) -> Iterator[tuple[str, str, str]]:
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        yield kind, "".join(before[a:b]), "".join(after[c:d])


def _sentences(text: str) -> list[str]:
    return [sentence for sentence in SENTENCE.findall(text) if sentence]
