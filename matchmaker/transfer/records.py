"""Records of files as what the verbs take. What a record does not say stays unsaid.

A record may be short (``title``, ``body``, ``domain``, ``tech``) or as full as those that the
product exports; texts are plain, or one for each language.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from matchmaker.challenges.content import Background, Content, Data, Dates, Kpi, Kpis, Need, Rules
from matchmaker.challenges.models import Better, ChallengeKind, Sensitivity
from matchmaker.kernel.i18n import msg
from matchmaker.organizations.models import OrgType
from matchmaker.organizations.service import Profile as OrganizationProfile
from matchmaker.teams.entries import (
    LANGUAGES,
    REGIONS,
    Capabilities,
    Capacity,
    Credential,
    Profile,
    Project,
)
from matchmaker.teams.models import EvidenceKind
from matchmaker.transfer.entries import Entry

EVIDENCE = {
    "customer letter": EvidenceKind.LETTER,
    "letter": EvidenceKind.LETTER,
    "published": EvidenceKind.PUBLISHED,
    "third party": EvidenceKind.THIRD_PARTY,
    "third_party": EvidenceKind.THIRD_PARTY,
    "self": EvidenceKind.SELF,
}
OWNER = ("owner", "organization", "organisation", "agency", "company")
REFERENCE = re.compile(r"OR-\d{4,}")
SIZES = ("small", "medium", "large")
NOT_OURS = ("ref", "state", "call", "published_at", "opens_at", "closes_at")  # as exported


@dataclass(frozen=True)
class TeamContent:
    """A team with everything it says about itself."""

    profile: Profile
    capabilities: Capabilities
    capacity: Capacity
    projects: Sequence[tuple[Project, Entry]]
    certificates: Sequence[tuple[Credential, Entry]]


@dataclass(frozen=True)
class OwnerWord:
    """What a challenge says about its owner: the id of one in another file, or a name."""

    name_zh: str
    name_en: str
    type: OrgType | None

    @property
    def word(self) -> str:
        """The one word of it; empty when nothing is said."""
        return self.name_zh or self.name_en


def organization(entry: Entry) -> OrganizationProfile:
    """An organisation of a file."""
    name_zh, name_en = entry.sides("name", "title")
    about_zh, about_en = entry.sides("about", "body", "description")
    regions = entry.words("region", REGIONS)
    sizes = entry.words("size", SIZES)
    profile = OrganizationProfile(
        type=entry.choice("type", OrgType),
        name_zh=name_zh,
        name_en=name_en,
        business_number=entry.text("business_number"),
        region=regions[0] if regions else "",
        city=entry.text("city"),
        size=sizes[0] if sizes else "",
        about_zh=about_zh,
        about_en=about_en,
        website=entry.text("website", "url"),
    )
    entry.settle()
    return profile


def owner(entry: Entry) -> OwnerWord:
    """Whose problem it is, as far as the record says; an agency is a public body."""
    name = next((name for name in OWNER if entry.value(name) is not None), "owner")
    name_zh, name_en = entry.sides(name)
    if REFERENCE.fullmatch(name_zh or name_en):  # of the installation it was exported from
        return OwnerWord("", "", None)
    kinds = {"agency": OrgType.PUBLIC_AGENCY, "company": OrgType.COMPANY}
    return OwnerWord(name_zh.strip(), name_en.strip(), kinds.get(name))


def challenge(entry: Entry, *, kind: ChallengeKind) -> Content:
    """A problem with what is said of it; ``kind`` holds where the record does not say."""
    for name in NOT_OURS:
        entry.value(name)
    data, ready = entry.part("data"), entry.part("readiness")
    need, background = _need(entry, kind), _background(entry, ready)
    said = Content(
        need=need,
        background=background,
        data=_data(entry, data, ready),
        kpi=_kpis(entry),
        rules=Rules(**_both(entry, "ip_wishes")),
        dates=Dates(
            k_poc=_at_least_one(entry.whole("k_poc")),
            poc_weeks=entry.whole("poc_weeks"),
            budget_twd=entry.whole("budget_twd"),
            ready_budget=ready.whole("budget"),
        ),
    )
    entry.settle(data, ready)
    return said


def _need(entry: Entry, kind: ChallengeKind) -> Need:
    return Need(
        **_both(entry, "title", "name"),
        **_both(entry, "summary"),
        **_both(entry, "pain"),
        **_both(entry, "wanted", "objective"),
        kind=entry.choice("kind", ChallengeKind) or kind,
    )


def _background(entry: Entry, ready: Entry) -> Background:
    return Background(
        **_both(entry, "background", "body", "description", "text"),
        **_both(entry, "current_way"),
        **_both(entry, "site"),
        domains=entry.terms("domains", "domain"),
        technologies=entry.terms("technologies", "tech"),
        use_cases=entry.terms("use_cases"),
        deployment=entry.terms("deployment"),
        ready_talent=ready.whole("talent"),
        ready_tools=ready.whole("tools"),
    )


def _data(entry: Entry, data: Entry, ready: Entry) -> Data:
    """Data stands in a part of its own, or in columns that begin with ``data_``."""
    place = data if data.content else entry
    stem = "" if data.content else "data_"
    description_zh, description_en = place.sides(f"{stem}description")
    access_zh, access_en = place.sides(f"{stem}access")
    return Data(
        data_description_zh=description_zh,
        data_description_en=description_en,
        data_access_zh=access_zh,
        data_access_en=access_en,
        data_rows=place.whole(f"{stem}rows"),
        data_labels=place.whole(f"{stem}labels"),
        data_sensitivity=place.choice(f"{stem}sensitivity", Sensitivity),
        modalities=entry.terms("modalities"),
        ready_data=ready.whole("data"),
    )


def _kpis(entry: Entry) -> Kpis:
    parts = entry.parts("kpis")
    rows = [_kpi(part) for part in parts]
    entry.problems += [problem for part in parts for problem in part.problems]
    zh, en = entry.sides("kpis_none_reason")
    return Kpis(rows=rows, kpis_none_reason="" if rows else zh or en)


def _kpi(entry: Entry) -> Kpi:
    """A target KPI; which way is better follows from baseline and target where it is not said."""
    baseline, target = entry.number("baseline"), entry.number("target")
    better = entry.choice("better", Better)
    if better is None and baseline is not None and target is not None and baseline != target:
        better = Better.HIGHER if target > baseline else Better.LOWER
    if better is None and not entry.problems:
        entry.note(msg("Say whether higher or lower is better."), "better")
    return Kpi(
        **_both(entry, "name"),
        **_both(entry, "method"),
        unit=entry.text("unit"),
        better=better,
        baseline=baseline,
        target=target,
        code=entry.text("id", "code"),
    )


def team(entry: Entry) -> TeamContent:
    """A team with its capabilities, past projects and certificates."""
    projects, certificates = entry.parts("projects"), _certificates(entry)
    said = TeamContent(
        profile=Profile(
            **_both(entry, "name", "title"),
            **_both(entry, "profile", "body", "description"),
            city=entry.text("city"),
            founded=entry.whole("founded"),
            website=entry.text("website", "url"),
        ),
        capabilities=Capabilities(
            domains=entry.terms("domains", "domain"),
            technologies=entry.terms("technologies", "tech"),
            modalities=entry.terms("modalities"),
        ),
        capacity=Capacity(
            capacity=entry.whole("capacity"),
            regions=entry.words("regions", REGIONS, "region"),
            languages=entry.words("languages", LANGUAGES),
        ),
        projects=[(project(part), part) for part in projects],
        certificates=certificates,
    )
    for name in ("type", "business_number", *OWNER):
        entry.value(name)
    entry.value("title")  # some files give the name twice
    entry.settle(*projects, *(part for _held, part in certificates))
    return said


def organization_of_team(entry: Entry) -> OrganizationProfile | None:
    """The organisation behind a team; None where the record speaks of none.

    A business number or a kind of organisation tells that the team is one itself.
    """
    said = owner(entry)
    number, kind = entry.text("business_number"), entry.choice("type", OrgType)
    if not (said.word or number or kind):
        return None
    name_zh, name_en = (said.name_zh, said.name_en) if said.word else entry.sides("name", "title")
    return OrganizationProfile(
        type=kind or said.type,
        name_zh=name_zh,
        name_en=name_en,
        business_number=number,
        city="" if said.word else entry.text("city"),
    )


def project(entry: Entry) -> Project:
    """Something a team has done; a proof of a kind we do not know is kept in words."""
    evidence = entry.text("evidence")
    note = entry.text("evidence_note")
    return Project(
        **_both(entry, "title", "name"),
        **_both(entry, "body", "description"),
        year=entry.whole("year"),
        site=entry.text("site"),
        results=entry.text("results", "result"),
        evidence=EVIDENCE.get(evidence.lower(), EvidenceKind.SELF),
        evidence_note=note or ("" if evidence.lower() in EVIDENCE else evidence),
    )


def _certificates(entry: Entry) -> list[tuple[Credential, Entry]]:
    """Certificates, given by name or as records."""
    value = entry.value("certificates")
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        here = Entry(entry.row, entry.left, {}, within="certificates")
        return [(Credential(name=name), here) for name in value]
    return [
        (
            Credential(
                name=part.text("name", "title"),
                issuer=part.text("issuer"),
                year=part.whole("year"),
            ),
            part,
        )
        for part in entry.parts("certificates")
    ]


def _both(entry: Entry, field: str, *names: str) -> dict[str, str]:
    zh, en = entry.sides(field, *names)
    return {f"{field}_zh": zh, f"{field}_en": en}


def _at_least_one(number: int | None) -> int:
    """How many PoCs are wanted: a problem that is posted wants one."""
    return 1 if number is None else number
