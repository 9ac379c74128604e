"""Forms of challenges. Names of fields are those of the contents they fill."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
)
from wtforms import Form as PlainRow
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget, TextInput

from matchmaker.challenges.content import (
    LINE,
    MOST_KPIS,
    MOST_POCS,
    MOST_ROWS,
    MOST_TWD,
    MOST_WEEKS,
    PARAGRAPH,
    SUMMARY,
    TITLE,
    UNIT,
)
from matchmaker.challenges.models import Challenge
from matchmaker.challenges.moves import LONGEST_REASON
from matchmaker.kernel.errors import Invalid
from matchmaker.kernel.formats import TAIPEI
from matchmaker.kernel.text import fold
from matchmaker.web.challenges.blueprint import BETTER, KINDS, LEVELS, SENSITIVITIES
from matchmaker.web.forms import Day, Form, Line, Paragraph, Whole, choices

MINUS = "\u2212"
NUMBER = re.compile(r"[-+]?\d{1,15}(?:\.\d{1,10})?")
END_OF_DAY = 18
START_OF_DAY = 9
DAYS = {"publish_at": "publish_on", "closes_at": "closes_on"}


def _known(field: Any) -> Any:
    """A field of choices that speaks our own sentence when something else was sent."""
    return partial(field, invalid_choice_message=_l("Choose from the list."))


class Boxes(SelectMultipleField):
    """Several terms of a list, as check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


Several, OneOf, Pick = _known(Boxes), _known(RadioField), _known(SelectField)


class Figure(Field):
    """A number with or without decimals; full-width digits and separators are understood."""

    widget = TextInput()

    def __init__(self, label: Any = "", **kwargs: Any):
        super().__init__(label, validators=[Optional()], **kwargs)
        self.typed = ""

    def _value(self) -> str:
        if self.typed or self.data is None:
            return self.typed
        return f"{Decimal(str(self.data)).normalize():f}"

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number."""
        self.typed = valuelist[0].strip()[:40] if valuelist else ""
        self.data = None
        text = "".join(fold(self.typed).split()).replace(",", "").replace(MINUS, "-")
        if not text:
            return
        if not (text.isascii() and NUMBER.fullmatch(text)):
            raise ValueError(_("Give a number, in digits."))
        try:
            self.data = float(Decimal(text))
        except InvalidOperation:
            raise ValueError(_("Give a number, in digits.")) from None


class Level(RadioField):
    """How ready something is, from 0 to 3; may stay open."""

    def __init__(self, label: Any = "", **kwargs: Any):
        super().__init__(
            label,
            choices=choices((str(value), word) for value, word in enumerate(LEVELS)),
            coerce=_whole,
            validators=[Optional()],
            validate_choice=False,
            **kwargs,
        )

    def pre_validate(self, form: Any) -> None:
        """Take only levels there are; an open answer is fine."""
        if self.data is not None and not 0 <= self.data < len(LEVELS):
            raise ValueError(_("Choose from the list."))


def _whole(text: Any) -> int | None:
    return int(text) if str(text) in {"0", "1", "2", "3"} else None


class DatedForm(Form):
    """A form that asks for days where the verb speaks of instants."""

    def show(self, refusal: Invalid) -> None:
        """Put what is said of an instant at the day that stands for it."""
        super().show(Invalid({DAYS.get(name, name): said for name, said in refusal.fields.items()}))


class SectionForm(DatedForm):
    """What every section has: the version it was opened at."""

    version = HiddenField()


class NeedForm(SectionForm):
    """What the problem is and what is wanted."""

    kind = OneOf(_l("Kind of problem"))
    title_zh = Line(_l("Title in Chinese"), most=TITLE)
    title_en = Line(_l("Title in English"), most=TITLE)
    summary_zh = Paragraph(_l("Summary in Chinese"), most=SUMMARY)
    summary_en = Paragraph(_l("Summary in English"), most=SUMMARY)
    pain_zh = Paragraph(_l("What goes wrong, in Chinese"), most=PARAGRAPH)
    pain_en = Paragraph(_l("What goes wrong, in English"), most=PARAGRAPH)
    wanted_zh = Paragraph(_l("What is wanted, in Chinese"), most=PARAGRAPH)
    wanted_en = Paragraph(_l("What is wanted, in English"), most=PARAGRAPH)


class BackgroundForm(SectionForm):
    """Where the problem stands, and who and what is at hand."""

    background_zh = Paragraph(_l("Background in Chinese"), most=PARAGRAPH)
    background_en = Paragraph(_l("Background in English"), most=PARAGRAPH)
    current_way_zh = Paragraph(_l("Present way, in Chinese"), most=PARAGRAPH)
    current_way_en = Paragraph(_l("Present way, in English"), most=PARAGRAPH)
    site_zh = Line(_l("Site in Chinese"), most=LINE)
    site_en = Line(_l("Site in English"), most=LINE)
    domains = Several(_l("Industry or field"))
    technologies = Several(_l("Technology"))
    use_cases = Several(_l("Use"))
    deployment = Several(_l("Where it will run"))
    ready_talent = Level(_l("Readiness: staff time"))
    ready_tools = Level(_l("Readiness: tools and site"))


class DataForm(SectionForm):
    """Which data there is and how one gets it."""

    data_description_zh = Paragraph(_l("Data in Chinese"), most=PARAGRAPH)
    data_description_en = Paragraph(_l("Data in English"), most=PARAGRAPH)
    modalities = Several(_l("Kind of data"))
    data_rows = Whole(_l("Amount of data"), high=MOST_ROWS)
    data_labels = Whole(_l("Of these labelled"), high=MOST_ROWS)
    data_sensitivity = RadioField(_l("Sensitivity"), validate_choice=False)
    data_access_zh = Paragraph(_l("Access to data, in Chinese"), most=PARAGRAPH)
    data_access_en = Paragraph(_l("Access to data, in English"), most=PARAGRAPH)
    ready_data = Level(_l("Readiness: data"))


class KpiRow(PlainRow):
    """One target KPI."""

    code = HiddenField()
    name_zh = Line(_l("Name in Chinese"), most=LINE)
    name_en = Line(_l("Name in English"), most=LINE)
    unit = Line(_l("Unit"), most=UNIT)
    better = SelectField(_l("Better is"), validate_choice=False)
    baseline = Figure(_l("Today's value"))
    target = Figure(_l("To be reached"))
    method_zh = Paragraph(_l("How it is measured, in Chinese"), most=PARAGRAPH)
    method_en = Paragraph(_l("How it is measured, in English"), most=PARAGRAPH)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.better.choices = choices(
            [("", _("Please choose")), *((way.value, str(word)) for way, word in BETTER.items())]
        )

    @property
    def is_blank(self) -> bool:
        """Whether nothing was entered in this row."""
        return all(
            field.data in {None, ""} for field in self if field.name.rpartition("-")[2] != "code"
        )


class KpiForm(SectionForm):
    """The target KPIs, or why there are none."""

    rows = FieldList(FormField(KpiRow), max_entries=MOST_KPIS)
    kpis_none_reason = Paragraph(_l("Why there is no KPI"), most=PARAGRAPH)


class RulesForm(SectionForm):
    """Wishes on results, and what only teams under confidentiality read."""

    ip_wishes_zh = Paragraph(_l("Wishes on results, in Chinese"), most=PARAGRAPH)
    ip_wishes_en = Paragraph(_l("Wishes on results, in English"), most=PARAGRAPH)
    confidential_zh = Paragraph(_l("Confidential part in Chinese"), most=PARAGRAPH)
    confidential_en = Paragraph(_l("Confidential part in English"), most=PARAGRAPH)


class DatesForm(SectionForm):
    """How many PoCs, how long and for how much, and when."""

    k_poc = Whole(_l("Number of PoCs"), low=1, high=MOST_POCS)
    poc_weeks = Whole(_l("Length of a PoC"), low=1, high=MOST_WEEKS)
    budget_twd = Whole(_l("Budget"), high=MOST_TWD)
    ready_budget = Level(_l("Readiness: budget"))
    publish_on = Day(_l("Publish on"))
    closes_on = Day(_l("Close on"))


class NewForm(Form):
    """Whose problem it is, in which call, and of which kind."""

    organization = Pick(_l("Organisation"))
    call = Pick(_l("Call"))
    kind = OneOf(_l("Kind of problem"), choices=choices((k.value, w) for k, w in KINDS.items()))
    title_zh = Line(_l("Title in Chinese"), most=TITLE)
    title_en = Line(_l("Title in English"), most=TITLE)


class SubmitForm(Form):
    """Handing in: the terms are accepted."""

    accept_terms = BooleanField(
        _l("I accept the terms for problem owners on behalf of my organisation.")
    )


class StepForm(DatedForm):
    """The page before a step."""

    def suggest(self, challenge: Challenge) -> None:
        """Propose what suits the challenge."""


class PlainForm(StepForm):
    """Nothing to enter."""


class ReasonForm(StepForm):
    """A reason that has to be given."""

    reason = Paragraph(_l("Reason"), most=LONGEST_REASON, needed=True)


class NoteForm(StepForm):
    """A note that may be given."""

    reason = Paragraph(_l("Note"), most=LONGEST_REASON)


class CommentForm(StepForm):
    """What has to be changed."""

    comment = Paragraph(_l("What has to be changed"), most=LONGEST_REASON, needed=True)


class ApproveForm(StepForm):
    """When it becomes public."""

    publish_on = Day(
        _l("Publish on"), description=_l("At 9:00. Left empty, the wish of the owner holds.")
    )

    def suggest(self, challenge: Challenge) -> None:
        """Propose the day that the owner wished for."""
        if challenge.publish_at:
            self.publish_on.data = challenge.publish_at.astimezone(TAIPEI).date()

    def publish_at(self) -> datetime | None:
        """The morning of the chosen day."""
        return moment(self.publish_on.data, START_OF_DAY)


class ExtendForm(StepForm):
    """A later closing time, and why."""

    closes_on = Day(
        _l("New closing day"), needed=True, description=_l("It closes at 18:00 on this day.")
    )
    reason = Paragraph(_l("Reason"), most=LONGEST_REASON, needed=True)

    def closes_at(self) -> datetime | None:
        """Six in the evening of the chosen day."""
        return moment(self.closes_on.data, END_OF_DAY)


def moment(day: date | None, hour: int) -> datetime | None:
    """An hour of a day in Taipei."""
    if day is None:
        return None
    return datetime(day.year, day.month, day.day, hour, tzinfo=TAIPEI).astimezone(UTC)


def kinds() -> Sequence[tuple[str, str]]:
    """The kinds of problems as choices."""
    return [(kind.value, str(word)) for kind, word in KINDS.items()]


def sensitivities() -> Sequence[tuple[str, str]]:
    """The classes of data as choices."""
    return [(value.value, str(word)) for value, word in SENSITIVITIES.items()]
