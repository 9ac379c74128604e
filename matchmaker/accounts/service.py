"""Verbs on accounts and the roles people hold."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.accounts import queries
from matchmaker.accounts.lifecycle import AccountState
from matchmaker.accounts.models import Grant, User
from matchmaker.audit.service import record
from matchmaker.kernel.actor import Actor, Role, Scope
from matchmaker.kernel.errors import Invalid
from matchmaker.kernel.i18n import Lang, msg
from matchmaker.kernel.text import clean, fold


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
    address = fold(clean(email, single_line=True))
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
