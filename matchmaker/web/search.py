"""One search over everything that the reader may see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from flask import Blueprint, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from matchmaker.challenges import queries as challenges
from matchmaker.kernel.i18n import Message
from matchmaker.kernel.localized import Localized
from matchmaker.kernel.pages import Page
from matchmaker.kernel.text import query_phrases
from matchmaker.organizations import queries as organizations
from matchmaker.programs import queries as programs
from matchmaker.programs.models import WINDOW_WORDS
from matchmaker.taxonomy import label
from matchmaker.teams import queries as teams
from matchmaker.web import door

bp = Blueprint("search", __name__)
FEW, MANY = 5, 50


class Hit(NamedTuple):
    """One thing that was found, as a line."""

    title: Localized
    url: str
    ref: str | None
    facts: list[Localized | Message | str]


class Group(NamedTuple):
    """What was found of one kind; ``more_url`` leads to the rest."""

    key: str
    label: object
    hits: list[Hit]
    more_url: str | None


KINDS: Mapping[str, object] = {
    "challenges": _l("Challenges"),
    "teams": _l("Teams"),
    "organizations": _l("Organisations"),
    "calls": _l("Calls"),
}


@bp.get("/search")
def index() -> str:
    """What was found, grouped by kind; ``in`` looks at one kind only."""
    query = request.args.get("q", "").strip()[:100]
    chosen = request.args.get("in", "")
    asked = [chosen] if chosen in KINDS else list(KINDS)
    has_words = bool(query_phrases(query))
    size = MANY if chosen in KINDS else FEW
    groups = [_group(kind, query, size) for kind in asked] if has_words else []
    return render_template(
        "search/index.html",
        query=query,
        chosen=chosen if chosen in KINDS else "",
        kinds=KINDS,
        has_words=has_words,
        groups=[group for group in groups if group.hits],
    )


def _group(kind: str, query: str, size: int) -> Group:
    hits, has_more = FINDERS[kind](query, size)
    return Group(kind, KINDS[kind], hits, _rest_of(kind, query) if has_more else None)


def _rest_of(kind: str, query: str) -> str:
    endpoint = "programs.calls" if kind == "calls" else f"{kind}.index"
    return url_for(endpoint, q=query)


def _challenges(query: str, size: int) -> tuple[list[Hit], bool]:
    wanted = challenges.Filters(query=query, is_public=False)
    page = challenges.listing(door.db(), wanted, seen_by=door.actor(), now=door.now(), size=size)
    found = [row.challenge for row in page.rows]
    return [
        Hit(c.title, url_for("challenges.detail", key=c.key), c.ref, [c.organization.name])
        for c in found
    ], _has_more(page)


def _teams(query: str, size: int) -> tuple[list[Hit], bool]:
    page = teams.listing(door.db(), door.actor(), teams.Filter(query=query), size=size)
    return [
        Hit(
            team.name,
            url_for("teams.detail", key=team.ref),
            team.ref,
            [label("domains", domain) for domain in team.domains[:3]],
        )
        for team in (row.team for row in page.rows)
    ], _has_more(page)


def _organizations(query: str, size: int) -> tuple[list[Hit], bool]:
    page = organizations.listing(door.db(), query=query, size=size)
    return [
        Hit(
            o.name,
            url_for("organizations.detail", key=o.ref),
            o.ref,
            [label("organisation_types", o.type)] if o.type else [],
        )
        for o in page.rows
    ], _has_more(page)


def _calls(query: str, size: int) -> tuple[list[Hit], bool]:
    page = programs.listing(door.db(), seen_by=door.actor(), now=door.now(), query=query, size=size)
    return [
        Hit(
            call.name,
            url_for("programs.call", slug=call.slug),
            None,
            [call.program.name, WINDOW_WORDS[call.window(door.now())].staff],
        )
        for call in page.rows
    ], _has_more(page)


def _has_more(page: Page[Any]) -> bool:
    return page.older is not None


FINDERS: Mapping[str, Callable[[str, int], tuple[list[Hit], bool]]] = {
    "challenges": _challenges,
    "teams": _teams,
    "organizations": _organizations,
    "calls": _calls,
}
