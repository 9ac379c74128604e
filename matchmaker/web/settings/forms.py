"""Forms of one's own account. None has a field for roles or states."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField

from matchmaker.web.accounts.forms import LANGUAGES, Address, Code, Password
from matchmaker.web.forms import TITLE, Form, Line, choices, required


class ProfileForm(Form):
    """How a person is called, and reads."""

    version = HiddenField()
    name = Line(_l("Your name"), most=TITLE, needed=True)
    name_en = Line(_l("Your name in English"), most=TITLE)
    lang = SelectField(
        _l("Language of pages and mail"),
        choices=[*choices([("", _l("As the browser says"))]), *LANGUAGES],
    )


class PasswordForm(Form):
    """The old password and a new one."""

    current = Password(_l("Present password"))
    password = Password(_l("New password"))


class EmailForm(Form):
    """A new address, and the password as proof."""

    email = Address(_l("New e-mail address"))
    proof = Password(_l("Present password"))


class FactorForm(Form):
    """What to do with the second step, with password and code as proof."""

    what = RadioField(_l("What do you want to do?"), validators=[required()])
    password = Password(_l("Present password"))
    code = Code()
