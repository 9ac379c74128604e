"""How templates write dates, money, numbers and bilingual text: in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import wraps
from typing import Any, NamedTuple

from flask import Flask
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from matchmaker.kernel import formats
from matchmaker.kernel.formats import Amount
from matchmaker.kernel.i18n import Message, translate
from matchmaker.kernel.localized import Localized
from matchmaker.web import door, languages


class Shown(NamedTuple):
    """A bilingual text as one reader gets it."""

    text: str
    tag: str
    is_own: bool
    is_out_of_date: bool


def init_app(app: Flask) -> None:
    """Give templates the formatters as filters."""
    formatters: tuple[Callable[..., object], ...] = (
        localized, shown, sides, say, when, day, relative, clock_time, roc_day, fiscal_year,
        money, number, percent, weeks, file_size, listed, iso, is_past,
        paragraphs, marked, in_order, stacked, on_scale,
    )  # fmt: skip
    for formatter in formatters:
        app.jinja_env.filters[formatter.__name__] = _per_reader(formatter)
    app.jinja_env.globals["shown"] = shown


def _per_reader(formatter: Callable[..., object]) -> Callable[..., object]:
    """The formatter as a filter that runs at every showing.

    Jinja works out a filter over a constant while it compiles, in the language of whoever comes
    first; a filter that takes the context is left alone.
    """

    @pass_context
    @wraps(formatter)
    def filtered(_context: Context, *args: object, **kwargs: object) -> object:
        return formatter(*args, **kwargs)

    return filtered


def localized(value: Localized | Message | str | None) -> str:
    """The text in the reader's language, else in the other one; for use inside sentences."""
    return shown(value).text


def shown(value: Localized | Message | str | None) -> Shown:
    """The text together with its language, so that a page can label what is not the reader's."""
    lang = languages.current()
    if not isinstance(value, Localized):
        return Shown(say(value), lang.tag, True, False)
    text, side = value.best(lang)
    return Shown(text, side.tag, side is lang or not text, value.out_of_date is side)


def sides(value: Localized) -> list[Shown]:
    """Both texts that exist, the reader's language first."""
    lang = languages.current()
    texts = [(value.side(each), each) for each in (lang, lang.other)]
    return [
        Shown(text, each.tag, each is lang, value.out_of_date is each)
        for text, each in texts
        if text
    ]


def say(value: object) -> str:
    """A room's sentence in the reader's language; other values as text, None as nothing."""
    if value is None:
        return ""
    return translate(value, languages.current()) if isinstance(value, Message) else str(value)


def when(at: datetime | None) -> str:
    """A moment with weekday and time, read in Taipei."""
    return formats.instant(at, languages.current()) if at else ""


def day(on: date | datetime | None, *, weekday: bool = False) -> str:
    """A calendar day; a moment gives its day in Taipei."""
    if on is None:
        return ""
    return formats.day(_day_of(on), languages.current(), weekday=weekday)


def clock_time(at: datetime) -> str:
    """The time of day in Taipei."""
    return formats.clock_time(at)


def relative(at: datetime | None) -> str:
    """How far from now: 剩 11 天, 3 天前."""
    return formats.relative(at, door.now(), languages.current()) if at else ""


def roc_day(on: date | datetime) -> str:
    """A day as official papers write it."""
    return formats.roc_day(_day_of(on), languages.current())


def fiscal_year(year: int) -> str:
    """A budget year in both countings."""
    return formats.fiscal_year(year, languages.current())


def money(twd: Amount | None, *, compact: bool = False) -> str:
    """New Taiwan dollars, in full or compact; nothing when no amount is known."""
    return "" if twd is None else formats.money(twd, languages.current(), compact=compact)


def number(value: Amount | None, decimals: int | None = None) -> str:
    """A number with thousands marked; nothing when there is none."""
    return "" if value is None else formats.number(value, languages.current(), decimals=decimals)


def percent(rate: Amount | None, decimals: int = 1) -> str:
    """A share of 0–1 as percent; nothing when there is none."""
    return "" if rate is None else formats.percent(rate, languages.current(), decimals=decimals)


def weeks(count: int) -> str:
    """A length in weeks."""
    return formats.weeks(count, languages.current())


def file_size(size: int) -> str:
    """The size of a file."""
    return formats.file_size(size, languages.current())


def listed(items: Sequence[object]) -> str:
    """Several things in one sentence, bilingual ones in the reader's language."""
    texts = [localized(each) if isinstance(each, Localized) else say(each) for each in items]
    return formats.join(texts, languages.current())


def iso(at: date | datetime) -> str:
    """The machine-readable form for ``<time datetime>``."""
    return at.isoformat()


def is_past(at: datetime) -> bool:
    """Whether a moment lies behind us."""
    return at <= door.now()


def paragraphs(text: str | None) -> Markup:
    """Plain text as paragraphs: an empty line parts them, a line break stays one."""
    blocks = re.split(r"\n\s*\n", (text or "").strip())
    lines = [Markup("<br>").join(block.splitlines()) for block in blocks if block.strip()]
    return Markup("\n").join(Markup("<p>{}</p>").format(line) for line in lines)


def marked(text: str, spans: Iterable[tuple[int, int]] = ()) -> Markup:
    """A text with the given spans of characters highlighted; overlapping spans become one."""
    pieces: list[Markup] = []
    position = 0
    for start, end in sorted(spans):
        start = max(start, position)
        if start < end:
            marks = Markup("<mark>{}</mark>").format(text[start:end])
            pieces += [escape(text[position:start]), marks]
            position = end
    return Markup("").join([*pieces, escape(text[position:])])


def in_order(rows: Iterable[Any], key: str) -> list[tuple[Any, list[Any]]]:
    """Rows gathered by one of their values, in the order in which the values first appear."""
    groups: dict[Any, list[Any]] = {}
    for row in rows:
        value = row.get(key) if isinstance(row, Mapping) else getattr(row, key, None)
        groups.setdefault(value, []).append(row)
    return list(groups.items())


class Piece(NamedTuple):
    """One part of a stacked bar: where it starts and how wide it is, in percent of the bar."""

    word: str
    value: float
    start: float
    width: float
    step: int


def stacked(parts: Sequence[tuple[str, float]], whole: float = 1.0) -> list[Piece]:
    """The parts of a score laid end to end on a bar as long as ``whole``; negative parts are left
    out of the bar, they stand in its table."""
    pieces, start = [], 0.0
    for position, (word, value) in enumerate(parts):
        width = max(0.0, min(100 * value / whole, 100 - start))
        pieces.append(Piece(word, value, round(start, 2), round(width, 2), position % 5 + 1))
        start += width
    return pieces


def on_scale(values: Mapping[str, float | None], margin: float = 0.08) -> dict[str, float]:
    """Where each known value stands on a common line, in percent from its start."""
    known = {name: float(value) for name, value in values.items() if value is not None}
    if not known:
        return {}
    low, high = min(known.values()), max(known.values())
    span = (high - low) or 1.0
    place = (1 - 2 * margin) / span
    return {name: round(100 * (margin + (value - low) * place), 2) for name, value in known.items()}


def _day_of(on: date | datetime) -> date:
    return on.astimezone(formats.TAIPEI).date() if isinstance(on, datetime) else on
