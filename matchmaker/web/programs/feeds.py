"""Calls for calendars and feed readers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from icalendar import Calendar, Event

from matchmaker.config import Settings
from matchmaker.kernel.i18n import Lang
from matchmaker.programs.models import Call

MINUTES_SHOWN = timedelta(minutes=15)


def site_url(path: str) -> str:
    """A path as an address that works outside the site; never made from the request."""
    settings: Settings = current_app.extensions["matchmaker.settings"]
    return settings.site_url.rstrip("/") + path


def calendar(calls: Iterable[Call], urls: dict[int, str], lang: Lang) -> bytes:
    """Opening, closing, review and decision of some calls, as an iCalendar file."""
    book = Calendar()
    book.add("prodid", "-//Matchmaker//Calls//EN")
    book.add("version", "2.0")
    for call in calls:
        for event in _events(call, urls[call.id], lang):
            book.add_component(event)
    content: bytes = book.to_ical()
    return content


def _events(call: Call, url: str, lang: Lang) -> list[Any]:
    name = call.name.best(lang)[0]
    moments: list[tuple[str, str, date | datetime | None]] = [
        ("opens", _("%(call)s opens", call=name), call.opens_at),
        ("closes", _("%(call)s closes", call=name), call.closes_at),
        ("review", _("%(call)s: review begins", call=name), call.review_from),
        ("decision", _("%(call)s: decision", call=name), call.decision_on),
    ]
    return [_event(call, url, *moment) for moment in moments if moment[2] is not None]


def _event(call: Call, url: str, kind: str, summary: str, at: date | datetime | None) -> Any:
    event = Event()
    event.add("uid", f"{call.public_id}-{kind}@matchmaker")
    event.add("dtstamp", call.published_at or call.created_at)
    event.add("sequence", call.version)
    event.add("summary", summary)
    event.add("url", url)
    event.add("dtstart", at)
    if isinstance(at, datetime):
        event.add("dtend", at + MINUTES_SHOWN)
    return event
