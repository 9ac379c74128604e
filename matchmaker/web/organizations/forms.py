"""Forms of organisations."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField

from matchmaker.web.forms import PARAGRAPH, Form, Line, Paragraph, choices

REGIONS = choices(
    [
        ("", _l("Not stated")),
        ("north", _l("North")),
        ("central", _l("Centre")),
        ("south", _l("South")),
        ("east", _l("East")),
        ("islands", _l("Outlying islands")),
        ("abroad", _l("Abroad")),
    ]
)
SIZES = choices(
    [
        ("", _l("Not stated")),
        ("small", _l("Small")),
        ("medium", _l("Medium")),
        ("large", _l("Large")),
    ]
)


class ProfileForm(Form):
    """What an organisation says about itself."""

    version = HiddenField()
    type = SelectField(_l("Kind of organisation"))
    name_zh = Line(_l("Name in Chinese"), most=120)
    name_en = Line(_l("Name in English"), most=160)
    business_number = Line(_l("Business number"), most=20)
    region = SelectField(_l("Region"), choices=REGIONS)
    city = Line(_l("City or county"), most=40)
    size = SelectField(_l("Size"), choices=SIZES)
    website = Line(_l("Website"), most=300)
    about_zh = Paragraph(_l("About the organisation, in Chinese"), most=PARAGRAPH)
    about_en = Paragraph(_l("About the organisation, in English"), most=PARAGRAPH)
