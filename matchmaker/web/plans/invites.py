"""Invitations for the teams of a plan in force: who can be invited, then all of them at once."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.kernel.permissions import require
from matchmaker.plans import inviting
from matchmaker.plans.lifecycle import PlanState
from matchmaker.web import door
from matchmaker.web.plans.blueprint import bp, open_plan


@bp.get("/matching/plans/<plan_id>/invitations")
@login_required
def invitations(plan_id: str) -> str:
    """Every planned pair, and whether its team can be invited."""
    found, actor = open_plan(plan_id), door.actor()
    require(actor, "plan.invite", found)
    is_open = found.state is PlanState.PUBLISHED
    lines = inviting.preview(door.db(), found, actor=actor, now=door.now()) if is_open else []
    return render_template(
        "plans/invitations.html",
        plan=found,
        is_open=is_open,
        ready=[line for line in lines if line.why_not is None],
        skipped=[line for line in lines if line.why_not is not None],
    )


@bp.post("/matching/plans/<plan_id>/invitations")
@login_required
def invite(plan_id: str) -> Response:
    """Put all teams that the preview showed on the list of invitations."""
    found = open_plan(plan_id)
    done = inviting.invite(
        door.db(), found, request.form.getlist("pair"), actor=door.actor(), now=door.now()
    )
    queued = ngettext(
        "%(num)s team is on the list of invitations.",
        "%(num)s teams are on the list of invitations.",
        done.queued,
    )
    skipped = ngettext("%(num)s pair was skipped.", "%(num)s pairs were skipped.", done.skipped)
    flash(_("%(queued)s %(skipped)s", queued=queued, skipped=skipped), "success")
    return redirect(url_for(".invitations", plan_id=plan_id))
