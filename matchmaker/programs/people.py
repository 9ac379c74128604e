"""Who holds which role in a programme, and how roles other than those of staff end."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matchmaker.accounts import service as accounts
from matchmaker.accounts import sessions
from matchmaker.accounts.events import RoleEnded
from matchmaker.accounts.models import Grant, User
from matchmaker.kernel.actor import STAFF_ROLES, Actor, Role, Scope
from matchmaker.kernel.errors import Invalid, NotFound
from matchmaker.kernel.events import publish
from matchmaker.kernel.i18n import msg
from matchmaker.kernel.permissions import require
from matchmaker.kernel.text import clean
from matchmaker.programs.models import Program

ORDER = [Role.PM, Role.FINANCE, Role.REVIEW_CHAIR, Role.REVIEWER, Role.MENTOR, Role.COORDINATOR]


def members(session: Session, program: Program) -> list[Grant]:
    """Every role held in a programme with its person, staff first. Two statements."""
    stmt = (
        select(Grant)
        .where(Grant.scope == Scope.PROGRAM, Grant.scope_id == program.id)
        .options(joinedload(Grant.user).selectinload(User.grants))
        .order_by(Grant.id)
    )
    found = list(session.scalars(stmt))
    return sorted(found, key=lambda held: ORDER.index(held.role) if held.role in ORDER else 99)


def member(session: Session, program: Program, grant_id: int) -> Grant:
    """One role held in a programme. One statement.

    Raises:
        NotFound: no such role in this programme.
    """
    found = session.scalar(
        select(Grant)
        .where(Grant.id == grant_id, Grant.scope == Scope.PROGRAM, Grant.scope_id == program.id)
        .options(joinedload(Grant.user))
    )
    if found is None:
        raise NotFound
    return found


def end_role(
    session: Session, program: Program, grant: Grant, *, reason: str, actor: Actor, now: datetime
) -> None:
    """End a role that people are invited to; the person's sessions end.

    Raises:
        NotFound, NotAllowed: by the policy.
        Invalid: no reason, or a staff role, which administrators decide about.
    """
    require(actor, "program.edit", program)
    if grant.role in STAFF_ROLES:
        raise Invalid({"": msg("Administrators decide about staff roles.")})
    if not reason.strip():
        raise Invalid({"reason": msg("Please give a reason.")})
    user_id, role = grant.user_id, grant.role
    accounts.take_role(session, grant, actor=actor, now=now, reason=clean(reason))
    sessions.end_all(session, user_id)
    publish(session, RoleEnded(user_id, role, now))
