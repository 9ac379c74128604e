"""Runs, recommendations, candidacies and invitations as they are stored."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.challenges.models import Challenge
from matchmaker.kernel.database import Base, Identified, Versioned, word
from matchmaker.matching.lifecycle import CandidacyState, DismissReason, RunState
from matchmaker.programs.models import Call
from matchmaker.teams.models import Team

UNDER_WAY = text("state IN ('requested', 'running')")


class RecommendationRun(Identified, Base):
    """One computation over one call.

    Attributes:
        number: counts the runs of a programme from 1.
        weights, constraints: what was asked for, as a snapshot.
        input_digest: SHA-256 over everything that was read; equal digest, seed and code version
            mean equal results.
        inputs: versions of the rows read (``challenges`` and ``teams``: id → version), by which a
            page tells that a run is stale.
        pairs_total, pairs_done: progress. duration_ms: computing time.
    """

    __tablename__ = "recommendation_run"
    __table_args__ = (
        UniqueConstraint("program_id", "number"),
        Index(
            "uq_recommendation_run_under_way",
            "program_id",
            unique=True,
            sqlite_where=UNDER_WAY,
            postgresql_where=UNDER_WAY,
        ),
    )

    number: Mapped[int]
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"), index=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    state: Mapped[RunState] = mapped_column(word(RunState), default=RunState.REQUESTED)
    weights: Mapped[dict[str, Any]] = mapped_column(default=dict)
    constraints: Mapped[dict[str, Any]] = mapped_column(default=dict)
    seed: Mapped[int] = mapped_column(default=0)
    code_version: Mapped[str] = mapped_column(String(60), default="")
    input_digest: Mapped[str] = mapped_column(String(64), default="")
    inputs: Mapped[dict[str, Any]] = mapped_column(default=dict, deferred=True)
    requested_at: Mapped[datetime]
    requested_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    started_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    duration_ms: Mapped[int | None]
    pairs_total: Mapped[int] = mapped_column(default=0)
    pairs_done: Mapped[int] = mapped_column(default=0)
    cancel_asked: Mapped[bool] = mapped_column(default=False)
    failure: Mapped[str | None] = mapped_column(Text)

    call: Mapped[Call] = relationship()


class Recommendation(Base):
    """One pair in one run.

    ``score`` is the sum of ``parts`` (name → points). ``reasons`` and ``counter`` hold reason
    codes with evidence spans as the recommender gives them. ``held_back`` names the constraint
    that keeps the pair from being recommended (then ``rank`` is None); only staff may see it.
    ``rank`` counts from 1 within the challenge, ``team_rank`` within the team.
    """

    __tablename__ = "recommendation"
    __table_args__ = (
        UniqueConstraint("run_id", "challenge_id", "team_id"),
        Index("ix_recommendation_team", "run_id", "team_id", "team_rank"),
        Index("ix_recommendation_challenge", "run_id", "challenge_id", "rank"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("recommendation_run.id", ondelete="CASCADE"))
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"))
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    rank: Mapped[int | None]
    team_rank: Mapped[int | None]
    score: Mapped[float]
    band: Mapped[str] = mapped_column(String(12), default="")
    parts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reasons: Mapped[list[Any]] = mapped_column(default=list)
    counter: Mapped[list[Any]] = mapped_column(default=list)
    held_back: Mapped[str | None] = mapped_column(String(40))

    run: Mapped[RecommendationRun] = relationship()
    challenge: Mapped[Challenge] = relationship()
    team: Mapped[Team] = relationship()


class Candidacy(Identified, Versioned, Base):
    """What people decided about a pair; a row exists once somebody did something.

    ``dismissed_side`` is ``pm``, ``owner`` or ``team``: each side puts aside for itself.
    ``shortlisted_at`` marks a wish of the owner.
    """

    __tablename__ = "candidacy"
    __table_args__ = (UniqueConstraint("challenge_id", "team_id"),)

    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), index=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("recommendation_run.id"))
    state: Mapped[CandidacyState] = mapped_column(
        word(CandidacyState), default=CandidacyState.SUGGESTED
    )
    dismissed_side: Mapped[str | None] = mapped_column(String(8))
    reason: Mapped[DismissReason | None] = mapped_column(word(DismissReason))
    note: Mapped[str | None] = mapped_column(Text)
    shortlisted_at: Mapped[datetime | None]
    shortlisted_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    invited_at: Mapped[datetime | None]
    invited_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    answer_by: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]

    challenge: Mapped[Challenge] = relationship()
    team: Mapped[Team] = relationship()
