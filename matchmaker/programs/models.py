"""Programmes and calls as they are stored."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.kernel.database import Base, Identified, Versioned
from matchmaker.kernel.i18n import msg
from matchmaker.kernel.lifecycle import Words
from matchmaker.kernel.localized import Localized
from matchmaker.organizations.models import Organization


class Program(Identified, Versioned, Base):
    """A programme; its staff hold their roles in it."""

    __tablename__ = "program"

    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[Localized]
    about: Mapped[Localized] = mapped_column(default=Localized)
    office_org_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"))
    provenance: Mapped[str] = mapped_column(String(16), default="own")
    created_at: Mapped[datetime]

    office: Mapped[Organization | None] = relationship()
    calls: Mapped[list[Call]] = relationship(back_populates="program", order_by="Call.opens_at")


class Window(StrEnum):
    """Where a call stands by the clock; derived, never stored."""

    DRAFT = "draft"
    UPCOMING = "upcoming"
    OPEN = "open"
    CLOSED = "closed"


WINDOW_WORDS = {
    Window.DRAFT: Words(msg("Draft"), msg("In preparation"), "quiet"),
    Window.UPCOMING: Words(msg("Opens soon"), msg("Opens soon"), "note"),
    Window.OPEN: Words(msg("Open"), msg("Open"), "proof"),
    Window.CLOSED: Words(msg("Closed"), msg("Closed"), "quiet"),
}


class Call(Identified, Versioned, Base):
    """One round of a programme.

    ``rules`` holds the parameters of the eligibility rules, ``checklist`` the documents asked for
    (read both through :mod:`matchmaker.programs.rules`). ``notices`` are public: one for each
    extension, with ``at``, ``was``, ``closes_at`` (ISO instants) and ``text``. Amounts are in TWD.
    """

    __tablename__ = "call"
    __table_args__ = (CheckConstraint("opens_at < closes_at", name="dates"),)

    slug: Mapped[str] = mapped_column(String(60), unique=True)
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"), index=True)
    name: Mapped[Localized]
    about: Mapped[Localized] = mapped_column(default=Localized)
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    review_from: Mapped[date | None]
    decision_on: Mapped[date | None]
    published_at: Mapped[datetime | None]
    budget_twd: Mapped[int | None] = mapped_column(BigInteger)
    ceiling_twd: Mapped[int | None] = mapped_column(BigInteger)
    poc_weeks_max: Mapped[int | None]
    rules: Mapped[dict[str, Any]] = mapped_column(default=dict)
    terms: Mapped[Localized] = mapped_column(default=Localized)
    ip_terms: Mapped[Localized] = mapped_column(default=Localized)
    checklist: Mapped[list[Any]] = mapped_column(default=list)
    notices: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[datetime]

    program: Mapped[Program] = relationship(back_populates="calls")

    def window(self, now: datetime) -> Window:
        """Where the call stands at ``now``; at the closing instant it is closed."""
        if self.published_at is None:
            return Window.DRAFT
        if now < self.opens_at:
            return Window.UPCOMING
        return Window.OPEN if now < self.closes_at else Window.CLOSED
