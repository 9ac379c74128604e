"""Forms of accounts."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, RadioField, SelectField
from wtforms.validators import Email

from matchmaker.accounts.passwords import MAX_LENGTH
from matchmaker.kernel.i18n import Lang
from matchmaker.web.forms import TITLE, Form, Line, at_most, choices, required

LANGUAGES = choices([(Lang.ZH_TW.value, "中文"), (Lang.EN.value, "English")])


class Address(Line):
    """An e-mail address; its look is checked, not whether it exists.

    Names beyond ASCII are refused: most mail servers take none.
    """

    def __init__(self, label: Any = "", **kwargs: Any):
        super().__init__(label or _l("E-mail address"), most=254, needed=True, **kwargs)
        self.validators = [
            *self.validators,
            Email(_l("This does not look like an address."), allow_smtputf8=False),
        ]


class Password(PasswordField):
    """A password as typed: nothing is cut off or changed."""

    def __init__(self, label: Any = "", **kwargs: Any):
        most = at_most(MAX_LENGTH)
        super().__init__(label or _l("Password"), validators=[required(), most], **kwargs)


class Code(Line):
    """A code of an app or a recovery code, however it is spaced."""

    def __init__(self, label: Any = "", **kwargs: Any):
        super().__init__(label or _l("Code"), most=60, needed=True, **kwargs)


class CodeForm(Form):
    """The code after the password."""

    code = Code()
    next = HiddenField()


class SignInForm(Form):
    """Address and password."""

    email = Line(_l("E-mail address"), most=254, needed=True)
    password = Password()
    next = HiddenField()


class RegistrationForm(Form):
    """What is needed for an account."""

    name = Line(_l("Your name"), most=TITLE, needed=True)
    email = Address()
    password = Password(_l("Choose a password"))


class AddressForm(Form):
    """The address that a link is sent to."""

    email = Address()


class NewPasswordForm(Form):
    """A new password."""

    password = Password(_l("New password"))


class ProofForm(Form):
    """The password chosen before."""

    password = Password()


class PressForm(Form):
    """Nothing but a button."""


class ArrivalForm(Form):
    """What an invited person without an account tells."""

    name = Line(_l("Your name"), most=TITLE, needed=True)
    password = Password(_l("Choose a password"))


class InvitationForm(Form):
    """Who is invited as what."""

    scope = HiddenField()
    scope_id = HiddenField()
    email = Address()
    role = RadioField(_l("Role"), validators=[required()])
    lang = SelectField(_l("Language of the mail"), choices=LANGUAGES)
