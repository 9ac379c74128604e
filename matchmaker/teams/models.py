"""Teams, members, past projects and certificates as they are stored."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.kernel.database import Base, Identified, Versioned, word
from matchmaker.kernel.localized import Localized
from matchmaker.organizations.models import Organization

CURRENT_LEAD = text("role = 'lead' AND left_on IS NULL")


class MemberRole(StrEnum):
    """The one representative of a team, or one of its members."""

    LEAD = "lead"
    MEMBER = "member"


class EvidenceKind(StrEnum):
    """What stands behind the result of a past project, from weakest to strongest."""

    SELF = "self"
    LETTER = "letter"
    PUBLISHED = "published"
    THIRD_PARTY = "third_party"
    VERIFIED = "verified"


class Team(Identified, Versioned, Base):
    """A solver team with its capability profile.

    ``profile`` says what the team solves, in at most 300 Chinese characters or 600 English ones.
    ``wishes`` is for the team and staff only. ``capacity`` is the number of PoCs it can run at a
    time (None: never stated), ``free_from`` the day from which. An unlisted team (``is_listed``)
    is not public.
    """

    __tablename__ = "team"
    __table_args__ = (CheckConstraint("capacity >= 0", name="capacity"),)

    ref: Mapped[str] = mapped_column(String(16), unique=True)
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)
    name: Mapped[Localized]
    profile: Mapped[Localized] = mapped_column(default=Localized)
    domains: Mapped[list[str]] = mapped_column(default=list)
    technologies: Mapped[list[str]] = mapped_column(default=list)
    modalities: Mapped[list[str]] = mapped_column(default=list)
    languages: Mapped[list[str]] = mapped_column(default=list)
    regions: Mapped[list[str]] = mapped_column(default=list)
    city: Mapped[str | None] = mapped_column(String(40))
    founded: Mapped[int | None]
    website: Mapped[str | None] = mapped_column(String(300))
    wishes: Mapped[Localized] = mapped_column(default=Localized)
    capacity: Mapped[int | None] = mapped_column(default=1)
    free_from: Mapped[date | None]
    is_listed: Mapped[bool] = mapped_column(default=True)
    provenance: Mapped[str] = mapped_column(String(16), default="own")
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime]
    edited_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    organization: Mapped[Organization | None] = relationship()
    members: Mapped[list[TeamMember]] = relationship(
        back_populates="team", order_by="TeamMember.id", cascade="all, delete-orphan"
    )
    projects: Mapped[list[PastProject]] = relationship(
        back_populates="team", order_by="PastProject.position", cascade="all, delete-orphan"
    )
    certificates: Mapped[list[Certificate]] = relationship(
        back_populates="team", order_by="Certificate.id", cascade="all, delete-orphan"
    )
    tags: Mapped[list[TeamTag]] = relationship(cascade="all, delete-orphan")


class TeamMember(Base):
    """A person in a team, with or without an account, from a day until another."""

    __tablename__ = "team_member"
    __table_args__ = (
        Index(
            "uq_team_member_lead",
            "team_id",
            unique=True,
            sqlite_where=CURRENT_LEAD,
            postgresql_where=CURRENT_LEAD,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(120), default="")
    role: Mapped[MemberRole] = mapped_column(word(MemberRole), default=MemberRole.MEMBER)
    joined_on: Mapped[date]
    left_on: Mapped[date | None]

    team: Mapped[Team] = relationship(back_populates="members")


class PastProject(Base):
    """Something the team has done: where, when, with which result and what proof."""

    __tablename__ = "past_project"

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[Localized]
    body: Mapped[Localized] = mapped_column(default=Localized)
    year: Mapped[int | None]
    site: Mapped[str | None] = mapped_column(String(200))
    results: Mapped[str | None] = mapped_column(Text)
    evidence: Mapped[EvidenceKind] = mapped_column(word(EvidenceKind), default=EvidenceKind.SELF)
    evidence_note: Mapped[str | None] = mapped_column(String(300))

    team: Mapped[Team] = relationship(back_populates="projects")


class Certificate(Base):
    """A certificate that the team holds."""

    __tablename__ = "certificate"

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    issuer: Mapped[str | None] = mapped_column(String(200))
    year: Mapped[int | None]
    expires_on: Mapped[date | None]

    team: Mapped[Team] = relationship(back_populates="certificates")


class TeamTag(Base):
    """A term of a team, kept beside the lists so that facets can count in SQL.

    Wider terms of the taxonomy are kept too: a team of ``insurance`` is tagged ``finance``.
    """

    __tablename__ = "team_tag"
    __table_args__ = (Index("ix_team_tag_term", "kind", "term", "team_id"),)

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    term: Mapped[str] = mapped_column(String(40), primary_key=True)
