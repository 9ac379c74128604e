"""Which record of which file became which thing, so that a second load finds it again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.kernel.database import Base


class ImportedRecord(Base):
    """One record of a file, known within a programme by the id that the file gave it.

    ``kind`` and ``object_id`` name the thing it became. ``digest`` is that of the record as it was
    last taken over, ``source`` the file and line it stood in.
    """

    __tablename__ = "imported_record"
    __table_args__ = (UniqueConstraint("program_id", "kind", "external_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"))
    kind: Mapped[str] = mapped_column(String(16))
    external_id: Mapped[str] = mapped_column(String(200))
    object_id: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(String(200))
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
