"""What all parts of a proposal share: JSON in both directions, tidying, and limits.

A part is a frozen dataclass whose fields are made by :func:`prose`, :func:`line`, :func:`text`,
:func:`between` and :func:`rows`; each field remembers what may stand in it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any, Self

from matchmaker.kernel.i18n import Message, msg
from matchmaker.kernel.localized import Localized
from matchmaker.kernel.text import clean

TITLE, LINE, SUMMARY, PARAGRAPH = 120, 200, 600, 10_000
MOST_ROWS = 30


def prose(most: int) -> Any:
    """Text in one or both languages."""
    return field(default_factory=Localized, metadata={"prose": most})


def line(most: int = LINE) -> Any:
    """One line of text in whichever language it was written."""
    return field(default="", metadata={"line": most})


def text(most: int = PARAGRAPH) -> Any:
    """Several lines of text in whichever language they were written."""
    return field(default="", metadata={"text": most})


def between(low: float, high: float) -> Any:
    """A number that may be missing."""
    return field(default=None, metadata={"range": (low, high)})


def rows(kind: type[Part]) -> Any:
    """Rows of one kind, in the order in which they were entered."""
    return field(default=(), metadata={"rows": kind})


@dataclass(frozen=True)
class Part:
    """What all parts share: JSON in both directions, tidying, and limits."""

    @property
    def is_blank(self) -> bool:
        """Whether nothing was entered."""
        return self == type(self)()

    def to_json(self) -> dict[str, Any]:
        """What is stored."""
        return {each.name: _stored(getattr(self, each.name)) for each in fields(self)}

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> Self:
        """The part from what was stored; what an older version did not know is empty."""
        stored = stored or {}
        known = [each for each in fields(cls) if each.name in stored]
        return cls(**{each.name: _read(stored[each.name], each.metadata) for each in known})

    def tidied(self) -> Self:
        """The part as it is stored: clean text, no empty rows."""
        return replace(
            self,
            **{each.name: _tidy(getattr(self, each.name), each.metadata) for each in fields(self)},
        )

    def problems(self, prefix: str = "") -> dict[str, Message]:
        """Entries that cannot be accepted, by the name of their field."""
        found: dict[str, Message] = {}
        for each in fields(self):
            found |= _problems(getattr(self, each.name), prefix + each.name, each.metadata)
        return found

    def edited_from(self, before: Self, *, by: int | None, at: datetime) -> Self:
        """This part with the authors and times of both languages kept where nothing changed."""
        texts = {}
        for each in fields(self):
            if "prose" in each.metadata:
                old, new = getattr(before, each.name), getattr(self, each.name)
                texts[each.name] = old.edited(new.zh_TW, new.en, by=by, at=at)
        return replace(self, **texts)


def _stored(value: Any) -> Any:
    if isinstance(value, Localized):
        return value.to_json()
    return [row.to_json() for row in value] if isinstance(value, tuple) else value


def _read(value: Any, rule: Mapping[str, Any]) -> Any:
    if "prose" in rule:
        return Localized.from_json(value)
    return tuple(rule["rows"].of(row) for row in value) if "rows" in rule else value


def _tidy(value: Any, rule: Mapping[str, Any]) -> Any:
    if "prose" in rule:
        single = rule["prose"] <= LINE
        sides = [clean(side or "", single_line=single) or None for side in (value.zh_TW, value.en)]
        return replace(value, zh_TW=sides[0], en=sides[1])
    if "rows" in rule:
        return tuple(row for row in (each.tidied() for each in value) if not row.is_blank)
    return clean(value, single_line="line" in rule) if isinstance(value, str) else value


def _problems(value: Any, name: str, rule: Mapping[str, Any]) -> dict[str, Message]:
    if "prose" in rule:
        sides = {f"{name}_zh": value.zh_TW, f"{name}_en": value.en}
        return {key: _too_long(rule["prose"]) for key, side in sides.items()
                if len(side or "") > rule["prose"]}  # fmt: skip
    if "rows" in rule:
        return _row_problems(value, name)
    most = rule.get("line") or rule.get("text")
    if most and len(value) > most:
        return {name: _too_long(most)}
    if "range" in rule and value is not None:
        low, high = rule["range"]
        if not (math.isfinite(value) and low <= value <= high):
            return {name: msg("This number is not possible here.")}
    return {}


def _row_problems(rows: tuple[Part, ...], name: str) -> dict[str, Message]:
    if len(rows) > MOST_ROWS:
        return {name: msg("Use at most %(n)s rows.", n=str(MOST_ROWS))}
    found: dict[str, Message] = {}
    for position, row in enumerate(rows):
        found |= row.problems(f"{name}-{position}-")
    return found


def _too_long(most: int) -> Message:
    return msg("Use at most %(n)s characters.", n=str(most))
