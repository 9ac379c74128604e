"""Staff roles: one administrator proposes, another one confirms, and neither gets the role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from matchmaker.accounts import invitations, queries, service, sessions
from matchmaker.accounts.addresses import address_of, masked
from matchmaker.accounts.events import RoleEnded, StaffRoleGiven, StaffRoleProposed
from matchmaker.accounts.lifecycle import AccountState
from matchmaker.accounts.models import Grant, Outcome, StaffProposal
from matchmaker.accounts.policy import NOT_TO_ONESELF
from matchmaker.audit.service import record
from matchmaker.kernel.actor import STAFF_ROLES, Actor, Role, Scope
from matchmaker.kernel.errors import Invalid, NotAllowed, NotFound, WrongState
from matchmaker.kernel.events import publish
from matchmaker.kernel.i18n import Lang, msg
from matchmaker.kernel.localized import Localized
from matchmaker.kernel.permissions import require
from matchmaker.kernel.text import clean

HELD_IN = {
    Role.PM: Scope.PROGRAM,
    Role.FINANCE: Scope.PROGRAM,
    Role.REVIEW_CHAIR: Scope.PROGRAM,
    Role.AUDITOR: Scope.PLATFORM,
    Role.ADMIN: Scope.PLATFORM,
}
VERBS = {
    Outcome.CONFIRMED: "confirm",
    Outcome.REFUSED: "refuse",
    Outcome.WITHDRAWN: "withdraw",
}
DECIDED = msg("This proposal was decided already.")


@dataclass(frozen=True)
class Wish:
    """A staff role somebody should hold. ``scope_id`` names the programme, 0 for the platform."""

    email: str
    role: Role
    scope_id: int
    reason: str
    lang: Lang


def propose(session: Session, wish: Wish, *, actor: Actor, now: datetime) -> StaffProposal:
    """Propose that somebody holds a staff role; nothing is given yet.

    Raises:
        NotFound, NotAllowed: by the policy, or it is for the proposer.
        Invalid: no programme or reason, no staff role, or proposed before.
    """
    require(actor, "account.grant_staff_role", None)
    email, scope = address_of(wish.email), _scope_of(wish)
    if email == actor.email:
        raise NotAllowed(NOT_TO_ONESELF.reason)
    scope_id = wish.scope_id if scope is Scope.PROGRAM else 0
    if _open(session, email, wish.role, scope, scope_id) is not None:
        raise Invalid({"email": msg("This is proposed already and waits for confirmation.")})
    proposal = StaffProposal(
        email=email, role=wish.role, scope=scope, scope_id=scope_id, lang=wish.lang,
        reason=clean(wish.reason), proposed_by=actor.user_id, proposed_at=now,
    )  # fmt: skip
    session.add(proposal)
    session.flush()
    _note(session, proposal, "staff_role.propose", actor=actor, now=now)
    publish(session, StaffRoleProposed(proposal.id, now))
    return proposal


def confirm(
    session: Session, proposal: StaffProposal, thing: Localized, *, actor: Actor, now: datetime
) -> None:
    """Give the role, or invite the person who has no account yet.

    Args:
        thing: what the programme is called, for the mail.

    Raises:
        NotFound, NotAllowed: by the policy; the proposer and the person cannot confirm.
        WrongState: it was decided before.
    """
    require(actor, "account.grant_staff_role", proposal)
    _decide(session, proposal, Outcome.CONFIRMED, actor=actor, now=now)
    user = queries.user_by_email(session, proposal.email)
    if user is None or user.state is AccountState.PENDING:
        invitations.send(
            session, proposal.role, proposal.scope, proposal.scope_id, thing, proposal.email,
            proposal.lang, actor=actor, now=now,
        )  # fmt: skip
        return
    service.give_role(
        session, user, proposal.role, proposal.scope, proposal.scope_id, actor=actor, now=now
    )
    sessions.end_all(session, user.id)
    publish(session, StaffRoleGiven(user.id, proposal.role, proposal.scope, proposal.scope_id, now))


def refuse(session: Session, proposal: StaffProposal, *, actor: Actor, now: datetime) -> None:
    """Turn a proposal down.

    Raises:
        NotFound, NotAllowed: by the policy.
        WrongState: it was decided before.
    """
    require(actor, "account.grant_staff_role", proposal)
    _decide(session, proposal, Outcome.REFUSED, actor=actor, now=now)


def withdraw(session: Session, proposal: StaffProposal, *, actor: Actor, now: datetime) -> None:
    """Take one's own proposal back.

    Raises:
        NotAllowed: somebody else proposed it.
        WrongState: it was decided before.
    """
    require(actor, "account.grant_staff_role", None)
    if proposal.proposed_by != actor.user_id:
        raise NotAllowed
    _decide(session, proposal, Outcome.WITHDRAWN, actor=actor, now=now)


def end_role(session: Session, grant: Grant, *, reason: str, actor: Actor, now: datetime) -> None:
    """Take a staff role away; the person's sessions end.

    Raises:
        NotFound, NotAllowed: by the policy.
        Invalid: no reason, no staff role, or the last administrator.
    """
    require(actor, "account.end_staff_role", grant.user)
    if grant.role not in STAFF_ROLES:
        raise Invalid({"": msg("The people of the thing itself decide about this role.")})
    if grant.role is Role.ADMIN and len(_administrators(session)) == 1:
        raise Invalid({"": msg("This is the last administrator. Name another one first.")})
    if not reason.strip():
        raise Invalid({"reason": msg("Please give a reason.")})
    user_id, role = grant.user_id, grant.role
    service.take_role(session, grant, actor=actor, now=now, reason=clean(reason))
    sessions.end_all(session, user_id)
    publish(session, RoleEnded(user_id, role, now))


def get(session: Session, public_id: str) -> StaffProposal:
    """A proposal by its public name. One statement.

    Raises:
        NotFound: there is none.
    """
    found = session.scalar(select(StaffProposal).where(StaffProposal.public_id == public_id))
    if found is None:
        raise NotFound
    return found


def listing(session: Session, *, is_open: bool, limit: int = 50) -> list[StaffProposal]:
    """Proposals that wait, or the last decided ones. One statement."""
    stmt = (
        select(StaffProposal)
        .where(StaffProposal.outcome.is_(None) if is_open else StaffProposal.outcome.is_not(None))
        .options(joinedload(StaffProposal.proposer), joinedload(StaffProposal.decider))
        .order_by(StaffProposal.id.desc())
        .limit(limit)
    )
    return list(session.scalars(stmt))


def _scope_of(wish: Wish) -> Scope:
    scope = HELD_IN.get(wish.role)
    problems = {}
    if scope is None:
        problems["role"] = msg("Choose one of the roles offered.")
    elif scope is Scope.PROGRAM and not wish.scope_id:
        problems["program"] = msg("Choose the programme in which the role is held.")
    if not wish.reason.strip():
        problems["reason"] = msg("Please give a reason.")
    if problems or scope is None:
        raise Invalid(problems)
    return scope


def _open(
    session: Session, email: str, role: Role, scope: Scope, scope_id: int
) -> StaffProposal | None:
    return session.scalar(
        select(StaffProposal).where(
            StaffProposal.email == email,
            StaffProposal.role == role,
            StaffProposal.scope == scope,
            StaffProposal.scope_id == scope_id,
            StaffProposal.outcome.is_(None),
        )
    )


def _decide(
    session: Session, proposal: StaffProposal, outcome: Outcome, *, actor: Actor, now: datetime
) -> None:
    """Settle a proposal once; of two who decide at the same time, one succeeds."""
    stmt = (
        update(StaffProposal)
        .where(StaffProposal.id == proposal.id, StaffProposal.outcome.is_(None))
        .values(outcome=outcome, decided_by=actor.user_id, decided_at=now)
        .execution_options(synchronize_session=False)
    )
    if session.execute(stmt).rowcount != 1:  # type: ignore[attr-defined]
        raise WrongState(DECIDED)
    session.refresh(proposal)
    _note(session, proposal, f"staff_role.{VERBS[outcome]}", actor=actor, now=now)


def _administrators(session: Session) -> list[int]:
    return [user.id for user in queries.holders(session, Scope.PLATFORM, 0, [Role.ADMIN])]


def _note(
    session: Session, proposal: StaffProposal, action: str, *, actor: Actor, now: datetime
) -> None:
    record(
        session, action, actor=actor, now=now, kind="staff_proposal", object_id=proposal.id,
        name=masked(proposal.email),
        program_id=proposal.scope_id if proposal.scope is Scope.PROGRAM else None,
        after={"role": proposal.role.value, "scope_id": proposal.scope_id},
        reason=proposal.reason,
    )  # fmt: skip
