"""Records of files as what the verbs take: one record, one content."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matchmaker.challenges.content import (
    Background,
    Content,
    Data,
    Dates,
    Kpi,
    Kpis,
    Need,
    Rules,
)
from matchmaker.challenges.models import Better, ChallengeKind, Sensitivity
from matchmaker.organizations.models import OrgType
from matchmaker.organizations.service import Profile as OrganizationProfile
from matchmaker.teams.entries import Capabilities, Capacity, Credential, Project
from matchmaker.teams.entries import Profile as TeamProfile
from matchmaker.teams.models import EvidenceKind

Record = Mapping[str, Any]
EVIDENCE = {
    "customer letter": EvidenceKind.LETTER,
    "published": EvidenceKind.PUBLISHED,
    "third party": EvidenceKind.THIRD_PARTY,
    "self": EvidenceKind.SELF,
}


def sides(record: Record, name: str, *, into: str | None = None) -> dict[str, str]:
    """The two sides of a text as two entries: ``pain`` → ``pain_zh`` and ``pain_en``."""
    text = record.get(name) or {}
    stem = into or name
    return {f"{stem}_zh": text.get("zh_TW") or "", f"{stem}_en": text.get("en") or ""}


def organization(record: Record) -> OrganizationProfile:
    """An owner, or the organisation behind a team."""
    return OrganizationProfile(
        type=OrgType(record["type"]),
        **sides(record, "name"),
        business_number=record.get("business_number") or "",
        region=record.get("region") or "",
        city=record.get("city") or "",
        size=record.get("size") or "",
    )


def challenge(record: Record) -> Content:
    """A problem with all its sections."""
    data, ready = record["data"], record["readiness"]
    return Content(
        need=Need(
            **sides(record, "title"),
            **sides(record, "pain"),
            **sides(record, "wanted"),
            kind=ChallengeKind(record["kind"]),
        ),
        background=Background(
            **sides(record, "background"),
            **sides(record, "current_way"),
            **sides(record, "site"),
            domains=record["domains"],
            technologies=record["technologies"],
            use_cases=record["use_cases"],
            deployment=record["deployment"],
            ready_talent=ready["talent"],
            ready_tools=ready["tools"],
        ),
        data=Data(
            **sides(data, "description", into="data_description"),
            **sides(data, "access", into="data_access"),
            data_rows=data["rows"],
            data_labels=data["labels"],
            data_sensitivity=Sensitivity(data["sensitivity"]),
            modalities=record["modalities"],
            ready_data=ready["data"],
        ),
        kpi=Kpis(rows=[_kpi(row) for row in record["kpis"]]),
        rules=Rules(),
        dates=Dates(
            k_poc=record["k_poc"],
            poc_weeks=record["poc_weeks"],
            budget_twd=record["budget_twd"],
            ready_budget=ready["budget"],
        ),
    )


def _kpi(row: Record) -> Kpi:
    return Kpi(
        **sides(row, "name"),
        **sides(row, "method"),
        unit=row["unit"],
        better=Better(row["better"]),
        baseline=row["baseline"],
        target=row["target"],
        code=row["id"],
    )


def team(record: Record) -> TeamProfile:
    """Who a team is and what it solves."""
    return TeamProfile(
        **sides(record, "name"),
        **sides(record, "profile"),
        city=record.get("city") or "",
        founded=record.get("founded"),
    )


def capabilities(record: Record) -> Capabilities:
    """The terms that a team claims."""
    return Capabilities(
        domains=record["domains"],
        technologies=record["technologies"],
        modalities=record["modalities"],
    )


def capacity(record: Record) -> Capacity:
    """How many PoCs a team takes on, where and in which languages."""
    return Capacity(
        capacity=record["capacity"] or 0,
        regions=[record["region"]] if record.get("region") else [],
        languages=record["languages"],
    )


def project(record: Record) -> Project:
    """Something a team has done."""
    return Project(
        **sides(record, "title"),
        **sides(record, "body"),
        year=record.get("year"),
        site=record.get("site") or "",
        results=record.get("results") or "",
        evidence=EVIDENCE.get(record.get("evidence") or "self", EvidenceKind.SELF),
        evidence_note=record["evidence"] if record.get("evidence") not in EVIDENCE else "",
    )


def credential(entry: str | Record) -> Credential:
    """A certificate, given as its name or as a record."""
    if isinstance(entry, str):
        return Credential(name=entry)
    return Credential(name=entry["name"], issuer=entry.get("issuer") or "", year=entry.get("year"))
