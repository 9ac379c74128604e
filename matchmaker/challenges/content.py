"""What somebody enters about a challenge, section by section, and how it is kept.

Names of fields are those of the model; ``…_zh`` and ``…_en`` are the two sides of one text, and
``ready_…`` are the readiness answers from 0 (nothing) to 3 (ready).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from matchmaker import taxonomy
from matchmaker.challenges.models import (
    Better,
    Challenge,
    ChallengeKind,
    ChallengeTag,
    Sensitivity,
    TargetKpi,
)
from matchmaker.kernel.actor import Actor
from matchmaker.kernel.identifiers import fingerprint
from matchmaker.kernel.localized import Localized
from matchmaker.kernel.text import clean

TITLE, SUMMARY, LINE, PARAGRAPH, UNIT = 120, 600, 200, 10_000, 20
MOST_KPIS = 8
MOST_TERMS = 12
MOST_POCS, MOST_WEEKS = 5, 104
MOST_ROWS, MOST_TWD = 10**12, 10**11
NEEDS = ("budget", "data", "talent", "tools")
READY = 3
TAGGED = ("domains", "technologies", "modalities", "use_cases", "deployment")


class SectionName(StrEnum):
    """The parts of a challenge in the order in which they are asked for."""

    NEED = "need"
    BACKGROUND = "background"
    DATA = "data"
    KPI = "kpi"
    RULES = "rules"
    DATES = "dates"


@dataclass(frozen=True)
class Need:
    """What the problem is and what is wanted."""

    title_zh: str = ""
    title_en: str = ""
    summary_zh: str = ""
    summary_en: str = ""
    pain_zh: str = ""
    pain_en: str = ""
    wanted_zh: str = ""
    wanted_en: str = ""
    kind: ChallengeKind = ChallengeKind.INDUSTRY


@dataclass(frozen=True)
class Background:
    """Where the problem stands: situation, present way, site, fields, and the people at hand."""

    background_zh: str = ""
    background_en: str = ""
    current_way_zh: str = ""
    current_way_en: str = ""
    site_zh: str = ""
    site_en: str = ""
    domains: Sequence[str] = ()
    technologies: Sequence[str] = ()
    use_cases: Sequence[str] = ()
    deployment: Sequence[str] = ()
    ready_talent: int | None = None
    ready_tools: int | None = None


@dataclass(frozen=True)
class Data:
    """Which data there is and how one gets it; None rows or labels are unknown."""

    data_description_zh: str = ""
    data_description_en: str = ""
    data_access_zh: str = ""
    data_access_en: str = ""
    data_rows: int | None = None
    data_labels: int | None = None
    data_sensitivity: Sensitivity | None = None
    modalities: Sequence[str] = ()
    ready_data: int | None = None


@dataclass(frozen=True)
class Kpi:
    """One thing that must improve. Baseline None: not measured yet, ``method`` says how it will."""

    name_zh: str = ""
    name_en: str = ""
    unit: str = ""
    better: Better | None = None
    baseline: float | None = None
    target: float | None = None
    method_zh: str = ""
    method_en: str = ""
    code: str = ""


@dataclass(frozen=True)
class Kpis:
    """The target KPIs, or why there are none."""

    rows: Sequence[Kpi] = ()
    kpis_none_reason: str = ""


@dataclass(frozen=True)
class Rules:
    """Wishes on intellectual property, and what only teams under confidentiality read."""

    ip_wishes_zh: str = ""
    ip_wishes_en: str = ""
    confidential_zh: str = ""
    confidential_en: str = ""


@dataclass(frozen=True)
class Dates:
    """How many PoCs, how long and for how much; when to publish and close (None: as the call)."""

    k_poc: int = 1
    poc_weeks: int | None = None
    budget_twd: int | None = None
    ready_budget: int | None = None
    publish_at: datetime | None = None
    closes_at: datetime | None = None


Section = Need | Background | Data | Kpis | Rules | Dates


@dataclass(frozen=True)
class Content:
    """Everything an owner says about a challenge; what is not said yet stays empty."""

    need: Need = field(default_factory=Need)
    background: Background = field(default_factory=Background)
    data: Data = field(default_factory=Data)
    kpi: Kpis = field(default_factory=Kpis)
    rules: Rules = field(default_factory=Rules)
    dates: Dates = field(default_factory=Dates)

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections in their order."""
        return (self.need, self.background, self.data, self.kpi, self.rules, self.dates)


LOCALIZED = {
    "title": TITLE, "summary": SUMMARY, "pain": PARAGRAPH, "wanted": PARAGRAPH,
    "background": PARAGRAPH, "current_way": PARAGRAPH, "site": LINE,
    "data_description": PARAGRAPH, "data_access": PARAGRAPH,
    "ip_wishes": PARAGRAPH, "confidential": PARAGRAPH,
}  # fmt: skip
ONE_LINE = frozenset({"title", "site"})


def fill(challenge: Challenge, section: Section, *, actor: Actor, now: datetime) -> None:
    """Take over what a section says; sides that stay as they were keep author and time."""
    if isinstance(section, Kpis):
        _fill_kpis(challenge, section, actor=actor, now=now)
        return
    named = {each.name for each in fields(section)}
    for name in LOCALIZED:
        if f"{name}_zh" in named:
            sides = (
                clean(getattr(section, f"{name}_{side}"), single_line=name in ONE_LINE)
                for side in ("zh", "en")
            )
            text: Localized = getattr(challenge, name)
            setattr(challenge, name, text.edited(*sides, by=actor.user_id, at=now))
    for name in named:
        if name.startswith("ready_"):
            answer = {name.removeprefix("ready_"): getattr(section, name)}
            challenge.readiness = {**(challenge.readiness or {}), **answer}
        elif name in TAGGED:
            setattr(challenge, name, list(dict.fromkeys(getattr(section, name))))
        elif not name.endswith(("_zh", "_en")) and name != "closes_at":
            setattr(challenge, name, getattr(section, name))
    if isinstance(section, Dates):
        challenge.closes_at = section.closes_at or challenge.call.closes_at


def _fill_kpis(challenge: Challenge, section: Kpis, *, actor: Actor, now: datetime) -> None:
    """Put the KPIs in place of those before; a row that keeps its place keeps its authors."""
    kept = list(challenge.kpis)
    rows = []
    for position, entered in enumerate(section.rows):
        row = kept[position] if position < len(kept) else _blank_kpi()
        row.position = position
        row.code = clean(entered.code, single_line=True)[:40]
        row.name = row.name.edited(
            clean(entered.name_zh, single_line=True), clean(entered.name_en, single_line=True),
            by=actor.user_id, at=now,
        )  # fmt: skip
        row.unit = clean(entered.unit, single_line=True)
        row.better = entered.better or Better.HIGHER
        row.baseline, row.target = entered.baseline, entered.target
        row.method = row.method.edited(
            clean(entered.method_zh), clean(entered.method_en), by=actor.user_id, at=now
        )
        rows.append(row)
    challenge.kpis = rows
    challenge.kpis_none_reason = clean(section.kpis_none_reason) or None


def _blank_kpi() -> TargetKpi:
    return TargetKpi(name=Localized(), method=Localized())


def tag(challenge: Challenge) -> None:
    """Keep the tags that facets count equal to the lists, with all wider terms."""
    wanted = {
        (kind, term)
        for kind in TAGGED
        for chosen in getattr(challenge, kind)
        for term in with_wider(kind, chosen)
    }
    kept = {(each.kind, each.term) for each in challenge.tags}
    if wanted != kept:
        challenge.tags = [each for each in challenge.tags if (each.kind, each.term) in wanted]
        challenge.tags += [ChallengeTag(kind=k, term=t) for k, t in sorted(wanted - kept)]


def with_wider(kind: str, term_id: str) -> list[str]:
    """A term and all those above it, the term first."""
    known, found = taxonomy.terms(kind), [term_id]
    while (parent := known[found[-1]].parent if found[-1] in known else None) is not None:
        found.append(parent)
    return found


def section_of(challenge: Challenge, name: SectionName) -> Section:
    """What a challenge says in one section, as it would be entered."""
    made = {
        SectionName.NEED: Need, SectionName.BACKGROUND: Background, SectionName.DATA: Data,
        SectionName.RULES: Rules, SectionName.DATES: Dates,
    }.get(name)  # fmt: skip
    if made is None:
        return Kpis([_entered(kpi) for kpi in challenge.kpis], challenge.kpis_none_reason or "")
    said: Section = made(**{each.name: _value(challenge, each.name) for each in fields(made)})
    return said


def _value(challenge: Challenge, name: str) -> Any:
    stem, _line, side = name.rpartition("_")
    if stem in LOCALIZED and side in {"zh", "en"}:
        text: Localized = getattr(challenge, stem)
        return (text.zh_TW if side == "zh" else text.en) or ""
    if name.startswith("ready_"):
        return challenge.readiness.get(name.removeprefix("ready_"))
    if name == "closes_at":
        own = challenge.closes_at
        return None if own == challenge.call.closes_at else own
    value = getattr(challenge, name)
    return tuple(value) if name in TAGGED else value


def _entered(kpi: TargetKpi) -> Kpi:
    return Kpi(
        name_zh=kpi.name.zh_TW or "",
        name_en=kpi.name.en or "",
        unit=kpi.unit,
        better=kpi.better,
        baseline=kpi.baseline,
        target=kpi.target,
        method_zh=kpi.method.zh_TW or "",
        method_en=kpi.method.en or "",
        code=kpi.code,
    )


def facts(challenge: Challenge, section: Section) -> dict[str, Any]:
    """What a section says as plain values for the record; confidential text stays out of it."""
    if isinstance(section, Kpis):
        return {
            "kpis": [_kpi_line(_entered(kpi)) for kpi in challenge.kpis],
            "kpis_none_reason": challenge.kpis_none_reason,
        }
    found = {each.name: _value(challenge, each.name) for each in fields(section)}
    for name, value in found.items():
        if isinstance(value, datetime):
            found[name] = value.isoformat()
        elif isinstance(value, tuple):
            found[name] = list(value)
        elif name.startswith("confidential"):
            found[name] = _shadow(value)
        elif value == "":
            found[name] = None
    return found


def _shadow(text: str) -> str | None:
    """A mark that shows that a confidential text changed, but not to what."""
    return fingerprint(text)[:8] if text else None


def _kpi_line(kpi: Kpi) -> dict[str, Any]:
    return {
        "name_zh": kpi.name_zh or None,
        "name_en": kpi.name_en or None,
        "unit": kpi.unit,
        "better": kpi.better.value if kpi.better else None,
        "baseline": kpi.baseline,
        "target": kpi.target,
        "method_zh": kpi.method_zh or None,
        "method_en": kpi.method_en or None,
    }
