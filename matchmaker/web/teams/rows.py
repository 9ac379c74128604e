"""Sections of a team that are rows: past projects and certificates.

One row is open in the form at a time (``?row=7``, ``?row=new``); the others are listed beside it
with their tools. So adding, changing, moving and removing are plain links and buttons.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.kernel.errors import Invalid, NotFound, Stale
from matchmaker.kernel.permissions import require
from matchmaker.teams import queries, service
from matchmaker.teams.entries import CLAIMABLE
from matchmaker.teams.models import Certificate, EvidenceKind, PastProject, Team
from matchmaker.web import door
from matchmaker.web.forms import Form, choices
from matchmaker.web.teams.blueprint import EVIDENCE, bp, is_autosave, kept, not_kept
from matchmaker.web.teams.forms import (
    CertificateForm,
    ProjectForm,
    certificate_of,
    project_of,
)
from matchmaker.web.teams.sections import differing, version_of

Found = tuple[dict[str, Any], int] | Response
NEW = "new"


def projects(team: Team) -> Found:
    """The past projects, with one of them open."""
    row = _open_row(len(team.projects))
    project = queries.project(door.db(), team.id, int(row)) if row.isdigit() else None
    form = ProjectForm(data=_shown_project(project, team))
    form.evidence.choices = choices((k.value, str(EVIDENCE[k])) for k in _claimable(project))
    saved: Callable[[], object] = lambda: _save_project(team, project, form)  # noqa: E731
    if form.validate_on_submit() and _saves(form, saved, _shown_project(project, team), team):
        return _saved(team, "projects", project)
    if is_autosave():
        return not_kept(form)
    return {"form": form if row else None, "row": row, "open": project}, form.status


def certificates(team: Team) -> Found:
    """The certificates, with one of them open."""
    row = _open_row(len(team.certificates))
    held = queries.certificate(door.db(), team.id, int(row)) if row.isdigit() else None
    form = CertificateForm(data=_shown_certificate(held, team))
    saved: Callable[[], object] = lambda: _save_certificate(team, held, form)  # noqa: E731
    if form.validate_on_submit() and _saves(form, saved, _shown_certificate(held, team), team):
        return _saved(team, "certificates", held)
    if is_autosave():
        return not_kept(form)
    return {"form": form if row else None, "row": row, "open": held}, form.status


@bp.post("/teams/<key>/projects/<int:project_id>/remove")
@login_required
def remove_project(key: str, project_id: int) -> Response:
    """Take a project out of the profile."""
    team = _editable(key)
    project = queries.project(door.db(), team.id, project_id)
    service.remove_project(
        door.db(), project, version=_version(), actor=door.actor(), now=door.now()
    )
    flash(_("The project is removed."), "success")
    return redirect(url_for(".edit", key=team.ref, section="projects"))


@bp.post("/teams/<key>/projects/<int:project_id>/<any(up, down):way>")
@login_required
def move_project(key: str, project_id: int, way: str) -> Response:
    """Show a project earlier or later."""
    team = _editable(key)
    project = queries.project(door.db(), team.id, project_id)
    by = -1 if way == "up" else 1
    service.move_project(
        door.db(), project, by, version=_version(), actor=door.actor(), now=door.now()
    )
    return redirect(url_for(".edit", key=team.ref, section="projects"))


@bp.post("/teams/<key>/certificates/<int:certificate_id>/remove")
@login_required
def remove_certificate(key: str, certificate_id: int) -> Response:
    """Take a certificate out of the profile."""
    team = _editable(key)
    held = queries.certificate(door.db(), team.id, certificate_id)
    service.remove_certificate(
        door.db(), held, version=_version(), actor=door.actor(), now=door.now()
    )
    flash(_("The certificate is removed."), "success")
    return redirect(url_for(".edit", key=team.ref, section="certificates"))


def _editable(key: str) -> Team:
    team = queries.get(door.db(), key, seen_by=door.actor())
    require(door.actor(), "team.edit_profile", team)
    return team


def _version() -> int:
    """The version that the page with the button was made from; 0, which never is one, if none."""
    return request.form.get("version", 0, type=int)


def _open_row(existing: int) -> str:
    """The row that the address opens; a new one while there is none yet."""
    row = request.args.get("row", "" if existing else NEW)
    if row in ("", NEW) or (row.isascii() and row.isdigit() and len(row) < 10):
        return row
    raise NotFound


def _saves(form: Form, save: Callable[[], object], shown: dict[str, Any], team: Team) -> bool:
    """Save a row that is in order; False when the verb refused, with its reasons at the form."""
    try:
        save()
    except Invalid as refusal:
        form.show(refusal)
    except Stale:
        form.show_stale(differing(form, shown), team.version)
        return not form.theirs
    return not form.errors and form.status == 200


def _saved(team: Team, section: str, row: PastProject | Certificate | None) -> Response:
    """Go on after saving; a script that saved only learns the new version."""
    if is_autosave() and row is not None:
        return kept(team)
    flash(_("Saved."), "success")
    more: dict[str, Any] = {"row": NEW} if request.form.get("then") == "another" else {}
    return redirect(url_for(".edit", key=team.ref, section=section, **more))


def _claimable(project: PastProject | None) -> list[EvidenceKind]:
    """What a team may say of a result by itself; what is verified already stays to be seen."""
    own = {project.evidence} if project is not None else set()
    return [kind for kind in EvidenceKind if kind in CLAIMABLE | own]


def _save_project(team: Team, project: PastProject | None, form: ProjectForm) -> None:
    content, version = project_of(form), version_of(form)
    actor, now = door.actor(), door.now()
    if project is None:
        service.add_project(door.db(), team, content, version=version, actor=actor, now=now)
    else:
        service.edit_project(door.db(), project, content, version=version, actor=actor, now=now)


def _save_certificate(team: Team, held: Certificate | None, form: CertificateForm) -> None:
    content, version = certificate_of(form), version_of(form)
    actor, now = door.actor(), door.now()
    if held is None:
        service.add_certificate(door.db(), team, content, version=version, actor=actor, now=now)
    else:
        service.edit_certificate(door.db(), held, content, version=version, actor=actor, now=now)


def _shown_project(project: PastProject | None, team: Team) -> dict[str, Any]:
    if project is None:
        return {"version": team.version, "evidence": EvidenceKind.SELF.value}
    return {
        "version": team.version,
        "title_zh": project.title.zh_TW,
        "title_en": project.title.en,
        "body_zh": project.body.zh_TW,
        "body_en": project.body.en,
        "results": project.results,
        "evidence": project.evidence.value,
        "evidence_note": project.evidence_note,
        "year": project.year,
        "site": project.site,
    }


def _shown_certificate(held: Certificate | None, team: Team) -> dict[str, Any]:
    if held is None:
        return {"version": team.version}
    return {
        "version": team.version,
        "name": held.name,
        "issuer": held.issuer,
        "year": held.year,
        "expires_on": held.expires_on,
    }
