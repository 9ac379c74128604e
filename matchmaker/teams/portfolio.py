"""Verbs on what a team has to show: past projects and certificates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.kernel.actor import Actor
from matchmaker.kernel.errors import Invalid, WrongState
from matchmaker.kernel.i18n import msg
from matchmaker.kernel.localized import Localized
from matchmaker.kernel.permissions import require
from matchmaker.teams import recording
from matchmaker.teams.entries import (
    ADDRESS,
    CLAIMABLE,
    LINE,
    LONGEST_VALID,
    MOST_CERTIFICATES,
    MOST_PROJECTS,
    PARAGRAPH,
    Check,
    Credential,
    Project,
)
from matchmaker.teams.models import Certificate, EvidenceKind, PastProject, Team


def add_project(
    session: Session, team: Team, content: Project, *, version: int, actor: Actor, now: datetime
) -> PastProject:
    """Add something the team has done, as the last of its projects.

    Raises:
        NotFound, NotAllowed: by the policy.
        Stale: somebody saved since ``version``.
        Invalid: an entry that cannot be accepted, or too many projects.
    """
    require(actor, "team.edit_profile", team)
    recording.expect(team, version)
    if len(team.projects) >= MOST_PROJECTS:
        raise Invalid({"": msg("There are %(max)s projects already.", max=MOST_PROJECTS)})
    entries = _project(content, actor, now)
    last = max((project.position for project in team.projects), default=0)
    project = PastProject(title=Localized(), body=Localized(), position=last + 1)
    _fill_project(project, entries, actor, now)
    team.projects.append(project)
    session.flush()
    recording.profile_changed(
        session, team, "team.add_project", actor=actor, now=now, after=_shown(project)
    )
    return project


def edit_project(
    session: Session,
    project: PastProject,
    content: Project,
    *,
    version: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Change what is told of a project.

    Raises:
        NotFound, NotAllowed: by the policy.
        Stale: somebody saved since ``version``.
        WrongState: its result has been verified and stands as it is.
        Invalid: an entry that cannot be accepted.
    """
    team = project.team
    require(actor, "team.edit_profile", team)
    recording.expect(team, version)
    if project.evidence is EvidenceKind.VERIFIED and not actor.is_system:
        raise WrongState(
            msg("This result has been verified and stays as it is. Add a new project instead.")
        )
    entries = _project(content, actor, now)
    before = _shown(project)
    _fill_project(project, entries, actor, now)
    recording.profile_changed(
        session, team, "team.edit_project", actor=actor, now=now, before=before,
        after=_shown(project),
    )  # fmt: skip


def remove_project(
    session: Session, project: PastProject, *, version: int, actor: Actor, now: datetime
) -> None:
    """Take a project out of the profile.

    Raises:
        NotFound, NotAllowed: by the policy.
        Stale: somebody saved since ``version``.
    """
    team = project.team
    require(actor, "team.edit_profile", team)
    recording.expect(team, version)
    before = _shown(project)
    team.projects.remove(project)
    session.flush()
    recording.profile_changed(
        session, team, "team.remove_project", actor=actor, now=now, before=before
    )


def move_project(
    session: Session, project: PastProject, by: int, *, version: int, actor: Actor, now: datetime
) -> None:
    """Show a project so many places later (``by`` 1) or earlier (-1); it stops at the ends.

    Raises:
        NotFound, NotAllowed: by the policy.
        Stale: somebody saved since ``version``.
    """
    team = project.team
    require(actor, "team.edit_profile", team)
    recording.expect(team, version)
    order = sorted(team.projects, key=lambda each: (each.position, each.id))
    before = order.index(project)
    order.insert(max(0, before + by), order.pop(before))
    for position, each in enumerate(order, 1):
        each.position = position
    team.projects.sort(key=lambda each: each.position)
    recording.profile_changed(
        session, team, "team.move_project", actor=actor, now=now,
        before={"title": _title(project), "place": before + 1},
        after={"title": _title(project), "place": project.position},
    )  # fmt: skip


def add_certificate(
    session: Session,
    team: Team,
    content: Credential,
    *,
    version: int,
    actor: Actor,
    now: datetime,
) -> Certificate:
    """Add a certificate that the team holds.

    Raises:
        NotFound, NotAllowed: by the policy.
        Stale: somebody saved since ``version``.
        Invalid: an entry that cannot be accepted, or too many certificates.
    """
    require(actor, "team.edit_profile", team)
    recording.expect(team, version)
    if len(team.certificates) >= MOST_CERTIFICATES:
        raise Invalid({"": msg("There are %(max)s certificates already.", max=MOST_CERTIFICATES)})
    held = Certificate(**_certificate(content, now))
    team.certificates.append(held)
    session.flush()
    recording.profile_changed(
        session, team, "team.add_certificate", actor=actor, now=now, after=_held(held)
    )
    return held


def edit_certificate(
    session: Session,
    held: Certificate,
    content: Credential,
    *,
    version: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Change what is told of a certificate.

    Raises:
        NotFound, NotAllowed: by the policy.
        Stale: somebody saved since ``version``.
        Invalid: an entry that cannot be accepted.
    """
    team = held.team
    require(actor, "team.edit_profile", team)
    recording.expect(team, version)
    entries, before = _certificate(content, now), _held(held)
    for name, value in entries.items():
        setattr(held, name, value)
    recording.profile_changed(
        session, team, "team.edit_certificate", actor=actor, now=now, before=before,
        after=_held(held),
    )  # fmt: skip


def remove_certificate(
    session: Session, held: Certificate, *, version: int, actor: Actor, now: datetime
) -> None:
    """Take a certificate out of the profile.

    Raises:
        NotFound, NotAllowed: by the policy.
        Stale: somebody saved since ``version``.
    """
    team = held.team
    require(actor, "team.edit_profile", team)
    recording.expect(team, version)
    before = _held(held)
    team.certificates.remove(held)
    session.flush()
    recording.profile_changed(
        session, team, "team.remove_certificate", actor=actor, now=now, before=before
    )


def _project(content: Project, actor: Actor, now: datetime) -> dict[str, Any]:
    """The entries as they will be stored, once all are in order."""
    check = Check(now)
    entries: dict[str, Any] = {
        "title_zh": check.line("title_zh", content.title_zh),
        "title_en": check.line("title_en", content.title_en),
        "body_zh": check.text("body_zh", content.body_zh),
        "body_en": check.text("body_en", content.body_en),
        "year": check.year("year", content.year),
        "site": check.line("site", content.site, LINE) or None,
        "results": check.text("results", content.results, PARAGRAPH) or None,
        "evidence": content.evidence,
        "evidence_note": check.line("evidence_note", content.evidence_note, ADDRESS) or None,
    }
    check.either(
        "title_zh", entries["title_zh"], entries["title_en"],
        msg("Give the title in at least one language."),
    )  # fmt: skip
    if content.evidence not in CLAIMABLE and not actor.is_system:
        check.problems["evidence"] = msg("Nobody can say this of oneself. Choose from the list.")
    check.settle()
    return entries


def _fill_project(
    project: PastProject, entries: Mapping[str, Any], actor: Actor, now: datetime
) -> None:
    project.title = project.title.edited(
        entries["title_zh"], entries["title_en"], by=actor.user_id, at=now
    )
    project.body = project.body.edited(
        entries["body_zh"], entries["body_en"], by=actor.user_id, at=now
    )
    for name in ("year", "site", "results", "evidence", "evidence_note"):
        setattr(project, name, entries[name])


def _certificate(content: Credential, now: datetime) -> dict[str, Any]:
    check = Check(now)
    entries: dict[str, Any] = {
        "name": check.line("name", content.name, needed=True),
        "issuer": check.line("issuer", content.issuer) or None,
        "year": check.year("year", content.year),
        "expires_on": check.ahead("expires_on", content.expires_on, LONGEST_VALID),
    }
    check.settle()
    return entries


def _title(project: PastProject) -> str:
    return project.title.zh_TW or project.title.en or ""


def _shown(project: PastProject) -> dict[str, Any]:
    """What the record keeps of a project."""
    return {
        "title": _title(project),
        "body_zh": project.body.zh_TW,
        "body_en": project.body.en,
        "year": project.year,
        "site": project.site,
        "results": project.results,
        "evidence": project.evidence.value,
        "evidence_note": project.evidence_note,
    }


def _held(held: Certificate) -> dict[str, Any]:
    """What the record keeps of a certificate."""
    return {
        "name": held.name,
        "issuer": held.issuer,
        "year": held.year,
        "expires_on": held.expires_on.isoformat() if held.expires_on else None,
    }
