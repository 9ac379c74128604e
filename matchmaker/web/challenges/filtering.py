"""The filter of the list: out of the address, into chips, facets and addresses again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from typing import Any, TypeVar

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from matchmaker import taxonomy
from matchmaker.challenges.browsing import Band, Closing, Counts, Filters, Sort, Stage
from matchmaker.challenges.models import ChallengeKind
from matchmaker.web import door, languages
from matchmaker.web.challenges.blueprint import KINDS, LIST_WORDS

Word = TypeVar("Word", bound=StrEnum)
Option = dict[str, Any]
LONGEST_QUERY = 100
STAGES = {
    Stage.OPEN: _l("Open for proposals"),
    Stage.UPCOMING: _l("Opens soon"),
    Stage.PAUSED: _l("Paused"),
    Stage.REVIEW: _l("Proposals under review"),
    Stage.DECIDED: _l("Decided"),
}
BANDS = {
    Band.UNDER_500K: _l("Under NT$500,000"),
    Band.TO_1M: _l("NT$500,000 to 1 million"),
    Band.TO_2M: _l("NT$1 to 2 million"),
    Band.FROM_2M: _l("NT$2 million or more"),
    Band.UNSTATED: _l("Not stated"),
}
CLOSINGS = {
    Closing.WEEK: _l("Within 7 days"),
    Closing.MONTH: _l("Within 30 days"),
}
SORTS = {
    Sort.CLOSING: _l("Closing soonest"),
    Sort.NEWEST: _l("Newest first"),
    Sort.BUDGET: _l("Largest budget"),
}
FACETS = {
    "stage": _l("State"),
    "kind": _l("Kind of problem"),
    "domains": LIST_WORDS["domains"],
    "technologies": LIST_WORDS["technologies"],
    "modalities": LIST_WORDS["modalities"],
    "budget": _l("Budget"),
    "closing": _l("Closing"),
}
FIELDS = {"stage": "stages", "kind": "kinds", "budget": "bands"}
WORDS: dict[str, dict[Any, Any]] = {
    "stage": STAGES, "kind": KINDS, "budget": BANDS, "closing": CLOSINGS,
}  # fmt: skip
TAGS = ("domains", "technologies", "modalities")


def asked() -> Filters:
    """What the address asks for; unknown values are dropped."""
    return Filters(
        query=request.args.get("q", "").strip()[:LONGEST_QUERY],
        kinds=_known("kind", ChallengeKind),
        domains=_terms("domains"),
        technologies=_terms("technologies"),
        modalities=_terms("modalities"),
        stages=_known("stage", Stage),
        bands=_known("budget", Band),
        closing=next(iter(_known("closing", Closing)), None),
        call=request.args.get("call", "")[:60],
        is_saved=door.actor().is_signed_in and request.args.get("saved") == "1",
    )


def sort() -> Sort:
    """The order asked for; closing soonest unless the address names another known one."""
    return next(iter(_known("sort", Sort)), Sort.CLOSING)


def address(endpoint: str, wanted: Filters, **more: Any) -> str:
    """The address of a page or file that shows this filter in the present order."""
    order = sort()
    values: dict[str, Any] = {
        "q": wanted.query or None,
        "stage": [*wanted.stages] or None,
        "kind": [*wanted.kinds] or None,
        "domains": [*wanted.domains] or None,
        "technologies": [*wanted.technologies] or None,
        "modalities": [*wanted.modalities] or None,
        "budget": [*wanted.bands] or None,
        "closing": wanted.closing,
        "call": wanted.call or None,
        "saved": "1" if wanted.is_saved else None,
        "sort": order if order is not Sort.CLOSING else None,
    }
    return url_for(endpoint, **(values | more))


def facets(wanted: Filters, counts: Counts) -> list[dict[str, Any]]:
    """Every facet with its options, each with the number of challenges it would show."""
    return [
        {
            "name": name,
            "label": str(label),
            "kind": "radio" if name == "closing" else "checkbox",
            "options": _options(name, wanted, counts),
        }
        for name, label in FACETS.items()
    ]


def chips(wanted: Filters, call_name: str = "") -> list[dict[str, str]]:
    """What is chosen, each with the address of the list without it."""
    found = []
    for name in FACETS:
        for value in chosen(wanted, name):
            without = _without(wanted, name, value)
            found.append({"label": _word(name, value), "url": _list_of(without)})
    if wanted.call:
        found.append({"label": call_name or wanted.call, "url": _list_of(replace(wanted, call=""))})
    if wanted.is_saved:
        found.append(
            {"label": _("Followed by me"), "url": _list_of(replace(wanted, is_saved=False))}
        )
    if wanted.query:
        found.append(
            {
                "label": _("“%(words)s”", words=wanted.query),
                "url": _list_of(replace(wanted, query="")),
            }
        )
    return found


def sorts() -> list[Option]:
    """The orders there are."""
    return [
        {"value": key.value, "label": str(word), "selected": key is sort()}
        for key, word in SORTS.items()
    ]


def chosen(wanted: Filters, name: str) -> tuple[str, ...]:
    """What is chosen in one facet."""
    if name == "closing":
        return (wanted.closing,) if wanted.closing else ()
    return tuple(getattr(wanted, FIELDS.get(name, name)))


def _without(wanted: Filters, name: str, value: str) -> Filters:
    if name == "closing":
        return replace(wanted, closing=None)
    rest = tuple(other for other in chosen(wanted, name) if other != value)
    narrowed: dict[str, Any] = {FIELDS.get(name, name): rest}
    return replace(wanted, **narrowed)


def _list_of(wanted: Filters) -> str:
    return address("challenges.index", wanted)


def _known(name: str, words: type[Word]) -> tuple[Word, ...]:
    asked_for = set(request.args.getlist(name))
    return tuple(word for word in words if word.value in asked_for)


def _terms(kind: str) -> tuple[str, ...]:
    asked_for = set(request.args.getlist(kind))
    return tuple(term for term in taxonomy.terms(kind) if term in asked_for)


def _options(name: str, wanted: Filters, counts: Counts) -> list[Option]:
    """Choices that lead somewhere, and those already made; narrower terms behind wider ones."""
    counted = counts.facets.get(name, {})
    taken = chosen(wanted, name)
    values: Iterable[str] = _in_tree(name) if name in TAGS else WORDS[name]
    options: list[Option] = [
        {
            "value": str(value),
            "label": _word(name, value),
            "count": counted.get(value, 0),
            "checked": value in taken,
        }
        for value in values
        if value in taken or counted.get(value)
    ]
    if name == "closing" and options:
        options.insert(0, {"value": "", "label": _("Any time"), "checked": not taken})
    return options


def _in_tree(kind: str) -> list[str]:
    """Terms of a list, each followed by those below it."""
    known = taxonomy.terms(kind)

    def below(parent: str | None) -> list[str]:
        found: list[str] = []
        for term in known.values():
            if term.parent == parent:
                found += [term.id, *below(term.id)]
        return found

    return below(None)


def _word(name: str, value: str) -> str:
    if name not in TAGS:
        return str(WORDS[name][value])
    label = taxonomy.label(name, value).best(languages.current())[0]
    parent = taxonomy.terms(name)[value].parent
    if parent is None:
        return label
    wider = taxonomy.label(name, parent).best(languages.current())[0]
    return _("%(wide)s › %(narrow)s", wide=wider, narrow=label)
