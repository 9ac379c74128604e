"""Writing the record, and checking that nobody changed it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from matchmaker.audit.models import AuditEntry
from matchmaker.kernel.actor import Actor

FIRST = "0" * 64
CHAIN_LOCK = 7_301_245  # an arbitrary number that names the chain among PostgreSQL's locks


def record(
    session: Session,
    action: str,
    *,
    actor: Actor,
    now: datetime,
    kind: str,
    object_id: int | None = None,
    name: str = "",
    program_id: int | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str | None = None,
) -> AuditEntry:
    """Add one entry to the chain, in the transaction of the change it speaks of.

    ``before`` and ``after`` hold plain values (words, numbers, dates as text). Never pass
    passwords, tokens or the text of a proposal.
    """
    entry = AuditEntry(
        at=now,
        actor_id=actor.user_id,
        actor_name=actor.name,
        roles=actor.role_words()[:200],
        address=actor.address,
        action=action,
        object_kind=kind,
        object_id=object_id,
        object_name=name[:300],
        program_id=program_id,
        before=dict(before or {}),
        after=dict(after or {}),
        reason=reason,
        previous_hash=_last_hash(session),
    )
    entry.hash = digest(entry)
    session.add(entry)
    session.flush()
    return entry


def digest(entry: AuditEntry) -> str:
    """SHA-256 over everything the entry says and the hash before it."""
    content = [
        entry.previous_hash,
        entry.at.isoformat(),
        entry.actor_id,
        entry.actor_name,
        entry.roles,
        entry.address,
        entry.action,
        entry.object_kind,
        entry.object_id,
        entry.object_name,
        entry.program_id,
        entry.before,
        entry.after,
        entry.reason,
    ]
    text_form = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text_form.encode()).hexdigest()


@dataclass(frozen=True)
class ChainReport:
    """What a check of the chain found: how many entries fit, and the first that does not."""

    fitting: int
    broken_id: int | None = None
    broken_at: datetime | None = None


def check_chain(session: Session) -> ChainReport:
    """Compute every hash again, oldest entry first, a few hundred in memory at a time."""
    previous, fitting = FIRST, 0
    entries = select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=500)
    with session.scalars(entries) as found:  # PostgreSQL keeps a cursor open until the end
        for entry in found:
            if entry.previous_hash != previous or entry.hash != digest(entry):
                return ChainReport(fitting, entry.id, entry.at)
            previous, fitting = entry.hash, fitting + 1
    return ChainReport(fitting)


def first_broken(session: Session) -> int | None:
    """The id of the first entry that does not fit the chain; None when all fit."""
    return check_chain(session).broken_id


def _last_hash(session: Session) -> str:
    """The end of the chain. PostgreSQL lets one transaction at a time extend it."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": CHAIN_LOCK})
    last = session.scalar(select(AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1))
    return last or FIRST
