"""What the frame of every page links to: main pages, account, footer. Only pages that exist."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import urlencode

from flask import Flask, current_app, request, url_for
from flask_babel import gettext as _


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


def address_of(endpoint: str) -> str | None:
    """The address of a page without arguments, or None where this installation lacks it."""
    return url_for(endpoint) if endpoint in current_app.view_functions else None


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
            (_("Showcase"), "showcase.index", "trophy"),
            (_("Figures"), "figures.index", "chart-column"),
            (_("Help"), "help.index", "circle-question-mark"),
        ]
    )


def account_pages() -> list[Link]:
    """What a signed-in person finds behind their initials."""
    return _links(
        [
            (_("My account"), "accounts.profile", "user"),
            (_("My account"), "accounts.settings", "user"),
            (_("Password and sessions"), "accounts.security", "key-round"),
            (_("Messages"), "messages.settings", "mail"),
        ]
    )


def footer_pages() -> list[Link]:
    """The pages that close every page."""
    return _links(
        [
            (_("Challenges"), "challenges.index", "target"),
            (_("Organisations"), "organizations.index", "building"),
            (_("Showcase"), "showcase.index", "trophy"),
            (_("Figures"), "figures.index", "chart-column"),
            (_("Help"), "help.index", "circle-question-mark"),
            (_("Glossary"), "help.glossary", "book-open"),
        ]
    )


def _links(entries: Iterable[tuple[str, str, str]]) -> list[Link]:
    found = []
    for label, endpoint, icon in entries:
        url = address_of(endpoint)
        if url is not None:
            is_current = endpoint.partition(".")[0] == request.blueprint
            found.append(Link(label, url, icon, is_current))
    return found
