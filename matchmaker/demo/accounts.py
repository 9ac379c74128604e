"""The demo's accounts, one for each role, with one passphrase made for this installation."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from matchmaker.accounts import queries, service
from matchmaker.accounts.passwords import Passwords
from matchmaker.kernel.actor import SYSTEM, Role, Scope
from matchmaker.kernel.i18n import Lang

WORDS = (
    *("mortise", "tenon", "bridge", "river", "cedar", "lantern", "harbour", "ginger", "copper"),
    *("kettle", "meadow", "pebble", "orchid", "walnut", "ribbon", "thunder", "velvet", "window"),
)
SITE = "demo.example"


@dataclass(frozen=True)
class DemoAccount:
    """How to sign in as one role."""

    role: str
    name: str
    email: str
    password: str


@dataclass(frozen=True)
class Seat:
    """A role to be filled: who, and in what."""

    role: Role
    scope: Scope
    scope_id: int
    name: str


def fill(session: Session, seats: list[Seat], *, password: str, now: datetime) -> None:
    """Make an account for each seat; one that exists already keeps everything but its password."""
    hashed = Passwords().hash(password)
    for seat in seats:
        user = queries.user_by_email(session, address(seat.role))
        if user is None:
            user = service.create_user(
                session,
                email=address(seat.role),
                name=seat.name,
                password_hash=hashed,
                actor=SYSTEM,
                now=now,
                lang=Lang.ZH_TW,
                active=True,
                is_demo=True,
            )
        user.password_hash = hashed
        service.give_role(
            session, user, seat.role, seat.scope, seat.scope_id, actor=SYSTEM, now=now
        )


def address(role: Role) -> str:
    """The address of the demo account of a role."""
    return f"{role.value.replace('_', '-')}@{SITE}"


def passphrase(keep_in: Path) -> str:
    """The passphrase of this installation's demo; made at random once and kept beside its data."""
    if keep_in.exists():
        return keep_in.read_text(encoding="utf-8")
    made = "-".join(secrets.choice(WORDS) for _ in range(4)) + f"-{secrets.randbelow(900) + 100}"
    keep_in.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(keep_in, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(made)
    return made


def write(accounts: list[DemoAccount], path: Path) -> None:
    """Write the accounts as JSON, for scripts that sign in."""
    text = json.dumps([asdict(account) for account in accounts], ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")
