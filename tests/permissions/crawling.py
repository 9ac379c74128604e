"""Reading everything that somebody can reach: every link, every file, every search."""

from __future__ import annotations

import io
import re
import zipfile
from collections import deque
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import parse_qs, urljoin, urlsplit

from werkzeug.test import TestResponse

from tests.factories.world import World
from tests.permissions.walking import walks

LINK = re.compile(r'\b(?:href|src)="([^"]+)"|<form[^>]*\baction="([^"]+)"[^>]*>')
POSTED = re.compile(r'<form[^>]*method="post"', re.IGNORECASE)
SEARCHES = (
    "/search?q={}", "/challenges?q={}", "/challenges.json?q={}", "/challenges.csv?q={}",
    "/challenges.atom?q={}", "/challenges/queue?q={}", "/teams?q={}", "/teams.json?q={}",
    "/organizations?q={}", "/calls?q={}", "/proposals?q={}", "/admin/accounts?q={}",
    "/audit?thing={}", "/audit?actor={}", "/recommendations?why={}",
)  # fmt: skip
FILE = re.compile(r"\.(csv|xlsx|json|atom|ics)$")
MEASURES = {"Content-Length", "Server-Timing", "Set-Cookie", "X-Statements"}
PER_PAGE = 2  # of the same page under other filters
WHOLE = {"tab", "show"}  # parts of a page, each with words of its own
MOST = 500


@dataclass
class Trip:
    """What somebody read, by address, the pages that broke, and the links that led nowhere."""

    texts: dict[str, str] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)

    def holding(self, word: str) -> list[str]:
        """The addresses under which a word stood."""
        return [address for address, text in self.texts.items() if word in text]


def addresses(world: World) -> list[str]:
    """Where everybody begins: each page that takes no thing, and each public list."""
    return sorted(
        {walk.path for walk in walks() if walk.method == "GET" and "{" not in walk.path}
        - {"/assets/app.000000000000.css", "/healthz", "/readyz"}
    )


def crawl(world: World, role: str, word: str) -> Trip:
    """Follow every link from every page, and search for a word wherever one can."""
    trip = Trip()
    searched = [form.format(word) for form in SEARCHES]
    waiting = deque((address, "") for address in [*addresses(world), *searched])
    seen: dict[tuple[str, frozenset[str]], int] = {}
    known: set[str] = set()
    while waiting and len(trip.texts) < MOST:
        address, linked_from = waiting.popleft()
        parts = urlsplit(address)
        asked = frozenset(parse_qs(parts.query, keep_blank_values=True))
        kind = (parts.path, frozenset() if FILE.search(parts.path) else asked)
        is_variant = linked_from and not asked <= WHOLE and seen.get(kind, 0) >= PER_PAGE
        if address in known or is_variant:
            continue
        known.add(address)
        seen[kind] = seen.get(kind, 0) + 1
        answer = world.get(role, address)
        if answer.status_code >= 500:
            trip.broken.append(address)
        if answer.status_code >= 400 and linked_from:
            trip.dead.append(f"{linked_from} → {address} ({answer.status_code})")
        trip.texts[address] = text_of(answer)
        waiting.extend((link, address) for link in links(address, answer))
    assert len(trip.texts) < MOST, "the crawl did not come to an end"
    return trip


def links(address: str, answer: TestResponse) -> list[str]:
    """Addresses on this site that a page offers to open."""
    if 300 <= answer.status_code < 400:
        return [answer.headers["Location"]]
    if answer.mimetype != "text/html":
        return []
    found = []
    for match in LINK.finditer(answer.get_data(as_text=True)):
        if POSTED.match(match[0]):
            continue
        target = urljoin(address, unescape(match[1] or match[2]).partition("#")[0])
        if target.startswith("/") and not target.startswith(("/assets/", "//")):
            found.append(target)
    return list(dict.fromkeys(found))


def text_of(answer: TestResponse) -> str:
    """Everything that an answer says, headers and packed tables too."""
    said = [value for name, value in answer.headers if name not in MEASURES]
    body = answer.get_data()
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            said += [packed.read(name).decode("utf-8", "replace") for name in packed.namelist()]
    else:
        said.append(body.decode("utf-8", "replace"))
    return "\n".join(said).lower()
