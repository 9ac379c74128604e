"""Challenges, their target KPIs and tags as they are stored."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.challenges.lifecycle import PUBLIC_STATES, ChallengeState
from matchmaker.kernel.database import Base, Identified, Versioned, word
from matchmaker.kernel.localized import Localized
from matchmaker.organizations.models import Organization
from matchmaker.programs.models import Call, Window


class ChallengeKind(StrEnum):
    """Posted by an industry, or for society. Independent of the owner's sector."""

    INDUSTRY = "industry"
    SOCIAL = "social"


class Sensitivity(StrEnum):
    """How delicate the data is; ``special`` covers health, criminal and similar records."""

    NONE = "none"
    INTERNAL = "internal"
    PERSONAL = "personal"
    SPECIAL = "special"


class Better(StrEnum):
    """Which way a KPI should move."""

    HIGHER = "higher"
    LOWER = "lower"


TAKEN_OVER = frozenset({"report", "imported"})


class Challenge(Identified, Versioned, Base):
    """One problem of one organisation, posted in one call.

    Attributes:
        ref: spoken reference (``CH-26-014``), given when first published.
        data_rows, data_labels: how much there is, in the unit the description names; None unknown.
        budget_twd: for the whole challenge, shared by its PoCs.
        k_poc: number of PoCs wanted, 1–5. poc_weeks: length of one PoC.
        readiness: ``budget``, ``data``, ``talent``, ``tools`` → 0 (nothing) to 3 (ready).
        confidential: text only for teams that signed the call's terms.
        closes_at: own closing time once extended or paused; otherwise the call's.
        staff_note: what the programme office last told the owner: changes it asks for, or why
            the challenge was rejected or withdrawn.
        notices: public, one for each change of the closing time, with ``at``, ``kind``
            (``extended``, ``paused``, ``resumed``), ``was``, ``closes_at`` (ISO instants) and
            ``text``.
        provenance: ``own`` for what people entered, ``fictional`` for invented demo records; those
            in ``TAKEN_OVER`` were stated elsewhere and are shown as they were stated there.
        withdrawal_asked_at: when the owner asked the programme office to withdraw it.
    """

    __tablename__ = "challenge"
    __table_args__ = (Index("ix_challenge_list", "state", "closes_at", "id"),)

    ref: Mapped[str | None] = mapped_column(String(16), unique=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    kind: Mapped[ChallengeKind] = mapped_column(word(ChallengeKind))
    state: Mapped[ChallengeState] = mapped_column(
        word(ChallengeState), default=ChallengeState.DRAFT
    )
    title: Mapped[Localized]
    summary: Mapped[Localized] = mapped_column(default=Localized)
    background: Mapped[Localized] = mapped_column(default=Localized, deferred=True)
    pain: Mapped[Localized] = mapped_column(default=Localized, deferred=True)
    current_way: Mapped[Localized] = mapped_column(default=Localized, deferred=True)
    wanted: Mapped[Localized] = mapped_column(default=Localized, deferred=True)
    site: Mapped[Localized] = mapped_column(default=Localized)
    data_description: Mapped[Localized] = mapped_column(default=Localized, deferred=True)
    data_access: Mapped[Localized] = mapped_column(default=Localized, deferred=True)
    data_rows: Mapped[int | None] = mapped_column(BigInteger)
    data_labels: Mapped[int | None] = mapped_column(BigInteger)
    data_sensitivity: Mapped[Sensitivity | None] = mapped_column(word(Sensitivity))
    domains: Mapped[list[str]] = mapped_column(default=list)
    technologies: Mapped[list[str]] = mapped_column(default=list)
    modalities: Mapped[list[str]] = mapped_column(default=list)
    use_cases: Mapped[list[str]] = mapped_column(default=list)
    deployment: Mapped[list[str]] = mapped_column(default=list)
    budget_twd: Mapped[int | None] = mapped_column(BigInteger)
    k_poc: Mapped[int] = mapped_column(default=1)
    poc_weeks: Mapped[int | None]
    ip_wishes: Mapped[Localized] = mapped_column(default=Localized, deferred=True)
    confidential: Mapped[Localized] = mapped_column(default=Localized, deferred=True)
    readiness: Mapped[dict[str, Any]] = mapped_column(default=dict)
    kpis_none_reason: Mapped[str | None] = mapped_column(Text)
    provenance: Mapped[str] = mapped_column(String(16), default="own")
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    edited_at: Mapped[datetime]
    edited_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    terms_accepted_at: Mapped[datetime | None]
    terms_accepted_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    submitted_at: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    publish_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None] = mapped_column(index=True)
    paused_at: Mapped[datetime | None]
    closes_at: Mapped[datetime]
    staff_note: Mapped[str | None] = mapped_column(Text)
    notices: Mapped[list[Any]] = mapped_column(default=list)
    withdrawal_asked_at: Mapped[datetime | None]
    withdrawal_asked_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    withdrawal_reason: Mapped[str | None] = mapped_column(Text)

    call: Mapped[Call] = relationship()
    organization: Mapped[Organization] = relationship()
    kpis: Mapped[list[TargetKpi]] = relationship(
        back_populates="challenge",
        order_by="TargetKpi.position",
        cascade="all, delete-orphan",
    )
    tags: Mapped[list[ChallengeTag]] = relationship(cascade="all, delete-orphan")

    @property
    def key(self) -> str:
        """What the address of its page holds: the reference once public, else the random id."""
        return self.ref if self.ref and self.is_public else self.public_id

    @property
    def is_public(self) -> bool:
        """Whether everybody may know of it."""
        return self.state in PUBLIC_STATES

    @property
    def is_taken_over(self) -> bool:
        """Whether it says what was stated elsewhere, with all that was left out there."""
        return self.provenance in TAKEN_OVER

    def window(self, now: datetime) -> Window:
        """Whether proposals are taken at ``now``; at the closing instant it is closed."""
        if self.state is not ChallengeState.PUBLISHED:
            return Window.CLOSED if self.is_public else Window.DRAFT
        if now < self.call.opens_at:
            return Window.UPCOMING
        return Window.OPEN if now < self.closes_at else Window.CLOSED


class TargetKpi(Base):
    """What must improve. ``baseline`` None means that nobody has measured it yet.

    Unit ``ratio`` is 0–1.
    """

    __tablename__ = "target_kpi"

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    code: Mapped[str] = mapped_column(String(40), default="")
    name: Mapped[Localized]
    unit: Mapped[str] = mapped_column(String(20))
    better: Mapped[Better] = mapped_column(word(Better))
    baseline: Mapped[float | None]
    target: Mapped[float | None]
    method: Mapped[Localized] = mapped_column(default=Localized)

    challenge: Mapped[Challenge] = relationship(back_populates="kpis")


class ChallengeTag(Base):
    """A taxonomy term of a challenge or one above it, so that facets can count in SQL."""

    __tablename__ = "challenge_tag"
    __table_args__ = (Index("ix_challenge_tag_term", "kind", "term", "challenge_id"),)

    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    term: Mapped[str] = mapped_column(String(40), primary_key=True)


class SavedChallenge(Base):
    """A challenge that somebody follows."""

    __tablename__ = "saved_challenge"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    saved_at: Mapped[datetime]


class TermsSignature(Base):
    """A team's promise to keep the confidential parts of a call's challenges to itself."""

    __tablename__ = "terms_signature"
    __table_args__ = (UniqueConstraint("call_id", "team_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    signed_at: Mapped[datetime]
    signed_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
