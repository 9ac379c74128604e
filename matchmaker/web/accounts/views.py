"""Signing in and out."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matchmaker.accounts import signing_in
from matchmaker.accounts.models import User
from matchmaker.kernel.errors import TooMany
from matchmaker.web import door
from matchmaker.web.accounts.blueprint import bp
from matchmaker.web.accounts.forms import SignInForm
from matchmaker.web.accounts.proving import note_failure, prove
from matchmaker.web.security import limiter, local_path
from matchmaker.web.sign_in import close_session, open_session


@bp.route("/login", methods=["GET", "POST"])
@limiter.limit("30 per minute", methods=["POST"])
@limiter.limit("600 per minute", methods=["POST"], key_func=lambda: "whole site")
def sign_in() -> Response | tuple[str, int]:
    """Sign in, and go on to the page that asked for it."""
    form = SignInForm(next=local_path(request.args.get("next")))
    target = local_path(form.next.data) or "/"
    if door.actor().is_signed_in:
        return redirect(target)
    if form.validate_on_submit():
        try:
            user = _entered(form.email.data or "", form.password.data or "")
        except TooMany as refusal:
            form.show_limit(refusal)
        else:
            if user is not None:
                open_session(user)
                return redirect(target)
            form.form_errors = [_("Address and password do not fit.")]
    return render_template("accounts/sign_in.html", form=form), form.status


@bp.post("/logout")
def sign_out() -> Response:
    """Sign out of this browser."""
    close_session()
    flash(_("You are signed out."), "success")
    return redirect(url_for("home.index"))


def _entered(email: str, password: str) -> User | None:
    """The active account that this password opens; None for every other reason alike."""
    who = prove(email, password)
    if who is None:
        return None
    user = signing_in.enter(door.db(), who, actor=door.actor(), now=door.now())
    if user is None:
        note_failure(email, who)
    return user
