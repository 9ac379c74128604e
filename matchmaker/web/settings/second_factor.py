"""The second step of signing in, as everybody sets it up for the own account."""

from __future__ import annotations

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from matchmaker.accounts import second_factor as factors
from matchmaker.accounts.models import User
from matchmaker.accounts.policy import Protected
from matchmaker.kernel.errors import Invalid, NotFound, TooMany
from matchmaker.kernel.permissions import can, require
from matchmaker.web import door
from matchmaker.web.accounts.forms import CodeForm, ProofForm
from matchmaker.web.accounts.proving import prove_code
from matchmaker.web.downloads import name_file
from matchmaker.web.forms import Form, choices
from matchmaker.web.security import limiter
from matchmaker.web.settings import qr
from matchmaker.web.settings.forms import FactorForm
from matchmaker.web.settings.proving import forget_failures, me, prove_myself
from matchmaker.web.settings.views import bp
from matchmaker.web.sign_in import authenticator, lacks_second_factor, open_session

Answer = Response | tuple[str, int]
NEW_CODES, ANOTHER_APP, OFF = "codes", "app", "off"


@bp.get("/second-factor")
@login_required
def second_factor() -> Answer:
    """Where the second step stands, and what can be done with it."""
    return _page()


@bp.post("/second-factor/begin")
@login_required
@limiter.limit("30 per minute")
def begin_second_factor() -> Answer:
    """Begin to set an app up; the password shows that it is the person."""
    if me().second_factor_at is not None:
        return redirect(url_for(".second_factor"))
    form = ProofForm()
    if form.validate_on_submit():
        try:
            prove_myself(form.password.data or "", "password")
            forget_failures()
            _begin(me())
        except Invalid as refusal:
            form.show(refusal)
        except TooMany as refusal:
            form.show_limit(refusal)
        else:
            return redirect(url_for(".second_factor"))
    return _page(form)


@bp.post("/second-factor/confirm")
@login_required
@limiter.limit("30 per minute")
def confirm_second_factor() -> Answer:
    """Use the app from now on; its first code shows that it works."""
    form, user = CodeForm(), me()
    if form.validate_on_submit():
        try:
            codes = factors.confirm(
                door.db(), user, form.code.data or "", authenticator(),
                in_session=current_user.session_id, actor=door.actor(), now=door.now(),
            )  # fmt: skip
        except Invalid as refusal:
            form.show(refusal)
        else:
            open_session(user)
            return _codes_page(codes)
    return _page(form)


@bp.post("/second-factor/change")
@login_required
@limiter.limit("30 per minute")
def change_second_factor() -> Answer:
    """Make new recovery codes, move to another app or switch the second step off."""
    user = me()
    if user.second_factor_at is None:
        return redirect(url_for(".second_factor"))
    form = _factor_form(user)
    if form.validate_on_submit():
        try:
            return _changed(form)
        except Invalid as refusal:
            form.show(refusal)
        except TooMany as refusal:
            form.show_limit(refusal)
    return _page(form)


@bp.post("/second-factor/codes.txt")
@login_required
def recovery_codes() -> FlaskResponse:
    """The codes just shown, as a file. The page sends them: we do not know them any more."""
    user = me()
    require(door.actor(), "account.use_second_factor", user)
    codes = request.form.get("codes", "").split()[: factors.RECOVERY_CODES]
    if not factors.are_own_codes(door.db(), user, codes):
        raise NotFound
    head = _("Recovery codes of %(address)s for Matchmaker. Each works once.", address=user.email)
    text = "\r\n".join([head, "", *codes, ""])
    answer = FlaskResponse(text, content_type="text/plain; charset=utf-8")
    return name_file(answer, "matchmaker-recovery-codes.txt")


def _begin(user: User) -> None:
    factors.begin(
        door.db(), user, in_session=current_user.session_id, actor=door.actor(), now=door.now()
    )


def _changed(form: FactorForm) -> Answer:
    if form.what.data == OFF:
        _require_may_switch_off(me())
    prove_myself(form.password.data or "", "password")
    if not prove_code(me(), form.code.data or ""):
        raise Invalid({"code": factors.WRONG_CODE})
    forget_failures()
    user = me()
    if form.what.data == NEW_CODES:
        codes = factors.renew_codes(door.db(), user, actor=door.actor(), now=door.now())
        return _codes_page(codes)
    if form.what.data == ANOTHER_APP:
        _begin(user)
        return redirect(url_for(".second_factor"))
    factors.switch_off(door.db(), user, authenticator(), actor=door.actor(), now=door.now())
    open_session(user)
    flash(_("The second step is switched off. All other sessions have ended."), "success")
    return redirect(url_for(".security"))


def _require_may_switch_off(user: User) -> None:
    account = Protected(user, authenticator().is_duty(door.actor()))
    require(door.actor(), "account.switch_off_second_factor", account)


def _factor_form(user: User, *, is_blank: bool = False) -> FactorForm:
    form = FactorForm(formdata=None) if is_blank else FactorForm()
    account = Protected(user, authenticator().is_duty(door.actor()))
    ways = [(NEW_CODES, _("Make new recovery codes")), (ANOTHER_APP, _("Move to another app"))]
    if can(door.actor(), "account.switch_off_second_factor", account):
        ways.append((OFF, _("Switch the second step off")))
    form.what.choices = choices(ways)
    return form


def _page(form: Form | None = None) -> tuple[str, int]:
    user = me()
    in_session = current_user.session_id
    row = factors.being_set_up(door.db(), user, in_session=in_session, now=door.now())
    salt = row.pending_salt if row else None
    body = render_template(
        "settings/second_factor.html",
        seed=_seed(salt) if salt else None,
        picture=qr.picture(authenticator().address(salt, user.email)) if salt else None,
        is_missing=lacks_second_factor(),
        codes_left=factors.codes_left(door.db(), user),
        begin_form=_of(ProofForm, form),
        confirm_form=_of(CodeForm, form),
        factor_form=form if isinstance(form, FactorForm) else _factor_form(user, is_blank=True),
    )
    return body, form.status if form else 200


def _of(kind: type[Form], form: Form | None) -> Form:
    return form if isinstance(form, kind) else kind(formdata=None)


def _seed(salt: str) -> str:
    return factors.in_groups(authenticator().seed(salt), " ")


def _codes_page(codes: list[str]) -> tuple[str, int]:
    return render_template("settings/recovery_codes.html", codes=codes), 200
