"""Changing a team, section by section; every section works as a plain form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.kernel.errors import NotFound
from matchmaker.kernel.permissions import can, require
from matchmaker.teams import queries
from matchmaker.teams.gaps import Strength, profile_gaps
from matchmaker.teams.models import Team
from matchmaker.web import door
from matchmaker.web.teams import people, rows, sections
from matchmaker.web.teams.blueprint import bp, gap_links, is_autosave, kept, not_kept

Answer = Response | tuple[str, int]
TITLES = {
    "profile": _l("Who we are"),
    "capabilities": _l("Capabilities"),
    "projects": _l("Past projects"),
    "certificates": _l("Certificates"),
    "capacity": _l("Capacity"),
    "members": _l("Members"),
    "visibility": _l("Visibility"),
}
OWN_PAGES: dict[str, Callable[[Team], tuple[dict[str, Any], int] | Response]] = {
    "projects": rows.projects,
    "certificates": rows.certificates,
    "members": people.members,
}


@bp.route("/teams/<key>/edit/<section>", methods=["GET", "POST"])
@login_required
def edit(key: str, section: str) -> Answer:
    """One section of a team."""
    team = queries.get(door.db(), key, seen_by=door.actor())
    require(door.actor(), "team.edit_profile", team)
    if section not in TITLES:
        raise NotFound
    if section in OWN_PAGES:
        found = OWN_PAGES[section](team)
        if isinstance(found, Response):
            return found
        values, status = found
        return _page(team, section, **values), status
    return _simple(team, section)


def _simple(team: Team, name: str) -> Answer:
    """A section that is one form."""
    section = sections.SECTIONS[name]
    may_change = bool(can(door.actor(), section.action, team))
    form = section.form(team)
    if may_change and form.validate_on_submit() and sections.saves(section, team, form):
        if is_autosave():
            return kept(team)
        flash(_("Saved."), "success")
        return redirect(_after(team, name))
    if request.method == "POST":
        require(door.actor(), section.action, team)
        if is_autosave():
            return not_kept(form)
    return _page(team, name, form=form, may_change=may_change), form.status


def _page(team: Team, section: str, **values: Any) -> str:
    strength = profile_gaps(team)
    return render_template(
        f"teams/edit/{section}.html",
        team=team,
        section=section,
        title=str(TITLES[section]),
        sections=_list_of_sections(team, section, strength),
        strength=strength,
        gaps=gap_links(team, strength),
        following=_following(section),
        **values,
    )


def _list_of_sections(team: Team, current: str, strength: Strength) -> list[dict[str, Any]]:
    lacking = {gap.section for gap in strength.gaps}
    return [
        {
            "label": str(title),
            "url": url_for(".edit", key=team.ref, section=name),
            "state": _state(team, name, lacking),
            "current": name == current,
        }
        for name, title in TITLES.items()
    ]


def _state(team: Team, name: str, lacking: set[str]) -> str:
    """Complete, lacking something, or not begun."""
    if name == "certificates" and not team.certificates:
        return "todo"
    if name not in lacking:
        return "done"
    begun = {
        "profile": not team.profile.is_empty,
        "capabilities": bool(team.domains or team.technologies or team.modalities),
        "projects": bool(team.projects),
        "capacity": bool(team.regions or team.languages),
    }
    return "missing" if begun.get(name, True) else "todo"


def _following(section: str) -> str | None:
    """The section behind this one."""
    names = list(TITLES)
    place = names.index(section) + 1
    return names[place] if place < len(names) else None


def _after(team: Team, section: str) -> str:
    """Where to go on after saving: to the next section if that was asked for."""
    following = _following(section)
    if request.form.get("then") == "next" and following:
        return url_for(".edit", key=team.ref, section=following)
    if request.form.get("then") == "page":
        return url_for(".detail", key=team.ref)
    return url_for(".edit", key=team.ref, section=section)
