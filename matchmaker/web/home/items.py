"""One line of what needs attention: when, what, and the one button."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _

from matchmaker.kernel import formats
from matchmaker.kernel.localized import Localized
from matchmaker.web import door, languages

WEEK = timedelta(days=7)
LATELY = timedelta(days=14)


@dataclass(frozen=True)
class Item:
    """A sentence with one button. ``at`` is when it is due; ``is_waiting`` has others to act."""

    sentence: str
    action: str
    url: str
    at: datetime | None = None
    many: int | None = None
    is_waiting: bool = False


@dataclass(frozen=True)
class Line:
    """An item as the page shows it, below the heading of its group."""

    group: str
    count: int | None
    sentence: str
    due: str
    action: str
    url: str
    tone: str


def lines(items: list[Item], now: datetime) -> list[Line]:
    """Items in groups: overdue, this week, later or without a day, waiting for others."""
    ranked = sorted(items, key=lambda item: (_rank(item, now), item.at or now + 52 * WEEK))
    return [_line(item, _rank(item, now)) for item in ranked]


def _rank(item: Item, now: datetime) -> int:
    if item.is_waiting:
        return 3
    if item.at is None:
        return 2
    if item.at <= now:
        return 0
    return 1 if item.at <= now + WEEK else 2


def _line(item: Item, rank: int) -> Line:
    headings = (_("Overdue"), _("This week"), _("To do"), _("Waiting for others"))
    tones = ("refused", "caution", "note", "neutral")
    return Line(
        group=headings[rank],
        count=item.many,
        sentence=item.sentence,
        due=_due(item.at) if item.at and not item.is_waiting else "",
        action=item.action,
        url=item.url,
        tone=tones[rank],
    )


def _due(at: datetime) -> str:
    lang = languages.current()
    moment = formats.instant(at, lang)
    distance = formats.relative(at, door.now(), lang)
    return _("due %(moment)s (%(distance)s)", moment=moment, distance=distance)


def called(text: Localized) -> str:
    """The name of a thing inside a sentence."""
    return text.best(languages.current())[0] or _("without a title")
