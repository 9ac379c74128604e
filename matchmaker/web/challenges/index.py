"""The list of challenges: page, feed and files of one and the same filter."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from matchmaker.challenges import queries
from matchmaker.challenges.browsing import Counts, Filters, Row
from matchmaker.challenges.content import READY
from matchmaker.challenges.models import Challenge
from matchmaker.config import Settings
from matchmaker.kernel import formats
from matchmaker.programs import queries as programs
from matchmaker.web import door, languages
from matchmaker.web.challenges import filtering
from matchmaker.web.challenges.blueprint import bp, goal, public_state
from matchmaker.web.words import term

FEED_SIZE = 50


@bp.get("/challenges")
def index() -> str:
    """Challenges that everybody may read, those that close first before the others."""
    wanted, now, actor = filtering.asked(), door.now(), door.actor()
    page = queries.listing(
        door.db(), wanted, seen_by=actor, now=now, sort=filtering.sort(),
        after=request.args.get("after"),
    )  # fmt: skip
    counts = queries.counts(door.db(), wanted, seen_by=actor, now=now)
    calls = programs.calls_of_slugs(door.db(), [wanted.call] if wanted.call else [])
    call_name = calls[0].name.best(languages.current())[0] if calls else ""
    return render_template(
        "challenges/index.html",
        wanted=wanted,
        page=page,
        cards=[card(row) for row in page.rows],
        figures=_figures(counts),
        count=ngettext("%(num)s challenge", "%(num)s challenges", counts.total),
        facets=filtering.facets(wanted, counts),
        chips=filtering.chips(wanted, call_name),
        sorts=filtering.sorts(),
        address=lambda endpoint, **more: filtering.address(endpoint, wanted, **more),
        keep=_kept(wanted),
        is_first=request.args.get("after") is None,
    )


@bp.get("/challenges.atom")
def atom() -> Response:
    """The newest challenges of a filter, for feed readers."""
    wanted = filtering.asked()
    page = queries.listing(
        door.db(), wanted, seen_by=door.actor(), now=door.now(), sort=queries.Sort.NEWEST,
        size=FEED_SIZE,
    )  # fmt: skip
    found = [row.challenge for row in page.rows]
    body = render_template(
        "challenges/feed.xml",
        challenges=found,
        here=site_url(filtering.address("challenges.atom", wanted)),
        home=site_url(filtering.address("challenges.index", wanted)),
        url=lambda c: site_url(url_for("challenges.detail", key=c.key)),
        changed=max((c.edited_at for c in found), default=door.now()),
    )
    return Response(body, content_type="application/atom+xml; charset=utf-8")


def site_url(path: str) -> str:
    """A path as an address that works outside the site; never made from the request."""
    settings: Settings = current_app.extensions["matchmaker.settings"]
    return settings.site_url.rstrip("/") + path


def card(row: Row) -> dict[str, Any]:
    """One challenge as the list shows it."""
    challenge = row.challenge
    return {
        "challenge": challenge,
        "state": public_state(challenge),
        "is_saved": row.is_saved,
        "facts": facts(challenge),
        "goal": goal(challenge),
        "tags": [term(tag, "technologies") for tag in challenge.technologies[:4]],
    }


def facts(challenge: Challenge) -> list[str]:
    """What a team wants to know first, in a few words each."""
    money = challenge.budget_twd
    return [
        *(term(domain, "domains") for domain in challenge.domains[:2]),
        *(term(kind, "modalities") for kind in challenge.modalities[:2]),
        _("data ready") if challenge.readiness.get("data") == READY else "",
        formats.money(money, languages.current(), compact=True) if money else "",
        ngettext("wants %(num)s PoC", "wants %(num)s PoCs", challenge.k_poc),
    ]


def _kept(wanted: Filters) -> dict[str, str]:
    """What a search takes along though no field of the filter bar holds it."""
    return ({"call": wanted.call} if wanted.call else {}) | (
        {"saved": "1"} if wanted.is_saved else {}
    )


def _figures(counts: Counts) -> list[str]:
    """How many are open, and how many of them close soon."""
    found = [ngettext("%(num)s open", "%(num)s open", counts.open)]
    if counts.closing_soon:
        found.append(
            ngettext(
                "%(num)s closes within 7 days", "%(num)s close within 7 days", counts.closing_soon
            )
        )
    return found
