"""Registering, and confirming an address by the link that was mailed."""

from __future__ import annotations

from flask import flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matchmaker.accounts import credentials, registration, signing_in, tokens
from matchmaker.accounts.addresses import address_of
from matchmaker.accounts.models import MailToken, Purpose
from matchmaker.kernel.errors import Invalid, TooMany, WrongState
from matchmaker.kernel.identifiers import fingerprint
from matchmaker.web import door, languages
from matchmaker.web.accounts.blueprint import bp
from matchmaker.web.accounts.forms import PressForm, ProofForm, RegistrationForm
from matchmaker.web.accounts.links import Answer, dead_link, sends_mail
from matchmaker.web.accounts.proving import passwords, prove
from matchmaker.web.forms import Form
from matchmaker.web.security import limiter
from matchmaker.web.sign_in import open_session

MARK = "registering"


@bp.route("/register", methods=["GET", "POST"])
@limiter.limit("10 per minute", methods=["POST"])
def register() -> Answer:
    """Ask for an account; the answer is the same whether or not the address has one."""
    if door.actor().is_signed_in:
        return redirect("/")
    form = RegistrationForm()
    if form.validate_on_submit():
        try:
            _register(form)
        except Invalid as refusal:
            form.show(refusal)
        else:
            session[MARK] = fingerprint(address_of(form.email.data or ""))
            return redirect(url_for(".register_sent"))
    body = render_template("accounts/register.html", form=form, min_length=passwords().min_length)
    return body, form.status


@bp.get("/register/sent")
def register_sent() -> str:
    """What to do next: look into the mailbox."""
    return render_template("accounts/register_sent.html", sends_mail=sends_mail())


@bp.route("/verify/<token>", methods=["GET", "POST"])
@limiter.limit("30 per minute")
def confirm_address(token: str) -> Answer:
    """Show what a mailed link is for; only the button uses it up."""
    row = tokens.find(door.db(), token, Purpose.CONFIRM_EMAIL, Purpose.CHANGE_EMAIL)
    if not tokens.is_open(row, door.now()):
        return dead_link(row)
    needs_proof = row.purpose is Purpose.CONFIRM_EMAIL and not _is_same_browser(row)
    form: Form = ProofForm() if needs_proof else PressForm()
    if form.validate_on_submit():
        try:
            return _confirmed(token, row, form if needs_proof else None)
        except WrongState:
            return dead_link(row)
        except Invalid as refusal:
            form.show(refusal)
        except TooMany as refusal:
            form.show_limit(refusal)
    body = render_template(
        "accounts/confirm_address.html", form=form, token=token, email=row.email,
        is_change=row.purpose is Purpose.CHANGE_EMAIL, needs_proof=needs_proof,
    )  # fmt: skip
    return body, form.status


def _register(form: RegistrationForm) -> None:
    name, email, password = form.name.data or "", form.email.data or "", form.password.data or ""
    hashed = credentials.hashed(passwords(), password, about=(name, email))
    entry = registration.Registration(email, name, hashed, languages.current())
    registration.register(door.db(), entry, actor=door.actor(), now=door.now())


def _is_same_browser(row: MailToken) -> bool:
    """Whether the link is opened where the account was registered, and the password typed."""
    return bool(session.get(MARK) == fingerprint(row.email))


def _confirmed(token: str, row: MailToken, proof: Form | None) -> Response:
    """Use the link up. Elsewhere than where the account was registered, the password shows that
    it is the same person: nobody can register for others and have them confirm it."""
    if proof is not None:
        who = prove(row.email, proof["password"].data or "")
        if who is None or who.user_id != row.user_id:
            raise Invalid({"password": credentials.WRONG_PASSWORD})
        row = tokens.find(door.db(), token, Purpose.CONFIRM_EMAIL)
    if row.purpose is Purpose.CHANGE_EMAIL:
        return _changed(row)
    user = registration.confirm(door.db(), row, actor=door.actor(), now=door.now())
    signing_in.enter(door.db(), user, actor=door.actor(), now=door.now())
    open_session(user)
    flash(_("Your address is confirmed and you are signed in."), "success")
    return redirect("/")


def _changed(row: MailToken) -> Response:
    was = door.actor().user_id
    user = credentials.confirm_email_change(door.db(), row, actor=door.actor(), now=door.now())
    if was == user.id:
        open_session(user)
        flash(_("Your new address is in use. All other sessions have ended."), "success")
        return redirect(url_for("settings.security"))
    flash(_("The new address is in use. Sign in with it."), "success")
    return redirect(url_for(".sign_in"))
