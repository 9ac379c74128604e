"""What people rely on once a call is public, and what an edit would change of it."""

from __future__ import annotations

from typing import Any

from matchmaker.kernel.i18n import Message, msg
from matchmaker.kernel.text import clean
from matchmaker.programs.content import CallContent, with_ids
from matchmaker.programs.models import Call
from matchmaker.programs.rules import CallRules

KEPT = msg("This was announced and stays as it is. Only the closing time can be moved, later.")


def broken(call: Call, content: CallContent) -> dict[str, Message]:
    """The fields of a public call that the entries would change although they were announced."""
    announced, wanted = _announced(call), _wanted(call, content)
    return {name: KEPT for name in announced if announced[name] != wanted[name]}


def _announced(call: Call) -> dict[str, Any]:
    return {
        "slug": call.slug,
        "opens_on": call.opens_at,
        "closes_on": call.closes_at,
        "budget_twd": call.budget_twd,
        "ceiling_twd": call.ceiling_twd,
        "poc_weeks_max": call.poc_weeks_max,
        "terms_zh": call.terms.zh_TW or "",
        "terms_en": call.terms.en or "",
        "ip_terms_zh": call.ip_terms.zh_TW or "",
        "ip_terms_en": call.ip_terms.en or "",
        "rules": CallRules.of(call.rules),
        "checklist": _documents(call.checklist),
    }


def _wanted(call: Call, content: CallContent) -> dict[str, Any]:
    return {
        "slug": content.slug or call.slug,
        "opens_on": content.opens_at,
        "closes_on": content.closes_at,
        "budget_twd": content.budget_twd,
        "ceiling_twd": content.ceiling_twd,
        "poc_weeks_max": content.poc_weeks_max,
        "terms_zh": clean(content.terms_zh),
        "terms_en": clean(content.terms_en),
        "ip_terms_zh": clean(content.ip_terms_zh),
        "ip_terms_en": clean(content.ip_terms_en),
        "rules": content.rules,
        "checklist": _documents(with_ids(content.checklist)),
    }


def _documents(checklist: list[dict[str, Any]]) -> list[tuple[str, str, str, bool]]:
    """What is asked for, without authors and times."""
    return [
        (
            item["id"],
            item["label"].get("zh_TW") or "",
            item["label"].get("en") or "",
            item["required"],
        )
        for item in checklist
    ]
