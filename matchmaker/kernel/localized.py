"""Text that people wrote in Chinese, in English, or in both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from matchmaker.kernel.i18n import Lang


@dataclass(frozen=True)
class Localized:
    """One piece of content with up to two sides.

    ``zh_at`` and ``en_at`` say when each side was last changed, ``zh_by`` and ``en_by`` by which
    user id, ``original`` which side was written first.
    """

    zh_TW: str | None = None
    en: str | None = None
    original: Lang | None = None
    zh_at: datetime | None = None
    en_at: datetime | None = None
    zh_by: int | None = None
    en_by: int | None = None

    def side(self, lang: Lang) -> str | None:
        """The text in exactly this language, or None."""
        return self.zh_TW if lang is Lang.ZH_TW else self.en

    def best(self, lang: Lang) -> tuple[str, Lang]:
        """The reader's language if there is a text, else the other one; empty if none."""
        for choice in (lang, lang.other):
            text = self.side(choice)
            if text:
                return text, choice
        return "", lang

    @property
    def is_empty(self) -> bool:
        """Whether neither side says anything."""
        return not (self.zh_TW or self.en)

    @property
    def out_of_date(self) -> Lang | None:
        """The side that is older than a later change of the original, if any."""
        if not (self.zh_TW and self.en and self.zh_at and self.en_at and self.original):
            return None
        translated = self.original.other
        own, other = (
            (self.zh_at, self.en_at) if self.original is Lang.ZH_TW else (self.en_at, self.zh_at)
        )
        return translated if own > other else None

    def edited(
        self, zh_TW: str | None, en: str | None, *, by: int | None, at: datetime
    ) -> Localized:
        """The content with new sides; a side that stays as it was keeps its author and time."""
        zh, en = zh_TW or None, en or None
        after = self
        if zh != self.zh_TW:
            after = replace(after, zh_TW=zh, zh_at=at if zh else None, zh_by=by if zh else None)
        if en != self.en:
            after = replace(after, en=en, en_at=at if en else None, en_by=by if en else None)
        return replace(after, original=after._first_side())

    def _first_side(self) -> Lang | None:
        if self.original and self.side(self.original):
            return self.original
        if self.zh_TW:
            return Lang.ZH_TW
        return Lang.EN if self.en else None

    def to_json(self) -> dict[str, Any]:
        """What is stored: only what is known."""
        parts: dict[str, Any] = {
            "zh_TW": self.zh_TW,
            "en": self.en,
            "original": self.original.value if self.original else None,
            "zh_at": self.zh_at.isoformat() if self.zh_at else None,
            "en_at": self.en_at.isoformat() if self.en_at else None,
            "zh_by": self.zh_by,
            "en_by": self.en_by,
        }
        return {name: value for name, value in parts.items() if value is not None}

    @classmethod
    def from_json(cls, stored: dict[str, Any] | None) -> Localized:
        """The content from what was stored."""
        if not stored:
            return cls()
        return cls(
            zh_TW=stored.get("zh_TW"),
            en=stored.get("en"),
            original=Lang(stored["original"]) if "original" in stored else None,
            zh_at=_instant(stored.get("zh_at")),
            en_at=_instant(stored.get("en_at")),
            zh_by=stored.get("zh_by"),
            en_by=stored.get("en_by"),
        )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


EMPTY = Localized()
