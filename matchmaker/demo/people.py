"""People of the demo who act but cannot sign in: owners' leads, team representatives, managers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from matchmaker.accounts import queries, service
from matchmaker.accounts.models import User
from matchmaker.kernel.actor import SYSTEM, Actor, Role, Scope

SITE = "people.example"


def enter(session: Session, key: str, name: str, *, now: datetime) -> User:
    """An account without a password: nobody can sign in to it."""
    return service.create_user(
        session,
        email=f"{key}@{SITE}",
        name=name,
        password_hash=None,
        actor=SYSTEM,
        now=now,
        active=True,
        is_demo=True,
    )


def acting(session: Session, user: User, *roles: tuple[Role, Scope, int], now: datetime) -> Actor:
    """The person with these roles given, as verbs want to know who acts."""
    for role, scope, scope_id in roles:
        service.give_role(session, user, role, scope, scope_id, actor=SYSTEM, now=now)
    return queries.actor_of(session, user)
