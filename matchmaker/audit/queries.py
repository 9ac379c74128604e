"""Reading the record."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.audit.models import AuditEntry
from matchmaker.kernel.pages import SIZE, Page


def of_object(session: Session, kind: str, object_id: int) -> list[AuditEntry]:
    """Everything recorded about one thing, newest first. One statement."""
    stmt = (
        select(AuditEntry)
        .where(AuditEntry.object_kind == kind, AuditEntry.object_id == object_id)
        .order_by(AuditEntry.id.desc())
    )
    return list(session.scalars(stmt))


def newest(
    session: Session,
    *,
    programs: Collection[int] | None = None,
    action: str | None = None,
    actor_id: int | None = None,
    before_id: int | None = None,
    size: int = SIZE,
) -> Page[AuditEntry]:
    """A page of the record, newest first; ``programs`` None means the whole platform.

    One statement.
    """
    stmt = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(size + 1)
    if programs is not None:
        stmt = stmt.where(AuditEntry.program_id.in_(programs))
    if action:
        stmt = stmt.where(AuditEntry.action.startswith(action, autoescape=True))
    if actor_id is not None:
        stmt = stmt.where(AuditEntry.actor_id == actor_id)
    if before_id is not None:
        stmt = stmt.where(AuditEntry.id < before_id)
    rows = list(session.scalars(stmt))
    older = str(rows[size - 1].id) if len(rows) > size else None
    return Page(rows[:size], older=older)
