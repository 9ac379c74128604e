"""Sentences that are written once in English and read in the reader's language.

Rooms say ``msg("You lead no team.")``; the door that shows it calls ``translate``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from gettext import NullTranslations
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

CATALOGUES = Path(__file__).parent.parent / "translations"


class Lang(StrEnum):
    """A language that people read Matchmaker in."""

    ZH_TW = "zh_TW"
    EN = "en"

    @property
    def tag(self) -> str:
        """The BCP 47 tag for ``lang`` attributes."""
        return "zh-Hant-TW" if self is Lang.ZH_TW else "en"

    @property
    def other(self) -> Lang:
        """The opposite language."""
        return Lang.EN if self is Lang.ZH_TW else Lang.ZH_TW

    @classmethod
    def parse(cls, text: str | None) -> Lang | None:
        """The language of a tag such as ``zh-TW``, ``zh_Hant_TW`` or ``en-GB``; None if neither."""
        head = (text or "").lower().replace("_", "-").split("-")[0]
        return {"zh": cls.ZH_TW, "en": cls.EN}.get(head)


@dataclass(frozen=True)
class Message:
    """A whole English sentence with named gaps, translated when it is shown.

    Values may be messages themselves (a state's name inside a refusal).
    """

    text: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return translate(self, Lang.EN)

    def __hash__(self) -> int:
        return hash((self.text, tuple(sorted((k, str(v)) for k, v in self.values.items()))))


def msg(text: str, /, **values: object) -> Message:
    """Mark a sentence for translation; the extractor collects every call."""
    return Message(text, values)


@cache
def catalogue(lang: Lang) -> NullTranslations:
    """The sentences of one language; compiled beside its source when that is newer."""
    if lang is Lang.EN:
        return NullTranslations()
    folder = CATALOGUES / "zh_Hant_TW" / "LC_MESSAGES"
    source, compiled = folder / "messages.po", folder / "messages.mo"
    if source.exists() and _older(compiled, source):
        _compile(source, compiled)
    if not compiled.exists():
        return NullTranslations()
    with compiled.open("rb") as file:
        return Translations(file, domain="messages")


def translate(message: Message | str, lang: Lang) -> str:
    """The sentence in ``lang``, its gaps filled; English where no translation exists."""
    if isinstance(message, str):
        return message
    text = catalogue(lang).gettext(message.text)
    if not message.values:
        return text.replace("%%", "%")
    return text % {name: _spoken(value, lang) for name, value in message.values.items()}


def _spoken(value: object, lang: Lang) -> object:
    """A sentence or a bilingual text inside a sentence, in the reader's language."""
    if isinstance(value, Message):
        return translate(value, lang)
    best = getattr(value, "best", None)
    return best(lang)[0] if callable(best) else value


def _older(compiled: Path, source: Path) -> bool:
    return not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime


def _compile(source: Path, compiled: Path) -> None:
    """Write the binary catalogue; a read-only installation keeps what it shipped with."""
    try:
        with source.open("rb") as text:
            content = read_po(text, locale="zh_Hant_TW")
        temporary = compiled.with_suffix(".tmp")
        with temporary.open("wb") as out:
            write_mo(out, content)
        temporary.replace(compiled)
    except OSError:
        return
