"""Dates, money, numbers and lists, written the way people in Taiwan and abroad read them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_timedelta
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent

from matchmaker.kernel.i18n import Lang, msg, translate

TAIPEI = ZoneInfo("Asia/Taipei")
FIRST_ROC_YEAR = 1912
ROC_OFFSET = 1911
LOCALES = {Lang.ZH_TW: Locale("zh", "TW", script="Hant"), Lang.EN: Locale("en")}
COMPACT_UNITS = {
    Lang.ZH_TW: ((10**12, "兆"), (10**8, "億"), (10**4, "萬")),
    Lang.EN: ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "K")),
}
Unit = Literal["week", "day", "hour", "minute"]
SPAN_NAMES: dict[timedelta, Unit] = {
    timedelta(days=1): "day",
    timedelta(hours=1): "hour",
    timedelta(minutes=1): "minute",
}
FILE_UNITS = ("kB", "MB", "GB", "TB")
WRITTEN_DAY = re.compile(
    r"(?P<era>民國|中華民國)?\s*(?P<year>\d{1,4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]"
    r"\s*(?P<day>\d{1,2})\s*日?"
)

Amount = int | float | Decimal


@lru_cache(maxsize=4_096, typed=True)
def number(value: Amount, lang: Lang, *, decimals: int | None = None) -> str:
    """A number with thousands marked; ``decimals`` fixes the places, otherwise up to four."""
    pattern = (
        "#,##0.####" if decimals is None else "#,##0" + ("." + "0" * decimals) * bool(decimals)
    )
    return format_decimal(_exact(value), pattern, locale=LOCALES[lang])


@lru_cache(maxsize=4_096, typed=True)
def percent(rate: Amount, lang: Lang, *, decimals: int = 1) -> str:
    """A share of 0–1 as percent, with no more than ``decimals`` places."""
    pattern = "#,##0" + ("." + "#" * decimals) * bool(decimals) + "%"
    return format_percent(_exact(rate), pattern, locale=LOCALES[lang])


def money(twd: Amount, lang: Lang, *, compact: bool = False) -> str:
    """New Taiwan dollars, in full or in three figures: 新臺幣 1,500,000 元, 150 萬元, NT$1.5M."""
    sign, size = ("-" if twd < 0 else ""), abs(_exact(twd))
    if compact:
        return _compact_money(sign, size, lang)
    if lang is Lang.ZH_TW:
        return f"新臺幣 {sign}{number(size, lang)} 元"
    return f"{sign}NT${number(size, lang)}"


@lru_cache(maxsize=4_096, typed=True)
def day(when: date, lang: Lang, *, weekday: bool = False) -> str:
    """A calendar day: 2026/11/24（二） or 24 Nov 2026 (Tue)."""
    locale = LOCALES[lang]
    if lang is Lang.ZH_TW:
        name = f"（{format_date(when, 'EEEEE', locale=locale)}）" if weekday else ""
        return f"{when.year}/{when.month:02d}/{when.day:02d}{name}"
    name = f" ({format_date(when, 'EEE', locale=locale)})" if weekday else ""
    return format_date(when, "d MMM y", locale=locale) + name


def clock_time(at: datetime, *, zone: ZoneInfo = TAIPEI) -> str:
    """The time of day on a 24-hour clock."""
    return f"{at.astimezone(zone):%H:%M}"


def instant(at: datetime, lang: Lang, *, zone: ZoneInfo = TAIPEI) -> str:
    """A moment as read in Taipei: 2026/11/24（二）18:00 or 24 Nov 2026 (Tue) 18:00."""
    gap = "" if lang is Lang.ZH_TW else " "
    return day(at.astimezone(zone).date(), lang, weekday=True) + gap + clock_time(at, zone=zone)


def relative(at: datetime, now: datetime, lang: Lang) -> str:
    """How far away a moment is: 剩 11 天 before it, 3 天前 after it; never promises too much."""
    if timedelta(0) <= now - at < timedelta(minutes=1):
        return translate(msg("just now"), lang)
    if at < now:
        return format_timedelta(at - now, add_direction=True, threshold=1.0, locale=LOCALES[lang])
    if at - now < timedelta(minutes=1):
        return translate(msg("less than a minute left"), lang)
    return translate(msg("%(span)s left", span=_span(at - now, lang)), lang)


def roc_year(year: int) -> int:
    """The year of the Republic of China calendar.

    Raises:
        ValueError: the year lies before 1912, when that calendar begins.
    """
    if year < FIRST_ROC_YEAR:
        raise ValueError(f"{year} lies before the first year of the ROC calendar, 1912.")
    return year - ROC_OFFSET


def roc_day(when: date, lang: Lang) -> str:
    """A day as official papers write it: 中華民國115年11月24日."""
    year = roc_year(when.year)
    if lang is Lang.ZH_TW:
        return f"中華民國{year}年{when.month}月{when.day}日"
    return f"{format_date(when, 'd MMMM y', locale=LOCALES[lang])} (ROC year {year})"


def fiscal_year(year: int, lang: Lang) -> str:
    """A budget year with both countings: 115 年度（2026）."""
    roc = roc_year(year)
    return f"{roc} 年度（{year}）" if lang is Lang.ZH_TW else f"FY {year} (ROC {roc})"


def parse_day(text: str) -> date:
    """The day somebody typed, Gregorian or ROC: 2026-11-24, 2026/11/24, 115/11/24, 115.11.24.

    A year of fewer than three digits is only read as ROC when 民國 stands before it, since
    ``26/11/24`` could mean 2026 as well as 1937.

    Raises:
        ValueError: it is no day that exists, or its year is not clear.
    """
    found = WRITTEN_DAY.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found is None:
        raise ValueError("This is not a date such as 2026/11/24 or 115/11/24.")
    digits, is_roc = found["year"], bool(found["era"])
    if (len(digits) < 3 and not is_roc) or (len(digits) == 4 and is_roc):
        raise ValueError("Write the year in full, such as 2026 or 115.")
    year = int(digits) + (ROC_OFFSET if is_roc or len(digits) == 3 else 0)
    return date(year, int(found["month"]), int(found["day"]))


def join(items: Sequence[str], lang: Lang) -> str:
    """Several things in one sentence: 甲、乙和丙; A, B, and C."""
    return format_list(list(items), locale=LOCALES[lang])


def weeks(count: int, lang: Lang) -> str:
    """A length in weeks: 16 週, 16 weeks, 1 week."""
    return _units(timedelta(weeks=count), "week", lang)


def file_size(size: int, lang: Lang) -> str:
    """The size of a file in decimal units, as operating systems show it."""
    if size < 1000:
        return f"{size} B"
    value, unit = Decimal(size), ""
    for larger in FILE_UNITS:
        value, unit = value / 1000, larger
        if value < Decimal("999.5"):
            break
    places = 1 if value < 10 else 0
    return f"{format_decimal(_rounded(value, places), '#,##0.#', locale=LOCALES[lang])} {unit}"


def _exact(value: Amount) -> Decimal:
    """The decimal a person would write for this number."""
    return value if isinstance(value, Decimal) else Decimal(str(value))


def _rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _three_figures(size: Decimal) -> Decimal:
    """The amount with all but its three leading digits rounded away."""
    return _rounded(size.scaleb(2 - size.adjusted()), 0).scaleb(size.adjusted() - 2)


def _compact_money(sign: str, size: Decimal, lang: Lang) -> str:
    smallest = COMPACT_UNITS[lang][-1][0]
    if size < smallest:
        text = number(size, lang)
        return f"{sign}{text} 元" if lang is Lang.ZH_TW else f"{sign}NT${text}"
    shown = _three_figures(size)
    scale, unit = next(step for step in COMPACT_UNITS[lang] if shown >= step[0])
    figure = number(shown / scale, lang)
    return f"{sign}{figure} {unit}元" if lang is Lang.ZH_TW else f"{sign}NT${figure}{unit}"


def _span(left: timedelta, lang: Lang) -> str:
    """Whole days, hours or minutes of a span of at least one minute, rounded down."""
    unit = next(unit for unit in SPAN_NAMES if left >= unit)
    return _units(left // unit * unit, SPAN_NAMES[unit], lang)


@lru_cache(maxsize=1_024)
def _units(span: timedelta, unit: Unit, lang: Lang) -> str:
    """A span in one unit, however long: 40 days stay days."""
    return format_timedelta(span, unit, threshold=float("inf"), locale=LOCALES[lang])
