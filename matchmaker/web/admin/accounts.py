"""All accounts: found, opened, suspended and restored; staff roles ended."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.accounts import queries, second_factor, service, sessions, staff
from matchmaker.accounts.lifecycle import ACCOUNT, WORDS, AccountState
from matchmaker.accounts.models import Grant, User
from matchmaker.audit import queries as audit
from matchmaker.kernel.actor import STAFF_ROLES, Scope
from matchmaker.kernel.errors import Invalid
from matchmaker.kernel.permissions import can, require
from matchmaker.organizations import queries as organizations
from matchmaker.programs import queries as programs
from matchmaker.teams import queries as teams
from matchmaker.web import door, languages
from matchmaker.web.admin.blueprint import bp
from matchmaker.web.admin.forms import ReasonForm
from matchmaker.web.formatting import say

Answer = Response | tuple[str, int]
NAMES = {
    Scope.ORGANIZATION: organizations.names,
    Scope.PROGRAM: programs.names,
    Scope.TEAM: teams.names,
}
SHOWN_EVENTS = 20


@bp.get("/accounts")
@login_required
def accounts() -> str:
    """The accounts that the reader may look after, newest first."""
    actor = door.actor()
    require(actor, "account.list", None)
    query, chosen = request.args.get("q", "")[:100], request.args.get("state", "")
    page = queries.listing(
        door.db(),
        seen_by=actor,
        query=query,
        state=AccountState(chosen) if chosen in set(AccountState) else None,
        before_id=request.args.get("before", type=int),
    )
    return render_template(
        "admin/accounts.html",
        page=page,
        query=query,
        chosen=chosen,
        states=[(state.value, say(WORDS[state].staff)) for state in AccountState],
        words=WORDS,
        shows_email=actor.holds_any(queries.READS_ADDRESSES),
        sees_email=lambda user: bool(can(actor, "account.view_email", user)),
        may_invite=bool(can(actor, "account.grant_staff_role", None)),
    )


@bp.get("/accounts/<public_id>")
@login_required
def account(public_id: str) -> Answer:
    """One account: roles, sessions, and what happened to it."""
    return _page(queries.get(door.db(), public_id, seen_by=door.actor()))


@bp.post("/accounts/<public_id>/<any(suspend,restore):verb>")
@login_required
def move(public_id: str, verb: str) -> Answer:
    """Suspend or restore an account."""
    user = queries.get(door.db(), public_id, seen_by=door.actor())
    require(door.actor(), "account.suspend", user)
    form = ReasonForm()
    if form.validate_on_submit():
        change = service.suspend if verb == "suspend" else service.restore
        change(door.db(), user, reason=form.reason.data or "", actor=door.actor(), now=door.now())
        if verb == "suspend":
            flash(_("The account is suspended. All its sessions have ended."), "success")
        else:
            flash(_("The account is open again."), "success")
        return redirect(url_for(".account", public_id=public_id))
    return _page(user, form)


@bp.route("/accounts/<public_id>/second-factor/reset", methods=["GET", "POST"])
@login_required
def reset_second_factor(public_id: str) -> Answer:
    """Take the second step off the account of somebody who lost the app."""
    user = queries.get(door.db(), public_id, seen_by=door.actor())
    require(door.actor(), "account.reset_second_factor", user)
    form = ReasonForm()
    if form.validate_on_submit():
        second_factor.reset(
            door.db(), user, reason=form.reason.data or "", actor=door.actor(), now=door.now()
        )
        flash(_("The second step is reset. All sessions of the account have ended."), "success")
        return redirect(url_for(".account", public_id=public_id))
    return render_template("admin/reset_factor.html", form=form, user=user), form.status


@bp.route("/accounts/<public_id>/roles/<int:grant_id>/end", methods=["GET", "POST"])
@login_required
def end_role(public_id: str, grant_id: int) -> Answer:
    """Take a staff role away."""
    user = queries.get(door.db(), public_id, seen_by=door.actor())
    require(door.actor(), "account.end_staff_role", user)
    grant = queries.grant_of(door.db(), user, grant_id)
    form = ReasonForm()
    if form.validate_on_submit():
        try:
            staff.end_role(
                door.db(), grant, reason=form.reason.data or "", actor=door.actor(),
                now=door.now(),
            )  # fmt: skip
        except Invalid as refusal:
            form.show(refusal)
        else:
            flash(_("The role has ended."), "success")
            return redirect(url_for(".account", public_id=public_id))
    body = render_template(
        "admin/end_role.html", form=form, user=user, grant=grant, thing=_names([grant])
    )
    return body, form.status


def _page(user: User, form: ReasonForm | None = None) -> tuple[str, int]:
    actor = door.actor()
    moves = ACCOUNT.verbs_from(user.state) if can(actor, "account.suspend", user) else []
    body = render_template(
        "admin/account.html",
        user=user,
        words=WORDS,
        things=_names(user.grants),
        staff_roles=STAFF_ROLES,
        sees_email=bool(can(actor, "account.view_email", user)),
        may_suspend="suspend" in moves,
        may_restore="restore" in moves,
        may_reset_factor=user.second_factor_at is not None
        and bool(can(actor, "account.reset_second_factor", user)),
        may_end_roles=bool(can(actor, "account.end_staff_role", user)),
        may_read_log=bool(can(actor, "audit_log.check", None)),
        sessions=sessions.of_user(door.db(), user.id),
        page=audit.security_events(door.db(), user.id, size=SHOWN_EVENTS),
        form=form or ReasonForm(formdata=None),
    )
    return body, form.status if form else 200


def _names(grants: list[Grant]) -> dict[tuple[Scope, int], str]:
    """What the things are called in which roles are held. One statement per kind."""
    found: dict[tuple[Scope, int], str] = {}
    for scope, names in NAMES.items():
        ids = {grant.scope_id for grant in grants if grant.scope is scope}
        if ids:
            known = names(door.db(), ids, languages.current())
            found.update({(scope, key): name for key, name in known.items()})
    return found
