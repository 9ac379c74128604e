"""Proposals and their versions as they are stored."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.challenges.models import Challenge
from matchmaker.kernel.database import Base, Identified, Versioned, word
from matchmaker.kernel.localized import Localized
from matchmaker.proposals.lifecycle import ProposalState
from matchmaker.teams.models import Team

ALIVE = text("state NOT IN ('withdrawn', 'duplicate')")


class Proposal(Identified, Versioned, Base):
    """One team's answer to one challenge.

    ``content`` is the working copy: a dict by section (see ``proposals.content``). Once handed
    in, what counts is the version numbered ``submitted_version``. A team has at most one living
    proposal for a challenge.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        Index(
            "uq_proposal_alive",
            "challenge_id",
            "team_id",
            unique=True,
            sqlite_where=ALIVE,
            postgresql_where=ALIVE,
        ),
        Index("ix_proposal_state", "challenge_id", "state"),
    )

    ref: Mapped[str | None] = mapped_column(String(16), unique=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), index=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    state: Mapped[ProposalState] = mapped_column(word(ProposalState), default=ProposalState.DRAFT)
    title: Mapped[Localized] = mapped_column(default=Localized)
    content: Mapped[dict[str, Any]] = mapped_column(default=dict, deferred=True)
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    edited_at: Mapped[datetime]
    edited_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    submitted_version: Mapped[int | None]
    withdrawn_at: Mapped[datetime | None]
    provenance: Mapped[str] = mapped_column(String(16), default="own")

    challenge: Mapped[Challenge] = relationship()
    team: Mapped[Team] = relationship()
    versions: Mapped[list[ProposalVersion]] = relationship(
        back_populates="proposal", order_by="ProposalVersion.number"
    )


class ProposalVersion(Base):
    """What a proposal said at one time; never changed afterwards.

    ``digest`` is the SHA-256 of the content; ``people`` names who was in the team at hand-in.
    """

    __tablename__ = "proposal_version"
    __table_args__ = (UniqueConstraint("proposal_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    number: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    people: Mapped[list[Any]] = mapped_column(default=list)
    digest: Mapped[str] = mapped_column(String(64))
    saved_at: Mapped[datetime]
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    was_submitted: Mapped[bool] = mapped_column(default=False)

    proposal: Mapped[Proposal] = relationship(back_populates="versions")
