"""Calls as everybody sees them: the list, a page for each, calendar and feed."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import gettext as _

from matchmaker.kernel.i18n import Message
from matchmaker.kernel.localized import Localized
from matchmaker.kernel.permissions import can
from matchmaker.programs import queries
from matchmaker.programs.models import WINDOW_WORDS, Call, Window
from matchmaker.programs.rules import CallRules, checklist_of, sentences
from matchmaker.web import door, languages
from matchmaker.web.programs import feeds

bp = Blueprint("programs", __name__)

TONES = {"quiet": "neutral"}


@bp.get("/calls")
def calls() -> str:
    """All calls one may see, latest closing first."""
    chosen = request.args.get("window", "")
    query = request.args.get("q", "")[:100]
    page = queries.listing(
        door.db(),
        seen_by=door.actor(),
        now=door.now(),
        query=query,
        window=Window(chosen) if chosen in set(Window) else None,
        after=request.args.get("after"),
    )
    return render_template(
        "programs/calls.html", page=page, query=query, chosen=chosen, windows=_windows()
    )


@bp.get("/calls.atom")
def calls_atom() -> Response:
    """Open calls for feed readers."""
    found = queries.open_calls(door.db(), door.now())
    changed = [call.published_at for call in found if call.published_at]
    body = render_template(
        "programs/feed.xml",
        calls=found,
        updated=max(changed, default=door.now()),
        site_url=feeds.site_url,
    )
    return _file(body.encode(), "application/atom+xml; charset=utf-8")


@bp.get("/calls.ics")
def calls_ics() -> Response:
    """Calls that are open or will open, for calendars."""
    found = queries.calendar(door.db(), door.now(), limit=50)
    return _calendar(found, "calls")


@bp.get("/calls/<slug>.ics")
def call_ics(slug: str) -> Response:
    """The days of one call, for calendars."""
    call = queries.get_call(door.db(), slug, seen_by=door.actor())
    return _calendar([call], call.slug)


@bp.get("/calls/<slug>")
def call(slug: str) -> str:
    """The page of one call: days, rules, money, documents, terms."""
    found = queries.get_call(door.db(), slug, seen_by=door.actor())
    actor = door.actor()
    return render_template(
        "programs/call.html",
        call=found,
        window=found.window(door.now()),
        rules=rules_in_words(found),
        documents=checklist_of(found.checklist),
        notices=[Localized.from_json(n["text"]) for n in reversed(found.notices)],
        may_edit=bool(can(actor, "call.edit", found)),
    )


@bp.app_template_global("call_state")
def call_state(found: Call) -> tuple[Message, str]:
    """Word and tone for where a call stands now."""
    words = WINDOW_WORDS[found.window(door.now())]
    return words.staff, TONES.get(words.tone, words.tone)


def rules_in_words(found: Call) -> list[Message]:
    """The rules of a call, with those of its sister calls that one may know of, by name.

    One statement where it has some.
    """
    rules = CallRules.of(found.rules)
    actor, lang = door.actor(), languages.current()
    sisters = queries.calls_of_slugs(door.db(), rules.sister_calls)
    names = tuple(c.name.best(lang)[0] for c in sisters if can(actor, "call.view", c))
    return sentences(replace(rules, sister_calls=names))


def _windows() -> list[tuple[str, str]]:
    words = {Window.OPEN: _("Open"), Window.UPCOMING: _("Opens soon"), Window.CLOSED: _("Closed")}
    return [(window.value, word) for window, word in words.items()]


def _calendar(found: list[Call], name: str) -> Response:
    urls = {call.id: feeds.site_url(url_for("programs.call", slug=call.slug)) for call in found}
    body = feeds.calendar(found, urls, languages.current())
    answer = _file(body, "text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return answer


def _file(body: bytes, kind: str) -> Response:
    answer = make_response(body)
    answer.headers["Content-Type"] = kind
    return answer
