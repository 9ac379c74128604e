"""Every component with sample values, for whoever builds a page and for picture checks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Blueprint, current_app, render_template
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    FileField,
    Form,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
)
from wtforms.widgets import CheckboxInput, ListWidget

from matchmaker.kernel.actor import Role
from matchmaker.kernel.errors import NotFound
from matchmaker.kernel.i18n import Lang
from matchmaker.kernel.localized import Localized
from matchmaker.web import door, languages
from matchmaker.web.forms import Day, Line, Paragraph, Whole

bp = Blueprint("styleguide", __name__, url_prefix="/admin/styleguide")
PARTS = ("ui", "page", "lists", "forms", "match", "record", "errors")


@bp.get("")
def index() -> str:
    """All components on one page."""
    _only_for_builders()
    return render_template("styleguide/index.html", **_samples())


@bp.get("/errors/<int:code>")
def error(code: int) -> str:
    """What a refusal looks like."""
    _only_for_builders()
    if code not in {400, 403, 404, 409, 413, 429, 500, 503}:
        raise NotFound
    return render_template(f"errors/{code}.html", message=None)


@bp.get("/wizard")
def wizard() -> str:
    """A section of a wizard."""
    _only_for_builders()
    return render_template("styleguide/wizard.html", **_samples())


@bp.get("/sign-in")
def narrow() -> str:
    """A narrow page with one card."""
    _only_for_builders()
    return render_template("styleguide/narrow.html", **_samples())


def _only_for_builders() -> None:
    """Administrators, and everybody on a developer's machine."""
    if not (current_app.debug or current_app.testing or door.actor().holds(Role.ADMIN)):
        raise NotFound


def _both(zh: str, en: str) -> str:
    return zh if languages.current() is Lang.ZH_TW else en


class SampleForm(Form):
    """One field of every kind."""

    version = HiddenField(default="1")
    title_zh = Line("題目", most=60, needed=True, default="面板瑕疵自動檢測")
    title_en = Line("Title", most=120)
    need_zh = Paragraph("需求", most=300)
    need_en = Paragraph("Need", most=600)
    name = Line("Name", most=60, needed=True)
    mail = Line("Mail")
    about = Paragraph("About", most=500)
    kind = RadioField("Kind")
    domains = SelectMultipleField(
        "Domains",
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        default=["m"],
    )
    region = SelectField("Region")
    starts_on = Day("Starts on")
    closes_at = DateTimeLocalField("Closes at", format="%Y-%m-%dT%H:%M")
    budget_twd = Whole("Budget")
    poc_weeks = Whole("Length")
    proof = FileField("Attachment")
    password = PasswordField("Password")
    agrees = BooleanField("I agree")


def _form() -> SampleForm:
    """The sample form in the reader's language, with two entries refused."""
    form = SampleForm()
    words = {
        "name": ("單位名稱", "Name of the organisation"),
        "mail": ("電子郵件", "E-mail address"),
        "about": ("單位簡介", "About the organisation"),
        "kind": ("題目類別", "Kind of challenge"),
        "domains": ("產業領域", "Industry domains"),
        "region": ("地區", "Region"),
        "starts_on": ("開始日期", "First day"),
        "closes_at": ("截止時間", "Closing time"),
        "budget_twd": ("經費上限", "Budget ceiling"),
        "poc_weeks": ("概念驗證期間", "Length of the proof of concept"),
        "proof": ("佐證附件", "Supporting file"),
        "password": ("密碼", "Password"),
        "agrees": ("我已閱讀並同意出題條款", "I have read the terms for owners and agree"),
    }
    for name, (zh, en) in words.items():
        form[name].label.text = _both(zh, en)
    form.kind.choices = [
        ("industry", _both("產業出題", "Industry problem")),
        ("social", _both("社會議題", "Social issue")),
    ]
    form.domains.choices = [
        ("m", _both("製造", "Manufacturing")),
        ("h", _both("醫療", "Health")),
        ("a", _both("農業", "Agriculture")),
        ("t", _both("交通", "Transport")),
    ]
    form.region.choices = [("n", _both("北部", "North")), ("s", _both("南部", "South"))]
    form.name.errors = [_both("請填寫單位名稱。", "Please fill this in.")]
    form.budget_twd.errors = [_both("請以數字填寫整數。", "Give a whole number, in digits.")]
    return form


def _samples() -> dict[str, Any]:
    now = datetime(2026, 11, 24, 1, 12, tzinfo=UTC)
    return {
        "form": _form(),
        "both": _both,
        "title": Localized(zh_TW="面板瑕疵自動檢測", en="Automatic detection of panel defects"),
        "only_zh": Localized(zh_TW="停車場車牌辨識在雨夜失準"),
        "only_en": Localized(en="Predicting pump failures from vibration"),
        "long_text": Localized(
            zh_TW="產線以人工目檢面板，夜班漏檢率偏高。\n\n希望以影像辨識協助，並保留人工覆核。",
            en="Panels are inspected by eye, and night shifts miss too many defects.\n\n"
            "Image recognition should help, with a person checking what it flags.",
            original=Lang.ZH_TW,
            zh_at=now,
            en_at=now - timedelta(days=30),
        ),
        "sample_at": now,
        "closes_at": door.now() + timedelta(days=11, hours=8),
        "today": date(2026, 11, 24),
    }
