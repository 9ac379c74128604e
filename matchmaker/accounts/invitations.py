"""Invitations to hold a role in something: made, sent again, revoked, accepted.

The rooms that own the things stand above this one. A door hands in a :class:`Host`, which says
how a room lets people in; this room knows only what all invitations have in common.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.accounts import queries, service, tokens
from matchmaker.accounts.addresses import address_of, masked
from matchmaker.accounts.events import InvitationAccepted, InvitationMade
from matchmaker.accounts.lifecycle import ACCOUNT, AccountState
from matchmaker.accounts.models import MailToken, Purpose, User
from matchmaker.audit.service import record
from matchmaker.kernel.actor import SYSTEM, Actor, Role, Scope
from matchmaker.kernel.errors import Invalid, NotFound, TooMany, WrongState
from matchmaker.kernel.events import publish
from matchmaker.kernel.i18n import Lang, msg
from matchmaker.kernel.localized import Localized
from matchmaker.kernel.permissions import can, require
from matchmaker.kernel.text import clean

MOST_OPEN = 50  # into one thing
MOST_A_DAY = 200  # from one person, whatever became of them


@dataclass(frozen=True)
class Host:
    """How one kind of thing lets people in.

    Args:
        roles: what may be offered.
        action: the policy sentence that decides who invites.
        by_key, by_id: find the thing, or raise NotFound.
        name: what the thing is called.
        subject: what the policy is asked about.
        admit: give the role, in the way of the room that owns the thing.
    """

    scope: Scope
    roles: tuple[Role, ...]
    action: str
    by_key: Callable[[Session, str], Any]
    by_id: Callable[[Session, int], Any]
    name: Callable[[Any], Localized]
    subject: Callable[[Session, Any, datetime], Any]
    admit: Callable[[Session, Any, User, Role, Actor, datetime], object]


@dataclass(frozen=True)
class Invitee:
    """Who is invited to what, and in which language the mail is written."""

    email: str
    role: Role
    lang: Lang


def invite(
    session: Session, host: Host, thing: Any, invitee: Invitee, *, actor: Actor, now: datetime
) -> MailToken:
    """Invite somebody by mail. An open invitation to the same address and thing is replaced.

    Whether the address has an account makes no difference.

    Raises:
        NotFound, NotAllowed: by the policy of the thing.
        Invalid: the role cannot be held in such a thing.
        TooMany: too many invitations stand open, or were sent within a day.
    """
    require(actor, host.action, host.subject(session, thing, now))
    if invitee.role not in host.roles:
        raise Invalid({"role": msg("Choose one of the roles offered.")})
    email = address_of(invitee.email)
    tokens.revoke(
        session, now=now, purposes=[Purpose.INVITATION], email=email,
        scope=host.scope, scope_id=thing.id,
    )  # fmt: skip
    if len(queries.open_invitations(session, host.scope, thing.id, now=now)) >= MOST_OPEN:
        raise TooMany(msg("Too many invitations stand open. Revoke some of them first."))
    _check_day(session, actor, now)
    return send(
        session, invitee.role, host.scope, thing.id, host.name(thing), email, invitee.lang,
        actor=actor, now=now,
    )  # fmt: skip


def send(
    session: Session,
    role: Role,
    scope: Scope,
    scope_id: int,
    thing: Localized,
    email: str,
    lang: Lang,
    *,
    actor: Actor,
    now: datetime,
) -> MailToken:
    """Mail an invitation that was decided before."""
    row, token = tokens.issue(
        session, Purpose.INVITATION, email, now=now, created_by=actor.user_id,
        role=role, scope=scope, scope_id=scope_id,
        payload={"thing": thing.to_json(), "lang": lang.value},
    )  # fmt: skip
    _note(session, row, "invitation.send", actor=actor, now=now)
    publish(
        session,
        InvitationMade(
            email,
            lang,
            row.id,
            token,
            row.expires_at,
            now,
            inviter=_name_of(session, actor, lang),
            role=role,
            scope=scope,
            thing=thing,
        ),
    )
    return row


def revoke(
    session: Session, host: Host | None, row: MailToken, *, actor: Actor, now: datetime
) -> None:
    """Take an invitation back.

    Raises:
        NotFound, NotAllowed: by the policy of the thing.
        WrongState: it was accepted or revoked before, or is too old.
    """
    _require_host(session, host, row, actor=actor, now=now)
    tokens.check_open(row, now)
    tokens.revoke(session, now=now, purposes=[Purpose.INVITATION], id=row.id)
    _note(session, row, "invitation.revoke", actor=actor, now=now)


def resend(
    session: Session, host: Host | None, row: MailToken, *, actor: Actor, now: datetime
) -> MailToken:
    """Send an invitation once more, with a new link and two new weeks; the old link dies.

    Raises:
        NotFound, NotAllowed: by the policy of the thing.
        WrongState: it was accepted or revoked before.
        TooMany: too many were sent within a day.
    """
    thing = _require_host(session, host, row, actor=actor, now=now)
    if row.used_at is not None or row.revoked_at is not None:
        raise WrongState(tokens.DEAD)
    _check_day(session, actor, now)
    tokens.revoke(session, now=now, purposes=[Purpose.INVITATION], id=row.id)
    name = host.name(thing) if host else thing_of(row)
    role, scope, scope_id = offered(row)
    return send(session, role, scope, scope_id, name, row.email, lang_of(row), actor=actor, now=now)


def accept(
    session: Session, host: Host | None, row: MailToken, user: User, *, now: datetime
) -> None:
    """Let an invited person in.

    Args:
        host: None for a staff role, which two administrators have decided on.

    Raises:
        NotFound: the invitation is for another address.
        WrongState: it is used, revoked or too old, or whoever invited may no longer invite.
    """
    if user.email != row.email:
        raise NotFound
    tokens.consume(session, row, now=now)
    actor = queries.actor_of(session, user)
    role, scope, scope_id = offered(row)
    if host is None:
        service.give_role(session, user, role, scope, scope_id, actor=actor, now=now)
    else:
        thing = host.by_id(session, scope_id)
        _check_inviter(session, host, row, thing, now)
        host.admit(session, thing, user, role, actor, now)
    _note(session, row, "invitation.accept", actor=actor, now=now)
    publish(session, InvitationAccepted(user.id, row.created_by, role, scope, scope_id, now))


def accept_as_new(
    session: Session,
    host: Host | None,
    row: MailToken,
    name: str,
    password_hash: str,
    *,
    lang: Lang,
    now: datetime,
) -> User:
    """Let somebody in who had no account; the link has proven the address.

    An account that was registered but never confirmed is taken over by whoever holds the link.

    Raises:
        WrongState: the invitation is dead, or there is an account, which has to sign in.
        Invalid: no name was given.
    """
    tokens.check_open(row, now)
    if not clean(name, single_line=True):
        raise Invalid({"name": msg("Please fill this in.")})
    user = queries.user_by_email(session, row.email)
    if user is None:
        user = service.create_user(
            session, email=row.email, name=name, password_hash=password_hash, actor=SYSTEM,
            now=now, lang=lang, active=True,
        )  # fmt: skip
    elif user.state is AccountState.PENDING:
        user.state = ACCOUNT.after(user.state, "activate")
        user.name, user.password_hash = clean(name, single_line=True), password_hash
        user.email_confirmed_at = user.password_changed_at = now
        session.flush()
        tokens.revoke(session, now=now, user_id=user.id)
    else:
        raise WrongState(msg("There is an account with this address. Sign in to accept."))
    accept(session, host, row, user, now=now)
    return user


def get(session: Session, public_id: str) -> MailToken:
    """An invitation by its public name. One statement.

    Raises:
        NotFound: there is none.
    """
    row = session.scalar(
        select(MailToken)
        .where(MailToken.public_id == public_id, MailToken.purpose == Purpose.INVITATION)
        .options(joinedload(MailToken.inviter))
    )
    if row is None:
        raise NotFound
    return row


def offered(row: MailToken) -> tuple[Role, Scope, int]:
    """The role an invitation offers, and in what."""
    if row.role is None or row.scope is None:
        raise NotFound
    return row.role, row.scope, row.scope_id or 0


def thing_of(row: MailToken) -> Localized:
    """What the thing was called when the invitation was sent."""
    return Localized.from_json(row.payload.get("thing"))


def lang_of(row: MailToken) -> Lang:
    """The language the invitation was written in."""
    return Lang(row.payload.get("lang", Lang.ZH_TW))


def _require_host(
    session: Session, host: Host | None, row: MailToken, *, actor: Actor, now: datetime
) -> Any:
    if host is None:
        require(actor, "account.grant_staff_role", None)
        return None
    thing = host.by_id(session, row.scope_id or 0)
    require(actor, host.action, host.subject(session, thing, now))
    return thing


def _check_day(session: Session, actor: Actor, now: datetime) -> None:
    """Nobody fills the mailboxes of strangers through us."""
    stmt = select(func.count(MailToken.id)).where(
        MailToken.purpose == Purpose.INVITATION,
        MailToken.created_by == actor.user_id,
        MailToken.created_at > now - timedelta(days=1),
    )
    if (session.scalar(stmt) or 0) >= MOST_A_DAY:
        raise TooMany(msg("You sent too many invitations within a day. Go on tomorrow."))


def _name_of(session: Session, actor: Actor, lang: Lang) -> str:
    """Who invites, as readers of the mail know them."""
    user = session.get(User, actor.user_id) if actor.user_id is not None else None
    return user.called(lang) if user else actor.name


def _check_inviter(session: Session, host: Host, row: MailToken, thing: Any, now: datetime) -> None:
    """An invitation ends with the right of the person who sent it."""
    inviter = row.inviter
    if inviter is None:
        raise WrongState(tokens.DEAD)
    actor = queries.actor_of(session, inviter)
    if not can(actor, host.action, host.subject(session, thing, now)):
        raise WrongState(tokens.DEAD)


def _note(session: Session, row: MailToken, action: str, *, actor: Actor, now: datetime) -> None:
    role, scope, scope_id = offered(row)
    record(
        session, action, actor=actor, now=now, kind=scope.value, object_id=scope_id or None,
        name=masked(row.email), program_id=scope_id if scope is Scope.PROGRAM else None,
        after={"role": role.value},
    )  # fmt: skip
