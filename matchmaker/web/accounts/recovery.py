"""Choosing a new password by a mailed link."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matchmaker.accounts import credentials, tokens
from matchmaker.accounts.models import MailToken, Purpose, User
from matchmaker.kernel.errors import Invalid, WrongState
from matchmaker.web import door, languages
from matchmaker.web.accounts.blueprint import bp
from matchmaker.web.accounts.forms import AddressForm, NewPasswordForm
from matchmaker.web.accounts.links import Answer, dead_link, sends_mail
from matchmaker.web.accounts.proving import passwords
from matchmaker.web.security import limiter
from matchmaker.web.sign_in import close_session


@bp.route("/password", methods=["GET", "POST"])
@limiter.limit("10 per minute", methods=["POST"])
def forgot_password() -> Answer:
    """Ask for a link; the answer is the same whether or not the address has an account."""
    form = AddressForm()
    if form.validate_on_submit():
        credentials.ask_reset(
            door.db(), form.email.data or "", lang=languages.current(), actor=door.actor(),
            now=door.now(),
        )  # fmt: skip
        return redirect(url_for(".reset_sent"))
    return render_template("accounts/forgot_password.html", form=form), form.status


@bp.get("/password/sent")
def reset_sent() -> str:
    """What to do next: look into the mailbox."""
    return render_template("accounts/reset_sent.html", sends_mail=sends_mail())


@bp.route("/password/reset/<token>", methods=["GET", "POST"])
@limiter.limit("30 per minute")
def reset_password(token: str) -> Answer:
    """Choose a new password; only sending the form uses the link up."""
    row = tokens.find(door.db(), token, Purpose.RESET_PASSWORD)
    if not tokens.is_open(row, door.now()):
        return dead_link(row)
    form = NewPasswordForm()
    if form.validate_on_submit():
        try:
            return _reset(token, row, form.password.data or "")
        except WrongState:
            return dead_link(row)
        except Invalid as refusal:
            form.show(refusal)
    body = render_template(
        "accounts/reset_password.html", form=form, token=token, email=row.email,
        min_length=passwords().min_length,
    )  # fmt: skip
    return body, form.status


def _reset(token: str, row: MailToken, password: str) -> Response:
    about = credentials.known_of(door.db().get_one(User, row.user_id))
    door.db().rollback()  # hashing takes long, and nobody should wait for it
    hashed = credentials.hashed(passwords(), password, about=about)
    row = tokens.find(door.db(), token, Purpose.RESET_PASSWORD)
    credentials.reset_password(door.db(), row, hashed, actor=door.actor(), now=door.now())
    close_session()
    flash(_("Your new password is set. Sign in with it."), "success")
    return redirect(url_for(".sign_in"))
