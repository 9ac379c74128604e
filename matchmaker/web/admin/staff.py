"""Staff roles: proposed by one administrator, confirmed by another."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.accounts import queries, staff
from matchmaker.accounts.models import Outcome, StaffProposal
from matchmaker.accounts.staff import HELD_IN, Wish
from matchmaker.accounts.words import ROLES
from matchmaker.kernel.actor import Role, Scope
from matchmaker.kernel.errors import Invalid
from matchmaker.kernel.i18n import Lang, msg
from matchmaker.kernel.localized import Localized
from matchmaker.kernel.permissions import can, require
from matchmaker.programs import queries as programs
from matchmaker.programs.models import Program
from matchmaker.web import door, languages
from matchmaker.web.admin.blueprint import bp
from matchmaker.web.admin.forms import StaffForm
from matchmaker.web.formatting import say
from matchmaker.web.forms import choices

Answer = Response | tuple[str, int]
OUTCOMES = {
    Outcome.CONFIRMED: (msg("Confirmed"), "proof"),
    Outcome.REFUSED: (msg("Refused"), "refused"),
    Outcome.WITHDRAWN: (msg("Withdrawn"), "neutral"),
}


@bp.get("/invitations/staff")
@login_required
def staff_roles() -> Answer:
    """Proposals that wait for another administrator, and what became of earlier ones."""
    require(door.actor(), "account.grant_staff_role", None)
    return _page(_form())


@bp.post("/invitations/staff")
@login_required
def propose_staff() -> Answer:
    """Propose a staff role."""
    require(door.actor(), "account.grant_staff_role", None)
    form = _form()
    if form.validate_on_submit():
        try:
            staff.propose(door.db(), _wish(form), actor=door.actor(), now=door.now())
        except Invalid as refusal:
            form.show(refusal)
        else:
            flash(_("Proposed. Another administrator has to confirm it."), "success")
            return redirect(url_for(".staff_roles"))
    return _page(form)


@bp.post("/invitations/staff/<public_id>/<any(confirm,refuse,withdraw):verb>")
@login_required
def decide_staff(public_id: str, verb: str) -> Response:
    """Confirm, refuse or take back a proposal."""
    proposal = staff.get(door.db(), public_id)
    if verb == "confirm":
        name = _program_name(proposal)
        staff.confirm(door.db(), proposal, name, actor=door.actor(), now=door.now())
        flash(_("Confirmed. The person was told by mail."), "success")
    elif verb == "refuse":
        staff.refuse(door.db(), proposal, actor=door.actor(), now=door.now())
        flash(_("Refused. The role was not given."), "success")
    else:
        staff.withdraw(door.db(), proposal, actor=door.actor(), now=door.now())
        flash(_("Taken back."), "success")
    return redirect(url_for(".staff_roles"))


def _form() -> StaffForm:
    form = StaffForm(data={"lang": languages.current().value})
    form.role.choices = choices([(role.value, say(ROLES[role])) for role in HELD_IN])
    lang = languages.current()
    form.program.choices = choices(
        [("", _("The whole platform (auditors and administrators)"))]
        + [
            (program.public_id, program.name.best(lang)[0])
            for program in programs.programs_visible(door.db(), door.actor())
        ]
    )
    return form


def _wish(form: StaffForm) -> Wish:
    program = programs.get_program(door.db(), form.program.data).id if form.program.data else 0
    return Wish(
        form.email.data or "", Role(form.role.data), program, form.reason.data or "",
        Lang(form.lang.data),
    )  # fmt: skip


def _page(form: StaffForm) -> tuple[str, int]:
    waiting = staff.listing(door.db(), is_open=True)
    decided = staff.listing(door.db(), is_open=False, limit=20)
    ids = {each.scope_id for each in (*waiting, *decided) if each.scope is Scope.PROGRAM}
    actor = door.actor()
    body = render_template(
        "admin/staff.html",
        form=form,
        waiting=waiting,
        decided=decided,
        invited=queries.open_staff_invitations(door.db(), now=door.now()),
        names=programs.names(door.db(), ids, languages.current()),
        outcomes=OUTCOMES,
        may_confirm=lambda each: bool(can(actor, "account.grant_staff_role", each)),
        is_own=lambda each: each.proposed_by == actor.user_id,
    )
    return body, form.status


def _program_name(proposal: StaffProposal) -> Localized:
    if proposal.scope is not Scope.PROGRAM:
        return Localized()
    program = door.db().get(Program, proposal.scope_id)
    return program.name if program else Localized()
