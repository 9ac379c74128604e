"""Proposals and their versions as they are stored."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.challenges.models import Challenge
from matchmaker.kernel.database import Base, Identified, Versioned, word
from matchmaker.kernel.localized import Localized
from matchmaker.proposals.lifecycle import DECIDED, ProposalState
from matchmaker.teams.models import Team

ALIVE = text("state NOT IN ('withdrawn', 'duplicate')")


class Proposal(Identified, Versioned, Base):
    """One team's answer to one challenge.

    ``content`` is the working copy: a dict by section (see ``proposals.content``). Once handed
    in, what counts is the version numbered ``submitted_version``. A team has at most one living
    proposal for a challenge.

    Attributes:
        ref: spoken reference (``PP-26-031``), given when decisions are released, so that no gap
            in numbering tells earlier how many there are.
        edits: section → how often it was saved; what an editor of that section started from.
        submitted_at: when it was handed in last; empty again when it went back to draft, so a
            withdrawn proposal that nobody but the team ever saw has none.
        requested: sections that the programme office opened again, until ``info_due_at``.
        released_at: when the decision was told to the team; before, nobody outside the
            programme may learn of it.
        shows_summary: the team agreed that its summary is published.
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
    edits: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    edited_at: Mapped[datetime]
    edited_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    submitted_version: Mapped[int | None]
    terms_accepted_at: Mapped[datetime | None]
    terms_accepted_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)
    requested: Mapped[list[str]] = mapped_column(default=list)
    info_due_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    shows_summary: Mapped[bool] = mapped_column(default=False)
    provenance: Mapped[str] = mapped_column(String(16), default="own")

    challenge: Mapped[Challenge] = relationship()
    team: Mapped[Team] = relationship()
    versions: Mapped[list[ProposalVersion]] = relationship(
        back_populates="proposal", order_by="ProposalVersion.number"
    )
    attachments: Mapped[list[Attachment]] = relationship(
        back_populates="proposal", order_by="Attachment.id"
    )

    @property
    def key(self) -> str:
        """What the address of its page holds: the reference once released, else the random id."""
        return self.ref or self.public_id

    @property
    def shown_state(self) -> ProposalState:
        """The state that everybody outside the programme office may learn of.

        A decision that is not released yet looks like the review that goes on.
        """
        if self.state in DECIDED and self.released_at is None:
            return ProposalState.UNDER_REVIEW
        return self.state

    def edition(self, section: str) -> int:
        """How often a section was saved: what its editor hands back with the next save."""
        return int(self.edits.get(section, 0))


class ProposalVersion(Base):
    """What a proposal said at one time; never changed afterwards.

    ``people`` names who was in the team at that time. ``digest`` is the SHA-256 of
    :attr:`sealed_bytes`, which anybody who has them can compute again.
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

    @property
    def sealed_bytes(self) -> bytes:
        """Content and people in one fixed form: JSON with sorted keys, UTF-8, no blanks.

        Accounts of people stay out of it, since whoever checks the hash gets these bytes.
        """
        people = [{k: v for k, v in each.items() if k != "user_id"} for each in self.people]
        content = {"content": self.content, "people": people}
        return json.dumps(
            content, ensure_ascii=False, sort_keys=True, separators=(",", ":")
        ).encode()


class Attachment(Identified, Base):
    """A file of a proposal. Its content never changes; a new file is a new attachment.

    ``name`` is what the person called it and is only shown; the file lies under ``stored_as``.
    ``document`` names the item of the call's checklist that it answers. A file that a version
    refers to stays when it is removed from the draft (``removed_at``).
    """

    __tablename__ = "proposal_attachment"
    __table_args__ = (Index("ix_proposal_attachment_current", "proposal_id", "removed_at"),)

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(8))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    stored_as: Mapped[str] = mapped_column(String(64), unique=True)
    document: Mapped[str | None] = mapped_column(String(40))
    added_at: Mapped[datetime]
    added_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    removed_at: Mapped[datetime | None]

    proposal: Mapped[Proposal] = relationship(back_populates="attachments")


class ConfidentialityAcceptance(Base):
    """A lead of the problem owner promised to keep the proposals to one challenge to themselves."""

    __tablename__ = "confidentiality_acceptance"

    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    accepted_at: Mapped[datetime]
