"""Forms of proposals, one for each section; rows are added and taken away by plain buttons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, Field, FieldList, FormField, HiddenField, SelectField
from wtforms import Form as PlainForm
from wtforms.validators import Optional, ValidationError
from wtforms.widgets import TextInput

from matchmaker.kernel.text import fold
from matchmaker.proposals.content import MOST_TWD, MOST_WEEKS
from matchmaker.proposals.parts import LINE, MOST_ROWS, PARAGRAPH, SUMMARY, TITLE
from matchmaker.web.forms import Form, Line, Paragraph, Whole

NOTE = 1000
LONGEST_FIGURE = 20


class Figure(Field):
    """A number with decimals; full-width digits and a percent sign are understood.

    With ``scale`` 100 people type percent and ``data`` is a share of 0–1.
    """

    widget = TextInput()

    def __init__(self, label: Any = "", *, scale: int = 1, **kwargs: Any):
        super().__init__(label, validators=[Optional()], **kwargs)
        self.scale = scale
        self.typed: str | None = None

    def _value(self) -> str:
        if self.typed is not None:
            return self.typed
        return "" if self.data is None else f"{self.data * self.scale:.10g}"

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number."""
        self.typed = valuelist[0].strip() if valuelist else ""
        self.data = None
        text = "".join(fold(self.typed).split()).replace(",", "").removesuffix("%")
        if not text:
            return
        try:
            plain = len(text) <= LONGEST_FIGURE and set(text) <= set("0123456789.-+")
            self.data = float(text) / self.scale if plain else None
        except ValueError:
            self.data = None
        if self.data is None:
            raise ValueError(_("Give a number, such as 12 or 0.85."))


class Rows(FieldList):  # type: ignore[type-arg]
    """Rows of one form; only small plain numbers count as positions."""

    def __init__(self, form: type[PlainForm], **kwargs: Any):
        super().__init__(FormField(form), max_entries=MOST_ROWS, **kwargs)
        self.type = "FieldList"  # as the macros know it

    def _extract_indices(self, prefix: str, formdata: Iterable[str]) -> Iterator[int]:
        for name in formdata:
            position = name.removeprefix(f"{prefix}-").partition("-")[0]
            if name.startswith(f"{prefix}-") and position.isascii() and position.isdigit():
                yield int(position[:4])


class SectionForm(Form):
    """A section; ``version`` says from which edition of it the writer started."""

    version = HiddenField()


class AnswerForm(SectionForm):
    """Title, summary, approach."""

    title_zh = Line(_l("Title in Chinese"), most=TITLE)
    title_en = Line(_l("Title in English"), most=TITLE)
    summary_zh = Paragraph(_l("Summary in Chinese"), most=SUMMARY)
    summary_en = Paragraph(_l("Summary in English"), most=SUMMARY)
    approach_zh = Paragraph(_l("Approach in Chinese"), most=PARAGRAPH)
    approach_en = Paragraph(_l("Approach in English"), most=PARAGRAPH)


class DataForm(SectionForm):
    """Data, models and their limits."""

    data_zh = Paragraph(_l("Data in Chinese"), most=PARAGRAPH)
    data_en = Paragraph(_l("Data in English"), most=PARAGRAPH)
    models_zh = Paragraph(_l("Models in Chinese"), most=PARAGRAPH)
    models_en = Paragraph(_l("Models in English"), most=PARAGRAPH)
    limits_zh = Paragraph(_l("Limits in Chinese"), most=PARAGRAPH)
    limits_en = Paragraph(_l("Limits in English"), most=PARAGRAPH)


class MilestoneForm(PlainForm):
    """One milestone."""

    title = Line(_l("Milestone"), most=LINE)
    week = Whole(_l("Done by week"), low=1, high=MOST_WEEKS)
    deliverable = Paragraph(_l("What it delivers"), most=NOTE)


class PlanForm(SectionForm):
    """Milestones, and what the team needs from the problem owner."""

    milestones = Rows(MilestoneForm)
    needs_zh = Paragraph(_l("Needs in Chinese"), most=PARAGRAPH)
    needs_en = Paragraph(_l("Needs in English"), most=PARAGRAPH)


class CommitmentForm(PlainForm):
    """What is promised for one target KPI."""

    kpi_id = HiddenField()
    value = Figure(_l("The value we commit to"))
    method = Paragraph(_l("How it is measured"), most=NOTE)
    cannot = BooleanField(_l("We cannot commit to a value"))
    reason = Paragraph(_l("Why not"), most=NOTE)


class KpisForm(SectionForm):
    """One commitment for each target KPI."""

    commitments = Rows(CommitmentForm)


class BudgetLineForm(PlainForm):
    """One cost."""

    item = Line(_l("Cost"), most=LINE)
    amount_twd = Whole(_l("Amount"), high=MOST_TWD)
    own_twd = Whole(_l("Of which the team bears"), high=MOST_TWD)


class BudgetForm(SectionForm):
    """Costs, and words on them."""

    lines = Rows(BudgetLineForm)
    note_zh = Paragraph(_l("Remarks in Chinese"), most=PARAGRAPH)
    note_en = Paragraph(_l("Remarks in English"), most=PARAGRAPH)


class ShareForm(PlainForm):
    """One person."""

    name = Line(_l("Full name"), most=TITLE)
    task = Line(_l("Task in this PoC"), most=LINE)
    share = Figure(_l("Share of the work"), scale=100)

    def validate_share(self, field: Figure) -> None:
        """Between nothing and all of the work."""
        if field.data is not None and not 0 <= field.data <= 1:
            raise ValidationError(_("Give a share between 0 and 100 percent."))


class PeopleForm(SectionForm):
    """Who works on it."""

    shares = Rows(ShareForm)


class UploadForm(Form):
    """A file and what it answers to."""

    file = FileField(_l("File"))
    document = SelectField(_l("Document that the call asks for"), validate_choice=False)


class HandInForm(Form):
    """The last step before a proposal is handed in."""

    version = HiddenField()
    accepts_terms = BooleanField(_l("We accept the terms of the call and declare what it asks for"))


class WithdrawForm(Form):
    """Giving a proposal up."""

    reason = Paragraph(_l("Reason"), most=NOTE)


class PromiseForm(Form):
    """Promising confidentiality."""

    promises = BooleanField(_l("I keep what I read in the proposals to myself"))
