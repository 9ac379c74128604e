"""Signing in and out."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import HiddenField, PasswordField

from matchmaker.accounts import signing_in
from matchmaker.accounts.passwords import MAX_LENGTH
from matchmaker.web import door
from matchmaker.web.forms import Form, Line, at_most, required
from matchmaker.web.security import limiter, local_path
from matchmaker.web.sign_in import close_session, open_session

bp = Blueprint("accounts", __name__)


class SignInForm(Form):
    """Address and password."""

    email = Line(_l("E-mail address"), most=254, needed=True)
    password = PasswordField(_l("Password"), validators=[required(), at_most(MAX_LENGTH)])
    next = HiddenField()


@bp.route("/login", methods=["GET", "POST"])
@limiter.limit("30 per minute", methods=["POST"])
def sign_in() -> Response | tuple[str, int]:
    """Sign in, and go on to the page that asked for it."""
    if door.actor().is_signed_in:
        return redirect("/")
    form = SignInForm(next=local_path(request.args.get("next")))
    if form.validate_on_submit():
        user = signing_in.check(
            door.db(),
            form.email.data or "",
            form.password.data or "",
            passwords=current_app.extensions["matchmaker.passwords"],
            now=door.now(),
        )
        if user is not None:
            signing_in.note_success(door.db(), user, actor=door.actor(), now=door.now())
            open_session(user)
            return redirect(local_path(form.next.data) or "/")
        _note_failure(form.email.data or "")
        form.form_errors = [
            _(
                "Address and password do not fit, or the account is locked after too many "
                "attempts. Try again, at the latest in 15 minutes."
            )
        ]
    return render_template("accounts/sign_in.html", form=form), form.status


@bp.post("/logout")
def sign_out() -> Response:
    """Sign out of this browser."""
    close_session()
    flash(_("You are signed out."), "success")
    return redirect(url_for("home.index"))


def _note_failure(email: str) -> None:
    """Count the failure apart from this request, which changes nothing."""
    door.db().rollback()
    with door.database().transaction() as own:
        signing_in.note_failure(own, email, actor=door.actor(), now=door.now())
