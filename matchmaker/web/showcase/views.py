"""The showcase: cases of the report, with what it states and what it leaves out."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from matchmaker.kernel import formats
from matchmaker.kernel.localized import Localized
from matchmaker.showcase import queries
from matchmaker.showcase.models import CaseGroup
from matchmaker.web import door, languages

bp = Blueprint("showcase", __name__, url_prefix="/showcase")

GROUPS = {
    CaseGroup.LANDED: _l("Problem owner and team named"),
    CaseGroup.PRODUCT: _l("Team named"),
    CaseGroup.AGENCY: _l("Public body named"),
    CaseGroup.TECHNOLOGY: _l("Technology"),
}
STAGES = {
    "poc": _l("PoC"),
    "pob": _l("PoB"),
    "operational": _l("In operation"),
    "rnd": _l("Research and development"),
}
QUALIFIERS = {
    "about": _l("about"),
    "more_than": _l("more than"),
    "at_least": _l("at least"),
    "at_most": _l("at most"),
    "nearly": _l("nearly"),
}
UNITS = {
    "minute": _l("minutes"),
    "visit": _l("visits"),
    "TWD_per_year": _l("NT$ a year"),
    "times": _l("times"),
    "count": _l("items"),
    "watt": _l("watts"),
    "year": _l("years"),
}


@bp.get("")
def index() -> str:
    """All cases, by what the report names."""
    chosen = request.args.get("group", "")
    query = request.args.get("q", "")[:100]
    group = CaseGroup(chosen) if chosen in set(CaseGroup) else None
    return render_template(
        "showcase/index.html",
        cases=queries.listing(door.db(), group=group, query=query),
        groups=[(key.value, str(word)) for key, word in GROUPS.items()],
        stages=STAGES,
        chosen=chosen,
        query=query,
    )


@bp.get("/<slug>")
def detail(slug: str) -> str:
    """One case."""
    case = queries.get(door.db(), slug)
    return render_template(
        "showcase/detail.html",
        case=case,
        group_word=str(GROUPS[case.group]),
        stage_word=str(STAGES.get(case.stage, case.stage)),
        claims=[_claim(kpi) for kpi in case.kpis],
    )


def _claim(kpi: dict[str, Any]) -> dict[str, Any]:
    """One performance claim in words; empty where the report does not state it."""
    return {
        "name": Localized.from_json(kpi["name"]),
        "baseline": _value(kpi, "baseline"),
        "target": _value(kpi, "target"),
        "actual": _actual(kpi),
        "n": formats.number(kpi["sample_size"], languages.current()) if kpi["sample_size"] else "",
        "verifier": kpi["verifier"] or "",
        "estimate": kpi["value_type"] == "estimate",
        "as_printed": kpi["as_printed"],
    }


def _actual(kpi: dict[str, Any]) -> str:
    if kpi["low"] is not None and kpi["high"] is not None:
        low, high = (_number(kpi, kpi[end]) for end in ("low", "high"))
        return _("%(low)s to %(high)s", low=low, high=high)
    return _value(kpi, "actual")


def _value(kpi: dict[str, Any], which: str) -> str:
    value = kpi[which]
    if value is None:
        return ""
    text = _number(kpi, value)
    qualifier = QUALIFIERS.get(kpi["qualifier"]) if which == "actual" else None
    return _("%(qualifier)s %(value)s", qualifier=qualifier, value=text) if qualifier else text


def _number(kpi: dict[str, Any], value: float | str) -> str:
    """A value with its unit; a change carries its sign."""
    lang = languages.current()
    if isinstance(value, str):
        return value
    if kpi["unit"] == "ratio":
        text = formats.percent(abs(value), lang)
        if kpi["kind"] == "change":
            return f"+{text}" if value > 0 else f"−{text}"
        return text
    if kpi["unit"] == "rank":
        return _("rank %(n)s", n=formats.number(value, lang))
    unit = UNITS.get(kpi["unit"])
    number = formats.number(value, lang)
    return _("%(number)s %(unit)s", number=number, unit=unit) if unit else number
