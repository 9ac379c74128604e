"""From forms to what the verbs take, and back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from matchmaker.kernel.formats import TAIPEI
from matchmaker.kernel.localized import Localized
from matchmaker.programs.content import CallContent, ProgramContent
from matchmaker.programs.models import Call, Program
from matchmaker.programs.rules import CallRules, ChecklistItem, checklist_of
from matchmaker.web.programs.forms import CallForm, CallWordsForm, ProgramForm

SPARE_ROWS = 3
NUMBERS = ("team_min", "team_max", "proposals_per_team", "breach_years", "own_share_percent")
SWITCHES = ("one_team_per_person", "one_category_per_applicant")


def instant(on: date | None, at: time | None) -> datetime:
    """The moment that a day and a time in Taipei name."""
    if on is None or at is None:
        raise ValueError("a checked form has both")
    return datetime.combine(on, at, TAIPEI).astimezone(UTC)


def saved_program(program: Program) -> dict[str, Any]:
    """What the form shows of a programme."""
    return {
        "version": program.version,
        "name_zh": program.name.zh_TW,
        "name_en": program.name.en,
        "slug": program.slug,
        "office_ref": program.office.ref if program.office else "",
        "about_zh": program.about.zh_TW,
        "about_en": program.about.en,
    }


def program_content(form: ProgramForm, office_id: int | None) -> ProgramContent:
    """The entries about a programme."""
    return ProgramContent(
        name_zh=form.name_zh.data or "",
        name_en=form.name_en.data or "",
        about_zh=form.about_zh.data or "",
        about_en=form.about_en.data or "",
        slug=form.slug.data or "",
        office_org_id=office_id,
    )


def blank_call() -> dict[str, Any]:
    """What the form of a new call proposes: the usual rules, noon to six o'clock."""
    usual = CallRules()
    return {
        "opens_time": time(9, 0),
        "closes_time": time(18, 0),
        **{name: getattr(usual, name) for name in (*NUMBERS, *SWITCHES)},
        "checklist": [{}] * SPARE_ROWS,
    }


def saved_words(call: Call) -> dict[str, Any]:
    """What the form shows of a call that is public."""
    return {
        "version": call.version,
        "name_zh": call.name.zh_TW,
        "name_en": call.name.en,
        "about_zh": call.about.zh_TW,
        "about_en": call.about.en,
        "review_from": call.review_from,
        "decision_on": call.decision_on,
    }


def saved_call(call: Call) -> dict[str, Any]:
    """What the form shows of a draft, without its documents."""
    rules = CallRules.of(call.rules)
    opens, closes = call.opens_at.astimezone(TAIPEI), call.closes_at.astimezone(TAIPEI)
    return {
        **saved_words(call),
        "slug": call.slug,
        "opens_on": opens.date(),
        "opens_time": opens.time(),
        "closes_on": closes.date(),
        "closes_time": closes.time(),
        "budget_twd": call.budget_twd,
        "ceiling_twd": call.ceiling_twd,
        "poc_weeks_max": call.poc_weeks_max,
        **{name: getattr(rules, name) for name in (*NUMBERS, *SWITCHES)},
        "sister_calls": list(rules.sister_calls),
        "terms_zh": call.terms.zh_TW,
        "terms_en": call.terms.en,
        "ip_terms_zh": call.ip_terms.zh_TW,
        "ip_terms_en": call.ip_terms.en,
    }


def saved_documents(call: Call) -> list[dict[str, Any]]:
    """The rows of the document editor: what is asked for, and room for more."""
    rows = [
        {
            "key": item.id,
            "label_zh": item.label.zh_TW,
            "label_en": item.label.en,
            "is_required": item.is_required,
        }
        for item in checklist_of(call.checklist)
    ]
    return [*rows, *({} for _ in range(SPARE_ROWS))]


def call_content(form: CallForm, call: Call | None) -> CallContent:
    """The entries about a call that is not public."""
    return CallContent(
        opens_at=instant(form.opens_on.data, form.opens_time.data),
        closes_at=instant(form.closes_on.data, form.closes_time.data),
        slug=form.slug.data or "",
        budget_twd=form.budget_twd.data,
        ceiling_twd=form.ceiling_twd.data,
        poc_weeks_max=form.poc_weeks_max.data,
        rules=CallRules(
            **{name: form[name].data for name in (*NUMBERS, *SWITCHES)},
            sister_calls=tuple(form.sister_calls.data or ()),
        ),
        terms_zh=form.terms_zh.data or "",
        terms_en=form.terms_en.data or "",
        ip_terms_zh=form.ip_terms_zh.data or "",
        ip_terms_en=form.ip_terms_en.data or "",
        checklist=_documents(form.checklist.data, call),
        **_words(form),
    )


def changed_words(form: CallWordsForm, call: Call) -> CallContent:
    """A public call as it is, with the words and days that may still change."""
    return CallContent(
        opens_at=call.opens_at,
        closes_at=call.closes_at,
        budget_twd=call.budget_twd,
        ceiling_twd=call.ceiling_twd,
        poc_weeks_max=call.poc_weeks_max,
        rules=CallRules.of(call.rules),
        terms_zh=call.terms.zh_TW or "",
        terms_en=call.terms.en or "",
        ip_terms_zh=call.ip_terms.zh_TW or "",
        ip_terms_en=call.ip_terms.en or "",
        checklist=tuple(checklist_of(call.checklist)),
        **_words(form),
    )


def _words(form: CallWordsForm) -> dict[str, Any]:
    return {
        "name_zh": form.name_zh.data or "",
        "name_en": form.name_en.data or "",
        "about_zh": form.about_zh.data or "",
        "about_en": form.about_en.data or "",
        "review_from": form.review_from.data,
        "decision_on": form.decision_on.data,
    }


def _documents(rows: Sequence[dict[str, Any]], call: Call | None) -> tuple[ChecklistItem, ...]:
    """The rows that name a document; a key counts only where the call has it already."""
    known = {item["id"] for item in call.checklist} if call else set()
    documents: list[ChecklistItem] = []
    for row in rows:
        if row["label_zh"] or row["label_en"]:
            label = Localized(zh_TW=row["label_zh"] or None, en=row["label_en"] or None)
            key = row["key"] if row["key"] in known else ""
            known.discard(key)
            documents.append(ChecklistItem(key, label, bool(row["is_required"])))
    return tuple(documents)
