"""The people of a team: naming them, handing over, and ending a membership."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.kernel.actor import Scope
from matchmaker.kernel.errors import Invalid, NotFound
from matchmaker.kernel.permissions import can, require
from matchmaker.teams import queries, service
from matchmaker.teams.engagement import members_are_fixed
from matchmaker.teams.membership import MOST_PEOPLE
from matchmaker.teams.models import Team, TeamMember
from matchmaker.teams.policy import Membership
from matchmaker.web import door
from matchmaker.web.accounts.inviting import open_for
from matchmaker.web.teams.blueprint import bp
from matchmaker.web.teams.forms import PersonForm, person_of

NEW = "new"


def members(team: Team) -> tuple[dict[str, Any], int] | Response:
    """The people of a team, with the one that the address opens in the form."""
    may_manage = bool(can(door.actor(), "team.manage_members", team))
    if request.method == "POST":
        require(door.actor(), "team.manage_members", team)
    open_row = _open(team) if may_manage else None
    form = PersonForm(data=_shown(open_row))
    if form.validate_on_submit():
        try:
            _save(team, open_row, form)
        except Invalid as refusal:
            form.show(refusal)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for(".edit", key=team.ref, section="members"))
    values = {
        "form": form,
        "open": open_row,
        "people": queries.people(door.db(), team.id),
        "former": queries.former(door.db(), team.id),
        "may_manage": may_manage,
        "open_invitations": open_for(Scope.TEAM, team.id) if may_manage else [],
        "is_fixed": members_are_fixed(door.db(), team, door.now()),
        "most": MOST_PEOPLE,
    }
    return values, form.status


@bp.route("/teams/<key>/members/<int:member_id>/lead", methods=["GET", "POST"])
@login_required
def make_lead(key: str, member_id: int) -> Response | str:
    """Hand the representation over; first a page that says what this means."""
    team, member = _member(key, member_id)
    require(door.actor(), "team.manage_members", team)
    if request.method == "POST":
        service.make_lead(door.db(), member, actor=door.actor(), now=door.now())
        flash(_("%(name)s represents the team now.", name=member.name), "success")
        return redirect(url_for(".detail", key=team.ref))
    return render_template("teams/hand_over.html", team=team, member=member)


@bp.route("/teams/<key>/members/<int:member_id>/end", methods=["GET", "POST"])
@login_required
def end_membership(key: str, member_id: int) -> Response | tuple[str, int]:
    """End a membership; first a page that says what this means."""
    team, member = _member(key, member_id)
    require(door.actor(), "team.end_membership", Membership(team, member))
    is_self = member.user_id == door.actor().user_id
    if request.method == "POST":
        service.end_membership(door.db(), member, actor=door.actor(), now=door.now())
        flash(_("The membership has ended."), "success")
        return redirect(
            url_for(".mine") if is_self else url_for(".edit", key=team.ref, section="members")
        )
    body = render_template("teams/end_membership.html", team=team, member=member, is_self=is_self)
    return body, 200


def _member(key: str, member_id: int) -> tuple[Team, TeamMember]:
    team = queries.get(door.db(), key, seen_by=door.actor())
    require(door.actor(), "team.view_inside", team)
    return team, queries.member(door.db(), team.id, member_id)


def _open(team: Team) -> TeamMember | None:
    """The member that the address opens; None for a new one."""
    row = request.args.get("row", NEW)
    if row == NEW:
        return None
    if not (row.isascii() and row.isdigit() and len(row) < 10):
        raise NotFound
    return queries.member(door.db(), team.id, int(row))


def _save(team: Team, member: TeamMember | None, form: PersonForm) -> None:
    actor, now = door.actor(), door.now()
    if member is None:
        service.add_member(door.db(), team, person_of(form), actor=actor, now=now)
    else:
        service.edit_member(door.db(), member, person_of(form), actor=actor, now=now)


def _shown(member: TeamMember | None) -> dict[str, Any]:
    return {"name": member.name, "title": member.title} if member else {}
