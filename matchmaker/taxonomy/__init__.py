"""The closed lists of words that challenges and teams are tagged with, in both languages.

A library: reads ``data/taxonomy.json`` once and knows no database.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

from matchmaker.kernel.localized import EMPTY, Localized
from matchmaker.kernel.resources import folder

KINDS = ("domains", "technologies", "modalities", "use_cases", "deployment")


@dataclass(frozen=True)
class Term:
    """One entry: its id, label, parent's id, for readiness the question it asks, and other words
    for the same thing in either language."""

    id: str
    label: Localized
    parent: str | None = None
    question: Localized = EMPTY
    synonyms: tuple[str, ...] = ()


@cache
def terms(kind: str) -> dict[str, Term]:
    """All terms of a list (``domains``, ``technologies``, …), in their given order, by id.

    Raises:
        KeyError: no such list.
    """
    content = json.loads((folder("data") / "taxonomy.json").read_text(encoding="utf-8"))
    return {
        entry["id"]: Term(
            entry["id"],
            Localized.from_json(entry["label"]),
            entry.get("parent"),
            Localized.from_json(entry.get("question")),
            tuple(word for side in entry.get("synonyms", {}).values() for word in side),
        )
        for entry in content[kind]
    }


def label(kind: str, term_id: str) -> Localized:
    """The label of a term; its bare id where the list no longer has it."""
    known = terms(kind).get(term_id)
    return known.label if known else Localized(en=term_id)


def unknown(kind: str, ids: list[str]) -> list[str]:
    """Those of ``ids`` that the list does not have."""
    return [term_id for term_id in ids if term_id not in terms(kind)]


def with_descendants(kind: str, term_id: str) -> frozenset[str]:
    """A term and all narrower ones, so that a filter on a wide term includes them."""
    found = {term_id}
    while True:
        more = {t.id for t in terms(kind).values() if t.parent in found} - found
        if not more:
            return frozenset(found)
        found |= more
