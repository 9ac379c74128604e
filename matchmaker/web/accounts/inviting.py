"""Invitations: made by whoever may, accepted by whom they are for."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from matchmaker.accounts import credentials, invitations, queries, tokens
from matchmaker.accounts.invitations import Host, Invitee
from matchmaker.accounts.lifecycle import AccountState
from matchmaker.accounts.models import MailToken, Purpose
from matchmaker.accounts.words import ROLES
from matchmaker.kernel.actor import Role, Scope
from matchmaker.kernel.errors import Invalid, WrongState
from matchmaker.kernel.i18n import Lang
from matchmaker.kernel.permissions import require
from matchmaker.web import door, languages
from matchmaker.web.accounts.blueprint import bp
from matchmaker.web.accounts.forms import ArrivalForm, InvitationForm, PressForm
from matchmaker.web.accounts.hosts import PAGES, host_for, host_of
from matchmaker.web.accounts.links import Answer, dead_link, sends_mail
from matchmaker.web.accounts.proving import passwords
from matchmaker.web.formatting import say
from matchmaker.web.forms import Form, choices
from matchmaker.web.security import limiter
from matchmaker.web.sign_in import open_session


@bp.route("/invitations/new", methods=["GET", "POST"])
@login_required
@limiter.limit("30 per minute", methods=["POST"])
def invite() -> Answer:
    """Invite somebody into an organisation, a team or a programme."""
    host = host_of(request.values.get("scope", ""))
    thing = host.by_key(door.db(), request.values.get("scope_id", "")[:60])
    require(door.actor(), host.action, host.subject(door.db(), thing, door.now()))
    form = InvitationForm(
        data={
            "scope": host.scope.value, "scope_id": thing.public_id,
            "role": host.roles[0].value, "lang": languages.current().value,
        }
    )  # fmt: skip
    form.role.choices = choices([(role.value, say(ROLES[role])) for role in host.roles])
    if form.validate_on_submit():
        try:
            _invite(host, thing, form)
        except Invalid as refusal:
            form.show(refusal)
        else:
            _tell_sent()
            return redirect(people_of(host.scope, thing))
    body = render_template(
        "accounts/invite.html", form=form, thing=thing, back=page_of(host.scope, thing),
        open_invitations=open_for(host.scope, thing.id),
    )  # fmt: skip
    return body, form.status


@bp.post("/invitations/<public_id>/revoke")
@login_required
def revoke_invitation(public_id: str) -> Response:
    """Take an invitation back."""
    row = invitations.get(door.db(), public_id)
    host = host_for(row.scope, row.role)
    invitations.revoke(door.db(), host, row, actor=door.actor(), now=door.now())
    flash(_("The invitation is revoked. Its link opens nothing any more."), "success")
    return redirect(_back_to(host, row))


@bp.post("/invitations/<public_id>/resend")
@login_required
@limiter.limit("30 per minute")
def resend_invitation(public_id: str) -> Response:
    """Send an invitation once more."""
    row = invitations.get(door.db(), public_id)
    host = host_for(row.scope, row.role)
    invitations.resend(door.db(), host, row, actor=door.actor(), now=door.now())
    _tell_sent()
    return redirect(_back_to(host, row))


@bp.route("/invitations/<token>", methods=["GET", "POST"])
@limiter.limit("30 per minute")
def invitation(token: str) -> Answer:
    """Show what an invitation grants and who sent it; only the button accepts it."""
    row = tokens.find(door.db(), token, Purpose.INVITATION)
    actor = door.actor()
    if not tokens.is_open(row, door.now()):
        return dead_link(row)
    knows_us = _has_account(row.email)
    form: Form = PressForm() if actor.is_signed_in else ArrivalForm()
    if form.validate_on_submit() and (actor.is_signed_in or not knows_us):
        try:
            return _accept(token, row, form)
        except WrongState:
            return dead_link(row)
        except Invalid as refusal:
            form.show(refusal)
    body = render_template(
        "accounts/invitation.html", form=form, token=token, invitation=row,
        thing=invitations.thing_of(row), role=ROLES[invitations.offered(row)[0]],
        knows_us=knows_us, min_length=passwords().min_length,
    )  # fmt: skip
    return body, form.status


def open_for(scope: Scope, thing_id: int) -> list[MailToken]:
    """Open invitations into a thing, for its page (see ``accounts/_invitations.html``)."""
    return queries.open_invitations(door.db(), scope, thing_id, now=door.now())


def page_of(scope: Scope, thing: Any) -> str:
    """The page of a thing that people are invited into."""
    if scope is Scope.PROGRAM:
        return url_for(PAGES[scope], slug=thing.slug)
    return url_for(PAGES[scope], key=thing.ref)


def people_of(scope: Scope, thing: Any) -> str:
    """The page that lists the people of a thing, and who is invited into it."""
    if scope is Scope.TEAM:
        return url_for("teams.edit", key=thing.ref, section="members")
    return page_of(scope, thing)


def _has_account(email: str) -> bool:
    user = queries.user_by_email(door.db(), email)
    return user is not None and user.state is not AccountState.PENDING


def _invite(host: Host, thing: Any, form: InvitationForm) -> None:
    invitee = Invitee(form.email.data or "", Role(form.role.data), Lang(form.lang.data))
    invitations.invite(door.db(), host, thing, invitee, actor=door.actor(), now=door.now())


def _tell_sent() -> None:
    if sends_mail():
        flash(_("The invitation is on its way. Its link works for 14 days."), "success")
    else:
        flash(
            _(
                "The invitation is kept in the outbox, because this installation sends no mail. "
                "Its operator reads it with: matchmaker mail list"
            ),
            "success",
        )


def _back_to(host: Host | None, row: MailToken) -> str:
    if host is None:
        return url_for("admin.staff_roles")
    return people_of(host.scope, host.by_id(door.db(), row.scope_id or 0))


def _accept(token: str, row: MailToken, form: Form) -> Response:
    role, scope, scope_id = invitations.offered(row)
    host = host_for(scope, role)
    if door.actor().is_signed_in:
        invitations.accept(door.db(), host, row, current_user.user, now=door.now())
        user = current_user.user
    else:
        name, password = form["name"].data or "", form["password"].data or ""
        about = (name, row.email)
        door.db().rollback()  # hashing takes long, and nobody should wait for it
        hashed = credentials.hashed(passwords(), password, about=about)
        row = tokens.find(door.db(), token, Purpose.INVITATION)
        user = invitations.accept_as_new(
            door.db(), host, row, name, hashed, lang=languages.current(), now=door.now()
        )
    open_session(user)
    flash(_("Welcome. You accepted the invitation."), "success")
    if host is None or scope is Scope.PROGRAM:
        return redirect("/")
    return redirect(page_of(scope, host.by_id(door.db(), scope_id)))
