"""The filter of the team list: out of the address, into chips, facets and addresses again."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from matchmaker import taxonomy
from matchmaker.organizations.models import OrgType
from matchmaker.teams.entries import REGIONS
from matchmaker.teams.listing import CAPACITIES, SORTS, Counts, Filter
from matchmaker.web import languages
from matchmaker.web.words import REGIONS as REGION_WORDS

FACETS = ("domains", "technologies", "types", "regions", "capacity")
Option = dict[str, Any]


def asked() -> Filter:
    """What the address asks for; unknown values are dropped."""
    return Filter(
        query=request.args.get("q", "").strip()[:100],
        domains=_known("domains", list(taxonomy.terms("domains"))),
        technologies=_known("technologies", list(taxonomy.terms("technologies"))),
        regions=_known("regions", list(REGIONS)),
        types=tuple(OrgType(word) for word in _known("types", [t.value for t in OrgType])),
        capacity=int(min(_known("capacity", [str(n) for n in CAPACITIES]), default="0")),
    )


def sort() -> str:
    """The order asked for; newest first unless the address names another known one."""
    wanted = request.args.get("sort", "")
    return wanted if wanted in SORTS else SORTS[0]


def address(endpoint: str, wanted: Filter, **more: Any) -> str:
    """The address of a page that shows this filter."""
    order = sort()
    values: dict[str, Any] = {
        "q": wanted.query or None,
        "domains": wanted.domains or None,
        "technologies": wanted.technologies or None,
        "regions": wanted.regions or None,
        "types": [kind.value for kind in wanted.types] or None,
        "capacity": wanted.capacity or None,
        "sort": order if order != SORTS[0] else None,
    }
    return url_for(endpoint, **(values | more))


def facets(wanted: Filter, counts: Counts) -> list[dict[str, Any]]:
    """Every facet with its options, each with the number of teams it would show."""
    names = {
        "domains": _("Industry"),
        "technologies": _("Technology"),
        "types": _("Kind of team"),
        "regions": _("Region"),
        "capacity": _("Room for PoCs"),
    }
    return [
        {
            "name": name,
            "label": names[name],
            "options": _options(name, wanted, counts),
        }
        for name in FACETS
    ]


def chips(wanted: Filter) -> list[dict[str, str]]:
    """What is chosen, each with the address of the list without it."""
    found = []
    for name in FACETS:
        for value in _chosen(wanted, name):
            rest = tuple(other for other in _chosen(wanted, name) if other != value)
            without = {name: (rest[0] if rest else None) if name == "capacity" else rest or None}
            found.append(
                {"label": _word(name, value), "url": address("teams.index", wanted, **without)}
            )
    return found


def sorts() -> list[Option]:
    """The orders there are."""
    words = {"newest": _("Newest first"), "changed": _("Last changed first")}
    return [{"value": key, "label": words[key], "selected": key == sort()} for key in SORTS]


def _known(name: str, words: list[str]) -> tuple[str, ...]:
    chosen = set(request.args.getlist(name))
    return tuple(word for word in words if word in chosen)


def _chosen(wanted: Filter, name: str) -> tuple[str, ...]:
    if name == "capacity":
        return (str(wanted.capacity),) if wanted.capacity else ()
    return tuple(str(value) for value in getattr(wanted, name))


def _options(name: str, wanted: Filter, counts: Counts) -> list[Option]:
    """Choices that lead somewhere, and those already made."""
    values = {
        "domains": list(taxonomy.terms("domains")),
        "technologies": list(taxonomy.terms("technologies")),
        "types": [kind.value for kind in OrgType],
        "regions": list(REGIONS),
        "capacity": [str(least) for least in CAPACITIES],
    }[name]
    chosen = _chosen(wanted, name)
    return [
        {
            "value": value,
            "label": _word(name, value),
            "count": counts.of.get((name, value), 0),
            "checked": value in chosen,
        }
        for value in values
        if value in chosen or counts.of.get((name, value))
    ]


def _word(name: str, value: str) -> str:
    if name == "regions":
        return str(REGION_WORDS[value])
    if name == "capacity":
        least = int(value)
        return ngettext("%(num)d PoC or more", "%(num)d PoCs or more", least)
    kind = "organisation_types" if name == "types" else name
    return taxonomy.label(kind, value).best(languages.current())[0]
