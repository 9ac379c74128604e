"""Reported cases as they are stored."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.kernel.database import Base, Identified, word
from matchmaker.kernel.localized import Localized
from matchmaker.organizations.models import Organization
from matchmaker.teams.models import Team


class CaseGroup(StrEnum):
    """How much the source names: both sides, the solver, the owner, or a technology."""

    LANDED = "landed"
    PRODUCT = "product"
    AGENCY = "agency"
    TECHNOLOGY = "technology"


class ReportedCase(Identified, Base):
    """One case of a report.

    ``owner_name`` and ``solver_name`` are as printed; the links stand where one organisation or
    team is meant. ``kpis`` holds the performance claims as stated, None for what is not stated;
    ratios are 0–1 and a change of -0.74 is 74 % less. ``gaps`` names what the source leaves out.
    """

    __tablename__ = "reported_case"

    slug: Mapped[str] = mapped_column(String(60), unique=True)
    group: Mapped[CaseGroup] = mapped_column(word(CaseGroup), index=True)
    programme: Mapped[str] = mapped_column(String(40))
    stage: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str | None] = mapped_column(String(16))
    title: Mapped[Localized]
    problem: Mapped[Localized] = mapped_column(default=Localized)
    collaboration: Mapped[Localized] = mapped_column(default=Localized)
    solution: Mapped[Localized] = mapped_column(default=Localized)
    site: Mapped[Localized] = mapped_column(default=Localized)
    owner_name: Mapped[Localized] = mapped_column(default=Localized)
    solver_name: Mapped[Localized] = mapped_column(default=Localized)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)
    domains: Mapped[list[str]] = mapped_column(default=list)
    technologies: Mapped[list[str]] = mapped_column(default=list)
    modalities: Mapped[list[str]] = mapped_column(default=list)
    kpis: Mapped[list[Any]] = mapped_column(default=list)
    gaps: Mapped[list[str]] = mapped_column(default=list)
    note: Mapped[str | None] = mapped_column(String(500))
    source: Mapped[Localized]
    published_at: Mapped[datetime]

    owner: Mapped[Organization | None] = relationship()
    team: Mapped[Team | None] = relationship()
