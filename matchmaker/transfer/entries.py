"""One record of a file, read name by name; what cannot be read is noted with its place."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

from matchmaker import taxonomy
from matchmaker.kernel.i18n import Lang, Message, msg
from matchmaker.kernel.tabular import Problem
from matchmaker.kernel.text import HAN, fold
from matchmaker.transfer.files import Row

OF_KPI = re.compile(r"rows-(?P<place>\d+)-(?P<name>.+)")
ENDINGS = ("_zh", "_en", "_zh_TW")
W = TypeVar("W", bound=StrEnum)
N = TypeVar("N", int, float)


class Left:
    """What a load leaves out: names that have no place here, and words that no list has."""

    def __init__(self) -> None:
        self.columns: Counter[str] = Counter()
        self.words: Counter[tuple[str, str]] = Counter()


class Entry:
    """One record, or one part of it, and the names that were asked for so far.

    Args:
        within: where a part stands, such as ``projects[1]``.
    """

    def __init__(
        self, row: Row, left: Left, content: Mapping[str, Any] | None = None, within: str = ""
    ):
        self.row, self.left, self.within = row, left, within
        self.content: Mapping[str, Any] = row.record if content is None else content
        self.problems: list[Problem] = []
        self._named: dict[str, str] = {}
        self._asked: set[str] = {"id", "lang", "provenance"}

    def note(self, reason: Message, name: str) -> None:
        """Note a problem at a name."""
        self.problems.append(Problem(self.row.file, self.row.line, self.place(name), reason))

    def refused(self, fields: Mapping[str, Message]) -> list[Problem]:
        """What a verb refused, each at the column it came from."""
        return [
            Problem(self.row.file, self.row.line, self.place(field), reason)
            for field, reason in fields.items()
        ]

    def place(self, field: str) -> str | None:
        """The column of the file in which a field of ours stood."""
        if not field:
            return self.within or None
        if kpi := OF_KPI.fullmatch(field):
            return f"kpis[{kpi['place']}].{kpi['name'].removesuffix('_zh').removesuffix('_en')}"
        stem = next((field.removesuffix(e) for e in ENDINGS if field.endswith(e)), field)
        name = self._named.get(field) or self._named.get(stem) or stem
        for column in (self._flat(field), self._flat(name)):
            if column in self.row.columns:
                return column
        return f"{self.within}.{name}" if self.within else name

    def _flat(self, name: str) -> str:
        """The column that a table has for a name inside a part: ``project_1_title``."""
        if not self.within.startswith("projects["):
            return name
        number = int(self.within.removeprefix("projects[").removesuffix("]")) + 1
        return f"project_{number}_{name}"

    def value(self, field: str, *names: str) -> Any:
        """The first of several names that says something."""
        for name in (field, *names):
            self._asked.add(name)
            value = self.content.get(name)
            if value not in (None, "", [], {}):
                self._named.setdefault(field, name)
                return value
        return None

    def sides(self, field: str, *names: str) -> tuple[str, str]:
        """A text in Chinese and in English; plain text joins the language the record declares."""
        value = self.value(field, *names)
        if isinstance(value, Mapping):
            zh, en = (value.get(lang) for lang in ("zh_TW", "en"))
            if zh is None:
                zh = value.get("zh")
            if all(side is None or isinstance(side, str) for side in (zh, en)):
                return zh or "", en or ""
        elif isinstance(value, str):
            return (value, "") if self._language(value) is Lang.ZH_TW else ("", value)
        elif value is None:
            return "", ""
        self.note(msg("A text is expected here."), field)
        return "", ""

    def _language(self, text: str) -> Lang:
        declared = self.row.record.get("lang")
        if isinstance(declared, str) and (lang := Lang.parse(declared)):
            return lang
        return Lang.ZH_TW if HAN.search(text) else Lang.EN

    def text(self, field: str, *names: str) -> str:
        """A text without a language: a place, a number written as text."""
        value = self.value(field, *names)
        if isinstance(value, str):
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(int(value) if float(value).is_integer() else value)
        if isinstance(value, Mapping) and any(isinstance(side, str) for side in value.values()):
            return " / ".join(side for side in value.values() if isinstance(side, str))
        if value is not None:
            self.note(msg("A text is expected here."), field)
        return ""

    def whole(self, field: str, *names: str) -> int | None:
        """A whole number; None where nothing is said."""
        return self._numeric(field, names, int, msg("A whole number is expected here."))

    def number(self, field: str, *names: str) -> float | None:
        """A number; None where nothing is said."""
        return self._numeric(field, names, float, msg("A number is expected here."))

    def _numeric(
        self, field: str, names: Sequence[str], kind: Callable[[float], N], reason: Message
    ) -> N | None:
        value = self.value(field, *names)
        if value is None:
            return None
        try:
            if isinstance(value, bool) or not isinstance(value, str | int | float):
                raise ValueError(value)
            number = float(str(value).replace(",", ""))
            if kind is int and not number.is_integer():
                raise ValueError(value)
            return kind(number)
        except (ValueError, OverflowError):
            self.note(reason, field)
            return None

    def choice(self, field: str, words: type[W]) -> W | None:
        """A word of a closed list; None where nothing is said."""
        value = self.value(field)
        if value is None:
            return None
        code = _code(str(value))
        if code in set(words):
            return words(code)
        known = ", ".join(word.value for word in words)
        self.note(msg("One of these is expected here: %(words)s.", words=known), field)
        return None

    def terms(self, field: str, *names: str) -> list[str]:
        """Terms of a taxonomy list, given by id, label or synonym; others are left out."""
        return self._listed(field, names, lambda word: term_of(field, word))

    def words(self, field: str, known: Sequence[str], *names: str) -> list[str]:
        """Words of a closed list; others are left out."""
        by_code = {_code(word): word for word in known}
        return self._listed(field, names, lambda word: by_code.get(_code(word)))

    def _listed(
        self, field: str, names: Sequence[str], find: Callable[[str], str | None]
    ) -> list[str]:
        said: list[str] = []
        for name in (field, *names):
            self._asked.add(name)
            value = self.content.get(name) or []
            given = [value] if isinstance(value, str) else value
            if not isinstance(given, Sequence) or not all(isinstance(w, str) for w in given):
                self.note(msg("A list of texts is expected here."), name)
                continue
            said += [word for word in given if word.strip()]
        found = [find(word) for word in said]
        for word, term in zip(said, found, strict=True):
            if term is None:
                self.left.words[field, word] += 1
        return list(dict.fromkeys(term for term in found if term))

    def parts(self, field: str, *names: str) -> list[Entry]:
        """The parts of a list of records; a table holds them as JSON in one cell."""
        value = self.value(field, *names)
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except (ValueError, RecursionError):
                value = None
        elif value is None:
            return []
        if not isinstance(value, Sequence) or not all(isinstance(v, Mapping) for v in value):
            self.note(msg("A list of records is expected here."), field)
            return []
        name = self._named.get(field, field)
        return [
            Entry(self.row, self.left, each, within=f"{name}[{place}]")
            for place, each in enumerate(value)
        ]

    def part(self, field: str) -> Entry:
        """A record within this one; an empty one where it is not there."""
        value = self.value(field)
        if value is not None and not isinstance(value, Mapping):
            self.note(msg("A record is expected here."), field)
            value = None
        return Entry(self.row, self.left, value or {}, within=field)

    def settle(self, *parts: Entry) -> None:
        """Take over the problems of parts, and count the names that nobody asked for."""
        for part in parts:
            part.settle()
            self.problems += part.problems
        for name, value in self.content.items():
            if name not in self._asked and value not in (None, "", [], {}):
                where = self.within.partition("[")[0]
                self.left.columns[f"{where}.{name}" if where else name] += 1


def term_of(kind: str, word: str) -> str | None:
    """The id of the taxonomy term that a word names, by id, label or synonym."""
    return _terms(kind).get(_code(word))


@cache
def _terms(kind: str) -> dict[str, str]:
    found: dict[str, str] = {}
    terms = taxonomy.terms(kind).values()
    for term in terms:
        found[_code(term.id)] = term.id
    for term in terms:
        for word in (term.label.zh_TW, term.label.en, *term.synonyms):
            if word:
                found.setdefault(_code(word), term.id)
    return found


def _code(word: str) -> str:
    """A word as lists compare it: ``Public-Safety`` is ``public_safety``."""
    plain = unicodedata.normalize("NFKC", fold(word)).strip()
    return "_".join(plain.replace("-", " ").replace("_", " ").split())
