"""The first administrators: made by whoever runs the machine, since nobody else is there yet.

Staff roles are proposed by one administrator and confirmed by another. So an installation needs
two before its pages can name a third; from then on this door is shut.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from matchmaker.accounts import queries, service
from matchmaker.accounts.models import User
from matchmaker.kernel.actor import SYSTEM, Role, Scope
from matchmaker.kernel.errors import Invalid, WrongState
from matchmaker.kernel.i18n import Lang, msg
from matchmaker.kernel.text import clean

MOST = 2
THERE_IS_ONE = msg(
    "There is an administrator already. Add the second one with: matchmaker init --second"
)
THERE_ARE_TWO = msg(
    "There are two administrators already. They name further ones on the page “Staff roles”."
)
THERE_IS_NONE = msg("There is no administrator yet. Begin with: matchmaker init")


@dataclass(frozen=True)
class Founder:
    """Who becomes administrator; the password is hashed already."""

    email: str
    name: str
    password_hash: str
    lang: Lang


def check_room(session: Session, *, is_second: bool) -> None:
    """Go on only while this administrator is missing. One statement.

    Raises:
        WrongState: there are enough, or the first one is missing.
    """
    there = len(queries.holders(session, Scope.PLATFORM, 0, [Role.ADMIN]))
    if there >= MOST:
        raise WrongState(THERE_ARE_TWO)
    if there and not is_second:
        raise WrongState(THERE_IS_ONE)
    if is_second and not there:
        raise WrongState(THERE_IS_NONE)


def make_administrator(
    session: Session, founder: Founder, *, is_second: bool, now: datetime
) -> User:
    """Make an account that can sign in at once, and make it administrator.

    Raises:
        WrongState: there are enough, or the first one is missing.
        Invalid: no name, or the address has an account.
    """
    check_room(session, is_second=is_second)
    if not clean(founder.name, single_line=True):
        raise Invalid({"name": msg("Please fill this in.")})
    user = service.create_user(
        session, email=founder.email, name=founder.name, password_hash=founder.password_hash,
        actor=SYSTEM, now=now, lang=founder.lang, active=True,
    )  # fmt: skip
    service.give_role(session, user, Role.ADMIN, Scope.PLATFORM, actor=SYSTEM, now=now)
    return user
