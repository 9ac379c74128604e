"""Verbs on accounts and the roles people hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.accounts import policy as _policy  # noqa: F401 - registers its rules
from matchmaker.accounts import queries, sessions, tokens
from matchmaker.accounts.addresses import address_of
from matchmaker.accounts.lifecycle import ACCOUNT, AccountState
from matchmaker.accounts.models import Grant, User
from matchmaker.audit.service import record
from matchmaker.kernel.actor import Actor, Role, Scope
from matchmaker.kernel.errors import Invalid, Stale
from matchmaker.kernel.i18n import Lang, msg
from matchmaker.kernel.permissions import require
from matchmaker.kernel.text import clean


@dataclass(frozen=True)
class Profile:
    """What people say about themselves."""

    name: str
    name_en: str
    lang: Lang | None


def create_user(
    session: Session,
    *,
    email: str,
    name: str,
    password_hash: str | None,
    actor: Actor,
    now: datetime,
    lang: Lang | None = None,
    name_en: str | None = None,
    active: bool = False,
    is_demo: bool = False,
) -> User:
    """Make an account; its address counts as confirmed when it is made active.

    Raises:
        Invalid: the address belongs to an account already.
    """
    address = address_of(email)
    if queries.user_by_email(session, address):
        raise Invalid({"email": msg("There is an account with this address already.")})
    user = User(
        email=address,
        name=clean(name, single_line=True),
        name_en=name_en,
        password_hash=password_hash,
        lang=lang,
        state=AccountState.ACTIVE if active else AccountState.PENDING,
        created_at=now,
        email_confirmed_at=now if active else None,
        password_changed_at=now if password_hash else None,
        is_demo=is_demo,
    )
    session.add(user)
    session.flush()
    record(
        session, "account.create", actor=actor, now=now, kind="account", object_id=user.id,
        name=user.name, after={"state": user.state.value},
    )  # fmt: skip
    return user


def give_role(
    session: Session,
    user: User,
    role: Role,
    scope: Scope,
    scope_id: int = 0,
    *,
    actor: Actor,
    now: datetime,
) -> Grant:
    """Let somebody hold a role in something; giving it twice changes nothing.

    The room that owns the thing asks its policy first.
    """
    held = session.scalar(
        select(Grant).where(
            Grant.user_id == user.id,
            Grant.role == role,
            Grant.scope == scope,
            Grant.scope_id == scope_id,
        )
    )
    if held:
        return held
    grant = Grant(
        user_id=user.id, role=role, scope=scope, scope_id=scope_id,
        granted_at=now, granted_by=actor.user_id,
    )  # fmt: skip
    session.add(grant)
    session.flush()
    record(
        session, "role.give", actor=actor, now=now, kind="account", object_id=user.id,
        name=user.name, program_id=scope_id if scope is Scope.PROGRAM else None,
        after={"role": role.value, "scope": scope.value, "scope_id": scope_id},
    )  # fmt: skip
    return grant


def take_role(
    session: Session, grant: Grant, *, actor: Actor, now: datetime, reason: str | None = None
) -> None:
    """End a role. The room that owns the thing asks its policy first."""
    record(
        session, "role.take", actor=actor, now=now, kind="account", object_id=grant.user_id,
        name=grant.user.name,
        program_id=grant.scope_id if grant.scope is Scope.PROGRAM else None,
        before={"role": grant.role.value, "scope": grant.scope.value, "scope_id": grant.scope_id},
        reason=reason,
    )  # fmt: skip
    session.delete(grant)
    session.flush()


def choose_language(session: Session, lang: Lang, *, actor: Actor) -> None:
    """Remember in which language somebody reads pages and mail."""
    session.get_one(User, actor.user_id).lang = lang
    session.flush()


def edit_profile(
    session: Session, user: User, profile: Profile, *, version: int, actor: Actor, now: datetime
) -> None:
    """Change how somebody is called and in which language they read.

    Raises:
        NotFound: it is another person's profile.
        Stale: it was saved since ``version``, in another tab, say.
        Invalid: no name.
    """
    require(actor, "account.view_edit_profile", user)
    if user.version != version:
        raise Stale
    name = clean(profile.name, single_line=True)
    if not name:
        raise Invalid({"name": msg("Please fill this in.")})
    before = {"name": user.name, "name_en": user.name_en}
    user.name, user.name_en = name, clean(profile.name_en, single_line=True) or None
    user.lang = profile.lang
    user.version += 1
    session.flush()
    record(
        session, "account.edit_profile", actor=actor, now=now, kind="account", object_id=user.id,
        name=user.name, before=before, after={"name": user.name, "name_en": user.name_en},
    )  # fmt: skip


def note_sessions_ended(session: Session, user: User, *, actor: Actor, now: datetime) -> None:
    """Record that somebody signed out of other browsers."""
    require(actor, "account.view_edit_profile", user)
    record(
        session, "account.end_sessions", actor=actor, now=now, kind="account", object_id=user.id,
        name=user.name,
    )  # fmt: skip


def suspend(session: Session, user: User, *, reason: str, actor: Actor, now: datetime) -> None:
    """Shut an account; all its sessions end at once and all its mailed links die.

    Raises:
        NotFound, NotAllowed: by the policy.
        Invalid: no reason.
        WrongState: it is shut already.
    """
    require(actor, "account.suspend", user)
    _move(session, user, "suspend", reason=reason, actor=actor, now=now)
    sessions.end_all(session, user.id)
    tokens.revoke(session, now=now, user_id=user.id)


def restore(session: Session, user: User, *, reason: str, actor: Actor, now: datetime) -> None:
    """Open a suspended account again; an address never confirmed has to be confirmed first.

    Raises:
        NotFound, NotAllowed: by the policy.
        Invalid: no reason.
        WrongState: it is not suspended.
    """
    require(actor, "account.suspend", user)
    verb = "restore" if user.email_confirmed_at else "restore_unconfirmed"
    _move(session, user, verb, reason=reason, actor=actor, now=now)


def _move(
    session: Session, user: User, verb: str, *, reason: str, actor: Actor, now: datetime
) -> None:
    if not reason.strip():
        raise Invalid({"reason": msg("Please give a reason.")})
    before = user.state
    user.state = ACCOUNT.after(before, verb)
    user.version += 1
    session.flush()
    record(
        session, f"account.{verb.removesuffix('_unconfirmed')}", actor=actor, now=now,
        kind="account", object_id=user.id, name=user.name, before={"state": before.value},
        after={"state": user.state.value}, reason=clean(reason),
    )  # fmt: skip
