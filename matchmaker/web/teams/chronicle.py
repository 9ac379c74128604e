"""The history of a team: entries of the record as sentences, with the changes side by side."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from matchmaker import taxonomy
from matchmaker.audit.models import AuditEntry
from matchmaker.kernel import formats
from matchmaker.teams.models import EvidenceKind, MemberRole
from matchmaker.web import languages
from matchmaker.web.teams.blueprint import EVIDENCE, LANGUAGES
from matchmaker.web.teams.blueprint import ROLES as PLACES
from matchmaker.web.words import REGIONS, roles_said

DEEDS = {
    "team.create": _l("Founded the team."),
    "team.edit_profile": _l("Changed the profile."),
    "team.set_organization": _l("Changed the organisation."),
    "team.set_capabilities": _l("Changed the capabilities."),
    "team.set_capacity": _l("Changed the capacity."),
    "team.set_listed": _l("Changed who can see the team."),
    "team.add_project": _l("Added a past project."),
    "team.edit_project": _l("Changed a past project."),
    "team.remove_project": _l("Removed a past project."),
    "team.move_project": _l("Changed the order of the projects."),
    "team.add_certificate": _l("Added a certificate."),
    "team.edit_certificate": _l("Changed a certificate."),
    "team.remove_certificate": _l("Removed a certificate."),
    "team.join": _l("Somebody joined the team."),
    "team.edit_member": _l("Corrected an entry about a member."),
    "team.make_lead": _l("Handed over the representation."),
    "team.end_membership": _l("A membership ended."),
}
FIELDS = {
    "name_zh": _l("Name in Chinese"),
    "name_en": _l("Name in English"),
    "profile_zh": _l("What the team solves, in Chinese"),
    "profile_en": _l("What the team solves, in English"),
    "wishes_zh": _l("Wishes and exclusions, in Chinese"),
    "wishes_en": _l("Wishes and exclusions, in English"),
    "city": _l("City or county"),
    "founded": _l("Founded in"),
    "website": _l("Website"),
    "organization": _l("Organisation"),
    "domains": _l("Industries"),
    "technologies": _l("Technologies"),
    "modalities": _l("Kinds of data"),
    "capacity": _l("PoCs at a time"),
    "free_from": _l("Free from"),
    "regions": _l("Regions"),
    "languages": _l("Languages"),
    "is_listed": _l("Public"),
    "title": _l("Title"),
    "body_zh": _l("What was done, in Chinese"),
    "body_en": _l("What was done, in English"),
    "results": _l("Result"),
    "evidence": _l("Proof of the result"),
    "evidence_note": _l("Where the proof can be seen"),
    "year": _l("Year"),
    "site": _l("Site"),
    "place": _l("Place"),
    "name": _l("Name"),
    "issuer": _l("Issued by"),
    "expires_on": _l("Valid until"),
    "role": _l("Role"),
    "lead": _l("Representative"),
    "left_on": _l("Left on"),
}


def told(entries: Iterable[AuditEntry]) -> list[dict[str, Any]]:
    """Each entry: who, when, what, and every value before and after."""
    return [
        {
            "who": entry.actor_name if entry.actor_id else _("The system"),
            "role": roles_said(entry.roles),
            "at": entry.at,
            "what": str(DEEDS.get(entry.action, entry.action)),
            "why": entry.reason,
            "changes": _changes(entry),
        }
        for entry in entries
    ]


def _changes(entry: AuditEntry) -> list[dict[str, str]]:
    """The values that differ, in the order of the forms."""
    names = [name for name in FIELDS if name in entry.before or name in entry.after]
    found = [
        {
            "label": str(FIELDS[name]),
            "before": _spoken(name, entry.before.get(name)),
            "after": _spoken(name, entry.after.get(name)),
        }
        for name in names
    ]
    return [change for change in found if change["before"] != change["after"]]


def _spoken(name: str, value: Any) -> str:
    """A stored value as somebody would say it."""
    if value is None or value == []:
        return ""
    if isinstance(value, list):
        return formats.join([_spoken(name, each) for each in value], languages.current())
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name in ("domains", "technologies", "modalities"):
        return taxonomy.label(name, value).best(languages.current())[0]
    if name == "regions":
        return str(REGIONS.get(value, value))
    if name == "languages":
        return str(LANGUAGES.get(value, value))
    if name == "evidence":
        return str(EVIDENCE[EvidenceKind(value)])
    if name == "role":
        return str(PLACES[MemberRole(value)])
    return str(value)
