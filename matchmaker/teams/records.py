"""A team as a record for exports and interfaces: exactly what everybody may read of it.

Names of people, wishes and addresses are not among the fields, whoever asks.
"""

from __future__ import annotations

from typing import Any

from matchmaker.kernel.localized import Localized
from matchmaker.teams.models import Certificate, PastProject, Team

FIELDS = (
    "id", "name", "type", "organization", "business_number", "city", "founded", "website",
    "regions", "languages", "domains", "technologies", "modalities", "profile", "projects",
    "certificates", "capacity", "free_from", "provenance",
)  # fmt: skip
BILINGUAL = ("name", "profile")
COLUMNS = tuple(
    column
    for name in FIELDS
    for column in ((f"{name}_zh", f"{name}_en") if name in BILINGUAL else (name,))
)


def record(team: Team) -> dict[str, Any]:
    """The team with its parts nested; projects, certificates and organisation are loaded."""
    organization = team.organization
    return {
        "id": team.ref,
        "name": _sides(team.name),
        "type": organization.type.value if organization and organization.type else None,
        "organization": organization.ref if organization else None,
        "business_number": organization.business_number if organization else None,
        "city": team.city,
        "founded": team.founded,
        "website": team.website,
        "regions": list(team.regions),
        "languages": list(team.languages),
        "domains": list(team.domains),
        "technologies": list(team.technologies),
        "modalities": list(team.modalities),
        "profile": _sides(team.profile),
        "projects": [_project(project) for project in team.projects],
        "certificates": [_certificate(held) for held in team.certificates],
        "capacity": team.capacity,
        "free_from": team.free_from.isoformat() if team.free_from else None,
        "provenance": team.provenance,
    }


def flat(team: Team) -> dict[str, Any]:
    """The same for a table: one column for each language, lists in one cell."""
    content = record(team)
    for name in BILINGUAL:
        sides = content.pop(name)
        content[f"{name}_zh"], content[f"{name}_en"] = sides["zh_TW"], sides["en"]
    content["certificates"] = [held["name"] for held in content["certificates"]]
    return content


def _project(project: PastProject) -> dict[str, Any]:
    return {
        "title": _sides(project.title),
        "body": _sides(project.body),
        "year": project.year,
        "site": project.site,
        "results": project.results,
        "evidence": project.evidence.value,
        "evidence_note": project.evidence_note,
    }


def _certificate(held: Certificate) -> dict[str, Any]:
    return {
        "name": held.name,
        "issuer": held.issuer,
        "year": held.year,
        "expires_on": held.expires_on.isoformat() if held.expires_on else None,
    }


def _sides(text: Localized) -> dict[str, str | None]:
    return {"zh_TW": text.zh_TW, "en": text.en}
