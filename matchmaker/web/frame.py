"""What the frame of every page links to: main pages, account, footer. Only pages that exist."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import Flask, current_app, request, url_for
from flask_babel import gettext as _

LISTS = ("index", "calls")  # the page of a room that stands for all of them


class Link(NamedTuple):
    """One entry of a list of pages."""

    label: str
    url: str
    icon: str
    current: bool


def install(app: Flask) -> None:
    """Let templates ask for these links."""
    app.jinja_env.globals.update(
        address_of=address_of,
        here=here,
        public_pages=public_pages,
        account_pages=account_pages,
        footer_pages=footer_pages,
    )


def address_of(endpoint: str, **values: Any) -> str | None:
    """The address of a page, or None where this installation lacks it."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None


def here() -> str:
    """The path being read, to come back to after choosing a language or theme."""
    if request.method != "GET":
        return request.path
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return request.path + ("?" + urlencode(kept) if kept else "")


def public_pages() -> list[Link]:
    """What a visitor finds in the top bar."""
    return _links(
        [
            (_("Challenges"), "challenges.index", "target"),
            (_("Calls"), "programs.calls", "calendar"),
            (_("Showcase"), "showcase.index", "trophy"),
            (_("Organisations"), "organizations.index", "building"),
            (_("Help"), "help.index", "circle-question-mark"),
        ]
    )


def account_pages() -> list[Link]:
    """What a signed-in person finds behind their initials."""
    return _links(
        [
            (_("Profile"), "settings.profile", "user"),
            (_("Password and sessions"), "settings.security", "key-round"),
        ]
    )


def footer_pages() -> list[Link]:
    """The pages that close every page."""
    return _links(
        [
            (_("Challenges"), "challenges.index", "target"),
            (_("Teams"), "teams.index", "users"),
            (_("Organisations"), "organizations.index", "building"),
            (_("Showcase"), "showcase.index", "trophy"),
            (_("Help"), "help.index", "circle-question-mark"),
            (_("Words"), "help.glossary", "book-open"),
        ]
    )


def _links(entries: Iterable[tuple[str, str, str]]) -> list[Link]:
    found = []
    for label, endpoint, icon in entries:
        url = address_of(endpoint)
        if url is not None:
            room, _dot, page = endpoint.partition(".")
            is_inside = room == request.blueprint and page in LISTS
            is_current = is_inside or endpoint == request.endpoint
            found.append(Link(label, url, icon, is_current))
    return found
