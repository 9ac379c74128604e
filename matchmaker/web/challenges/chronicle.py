"""The history of a challenge: entries of the record as sentences, with every change in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from matchmaker import taxonomy
from matchmaker.audit.models import AuditEntry
from matchmaker.challenges.content import TAGGED
from matchmaker.challenges.lifecycle import WORDS, ChallengeState
from matchmaker.challenges.models import Better, ChallengeKind, Sensitivity
from matchmaker.kernel import differences, formats
from matchmaker.kernel.differences import Piece
from matchmaker.kernel.i18n import translate
from matchmaker.web import languages
from matchmaker.web.challenges.blueprint import BETTER, KINDS, LEVELS, SENSITIVITIES, measured
from matchmaker.web.words import roles_said

DEEDS = {
    "challenge.create": _l("Began the description."),
    "challenge.edit": _l("Changed the description."),
    "challenge.submit": _l("Handed it in for approval."),
    "challenge.request_changes": _l("Asked for changes."),
    "challenge.approve": _l("Approved it."),
    "challenge.reject": _l("Did not take it on."),
    "challenge.publish": _l("Published it."),
    "challenge.pause": _l("Paused it."),
    "challenge.resume": _l("Let it go on."),
    "challenge.extend_close": _l("Moved the closing time."),
    "challenge.ask_withdrawal": _l("Asked to withdraw it."),
    "challenge.withdraw": _l("Withdrew it."),
    "challenge.evaluate": _l("The closing time passed; evaluation began."),
    "challenge.sign_terms": _l("A team signed the confidentiality terms."),
    "challenge.award": _l("Awarded it."),
    "challenge.close_without_award": _l("Closed it without an award."),
    "challenge.start_poc": _l("The first PoC began."),
    "challenge.complete": _l("Completed it."),
    "challenge.archive": _l("Archived it."),
}
FIELDS = {
    "state": _l("State"),
    "ref": _l("Reference"),
    "publish_at": _l("To be published"),
    "closes_at": _l("Closing time"),
    "title_zh": _l("Title in Chinese"),
    "title_en": _l("Title in English"),
    "summary_zh": _l("Summary in Chinese"),
    "summary_en": _l("Summary in English"),
    "pain_zh": _l("What goes wrong, in Chinese"),
    "pain_en": _l("What goes wrong, in English"),
    "wanted_zh": _l("What is wanted, in Chinese"),
    "wanted_en": _l("What is wanted, in English"),
    "kind": _l("Kind of problem"),
    "background_zh": _l("Background in Chinese"),
    "background_en": _l("Background in English"),
    "current_way_zh": _l("Present way, in Chinese"),
    "current_way_en": _l("Present way, in English"),
    "site_zh": _l("Site in Chinese"),
    "site_en": _l("Site in English"),
    "domains": _l("Industry or field"),
    "technologies": _l("Technology"),
    "use_cases": _l("Use"),
    "deployment": _l("Where it will run"),
    "ready_budget": _l("Readiness: budget"),
    "ready_data": _l("Readiness: data"),
    "ready_talent": _l("Readiness: staff time"),
    "ready_tools": _l("Readiness: tools and site"),
    "data_description_zh": _l("Data in Chinese"),
    "data_description_en": _l("Data in English"),
    "data_access_zh": _l("Access to data, in Chinese"),
    "data_access_en": _l("Access to data, in English"),
    "data_rows": _l("Amount of data"),
    "data_labels": _l("Of these labelled"),
    "data_sensitivity": _l("Sensitivity"),
    "modalities": _l("Kind of data"),
    "kpis": _l("Target KPIs"),
    "kpis_none_reason": _l("Why there is no KPI"),
    "ip_wishes_zh": _l("Wishes on results, in Chinese"),
    "ip_wishes_en": _l("Wishes on results, in English"),
    "confidential_zh": _l("Confidential part in Chinese"),
    "confidential_en": _l("Confidential part in English"),
    "k_poc": _l("Number of PoCs"),
    "poc_weeks": _l("Length of a PoC"),
    "budget_twd": _l("Budget"),
}


def told(entries: Iterable[AuditEntry]) -> list[dict[str, Any]]:
    """Each entry: who, in which role, when, what, why, and the words added and removed."""
    return [
        {
            "who": entry.actor_name if entry.actor_id else _("The system"),
            "role": roles_said(entry.roles),
            "at": entry.at,
            "what": str(DEEDS.get(entry.action, entry.action)),
            "why": entry.reason,
            "pieces": _changes(entry),
        }
        for entry in entries
    ]


def _changes(entry: AuditEntry) -> list[Piece]:
    """The fields that differ, in the order of the sections, a line each."""
    pieces: list[Piece] = []
    for name, label in FIELDS.items():
        if name not in entry.before and name not in entry.after:
            continue
        before = _spoken(name, entry.before.get(name))
        after = _spoken(name, entry.after.get(name))
        if before == after:
            continue
        pieces += [("same", ("\n" if pieces else "") + _("%(field)s: ", field=label))]
        if name.startswith("confidential"):
            pieces.append(("same", _("changed; the words are not kept here")))
        elif name.endswith(("_zh", "_en")) or name in {"kpis", "kpis_none_reason"}:
            pieces += differences.pieces(before, after)
        else:
            pieces += [("del", before)] if before else []
            pieces += [("ins", after)] if after else []
    return pieces


def _spoken(name: str, value: Any) -> str:
    """A stored value as somebody would say it."""
    lang = languages.current()
    if value is None or value == []:
        return ""
    if name == "kpis":
        return "\n".join(_kpi(each) for each in value)
    if name in TAGGED:
        return formats.join([taxonomy.label(name, each).best(lang)[0] for each in value], lang)
    if name in {"publish_at", "closes_at"}:
        return formats.instant(datetime.fromisoformat(value), lang)
    if name.startswith("ready_"):
        return str(LEVELS[value])
    if isinstance(value, int):
        return formats.number(value, lang)
    words: dict[str, Any] = {
        "state": lambda: translate(WORDS[ChallengeState(value)].staff, lang),
        "kind": lambda: str(KINDS[ChallengeKind(value)]),
        "data_sensitivity": lambda: str(SENSITIVITIES[Sensitivity(value)]),
    }
    return words[name]() if name in words else str(value)


def _kpi(kpi: dict[str, Any]) -> str:
    """A target KPI in one line."""
    lang = languages.current()
    names = (kpi["name_zh"], kpi["name_en"])
    name = next((n for n in (names if lang is lang.ZH_TW else names[::-1]) if n), "")
    values = [
        measured(kpi["baseline"], kpi["unit"]) or "–",
        measured(kpi["target"], kpi["unit"]) or "–",
    ]
    methods = [text for text in (kpi["method_zh"], kpi["method_en"]) if text]
    parts = [f"{name}: {values[0]} → {values[1]}", str(BETTER[Better(kpi["better"])]), *methods]
    return " · ".join(parts)
