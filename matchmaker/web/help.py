"""Help in both languages, and the words of the field."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from flask import Blueprint, render_template, request
from flask_babel import lazy_gettext as _l

from matchmaker.kernel.errors import NotFound
from matchmaker.kernel.resources import folder
from matchmaker.kernel.text import fold

bp = Blueprint("help", __name__)


class Topic(NamedTuple):
    """One page of help: its title, what it answers, its icon."""

    title: object
    about: object
    icon: str


TOPICS: Mapping[str, Topic] = {
    "owners": Topic(
        _l("For problem owners"),
        _l("From a problem in daily work to a team that tries to solve it."),
        "target",
    ),
    "teams": Topic(
        _l("For teams"), _l("Finding problems worth answering, and handing a proposal in."), "users"
    ),
    "managers": Topic(
        _l("For programme managers"),
        _l("Calls, approvals, matching, and what stays sealed until when."),
        "calendar",
    ),
    "calls": Topic(
        _l("How a call works"), _l("Days, rules, money, and what cannot change any more."), "clock"
    ),
    "matching": Topic(
        _l("How matching works"),
        _l("What a score means, where its reasons come from, and who decides."),
        "puzzle",
    ),
    "plans": Topic(
        _l("How a plan is made"),
        _l("All challenges of a call considered together: numbers, fairness, locks, and clashes."),
        "scale",
    ),
    "privacy": Topic(
        _l("Privacy"), _l("Who sees what about people and organisations, and for how long."), "lock"
    ),
    "accessibility": Topic(
        _l("Accessibility"),
        _l("Keyboard, screen readers, large text, print, two languages."),
        "eye",
    ),
}


class Word(NamedTuple):
    """One term of the field in both languages."""

    zh: str
    en: str


@bp.get("/help")
def index() -> str:
    """All help pages."""
    return render_template("help/index.html", topics=TOPICS)


@bp.get("/help/<name>")
def topic(name: str) -> str:
    """One help page."""
    if name not in TOPICS:
        raise NotFound
    return render_template(f"help/{name}.html", topics=TOPICS, name=name, topic=TOPICS[name])


@bp.get("/glossary")
def glossary() -> str:
    """The words of the field in both languages, searched by either."""
    query = request.args.get("q", "")[:100]
    wanted = fold(query).split()
    words = [w for w in glossary_words() if all(part in _folded(w) for part in wanted)]
    return render_template("help/glossary.html", words=words, query=query)


@cache
def glossary_words() -> tuple[Word, ...]:
    """The glossary as it stands in the data, in its order."""
    with (folder("data") / "glossary.csv").open(encoding="utf-8", newline="") as file:
        return tuple(Word(row["zh_TW"], row["en"]) for row in csv.DictReader(file))


@cache
def _folded(word: Word) -> str:
    return fold(f"{word.zh} {word.en}")
