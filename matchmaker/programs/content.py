"""What people enter about a programme or a call, and what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from matchmaker.kernel.formats import TAIPEI
from matchmaker.kernel.i18n import Message, msg
from matchmaker.kernel.text import clean
from matchmaker.programs import rules as call_rules
from matchmaker.programs.models import Call, Program
from matchmaker.programs.rules import CallRules, ChecklistItem

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
MOST_TWD = 10**12
MOST_WEEKS = 104


@dataclass(frozen=True)
class ProgramContent:
    """What a programme is; an empty ``slug`` is made from its English name."""

    name_zh: str = ""
    name_en: str = ""
    about_zh: str = ""
    about_en: str = ""
    slug: str = ""
    office_org_id: int | None = None


@dataclass(frozen=True)
class CallContent:
    """What a call says; an empty ``slug`` is made from its English name or its programme."""

    opens_at: datetime
    closes_at: datetime
    name_zh: str = ""
    name_en: str = ""
    about_zh: str = ""
    about_en: str = ""
    slug: str = ""
    review_from: date | None = None
    decision_on: date | None = None
    budget_twd: int | None = None
    ceiling_twd: int | None = None
    poc_weeks_max: int | None = None
    rules: CallRules = field(default_factory=CallRules)
    terms_zh: str = ""
    terms_en: str = ""
    ip_terms_zh: str = ""
    ip_terms_en: str = ""
    checklist: tuple[ChecklistItem, ...] = ()


def call_problems(content: CallContent) -> dict[str, Message]:
    """Everything in a call's entries that cannot be accepted, by field."""
    return {
        **_name_problem(content.name_zh, content.name_en),
        **slug_problem(content.slug),
        **_date_problems(content),
        **_amount_problems(content),
        **call_rules.problems(content.rules),
        **_checklist_problems(content.checklist),
    }


def program_problems(content: ProgramContent) -> dict[str, Message]:
    """Everything in a programme's entries that cannot be accepted, by field."""
    return {**_name_problem(content.name_zh, content.name_en), **slug_problem(content.slug)}


def gaps(call: Call, now: datetime) -> dict[str, Message]:
    """What a draft still lacks before it can be published, by field; empty when it is ready."""
    lacking: dict[str, Message] = {}
    if call.about.is_empty:
        lacking["about_zh"] = msg("Say in a few sentences what the call is for.")
    if call.terms.is_empty:
        lacking["terms_zh"] = msg(
            "Give the terms of taking part: owners and teams accept them when they hand in."
        )
    if call.closes_at <= now:
        lacking["closes_on"] = msg("The closing time lies in the past.")
    return lacking


def slug_problem(slug: str) -> dict[str, Message]:
    """What is wrong with the last part of an address; an empty one is made for the person."""
    if slug and (len(slug) > 60 or not SLUG.fullmatch(slug)):
        return {
            "slug": msg("Use small letters a–z, digits and single hyphens, at most 60 characters.")
        }
    return {}


def slug_of(*texts: str) -> str:
    """The last part of an address, made from the first text that has Latin letters or digits."""
    for text in texts:
        plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
        slug = "-".join(re.findall(r"[a-z0-9]+", plain))[:50].strip("-")
        if slug:
            return slug
    return "call"


def with_ids(checklist: tuple[ChecklistItem, ...]) -> list[dict[str, Any]]:
    """The checklist as it is stored; a new document gets the next free id."""
    taken = {item.id for item in checklist if item.id}
    free = (f"doc{n}" for n in range(1, 1000) if f"doc{n}" not in taken)
    return [
        ChecklistItem(item.id or next(free), item.label, item.is_required).to_json()
        for item in checklist
    ]


def program_facts(program: Program) -> dict[str, Any]:
    """What the audit record says about a programme."""
    return {
        "slug": program.slug,
        "name_zh": program.name.zh_TW,
        "name_en": program.name.en,
        "office_org_id": program.office_org_id,
    }


def call_facts(call: Call) -> dict[str, Any]:
    """What the audit record says about a call."""
    return {
        "slug": call.slug,
        "name_zh": call.name.zh_TW,
        "name_en": call.name.en,
        "opens_at": call.opens_at.isoformat(),
        "closes_at": call.closes_at.isoformat(),
        "review_from": call.review_from.isoformat() if call.review_from else None,
        "decision_on": call.decision_on.isoformat() if call.decision_on else None,
        "budget_twd": call.budget_twd,
        "ceiling_twd": call.ceiling_twd,
        "poc_weeks_max": call.poc_weeks_max,
        "rules": dict(call.rules),
    }


def _name_problem(zh: str, en: str) -> Mapping[str, Message]:
    if clean(zh, single_line=True) or clean(en, single_line=True):
        return {}
    return {"name_zh": msg("Give the name in at least one language.")}


def _date_problems(content: CallContent) -> Mapping[str, Message]:
    found = {}
    if content.closes_at <= content.opens_at:
        found["closes_on"] = msg("The call closes after it opens.")
    closing_day = content.closes_at.astimezone(TAIPEI).date()
    if content.review_from and content.review_from < closing_day:
        found["review_from"] = msg("The review begins on the closing day or later.")
    if content.decision_on and content.decision_on < (content.review_from or closing_day):
        found["decision_on"] = msg("The decision comes after closing and review.")
    return found


def _amount_problems(content: CallContent) -> Mapping[str, Message]:
    found = {}
    for name in ("budget_twd", "ceiling_twd"):
        amount = getattr(content, name)
        if amount is not None and not 0 < amount <= MOST_TWD:
            found[name] = msg("Give an amount between NT$1 and NT$1,000,000,000,000.")
    if not found and content.budget_twd and (content.ceiling_twd or 0) > content.budget_twd:
        found["ceiling_twd"] = msg("The ceiling for one PoC cannot exceed the whole budget.")
    weeks = content.poc_weeks_max
    if weeks is not None and not 1 <= weeks <= MOST_WEEKS:
        found["poc_weeks_max"] = msg(
            "Give a number between %(low)s and %(high)s.", low="1", high=str(MOST_WEEKS)
        )
    return found


def _checklist_problems(checklist: tuple[ChecklistItem, ...]) -> Mapping[str, Message]:
    if len(checklist) > call_rules.MOST_DOCUMENTS:
        return {
            "checklist": msg("Ask for at most %(n)s documents.", n=str(call_rules.MOST_DOCUMENTS))
        }
    if any(item.label.is_empty for item in checklist):
        return {"checklist": msg("Name each document in at least one language.")}
    return {}
