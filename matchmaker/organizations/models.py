"""Organisations and the ties between them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.kernel.database import Base, Identified, Versioned, word
from matchmaker.kernel.localized import Localized


class OrgType(StrEnum):
    """What kind of body an organisation is."""

    COMPANY = "company"
    ASSOCIATION = "association"
    PUBLIC_AGENCY = "public_agency"
    INSTITUTE = "institute"
    ACADEMIC = "academic"
    STARTUP = "startup"
    IT_SERVICE = "it_service"
    SYSTEM_INTEGRATOR = "system_integrator"
    INVESTOR = "investor"


class Sector(StrEnum):
    """Private or public; follows from the type."""

    PRIVATE = "private"
    PUBLIC = "public"


class TieKind(StrEnum):
    """How one organisation is bound to another."""

    PARENT = "parent"
    SUPPLIER = "supplier"
    INVESTMENT = "investment"


class Organization(Identified, Versioned, Base):
    """A body that posts problems, fields teams, or runs programmes.

    ``business_number`` is unique where given. ``provenance`` is ``own`` for what people entered,
    ``report`` for facts of a published report, ``imported`` for records loaded from files,
    ``fictional`` for invented demo records. ``type`` is None where such records do not say it.
    """

    __tablename__ = "organization"

    ref: Mapped[str] = mapped_column(String(16), unique=True)
    name: Mapped[Localized]
    type: Mapped[OrgType | None] = mapped_column(word(OrgType), index=True)
    business_number: Mapped[str | None] = mapped_column(String(8), unique=True)
    region: Mapped[str | None] = mapped_column(String(16))
    city: Mapped[str | None] = mapped_column(String(40))
    size: Mapped[str | None] = mapped_column(String(16))
    about: Mapped[Localized] = mapped_column(default=Localized)
    website: Mapped[str | None] = mapped_column(String(300))
    provenance: Mapped[str] = mapped_column(String(16), default="own")
    created_at: Mapped[datetime]

    @property
    def sector(self) -> Sector | None:
        """Public exactly when the organisation is a public agency; None while nobody said."""
        if self.type is None:
            return None
        return Sector.PUBLIC if self.type is OrgType.PUBLIC_AGENCY else Sector.PRIVATE


class OrganizationTie(Base):
    """``from_id`` is the parent of, supplies, or has invested in ``to_id``."""

    __tablename__ = "organization_tie"
    __table_args__ = (UniqueConstraint("from_id", "to_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    to_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    kind: Mapped[TieKind] = mapped_column(word(TieKind))
    source: Mapped[str] = mapped_column(String(200), default="")
    declared_at: Mapped[datetime]
    declared_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    origin: Mapped[Organization] = relationship(foreign_keys=[from_id])
    target: Mapped[Organization] = relationship(foreign_keys=[to_id])
