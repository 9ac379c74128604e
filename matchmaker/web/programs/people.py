"""The people of a programme: who holds which role, who is invited, and how a role ends."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import login_required

from matchmaker.kernel.actor import STAFF_ROLES, Scope
from matchmaker.kernel.errors import Invalid
from matchmaker.kernel.permissions import can, require
from matchmaker.programs import people as members
from matchmaker.web import door
from matchmaker.web.accounts.inviting import open_for
from matchmaker.web.admin.forms import ReasonForm
from matchmaker.web.programs.views import bp
from matchmaker.web.programs.workspace import Page, program_of


@bp.get("/programs/<slug>/people")
@login_required
def people(slug: str) -> str:
    """Who works in the programme, and who is invited; addresses only for those who may."""
    program, actor = program_of(slug), door.actor()
    may_edit = bool(can(actor, "program.edit", program))
    held = members.members(door.db(), program)
    users = {grant.user.id: grant.user for grant in held}
    return render_template(
        "programs/people.html",
        program=program,
        members=held,
        staff_roles=STAFF_ROLES,
        may_edit=may_edit,
        may_end_staff=bool(can(actor, "account.grant_staff_role", None)),
        emails={
            key: user.email for key, user in users.items() if can(actor, "account.view_email", user)
        },
        accounts={key for key, user in users.items() if can(actor, "account.view", user)},
        open_invitations=open_for(Scope.PROGRAM, program.id) if may_edit else [],
    )


@bp.route("/programs/<slug>/people/<int:grant_id>/end", methods=["GET", "POST"])
@login_required
def end_role(slug: str, grant_id: int) -> Page:
    """End somebody's role in the programme."""
    program = program_of(slug)
    require(door.actor(), "program.edit", program)
    grant = members.member(door.db(), program, grant_id)
    form = ReasonForm()
    if form.validate_on_submit():
        try:
            members.end_role(
                door.db(), program, grant, reason=form.reason.data or "", actor=door.actor(),
                now=door.now(),
            )  # fmt: skip
        except Invalid as refusal:
            form.show(refusal)
        else:
            flash(_("The role has ended."), "success")
            return redirect(url_for(".people", slug=slug))
    body = render_template("programs/end_role.html", form=form, program=program, grant=grant)
    return body, form.status
