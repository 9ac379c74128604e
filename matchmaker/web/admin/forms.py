"""Forms of administration."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField

from matchmaker.web.accounts.forms import LANGUAGES, Address
from matchmaker.web.forms import Form, Paragraph, required

REASON = 1_000


class ReasonForm(Form):
    """Why something is done; it is kept in the record."""

    reason = Paragraph(_l("Reason"), most=REASON, needed=True)


class StaffForm(Form):
    """A staff role for somebody."""

    email = Address()
    role = RadioField(_l("Role"), validators=[required()])
    program = SelectField(_l("Programme"))
    lang = SelectField(_l("Language of the mail"), choices=LANGUAGES)
    reason = Paragraph(_l("Reason"), most=REASON, needed=True)
