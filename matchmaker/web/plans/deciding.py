"""What the programme office does with a plan: stop it, put it in force, wish for pairs, end it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.kernel.permissions import require
from matchmaker.matching import queries as matching
from matchmaker.matching.policy import Pair
from matchmaker.plans import service
from matchmaker.plans.models import Plan
from matchmaker.plans.policy import PlannedPair
from matchmaker.web import door
from matchmaker.web.plans.blueprint import bp, open_plan
from matchmaker.web.plans.forms import ReasonForm
from matchmaker.web.plans.words import DONE
from matchmaker.web.security import local_path

PAIR = "/matching/plans/<plan_id>/pairs/<key>/<team>"


@bp.post("/matching/plans/<plan_id>/cancel")
@login_required
def cancel(plan_id: str) -> Response:
    """Stop a plan."""
    service.cancel(door.db(), open_plan(plan_id), actor=door.actor(), now=door.now())
    flash(_("The plan stops. Nothing of it is kept."), "note")
    return redirect(url_for(".plan", plan_id=plan_id))


@bp.post("/matching/plans/<plan_id>/publish")
@login_required
def publish(plan_id: str) -> Response:
    """Put a plan in force for its call."""
    service.publish_plan(door.db(), open_plan(plan_id), actor=door.actor(), now=door.now())
    flash(_("The plan is in force. Its pairs are marked on the board."), "success")
    return redirect(url_for(".plan", plan_id=plan_id))


@bp.post("/matching/plans/<plan_id>/withdraw")
@login_required
def withdraw(plan_id: str) -> Response | tuple[str, int]:
    """Take a plan out of force, with a reason."""
    found, form = open_plan(plan_id), ReasonForm()
    require(door.actor(), "plan.publish", found)
    if form.validate_on_submit():
        service.withdraw_plan(
            door.db(), found, reason=form.reason.data or "", actor=door.actor(), now=door.now()
        )
        flash(_("The plan is in force no more."), "success")
        return redirect(url_for(".plan", plan_id=plan_id))
    return render_template("plans/withdraw.html", plan=found, form=form), form.status


@bp.post(f"{PAIR}/<any(lock, unlock, include):verb>")
@login_required
def wish(plan_id: str, key: str, team: str, verb: str) -> Response:
    """Lock a pair for the next version, or take a wish for it back."""
    found, pair = _pair(plan_id, key, team)
    act = service.lock_pair if verb == "lock" else service.drop_wish
    act(door.db(), found, pair, actor=door.actor(), now=door.now())
    flash(str(DONE[verb]), "success")
    return _back(found)


@bp.route(f"{PAIR}/exclude", methods=["GET", "POST"])
@login_required
def exclude(plan_id: str, key: str, team: str) -> Response | tuple[str, int]:
    """Keep a pair out of the next version, with a reason."""
    found, pair = _pair(plan_id, key, team)
    form = ReasonForm()
    if form.validate_on_submit():
        service.exclude_pair(
            door.db(), found, pair, reason=form.reason.data or "", actor=door.actor(),
            now=door.now(),
        )  # fmt: skip
        flash(_("The pair is left out of the next version."), "success")
        return _back(found)
    back = _target() or url_for(".plan", plan_id=plan_id)
    return render_template(
        "plans/exclude.html", plan=found, pair=pair, form=form, back=back
    ), form.status


def _pair(plan_id: str, key: str, team: str) -> tuple[Plan, Pair]:
    """A plan and a pair of an address, for those who may wish for it.

    Raises:
        NotFound, NotAllowed: the reader may not know of it, or not decide about it.
    """
    found = open_plan(plan_id)
    pair = matching.pair(door.db(), key, team)
    require(door.actor(), "plan.wish", PlannedPair(found, pair))
    return found, pair


def _back(found: Plan) -> Response:
    return redirect(_target() or url_for(".plan", plan_id=found.public_id))


def _target() -> str | None:
    return local_path(request.values.get("next"))
