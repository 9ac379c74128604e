"""Forms of programmes and calls."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    FormField,
    HiddenField,
    SelectMultipleField,
    ValidationError,
)
from wtforms import Form as PlainForm
from wtforms.widgets import CheckboxInput, ListWidget, TimeInput

from matchmaker.kernel.text import fold
from matchmaker.programs.content import MOST_TWD, MOST_WEEKS
from matchmaker.programs.rules import MOST_DOCUMENTS, MOST_PEOPLE, MOST_PROPOSALS, MOST_YEARS
from matchmaker.web.forms import PARAGRAPH, TITLE, Day, Form, Line, Paragraph, Whole, required

CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::00)?")
FIRST_YEAR, LAST_YEAR = 2000, 2099
TERMS = 20_000


class TimeOfDay(Field):
    """A time of day in Taipei: 18:00, also with full-width characters."""

    widget = TimeInput()

    def __init__(self, label: Any = "", **kwargs: Any):
        super().__init__(label, validators=[required()], **kwargs)
        self.typed = ""

    def _value(self) -> str:
        return self.typed or (f"{self.data:%H:%M}" if self.data else "")

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the time."""
        self.typed = valuelist[0].strip()[:20] if valuelist else ""
        self.data = None
        found = CLOCK.fullmatch(fold(self.typed))
        if found:
            self.data = time(int(found[1]), int(found[2]))
        elif self.typed:
            raise ValueError(_("Give a time such as 18:00."))


class PlannedDay(Day):
    """A day on which something of a programme happens."""

    def pre_validate(self, form: Any) -> None:
        """Refuse years that are surely a slip of the pen."""
        if isinstance(self.data, date) and not FIRST_YEAR <= self.data.year <= LAST_YEAR:
            raise ValidationError(
                _(
                    "Give a year between %(first)s and %(last)s.",
                    first=FIRST_YEAR,
                    last=LAST_YEAR,
                )
            )


class Choices(SelectMultipleField):
    """Several of a list, as check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ProgramForm(Form):
    """What a programme is."""

    version = HiddenField()
    name_zh = Line(_l("Name in Chinese"), most=TITLE)
    name_en = Line(_l("Name in English"), most=TITLE)
    slug = Line(_l("Address"), most=60)
    office_ref = Line(_l("Programme office"), most=20)
    about_zh = Paragraph(_l("About the programme, in Chinese"), most=PARAGRAPH)
    about_en = Paragraph(_l("About the programme, in English"), most=PARAGRAPH)


class DocumentForm(PlainForm):
    """One document that a proposal comes with."""

    key = HiddenField()
    label_zh = Line(_l("Document, in Chinese"), most=TITLE)
    label_en = Line(_l("Document, in English"), most=TITLE)
    is_required = BooleanField(_l("Required"))


class CallWordsForm(Form):
    """What may still be changed once a call is public."""

    version = HiddenField()
    name_zh = Line(_l("Name in Chinese"), most=TITLE)
    name_en = Line(_l("Name in English"), most=TITLE)
    about_zh = Paragraph(_l("About the call, in Chinese"), most=PARAGRAPH)
    about_en = Paragraph(_l("About the call, in English"), most=PARAGRAPH)
    review_from = PlannedDay(_l("Review begins"))
    decision_on = PlannedDay(_l("Decision"))


class CallForm(CallWordsForm):
    """Everything about a call that is not public yet."""

    slug = Line(_l("Address"), most=60)
    opens_on = PlannedDay(_l("Opens on"), needed=True)
    opens_time = TimeOfDay(_l("Opens at"))
    closes_on = PlannedDay(_l("Closes on"), needed=True)
    closes_time = TimeOfDay(_l("Closes at"))
    budget_twd = Whole(_l("Budget of the call"), low=1, high=MOST_TWD)
    ceiling_twd = Whole(_l("Ceiling for one PoC"), low=1, high=MOST_TWD)
    poc_weeks_max = Whole(_l("Longest PoC"), low=1, high=MOST_WEEKS)
    team_min = Whole(_l("Smallest team"), low=1, high=MOST_PEOPLE)
    team_max = Whole(_l("Largest team"), low=1, high=MOST_PEOPLE)
    proposals_per_team = Whole(_l("Proposals of one team"), low=1, high=MOST_PROPOSALS)
    one_team_per_person = BooleanField(_l("Nobody stands in two teams of this call"))
    one_category_per_applicant = BooleanField(_l("Either industry or social problems, not both"))
    sister_calls = Choices(_l("Calls that exclude each other"), validate_choice=True)
    breach_years = Whole(_l("Years without a breach of contract"), low=1, high=MOST_YEARS)
    own_share_percent = Whole(_l("Own contribution"), low=1, high=90)
    terms_zh = Paragraph(_l("Terms of taking part, in Chinese"), most=TERMS)
    terms_en = Paragraph(_l("Terms of taking part, in English"), most=TERMS)
    ip_terms_zh = Paragraph(_l("Intellectual property, in Chinese"), most=TERMS)
    ip_terms_en = Paragraph(_l("Intellectual property, in English"), most=TERMS)
    checklist = FieldList(
        FormField(DocumentForm), label=_l("Documents"), max_entries=MOST_DOCUMENTS + 3
    )


class ExtensionForm(Form):
    """A later closing time and the notice that explains it."""

    version = HiddenField()
    closes_on = PlannedDay(_l("Closes on"), needed=True)
    closes_time = TimeOfDay(_l("Closes at"))
    notice_zh = Paragraph(_l("Public notice, in Chinese"), most=1000)
    notice_en = Paragraph(_l("Public notice, in English"), most=1000)
