"""The sections of the wizard: each is a form, what fills it, and what it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l

from matchmaker import taxonomy
from matchmaker.challenges.content import (
    LOCALIZED,
    TAGGED,
    Background,
    Data,
    Dates,
    Kpi,
    Kpis,
    Need,
    Rules,
    Section,
    SectionName,
    section_of,
)
from matchmaker.challenges.models import Better, Challenge, ChallengeKind, Sensitivity
from matchmaker.kernel import formats
from matchmaker.kernel.errors import Invalid
from matchmaker.kernel.formats import TAIPEI
from matchmaker.kernel.i18n import translate
from matchmaker.web import languages
from matchmaker.web.challenges.blueprint import PERCENT, RATIO, goal_of
from matchmaker.web.challenges.forms import (
    DAYS,
    END_OF_DAY,
    START_OF_DAY,
    BackgroundForm,
    DataForm,
    DatesForm,
    KpiForm,
    NeedForm,
    RulesForm,
    SectionForm,
    kinds,
    moment,
    sensitivities,
)
from matchmaker.web.forms import choices

TITLES = {
    SectionName.NEED: _l("The need"),
    SectionName.BACKGROUND: _l("Background"),
    SectionName.DATA: _l("Data"),
    SectionName.KPI: _l("Target KPIs"),
    SectionName.RULES: _l("Results and confidentiality"),
    SectionName.DATES: _l("Size and dates"),
}
FORMS: Mapping[SectionName, type[SectionForm]] = {
    SectionName.NEED: NeedForm,
    SectionName.BACKGROUND: BackgroundForm,
    SectionName.DATA: DataForm,
    SectionName.KPI: KpiForm,
    SectionName.RULES: RulesForm,
    SectionName.DATES: DatesForm,
}
MADE: Mapping[SectionName, type[Any]] = {
    SectionName.NEED: Need,
    SectionName.BACKGROUND: Background,
    SectionName.DATA: Data,
    SectionName.RULES: Rules,
    SectionName.DATES: Dates,
}
HUNDRED = Decimal(100)


def form_of(challenge: Challenge, name: SectionName) -> Any:
    """The form of a section, filled from the challenge unless it was sent."""
    form = FORMS[name](data={**saved(challenge, name), "version": challenge.version})
    for kind in TAGGED:
        if kind in form:
            form[kind].choices = choices(_terms(kind))
    if isinstance(form, NeedForm):
        form.kind.choices = choices(kinds())
    if isinstance(form, DataForm):
        form.data_sensitivity.choices = choices(sensitivities())
    return form


def saved(challenge: Challenge, name: SectionName) -> dict[str, Any]:
    """What the form shows of a section."""
    said = section_of(challenge, name)
    if isinstance(said, Kpis):
        rows = [_shown(kpi) for kpi in said.rows]
        return {"rows": rows, "kpis_none_reason": said.kpis_none_reason}
    found = {each.name: getattr(said, each.name) for each in fields(said)}
    for name_, value in list(found.items()):
        if name_ in DAYS:
            found[DAYS[name_]] = _day(found.pop(name_))
        elif isinstance(value, tuple):
            found[name_] = list(value)
        elif isinstance(value, ChallengeKind | Sensitivity):
            found[name_] = value.value
    return found


def entered(form: Any, name: SectionName, challenge: Challenge) -> Section:
    """What a sent form says."""
    if name is SectionName.KPI:
        rows = [_kpi(row.form) for row in filled_rows(form)]
        return Kpis(rows, form.kpis_none_reason.data or "")
    made = MADE[name]
    said: Section = made(
        **{each.name: _entered(form, each.name, challenge) for each in fields(made)}
    )
    return said


def filled_rows(form: Any) -> list[Any]:
    """The rows of the KPI form in which something stands."""
    return [row for row in form.rows.entries if not row.form.is_blank]


def anchor(field: str) -> str:
    """The place on the page of the field that fills this part of a challenge."""
    if field == "rows":
        return "rows-0-name_zh"
    return f"{field}_zh" if field in LOCALIZED else DAYS.get(field, field)


def show(form: Any, refusal: Invalid) -> None:
    """Put each sentence at its field; those of KPIs in the row they speak of."""
    plain = {}
    rows = filled_rows(form) if isinstance(form, KpiForm) else []
    for name, message in refusal.fields.items():
        parts = name.split("-")
        if parts[0] == "rows" and len(parts) == 3:
            field = rows[int(parts[1])].form[parts[2]]
            field.errors = [*field.errors, translate(message, languages.current())]
        else:
            plain[name] = message
    if isinstance(form, KpiForm):
        form.rows.errors = [row.form.errors for row in form.rows.entries if row.form.errors]
    if plain:
        form.show(Invalid(plain))


def show_stale(form: Any, name: SectionName, challenge: Challenge) -> None:
    """Keep what was typed, list what somebody else saved, and let the next save replace it."""
    theirs = saved(challenge, name)
    if theirs.pop("rows", None) is not None and _rows_differ(form, challenge):
        lines = "\n".join(goal_of(kpi) for kpi in challenge.kpis if kpi.target is not None)
        form.theirs = [(str(TITLES[name]), lines)]
    form.theirs = [
        *form.theirs,
        *(
            (str(form[field].label.text), _told(form[field], value))
            for field, value in theirs.items()
            if _plain(value) != _plain(form[field].data)
        ),
    ]
    form.is_stale = True
    form.version.data = challenge.version


def _rows_differ(form: Any, challenge: Challenge) -> bool:
    said = section_of(challenge, SectionName.KPI)
    ours = [_kpi(row.form) for row in filled_rows(form)]
    return isinstance(said, Kpis) and list(said.rows) != ours


def _plain(value: Any) -> Any:
    """A value with one word for all that is empty."""
    return None if value in ("", [], ()) else value


def errors(form: Any) -> dict[str, list[str]]:
    """The sentences at each field, for answers to scripts."""
    found = {field.name: [str(e) for e in field.errors] for field in form if field.name != "rows"}
    if isinstance(form, KpiForm):
        for row in form.rows.entries:
            found |= {field.name: [str(e) for e in field.errors] for field in row.form}
    told = {name: sentences for name, sentences in found.items() if sentences}
    if form.form_errors:
        told[""] = [str(error) for error in form.form_errors]
    return told


def has_errors(form: Any) -> bool:
    """Whether a sentence stands at any field."""
    return bool(errors(form))


def _entered(form: Any, name: str, challenge: Challenge) -> Any:
    if name in DAYS:
        return _moment(form[DAYS[name]].data, name, getattr(challenge, name))
    value = form[name].data
    if name == "kind":
        return ChallengeKind(value)
    if name == "data_sensitivity":
        return Sensitivity(value) if value in set(Sensitivity) else None
    if name == "k_poc":
        return 1 if value is None else value
    if name in TAGGED:
        return tuple(value or ())
    return (value or "") if name.endswith(("_zh", "_en")) else value


def _moment(day: date | None, name: str, before: datetime | None) -> datetime | None:
    """The moment a day stands for; a day that stayed the same keeps its hour."""
    if day is None:
        return None
    if before is not None and _day(before) == day:
        return before
    return moment(day, START_OF_DAY if name == "publish_at" else END_OF_DAY)


def _day(at: datetime | None) -> date | None:
    return at.astimezone(TAIPEI).date() if at else None


def _shown(kpi: Kpi) -> dict[str, Any]:
    """A KPI as the form shows it: shares as percent."""
    values: dict[str, Any] = {each.name: getattr(kpi, each.name) for each in fields(kpi)}
    values["better"] = kpi.better.value if kpi.better else ""
    if kpi.unit == RATIO:
        values["unit"] = PERCENT
        values["baseline"], values["target"] = _times(kpi.baseline), _times(kpi.target)
    return values


def _kpi(form: Any) -> Kpi:
    """A KPI as the form says it: percent as shares."""
    unit = form.unit.data or ""
    baseline, target = form.baseline.data, form.target.data
    if unit in {PERCENT, "％"}:
        unit, baseline, target = RATIO, _hundredth(baseline), _hundredth(target)
    better = form.better.data
    return Kpi(
        name_zh=form.name_zh.data or "",
        name_en=form.name_en.data or "",
        unit=unit,
        better=Better(better) if better in set(Better) else None,
        baseline=baseline,
        target=target,
        method_zh=form.method_zh.data or "",
        method_en=form.method_en.data or "",
        code=form.code.data or "",
    )


def _times(value: float | None) -> float | None:
    return None if value is None else float(Decimal(str(value)) * HUNDRED)


def _hundredth(value: float | None) -> float | None:
    return None if value is None else float(Decimal(str(value)) / HUNDRED)


def _terms(kind: str) -> Sequence[tuple[str, str]]:
    lang = languages.current()
    return [(term.id, term.label.best(lang)[0]) for term in taxonomy.terms(kind).values()]


def _told(field: Any, value: Any) -> str:
    """A saved value in words, for comparing."""
    if _plain(value) is None:
        return ""
    if not hasattr(field, "iter_choices"):
        return str(value)
    words = {str(choice.value): str(choice.label) for choice in field.iter_choices()}
    chosen = value if isinstance(value, list) else [value]
    return formats.join([words.get(str(each), str(each)) for each in chosen], languages.current())
