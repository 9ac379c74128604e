"""One's own account."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from matchmaker.accounts import credentials, second_factor, service, sessions
from matchmaker.accounts.models import User
from matchmaker.audit import queries as audit
from matchmaker.kernel.errors import Invalid, NotFound, Stale, TooMany
from matchmaker.kernel.i18n import Lang
from matchmaker.kernel.permissions import require
from matchmaker.web import door, languages
from matchmaker.web.accounts.proving import passwords
from matchmaker.web.forms import Form
from matchmaker.web.security import limiter
from matchmaker.web.settings.forms import EmailForm, PasswordForm, ProfileForm
from matchmaker.web.settings.proving import forget_failures, me, prove_myself
from matchmaker.web.sign_in import open_session

bp = Blueprint("settings", __name__, url_prefix="/settings")
Answer = Response | tuple[str, int]
SHOWN_EVENTS = 10


@bp.route("/profile", methods=["GET", "POST"])
@login_required
def profile() -> Answer:
    """How the person is called, and in which language pages and mail come."""
    user = me()
    form = ProfileForm(data=_saved(user))
    if form.validate_on_submit():
        entry = service.Profile(
            form.name.data or "", form.name_en.data or "", Lang.parse(form.lang.data)
        )
        try:
            service.edit_profile(
                door.db(), user, entry, version=form.opened_version, actor=door.actor(),
                now=door.now(),
            )  # fmt: skip
        except Invalid as refusal:
            form.show(refusal)
        except Stale:
            form.show_stale(_saved(user), user.version)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for(".profile"))
    return render_template("settings/profile.html", form=form), form.status


@bp.get("/security")
@login_required
def security() -> Answer:
    """Password, address, sessions and what happened to the account lately."""
    return _security_page()


@bp.get("/security/events")
@login_required
def events() -> str:
    """Everything that happened to the account."""
    user = me()
    require(door.actor(), "audit_log.view_own_security_events", user.id)
    before = request.args.get("before", type=int)
    page = audit.security_events(door.db(), user.id, before_id=before)
    return render_template("settings/events.html", page=page)


@bp.post("/password")
@login_required
@limiter.limit("30 per minute")
def change_password() -> Answer:
    """Choose another password; every session ends, and this browser gets a new one."""
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            user = _changed_password(form)
        except Invalid as refusal:
            form.show(refusal)
        except TooMany as refusal:
            form.show_limit(refusal)
        else:
            open_session(user)
            flash(_("Your password is changed. All other sessions have ended."), "success")
            return redirect(url_for(".security"))
    return _security_page(password=form)


@bp.post("/email")
@login_required
@limiter.limit("10 per minute")
def change_email() -> Answer:
    """Ask for another address; it is used once its link is confirmed."""
    form = EmailForm()
    if form.validate_on_submit():
        try:
            prove_myself(form.proof.data or "", "proof")
            forget_failures()
            credentials.ask_email_change(
                door.db(), me(), form.email.data or "", lang=languages.current(),
                actor=door.actor(), now=door.now(),
            )  # fmt: skip
        except Invalid as refusal:
            form.show(refusal)
        except TooMany as refusal:
            form.show_limit(refusal)
        else:
            flash(
                _("We sent a link to the new address. Until it is confirmed nothing changes."),
                "success",
            )
            return redirect(url_for(".security"))
    return _security_page(email=form)


@bp.post("/sessions/<public_id>/end")
@login_required
def end_session(public_id: str) -> Response:
    """End one of the own sessions."""
    user = me()
    if not sessions.end_named(door.db(), public_id, user_id=user.id):
        raise NotFound
    service.note_sessions_ended(door.db(), user, actor=door.actor(), now=door.now())
    flash(_("The session has ended."), "success")
    return redirect(url_for(".security"))


@bp.post("/sessions/end")
@login_required
def end_other_sessions() -> Response:
    """End all own sessions but this one."""
    user = me()
    sessions.end_all(door.db(), user.id, but=current_user.session_id)
    service.note_sessions_ended(door.db(), user, actor=door.actor(), now=door.now())
    flash(_("You are signed out everywhere else."), "success")
    return redirect(url_for(".security"))


def _saved(user: User) -> dict[str, Any]:
    return {
        "version": user.version,
        "name": user.name,
        "name_en": user.name_en,
        "lang": user.lang.value if user.lang else "",
    }


def _changed_password(form: PasswordForm) -> User:
    user = me()
    prove_myself(form.current.data or "", "current")
    door.db().rollback()  # hashing takes long, and nobody should wait for it
    hashed = credentials.hashed(
        passwords(), form.password.data or "", about=credentials.known_of(user)
    )
    credentials.change_password(door.db(), user, hashed, actor=door.actor(), now=door.now())
    forget_failures()
    return user


def _security_page(*, password: Form | None = None, email: Form | None = None) -> tuple[str, int]:
    user = me()
    wrong = password or email
    page = audit.security_events(door.db(), user.id, size=SHOWN_EVENTS)
    body = render_template(
        "settings/security.html",
        password_form=password or PasswordForm(formdata=None),
        email_form=email or EmailForm(formdata=None),
        sessions=sessions.of_user(door.db(), user.id),
        current_session=current_user.session_id,
        page=page,
        codes_left=second_factor.codes_left(door.db(), user),
        min_length=passwords().min_length,
    )
    return body, wrong.status if wrong else 200
