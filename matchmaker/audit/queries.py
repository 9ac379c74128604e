"""Reading the record."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from matchmaker.audit.models import AuditEntry
from matchmaker.kernel.pages import SIZE, Page

AT_ONCE = 500


@dataclass(frozen=True)
class Filter:
    """Which entries are asked for. ``programs`` None means the whole platform; empty texts and
    None leave a column alone."""

    programs: Collection[int] | None = None
    action: str = ""
    actor: str = ""
    kind: str = ""
    thing: str = ""
    since: datetime | None = None
    until: datetime | None = None


def of_object(session: Session, kind: str, object_id: int) -> list[AuditEntry]:
    """Everything recorded about one thing, newest first. One statement."""
    stmt = (
        select(AuditEntry)
        .where(AuditEntry.object_kind == kind, AuditEntry.object_id == object_id)
        .order_by(AuditEntry.id.desc())
    )
    return list(session.scalars(stmt))


def newest(
    session: Session, wanted: Filter, *, before_id: int | None = None, size: int = SIZE
) -> Page[AuditEntry]:
    """A page of the record, newest first. One statement."""
    stmt = _entries(wanted).limit(size + 1)
    if before_id is not None:
        stmt = stmt.where(AuditEntry.id < before_id)
    rows = list(session.scalars(stmt))
    older = str(rows[size - 1].id) if len(rows) > size else None
    return Page(rows[:size], older=older)


def everything(session: Session, wanted: Filter) -> Iterator[AuditEntry]:
    """All entries asked for, newest first, a few hundred in memory at a time."""
    before: int | None = None
    while True:
        stmt = _entries(wanted).limit(AT_ONCE)
        if before is not None:
            stmt = stmt.where(AuditEntry.id < before)
        rows = list(session.scalars(stmt))
        yield from rows
        if len(rows) < AT_ONCE:
            return
        before = rows[-1].id
        session.expunge_all()


def kinds(session: Session, programs: Collection[int] | None) -> list[str]:
    """The kinds of things that entries speak of, within the programmes. One statement."""
    stmt = select(AuditEntry.object_kind).distinct().order_by(AuditEntry.object_kind)
    if programs is not None:
        stmt = stmt.where(AuditEntry.program_id.in_(programs))
    return list(session.scalars(stmt))


def security_events(
    session: Session, user_id: int, *, before_id: int | None = None, size: int = SIZE
) -> Page[AuditEntry]:
    """What happened to one account, newest first. One statement."""
    stmt = (
        select(AuditEntry)
        .where(AuditEntry.object_kind == "account", AuditEntry.object_id == user_id)
        .order_by(AuditEntry.id.desc())
        .limit(size + 1)
    )
    if before_id is not None:
        stmt = stmt.where(AuditEntry.id < before_id)
    rows = list(session.scalars(stmt))
    return Page(rows[:size], older=str(rows[size - 1].id) if len(rows) > size else None)


def _entries(wanted: Filter) -> Select[AuditEntry]:
    stmt = select(AuditEntry).order_by(AuditEntry.id.desc())
    if wanted.programs is not None:
        stmt = stmt.where(AuditEntry.program_id.in_(wanted.programs))
    if wanted.action:
        stmt = stmt.where(AuditEntry.action.startswith(wanted.action, autoescape=True))
    if wanted.actor:
        stmt = stmt.where(AuditEntry.actor_name.icontains(wanted.actor, autoescape=True))
    if wanted.kind:
        stmt = stmt.where(AuditEntry.object_kind == wanted.kind)
    if wanted.thing:
        stmt = stmt.where(AuditEntry.object_name.icontains(wanted.thing, autoescape=True))
    if wanted.since is not None:
        stmt = stmt.where(AuditEntry.at >= wanted.since)
    if wanted.until is not None:
        stmt = stmt.where(AuditEntry.at < wanted.until)
    return stmt
