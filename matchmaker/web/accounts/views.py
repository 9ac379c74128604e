"""Signing in and out."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matchmaker.accounts import signing_in
from matchmaker.accounts.models import User
from matchmaker.accounts.second_factor import WRONG_CODE
from matchmaker.kernel.errors import Invalid, TooMany
from matchmaker.web import door
from matchmaker.web.accounts.blueprint import bp
from matchmaker.web.accounts.forms import CodeForm, SignInForm
from matchmaker.web.accounts.proving import note_failure, prove, prove_code
from matchmaker.web.security import limiter, local_path
from matchmaker.web.sign_in import close_session, half_signed_in, open_session, remember_half


@bp.route("/login", methods=["GET", "POST"])
@limiter.limit("30 per minute", methods=["POST"])
@limiter.limit("600 per minute", methods=["POST"], key_func=lambda: "whole site")
def sign_in() -> Response | tuple[str, int]:
    """Sign in, and go on to the page that asked for it; by way of the code where one is needed."""
    form = SignInForm(next=local_path(request.args.get("next")))
    target = local_path(form.next.data) or "/"
    if door.actor().is_signed_in:
        return redirect(target)
    if form.validate_on_submit():
        try:
            user = _owner(form.email.data or "", form.password.data or "")
        except TooMany as refusal:
            form.show_limit(refusal)
        else:
            if user is not None and user.second_factor_at is not None:
                signing_in.forget(door.db(), user.email, address=door.actor().address)
                remember_half(user)
                return redirect(url_for(".code", next=form.next.data or None))
            if user is not None:
                return _enter(user, target)
            form.form_errors = [_("Address and password do not fit.")]
    return render_template("accounts/sign_in.html", form=form), form.status


@bp.route("/login/code", methods=["GET", "POST"])
@limiter.limit("30 per minute", methods=["POST"])
def code() -> Response | tuple[str, int]:
    """Ask for the code after the password; only it opens a session."""
    form = CodeForm(next=local_path(request.args.get("next")))
    target = local_path(form.next.data) or "/"
    if door.actor().is_signed_in:
        return redirect(target)
    user = half_signed_in()
    if user is None:
        flash(_("Please begin with your address and password."), "note")
        return redirect(url_for(".sign_in", next=form.next.data or None))
    if form.validate_on_submit():
        try:
            if prove_code(user, form.code.data or ""):
                return _enter(user, target)
            form.show(Invalid({"code": WRONG_CODE}))
        except TooMany as refusal:
            form.show_limit(refusal)
    return render_template("accounts/code.html", form=form), form.status


@bp.post("/logout")
def sign_out() -> Response:
    """Sign out of this browser."""
    close_session()
    flash(_("You are signed out."), "success")
    return redirect(url_for("home.index"))


def _owner(email: str, password: str) -> User | None:
    """The active account that this password fits; None for every other reason alike."""
    who = prove(email, password)
    if who is None:
        return None
    user = signing_in.owner(door.db(), who)
    if user is None:
        note_failure(email, who)
    return user


def _enter(user: User, target: str) -> Response:
    signing_in.enter(door.db(), user, actor=door.actor(), now=door.now())
    open_session(user)
    return redirect(target)
