"""Forms of matching."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DecimalField, HiddenField, RadioField, SelectField
from wtforms.validators import NumberRange, Optional

from matchmaker.web.forms import Form, Paragraph, Whole, required

WEIGHTS = ("text", "bridge", "meaning", "taxonomy", "capability", "evidence", "feedback")

WEIGHINGS = (
    ("model", _l("Of the ranking model in use, else as measured")),
    ("measured", _l("As measured, without a ranking model")),
)


def _weight(label: Any) -> DecimalField:
    limits = NumberRange(0, 10, message=_l("Give a number between %(min)s and %(max)s."))
    return DecimalField(label, places=3, validators=[Optional(), limits])


class RunForm(Form):
    """What a run is asked to do; weights left empty keep their measured default."""

    call = SelectField(_l("Call"))
    seed = Whole(_l("Seed"), high=2**31 - 1)
    weighing = SelectField(_l("Weights"), default="model")
    text = _weight(_l("Same words"))
    bridge = _weight(_l("Same words in translation"))
    meaning = _weight(_l("Like meaning"))
    taxonomy = _weight(_l("Field and use"))
    capability = _weight(_l("Technologies and data"))
    evidence = _weight(_l("Evidence"))
    feedback = _weight(_l("Earlier decisions"))


class DismissForm(Form):
    """Why a pair is put aside."""

    version = HiddenField()
    next = HiddenField()
    reason = RadioField(_l("Reason"), validators=[required(_l("Choose one of the reasons."))])
    note = Paragraph(_l("Note"), most=1_000)


class WithdrawForm(Form):
    """Why a published run is hidden again."""

    reason = Paragraph(_l("Reason"), most=1_000, needed=True)
