"""What all forms share: our own sentences for wrong entries, and refusals shown at their field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, IntegerField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    StopValidation,
)
from wtforms.widgets import TextInput

from matchmaker.kernel.errors import Invalid, TooMany
from matchmaker.kernel.formats import parse_day
from matchmaker.kernel.i18n import translate
from matchmaker.kernel.text import clean, fold
from matchmaker.web import languages

LINE, TITLE, PARAGRAPH = 200, 120, 10_000


class Form(FlaskForm):
    """A form that can show the refusals of a verb beside its own.

    ``is_stale`` once somebody else saved first; ``theirs`` holds (label, text) of what they saved
    otherwise, which may be nothing.
    """

    is_stale: bool = False
    is_limited: bool = False
    theirs: Sequence[tuple[str, str]] = ()

    @property
    def status(self) -> int:
        """The status of the page that shows this form: 409, 429 or 422 after what was shown."""
        if self.is_stale:
            return 409
        if self.is_limited:
            return 429
        return 422 if self.errors or self.form_errors else 200

    @property
    def opened_version(self) -> int:
        """The version that the page was opened with; 0, which fits nothing, if it is no number."""
        return whole(self._fields["version"].data)

    def show(self, refusal: Invalid) -> None:
        """Put each sentence at the field it speaks of, or at the head of the form."""
        for name, message in refusal.fields.items():
            text = translate(message, languages.current())
            if name in self._fields:
                self._fields[name].errors = [*self._fields[name].errors, text]
            else:
                self.form_errors: list[str] = [*self.form_errors, text]

    def show_limit(self, refusal: TooMany) -> None:
        """Say at the head of the form that a limit was reached."""
        self.is_limited = True
        self.form_errors = [*self.form_errors, translate(refusal.message, languages.current())]

    def show_stale(self, saved: Mapping[str, Any], version: int) -> None:
        """Keep what was typed, list what somebody else saved, and let the next save replace it."""
        self.is_stale = True
        self.theirs = [
            (str(self._fields[name].label.text), str(text or ""))
            for name, text in saved.items()
            if name in self._fields and str(text or "") != str(self._fields[name].data or "")
        ]
        self._fields["version"].data = version


def whole(sent: object) -> int:
    """A number that a page sent back unseen; 0 where it makes no sense."""
    text = str(sent or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def required(message: Any = None) -> InputRequired:
    """The field must be filled."""
    return InputRequired(message or _l("Please fill this in."))


def filled() -> DataRequired:
    """The text must say something: blanks and invisible characters do not count."""
    return DataRequired(_l("Please fill this in."))


def at_most(characters: int) -> Length:
    """Not longer than so many characters."""
    return Length(max=characters, message=_l("Use at most %(max)d characters."))


def between(low: int, high: int) -> NumberRange:
    """A whole number in a range."""
    return NumberRange(low, high, message=_l("Give a number between %(min)s and %(max)s."))


class Line(StringField):
    """One line of text; direction controls and surrounding blanks are dropped."""

    def __init__(self, label: Any = "", *, most: int = LINE, needed: bool = False, **kwargs: Any):
        first = [filled()] if needed else [Optional()]
        super().__init__(label, validators=[*first, at_most(most)], **kwargs)

    def process_formdata(self, valuelist: Iterable[str]) -> None:
        """Take the text as it will be stored."""
        super().process_formdata([clean(value, single_line=True) for value in valuelist])


class Paragraph(TextAreaField):
    """Several lines of text."""

    def __init__(
        self, label: Any = "", *, most: int = PARAGRAPH, needed: bool = False, **kwargs: Any
    ):
        first = [filled()] if needed else [Optional()]
        super().__init__(label, validators=[*first, at_most(most)], **kwargs)

    def process_formdata(self, valuelist: Iterable[str]) -> None:
        """Take the text as it will be stored."""
        super().process_formdata([clean(value) for value in valuelist])


class Whole(IntegerField):
    """A whole number; full-width digits, separators and blanks are understood."""

    def __init__(
        self, label: Any = "", *, low: int = 0, high: int = 10**12, needed: bool = False,
        **kwargs: Any,
    ):  # fmt: skip
        first = [required()] if needed else [Optional()]
        super().__init__(label, validators=[*first, between(low, high)], **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number."""
        self.data = None
        text = "".join(fold(valuelist[0]).split()).replace(",", "") if valuelist else ""
        if not text:
            return
        if not (text.isascii() and text.isdigit() and len(text) < 16):
            raise ValueError(_("Give a whole number, in digits."))
        self.data = int(text)

    def pre_validate(self, form: Any) -> None:
        """Say only once what is wrong: what is no number is in no range either."""
        if self.process_errors:
            raise StopValidation


class Day(Field):
    """A day as people write it: 2026-11-24, 2026/11/24 or 115/11/24.

    ``data`` is a date; what cannot be read stays in the field as it was typed.
    """

    widget = TextInput()

    def __init__(self, label: Any = "", *, needed: bool = False, **kwargs: Any):
        super().__init__(label, validators=[required()] if needed else [Optional()], **kwargs)
        self.typed = ""

    def _value(self) -> str:
        return self.typed or (self.data.isoformat() if self.data else "")

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day."""
        self.typed = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not self.typed:
            return
        try:
            self.data = parse_day(self.typed)
        except ValueError:
            raise ValueError(_("Give a day such as 2026-11-24 or 115/11/24.")) from None


def is_sent(form: Form) -> bool:
    """Whether the form was sent and every field is in order."""
    return bool(form.validate_on_submit())


def choices(pairs: Iterable[tuple[str, Any]]) -> list[SelectChoice]:
    """(value, label) pairs as the options of a select or radio field."""
    return [SelectChoice(value, label) for value, label in pairs]


def field_errors(field: Field) -> list[str]:
    """The sentences at one field, for answers to scripts."""
    return [str(error) for error in field.errors]
