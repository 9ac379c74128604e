"""What the page of a challenge shows: dates in order, target KPIs, tabs, and the next step."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from matchmaker.challenges.lifecycle import ChallengeState
from matchmaker.challenges.models import Challenge
from matchmaker.kernel import formats
from matchmaker.kernel.formats import TAIPEI
from matchmaker.programs.models import Window
from matchmaker.web import door, languages
from matchmaker.web.challenges.blueprint import BETTER, measured
from matchmaker.web.frame import address_of

TABS = {
    "overview": _l("Overview"),
    "data": _l("Data"),
    "kpi": _l("Target KPIs"),
    "rules": _l("Rules"),
    "timeline": _l("Timeline"),
}
EVERYTHING = "all"
NOTICES = {
    "extended": _l("The closing time was moved to %(at)s."),
    "paused": _l("Paused; no proposals are taken until it goes on."),
    "resumed": _l("It goes on; the closing time was moved to %(at)s."),
}
S = ChallengeState
STAGES = (
    (_l("Draft"), frozenset({S.DRAFT, S.CHANGES_REQUESTED})),
    (_l("Approval"), frozenset({S.SUBMITTED})),
    (_l("Publication"), frozenset({S.APPROVED})),
    (_l("Open"), frozenset({S.PUBLISHED, S.PAUSED})),
    (_l("Evaluation"), frozenset({S.EVALUATING})),
    (_l("Decision"), frozenset({S.AWARDED, S.NOT_AWARDED, S.IN_POC, S.COMPLETED})),
)
STOPPED = {S.REJECTED: 1, S.WITHDRAWN: 3, S.ARCHIVED: 5}


def tabs(challenge: Challenge, current: str, **kept: Any) -> list[dict[str, Any]]:
    """The tabs of the page."""
    return [
        {
            "label": str(label),
            "url": url_for(
                ".detail", key=challenge.key, tab=None if name == "overview" else name, **kept
            ),
            "current": name == current,
            "count": len(challenge.kpis) if name == "kpi" else None,
        }
        for name, label in TABS.items()
    ]


def stepper(challenge: Challenge) -> list[dict[str, Any]]:
    """How far a challenge has come, in the words of owner and office."""
    if challenge.state in STOPPED:
        here = _stopped_at(challenge)
        states = ["done"] * here + ["stopped"] + ["ahead"] * (len(STAGES) - here - 1)
    else:
        here = next(n for n, (_word, held) in enumerate(STAGES) if challenge.state in held)
        states = ["done"] * here + ["now"] + ["ahead"] * (len(STAGES) - here - 1)
    dates = [
        challenge.created_at,
        challenge.submitted_at,
        challenge.approved_at,
        challenge.published_at,
        None,
        None,
    ]
    return [
        {"word": str(word), "state": state, "date": _short(at) if at and state != "ahead" else None}
        for (word, _held), state, at in zip(STAGES, states, dates, strict=True)
    ]


def _short(at: datetime) -> str:
    return formats.day(at.astimezone(TAIPEI).date(), languages.current())


def _stopped_at(challenge: Challenge) -> int:
    if challenge.state is S.WITHDRAWN and challenge.published_at is None:
        return 2 if challenge.approved_at else 1 if challenge.submitted_at else 0
    return STOPPED[challenge.state]


def timeline(challenge: Challenge) -> list[dict[str, Any]]:
    """All dates that everybody may know, earliest first, with the notices."""
    call, found = challenge.call, list[tuple[datetime | date, str, str]]()
    if challenge.published_at:
        found.append((challenge.published_at, _("Published"), ""))
    found.append((call.opens_at, _("Proposals are taken from now on"), ""))
    found += [_notice(notice) for notice in challenge.notices or []]
    found.append((challenge.closes_at, _("Closing time"), _("At this moment it is closed.")))
    if call.review_from:
        found.append((call.review_from, _("Review begins"), ""))
    if call.decision_on:
        found.append((call.decision_on, _("Decision"), ""))
    ordered = sorted(found, key=lambda item: _moment(item[0]))
    return [
        {"date": _said(at), "title": title, "text": text, "state": _past(at)}
        for at, title, text in ordered
    ]


def _notice(notice: dict[str, str]) -> tuple[datetime, str, str]:
    closes = formats.instant(datetime.fromisoformat(notice["closes_at"]), languages.current())
    sentence = str(NOTICES[notice["kind"]]) % {"at": closes}
    return datetime.fromisoformat(notice["at"]), sentence, notice["text"]


def notices(challenge: Challenge) -> list[dict[str, Any]]:
    """The public notices, latest first."""
    said = [_notice(notice) for notice in challenge.notices or []]
    return [{"at": at, "sentence": sentence, "text": text} for at, sentence, text in said[::-1]]


def _moment(at: datetime | date) -> datetime:
    if isinstance(at, datetime):
        return at
    return datetime(at.year, at.month, at.day, tzinfo=TAIPEI)


def _said(at: datetime | date) -> str:
    lang = languages.current()
    if isinstance(at, datetime):
        return formats.instant(at, lang)
    return formats.day(at, lang, weekday=True)


def _past(at: datetime | date) -> str:
    return "done" if _moment(at) <= door.now() else "ahead"


def kpis(challenge: Challenge) -> list[dict[str, Any]]:
    """Target KPIs with what is known of them, and a word for what is not."""
    unknown = _("not stated") if challenge.is_taken_over else _("not measured yet")
    return [
        {
            "name": kpi.name,
            "better": kpi.better.value,
            "better_word": str(BETTER[kpi.better]),
            "baseline": measured(kpi.baseline, kpi.unit) or unknown,
            "target": measured(kpi.target, kpi.unit) or _("not stated"),
            "method": kpi.method,
        }
        for kpi in challenge.kpis
    ]


def next_step(challenge: Challenge) -> dict[str, Any]:
    """The one thing a team can do now; without an address it is only said."""
    window = challenge.window(door.now())
    if window is Window.OPEN:
        url = address_of("proposals.new", challenge=challenge.key)
        return {"label": _("Start a proposal"), "url": url, "icon": "pencil"}
    if window is Window.UPCOMING:
        opens = formats.instant(challenge.call.opens_at, languages.current())
        return {"label": _("Opens %(at)s", at=opens), "url": None, "icon": "clock"}
    if challenge.state is ChallengeState.PAUSED:
        return {
            "label": _("Paused; follow it to hear when it goes on"),
            "url": None,
            "icon": "pause",
        }
    if not challenge.is_public:
        return {"label": _("Not public yet"), "url": None, "icon": "eye-off"}
    return {"label": _("Closed; follow the result"), "url": None, "icon": "lock"}


def languages_of(challenge: Challenge) -> str:
    """A note when one of the two languages is missing altogether."""
    if challenge.title.zh_TW and not challenge.title.en:
        return _("This problem is described in Chinese only.")
    if challenge.title.en and not challenge.title.zh_TW:
        return _("This problem is described in English only.")
    return ""
