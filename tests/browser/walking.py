"""Walking through the site by its links, and noting every page there is."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Flask
from playwright.sync_api import Page
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from tests.browser.looking import Look, faults_of, look_for
from tests.browser.site import TAGS, Site

MORE = 2  # further addresses of a kind of page whose links are followed
PARTS = ("section", "name", "slug", "verb", "code", "tab")  # they make it another page
STEPS = {"challenges.step"}  # where a slug is no name of a thing
LINK = re.compile(r'<a [^>]*?href="([^"]*)"')
ELEMENT = re.compile(r'<(\w+)(?: [^>]*?class="([^"]*)")?')
Kind = tuple[str, ...]


@dataclass
class Walk:
    """What all walkers have seen, and what is wrong with it."""

    app: Flask
    met: set[Kind] = field(default_factory=set)
    looks: Counter[Kind] = field(default_factory=Counter)
    places: dict[Kind, tuple[str | None, str]] = field(default_factory=dict)
    shapes: set[tuple[str, str]] = field(default_factory=set)
    titles: dict[tuple[str | None, str, str], Kind] = field(default_factory=dict)
    files: set[Kind] = field(default_factory=set)
    opened: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def kind_of(self, address: str) -> Kind | None:
        """Which page an address opens: its endpoint, and what makes it another page."""
        parts = urlsplit(address)
        try:
            endpoint, values = self.app.url_map.bind("localhost").match(parts.path, method="GET")
        except (HTTPException, RequestRedirect):
            return None
        asked = dict(parse_qsl(parts.query)) | {k: str(v) for k, v in values.items()}
        names = [n for n in PARTS if n in asked and (n != "slug" or endpoint in STEPS)]
        return (endpoint, *(asked[name] for name in names))

    def next_look(self, kind: Kind) -> Look:
        return look_for("".join(kind), self.looks[kind])


@dataclass
class Walker:
    """Somebody who walks through the site."""

    walk: Walk
    role: str | None
    page: Page
    site: Site
    heard: list[str] = field(default_factory=list)
    queues: dict[Kind, list[str]] = field(default_factory=dict)
    done: set[Kind] = field(default_factory=set)
    known: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.page.on("console", lambda m: self.hear(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self.hear(str(error)))
        self.page.on("request", lambda r: self.hear(r.url) if self.is_foreign(r.url) else None)

    def hear(self, text: str) -> None:
        self.heard.append(text)

    def is_foreign(self, url: str) -> bool:
        return not url.startswith((self.site.url, "data:", "blob:"))

    def go_round(self, *starts: str) -> None:
        """Follow links until every page that this role reaches has been seen."""
        self.gather(starts)
        while kind := next((k for k in self.queues if k not in self.done), None):
            waiting = self.queues[kind]
            fresh = [path for path in waiting if path not in self.walk.opened]
            path = (fresh or waiting)[0]
            self.done.add(kind)
            if kind in self.walk.files:
                continue
            is_new = self.read(path, kind)
            if kind not in self.walk.files and (is_new or not self.walk.looks[kind]):
                self.look_at(path, kind)
            if len(kind) == 1 and kind not in self.walk.files:
                for other in [each for each in waiting if each != path][:MORE]:
                    self.read(other, kind)

    def gather(self, links: list[str] | tuple[str, ...]) -> None:
        """Keep the addresses of pages that are new to this walker."""
        for link in links:
            path = without_language(link.partition("#")[0])
            kind = self.walk.kind_of(path) if path.startswith("/") else None
            if kind is not None and path not in self.known:
                self.known.add(path)
                self.queues.setdefault(kind, []).append(path)

    def read(self, path: str, kind: Kind) -> bool:
        """Follow the links of a page; says whether anything on it is of a form not seen before."""
        walk, answer = self.walk, self.page.request.get(path)
        walk.opened.add(path)
        walk.met |= {kind, walk.kind_of(answer.url) or kind}
        if not answer.ok and not is_example(kind):
            walk.wrong.append(f"{self.role}: {path} is a dead link ({answer.status})")
        if "html" not in answer.headers["content-type"]:
            walk.files.add(kind)
            return False
        text = answer.text()
        self.gather(LINK.findall(text.replace("&amp;", "&")))
        new = set(ELEMENT.findall(text)) - walk.shapes
        walk.shapes |= new
        return bool(new)

    def look_at(self, path: str, kind: Kind) -> None:
        """Open a page and note what is wrong with it."""
        walk, page, look = self.walk, self.page, self.walk.next_look(kind)
        self.heard.clear()
        walk.looks[kind] += 1
        walk.places.setdefault(kind, (self.role, path))
        page.set_viewport_size(look.viewport)
        page.emulate_media(color_scheme=look.theme)
        page.goto(with_language(path, look.lang))
        opened = walk.kind_of(page.url) or kind
        if opened != kind:
            self.done.add(opened)
            walk.looks[opened] += 1
        faults = faults_of(page, look) + ([] if is_example(kind) else self.heard)
        first = walk.titles.setdefault((self.role, look.lang, page.title()), opened)
        if first != opened:
            faults.append(f"has the title of {first}: {page.title()}")
        where = f"{self.role or 'visitor'} {look} {path}"
        walk.wrong += [f"{where}: {fault}" for fault in faults]


def is_example(kind: Kind) -> bool:
    """Whether the page shows how an error looks, and so answers with its status."""
    return kind[0] == "styleguide.error"


def without_language(path: str) -> str:
    """The address without the language that a link may fix."""
    base, _mark, query = path.partition("?")
    kept = [(name, value) for name, value in parse_qsl(query) if name != "lang"]
    return base + ("?" + urlencode(kept) if kept else "")


def with_language(path: str, lang: str) -> str:
    """The address in this language."""
    return f"{path}{'&' if '?' in path else '?'}lang={TAGS[lang]}"
