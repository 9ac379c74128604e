"""What is wrong with entries about a challenge, each with its sentence at its field."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields

from matchmaker import taxonomy
from matchmaker.challenges.content import (
    LINE,
    LOCALIZED,
    MOST_KPIS,
    MOST_POCS,
    MOST_ROWS,
    MOST_TERMS,
    MOST_TWD,
    MOST_WEEKS,
    PARAGRAPH,
    READY,
    TAGGED,
    UNIT,
    Dates,
    Kpi,
    Kpis,
    Section,
)
from matchmaker.challenges.models import Better
from matchmaker.kernel.i18n import Message, msg
from matchmaker.kernel.text import clean
from matchmaker.programs.models import Call

RANGES: Mapping[str, tuple[int, int]] = {
    "data_rows": (0, MOST_ROWS),
    "data_labels": (0, MOST_ROWS),
    "budget_twd": (0, MOST_TWD),
    "k_poc": (1, MOST_POCS),
    "poc_weeks": (1, MOST_WEEKS),
}
RATIO = "ratio"
Problems = dict[str, Message]


def problems(section: Section, call: Call, *, as_stated: bool = False) -> Problems:
    """What is wrong with a section, by field; empty when all is in order.

    ``as_stated`` lets pass what records from elsewhere left out of their KPIs, and long titles.
    """
    found = {**_too_long(section, as_stated), **_out_of_range(section), **_unknown_terms(section)}
    if isinstance(section, Kpis):
        found |= _kpis(section, as_stated=as_stated)
    if isinstance(section, Dates):
        found |= _dates(section, call)
    return found


def kpi_problems(kpi: Kpi) -> Problems:
    """What keeps one target KPI from being measurable: a name alone improves nothing."""
    found: Problems = {}
    if not (clean(kpi.name_zh) or clean(kpi.name_en)):
        found["name_zh"] = msg("Name what is to be measured, in one language at least.")
    if not clean(kpi.unit):
        found["unit"] = msg("Give the unit, such as %(example)s.", example="%")
    if kpi.better is None:
        found["better"] = msg("Say whether higher or lower is better.")
    if kpi.target is None:
        found["target"] = msg("Give the value to be reached; “improve” alone cannot be checked.")
    if kpi.baseline is None and not (clean(kpi.method_zh) or clean(kpi.method_en)):
        found["baseline"] = msg(
            "Give today's value, or leave it empty and say below how it will be measured."
        )
    return found | _kpi_values(kpi)


def _kpi_values(kpi: Kpi) -> Problems:
    found: Problems = {}
    for name, value in (("baseline", kpi.baseline), ("target", kpi.target)):
        if value is None:
            continue
        if not math.isfinite(value) or abs(value) > MOST_ROWS:
            found[name] = msg("This number is too large.")
        elif kpi.unit == RATIO and not 0 <= value <= 1:
            found[name] = msg("A share lies between 0 and 100 %%.")
    if not found and _is_backwards(kpi):
        found["target"] = msg("The target is worse than today's value. Check which way is better.")
    return found


def _is_backwards(kpi: Kpi) -> bool:
    if kpi.baseline is None or kpi.target is None or kpi.better is None:
        return False
    if kpi.better is Better.HIGHER:
        return kpi.target < kpi.baseline
    return kpi.target > kpi.baseline


def _kpis(section: Kpis, *, as_stated: bool) -> Problems:
    if len(section.rows) > MOST_KPIS:
        return {"": msg("State at most %(n)s target KPIs.", n=str(MOST_KPIS))}
    found: Problems = {}
    for position, kpi in enumerate(section.rows):
        told = _kpi_lengths(kpi) | ({} if as_stated else kpi_problems(kpi))
        found |= {f"rows-{position}-{name}": message for name, message in told.items()}
    if section.rows and clean(section.kpis_none_reason) and not as_stated:
        found["kpis_none_reason"] = msg("There are target KPIs, so no reason is needed here.")
    return found


def _kpi_lengths(kpi: Kpi) -> Problems:
    limits = {
        "name_zh": LINE, "name_en": LINE, "unit": UNIT, "method_zh": PARAGRAPH,
        "method_en": PARAGRAPH,
    }  # fmt: skip
    return {name: _at_most(most) for name, most in limits.items() if len(getattr(kpi, name)) > most}


def _too_long(section: Section, as_stated: bool) -> Problems:
    found: Problems = {}
    for each in fields(section):
        stem, _line, side = each.name.rpartition("_")
        value = getattr(section, each.name)
        most = LOCALIZED.get(stem) if side in {"zh", "en"} else None
        if stem == "title" and as_stated:
            most = LINE
        if each.name == "kpis_none_reason":
            most = PARAGRAPH
        if most and len(value) > most:
            found[each.name] = _at_most(most)
    return found


def _out_of_range(section: Section) -> Problems:
    found: Problems = {}
    for each in fields(section):
        limits = (0, READY) if each.name.startswith("ready_") else RANGES.get(each.name)
        value = getattr(section, each.name)
        if limits and value is not None and not limits[0] <= value <= limits[1]:
            found[each.name] = msg(
                "Give a number between %(low)s and %(high)s.",
                low=str(limits[0]), high=str(limits[1]),
            )  # fmt: skip
    return found


def _unknown_terms(section: Section) -> Problems:
    found: Problems = {}
    for each in fields(section):
        if each.name not in TAGGED:
            continue
        chosen = list(getattr(section, each.name))
        if taxonomy.unknown(each.name, chosen):
            found[each.name] = msg("Choose from the list.")
        elif len(chosen) > MOST_TERMS:
            found[each.name] = msg("Choose at most %(n)s.", n=str(MOST_TERMS))
    return found


def _dates(section: Dates, call: Call) -> Problems:
    found: Problems = {}
    closes_at = section.closes_at or call.closes_at
    if not call.opens_at < closes_at <= call.closes_at:
        found["closes_at"] = msg("The closing time lies within the time of the call.")
    if section.publish_at and not section.publish_at < closes_at:
        found["publish_at"] = msg("It has to be published before it closes.")
    if section.poc_weeks and call.poc_weeks_max and section.poc_weeks > call.poc_weeks_max:
        found["poc_weeks"] = msg("The call allows at most %(n)s weeks.", n=str(call.poc_weeks_max))
    return found


def _at_most(characters: int) -> Message:
    return msg("Use at most %(n)s characters.", n=str(characters))
