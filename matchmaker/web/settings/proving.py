"""Who is signed in, and the password typed once more before something serious."""

from __future__ import annotations

from typing import cast

from flask_login import current_user

from matchmaker.accounts import credentials, signing_in
from matchmaker.accounts.models import User
from matchmaker.kernel.errors import Invalid
from matchmaker.web import door
from matchmaker.web.accounts.proving import prove


def me() -> User:
    """The signed-in person."""
    return cast(User, current_user.user)


def prove_myself(password: str, field: str) -> None:
    """Go on only with the person's password, typed just now.

    Raises:
        Invalid: it is another password.
        TooMany: too many wrong ones were given.
    """
    who = prove(me().email, password)
    if who is None or who.user_id != door.actor().user_id:
        raise Invalid({field: credentials.WRONG_PASSWORD})


def forget_failures() -> None:
    """Forget earlier wrong passwords: the right one was given."""
    signing_in.forget(door.db(), me().email, address=door.actor().address)
