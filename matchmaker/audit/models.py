"""One entry of the record."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import DDL, Index, Integer, String, Text, event
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.kernel.database import Base

KEPT_ON_SQLITE = (
    """CREATE TRIGGER audit_entry_never_changed BEFORE UPDATE ON audit_entry BEGIN
        SELECT RAISE(ABORT, 'the audit record is append-only'); END""",
    """CREATE TRIGGER audit_entry_never_deleted BEFORE DELETE ON audit_entry BEGIN
        SELECT RAISE(ABORT, 'the audit record is append-only'); END""",
)
KEPT_ON_POSTGRESQL = (
    """CREATE FUNCTION audit_entry_kept() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'the audit record is append-only'; END $$""",
    """CREATE TRIGGER audit_entry_never_changed
        BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
        FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_kept()""",
)
LET_GO_ON_POSTGRESQL = "DROP FUNCTION IF EXISTS audit_entry_kept() CASCADE"


class AuditEntry(Base):
    """One fact that happened; never changed, never deleted.

    ``object_kind`` and ``object_id`` name the thing; ``program_id`` lets a programme manager read
    the entries of the own programme.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_object", "object_kind", "object_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[int | None] = mapped_column(Integer, index=True)
    actor_name: Mapped[str] = mapped_column(String(200))
    roles: Mapped[str] = mapped_column(String(200))
    address: Mapped[str | None] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(64), index=True)
    object_kind: Mapped[str] = mapped_column(String(32))
    object_id: Mapped[int | None] = mapped_column(Integer)
    object_name: Mapped[str] = mapped_column(String(300), default="")
    program_id: Mapped[int | None] = mapped_column(Integer, index=True)
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reason: Mapped[str | None] = mapped_column(Text)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)


for dialect, statements in (("sqlite", KEPT_ON_SQLITE), ("postgresql", KEPT_ON_POSTGRESQL)):
    for statement in statements:
        event.listen(
            AuditEntry.__table__,
            "after_create",
            DDL(statement.replace("%", "%%")).execute_if(dialect=dialect),  # type: ignore[no-untyped-call]
        )
event.listen(
    AuditEntry.__table__,
    "before_drop",
    DDL(LET_GO_ON_POSTGRESQL).execute_if(dialect="postgresql"),  # type: ignore[no-untyped-call]
)
