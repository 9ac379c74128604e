"""A proposal as lines of text: for comparing versions and for showing what a colleague saved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from matchmaker.challenges.models import TargetKpi
from matchmaker.kernel import formats
from matchmaker.kernel.localized import Localized
from matchmaker.proposals.content import (
    Budget,
    Commitment,
    Content,
    Kpis,
    People,
    Plan,
    Section,
    SectionContent,
)
from matchmaker.web import languages
from matchmaker.web.proposals.blueprint import kpi_figure

WORDS = {
    "title": (_l("Title in Chinese"), _l("Title in English")),
    "summary": (_l("Summary in Chinese"), _l("Summary in English")),
    "approach": (_l("Approach in Chinese"), _l("Approach in English")),
    "data": (_l("Data in Chinese"), _l("Data in English")),
    "models": (_l("Models in Chinese"), _l("Models in English")),
    "limits": (_l("Limits in Chinese"), _l("Limits in English")),
    "needs": (_l("Needs in Chinese"), _l("Needs in English")),
    "note": (_l("Remarks in Chinese"), _l("Remarks in English")),
}


class Text(NamedTuple):
    """One thing that a section says; ``lang`` is set for texts of one language."""

    label: str
    text: str
    lang: str | None = None


def texts_of(section: Section, content: Mapping[str, Any], kpis: Iterable[TargetKpi]) -> list[Text]:
    """Everything that a stored section says, in reading order."""
    if section is Section.ATTACHMENTS:
        return list(_files(content.get("attachments", [])))
    part: SectionContent = getattr(Content.of(content), section)
    return [*_rows(part, list(kpis)), *_prose(part)]


def _prose(part: SectionContent) -> Iterator[Text]:
    for name, (chinese, english) in WORDS.items():
        value = getattr(part, name, None)
        if isinstance(value, Localized):
            yield Text(str(chinese), value.zh_TW or "", "zh-Hant-TW")
            yield Text(str(english), value.en or "", "en")


def _rows(part: SectionContent, kpis: list[TargetKpi]) -> Iterator[Text]:
    if isinstance(part, Plan):
        yield from _milestones(part)
    elif isinstance(part, Kpis):
        for kpi in kpis:
            yield Text(kpi.name.best(languages.current())[0], _promise(part.of_kpi(kpi.id), kpi))
    elif isinstance(part, Budget):
        yield from _costs(part)
    elif isinstance(part, People):
        yield from _shares(part)


def _milestones(part: Plan) -> Iterator[Text]:
    for position, row in enumerate(part.milestones, start=1):
        week = _("Week %(n)s", n=row.week) if row.week else ""
        yield Text(_("Milestone %(n)s", n=position), _lines(row.title, week, row.deliverable))


def _promise(row: Commitment, kpi: TargetKpi) -> str:
    if row.cannot:
        return _lines(_("We cannot commit to a value"), row.reason)
    return _lines(kpi_figure(row.value, kpi), row.method)


def _costs(part: Budget) -> Iterator[Text]:
    for position, row in enumerate(part.lines, start=1):
        own = _("The team bears %(amount)s", amount=_money(row.own_twd)) if row.own_twd else ""
        yield Text(
            _("Budget line %(n)s", n=position), _lines(row.item, _money(row.amount_twd), own)
        )


def _shares(part: People) -> Iterator[Text]:
    for position, row in enumerate(part.shares, start=1):
        share = "" if row.share is None else formats.percent(row.share, languages.current())
        yield Text(_("Person %(n)s", n=position), _lines(row.name, row.task, share))


def _files(files: Iterable[Mapping[str, Any]]) -> Iterator[Text]:
    for position, file in enumerate(files, start=1):
        yield Text(_("File %(n)s", n=position), _lines(file["name"], f"SHA-256 {file['sha256']}"))


def _money(twd: int | None) -> str:
    return "" if twd is None else formats.money(twd, languages.current())


def _lines(*texts: str) -> str:
    return "\n".join(text for text in texts if text)
