"""The sections of a proposal as forms: filled from what is stored, read back as content."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import request

from matchmaker.kernel.errors import Invalid
from matchmaker.kernel.i18n import translate
from matchmaker.kernel.localized import Localized
from matchmaker.proposals.content import (
    RATIO,
    Answer,
    Budget,
    BudgetLine,
    Commitment,
    Content,
    DataUse,
    Kpis,
    Milestone,
    People,
    Plan,
    Section,
    SectionContent,
    Share,
)
from matchmaker.proposals.models import Proposal
from matchmaker.proposals.parts import MOST_ROWS
from matchmaker.web import languages
from matchmaker.web.forms import Form
from matchmaker.web.proposals.forms import (
    AnswerForm,
    BudgetForm,
    DataForm,
    KpisForm,
    PeopleForm,
    PlanForm,
    Rows,
)

PERCENT = 100
LONGEST_VERSION = 9


@dataclass(frozen=True)
class Spec:
    """One section: its form, the list of rows it has, and how the form becomes content."""

    form: type[Any]
    content: Callable[[Any], SectionContent]
    rows: str | None = None


def form_of(proposal: Proposal, section: Section) -> Any:
    """The form of a section as it is stored, or as it was sent."""
    spec = SPECS[section]
    part = getattr(Content.of(proposal.content), section)
    saved = {"version": proposal.edition(section), **_filled(proposal, part)}
    form = spec.form(data=saved)
    if section is Section.KPIS:
        _bind_kpis(form, proposal)
    return form


def content_of(form: Any, section: Section) -> SectionContent:
    """What the form says."""
    return SPECS[section].content(form)


def change_rows(form: Any, section: Section) -> bool:
    """Add or take away a row if such a button was pressed; the rest stays as it was typed."""
    name = SPECS[section].rows
    if name is None or section is Section.KPIS:
        return False
    rows: Rows = form[name]
    if request.form.get("add") == name:
        if len(rows.entries) < MOST_ROWS:
            rows.append_entry()
        return True
    wanted = request.form.get("remove", "")
    kept = [entry for entry in rows.entries if entry.name != wanted]
    if wanted and len(kept) < len(rows.entries):
        rows.entries = kept
        if not kept:
            rows.append_entry()
        return True
    return False


def version_of(form: Form) -> int:
    """The edition that the form was sent with; -1, which never is one, if missing or no number."""
    text = next(iter(form["version"].raw_data or ()), "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < LONGEST_VERSION else -1


def show(form: Any, refusal: Invalid) -> None:
    """Put each sentence at its field, also inside rows (``lines-0-amount_twd``)."""
    elsewhere = {}
    for name, message in refusal.fields.items():
        rows, _dash, rest = name.partition("-")
        position, _dash, inner = rest.partition("-")
        if not inner or rows not in form or not position.isdigit():
            elsewhere[name] = message
            continue
        field = form[rows].entries[int(position)].form[inner]
        field.errors = [*field.errors, translate(message, languages.current())]
        form[rows].errors = [entry.errors for entry in form[rows].entries]
    if elsewhere:
        form.show(Invalid(elsewhere))


def _filled(proposal: Proposal, part: SectionContent) -> dict[str, Any]:
    """What the fields show: both sides of texts, rows as they are."""
    values: dict[str, Any] = {}
    for name in part.__dataclass_fields__:
        value = getattr(part, name)
        if isinstance(value, Localized):
            values |= {f"{name}_zh": value.zh_TW or "", f"{name}_en": value.en or ""}
        elif isinstance(value, tuple):
            values[name] = [vars(row) for row in value] or [{}]
    if isinstance(part, Kpis):
        kpis = proposal.challenge.kpis
        values["commitments"] = [vars(part.of_kpi(kpi.id)) for kpi in kpis]
    return values


def _bind_kpis(form: Any, proposal: Proposal) -> None:
    """Hold each row to its KPI, whatever was sent, and let people type ratios as percent."""
    known = {str(kpi.id): kpi for kpi in proposal.challenge.kpis}
    bound = []
    for entry in form.commitments.entries:
        kpi = known.pop(str(entry.form.kpi_id.data), None)
        if kpi is None:
            continue
        entry.kpi = kpi
        field = entry.form["value"]
        if kpi.unit == RATIO:
            field.scale = PERCENT
            if request.method == "POST" and field.data is not None:
                field.data /= PERCENT
        bound.append(entry)
    form.commitments.entries = bound


def _both(form: Any, name: str) -> Localized:
    return Localized(zh_TW=form[f"{name}_zh"].data or None, en=form[f"{name}_en"].data or None)


def _answer(form: AnswerForm) -> Answer:
    return Answer(_both(form, "title"), _both(form, "summary"), _both(form, "approach"))


def _data(form: DataForm) -> DataUse:
    return DataUse(_both(form, "data"), _both(form, "models"), _both(form, "limits"))


def _plan(form: PlanForm) -> Plan:
    rows = [entry.form for entry in form.milestones.entries]
    return Plan(
        tuple(
            Milestone(row["title"].data or "", row["week"].data, row["deliverable"].data or "")
            for row in rows
        ),
        _both(form, "needs"),
    )


def _kpis(form: Any) -> Kpis:
    return Kpis(
        tuple(
            Commitment(
                kpi_id=entry.kpi.id,
                value=entry.form["value"].data,
                method=entry.form["method"].data or "",
                cannot=bool(entry.form.cannot.data),
                reason=entry.form.reason.data or "",
            )
            for entry in form.commitments.entries
        )
    )


def _budget(form: BudgetForm) -> Budget:
    rows = [entry.form for entry in form.lines.entries]
    return Budget(
        tuple(
            BudgetLine(row["item"].data or "", row["amount_twd"].data, row["own_twd"].data)
            for row in rows
        ),
        _both(form, "note"),
    )


def _people(form: PeopleForm) -> People:
    rows = [entry.form for entry in form.shares.entries]
    return People(
        tuple(
            Share(row["name"].data or "", row["task"].data or "", row["share"].data) for row in rows
        )
    )


SPECS = {
    Section.ANSWER: Spec(AnswerForm, _answer),
    Section.DATA: Spec(DataForm, _data),
    Section.PLAN: Spec(PlanForm, _plan, rows="milestones"),
    Section.KPIS: Spec(KpisForm, _kpis, rows="commitments"),
    Section.BUDGET: Spec(BudgetForm, _budget, rows="lines"),
    Section.PEOPLE: Spec(PeopleForm, _people, rows="shares"),
}
