"""Runs, recommendations and candidacies with their invitations, as they are stored."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.challenges.models import Challenge
from matchmaker.kernel.database import Base, Identified, Versioned, word
from matchmaker.kernel.work import Work
from matchmaker.matching.lifecycle import CandidacyState, DismissReason, ModelState, RunState, Side
from matchmaker.programs.models import Call, Program
from matchmaker.teams.models import Team

UNDER_WAY = text("state IN ('requested', 'running')")
PUBLISHED = text("state = 'published'")
ACTIVE = text("state = 'active'")
ACTIVE_EVERYWHERE = text("state = 'active' AND program_id IS NULL")


class RankingModel(Work, Identified, Base):
    """Weights learnt from decisions, with everything that its card says. Plain data.

    Attributes:
        number: counts the models of the site from 1.
        program_id: the programme it was learnt from and serves; None means the whole site.
        weights: part → learnt weight; ``measured``: part → weight that it was learnt from.
        data: which decisions it rests on (see ``learning.training``).
        figures: how it did on later challenges (see ``learning.assessment``).
        reasons: codes that say why it is not used.
        code_version: the method whose parts the weights fit; another version cannot use them.
        replaced_id: the model that was in use before this one.
    """

    __tablename__ = "ranking_model"
    __table_args__ = (
        Index(
            "uq_ranking_model_active",
            "program_id",
            unique=True,
            sqlite_where=ACTIVE,
            postgresql_where=ACTIVE,
        ),
        Index(
            "uq_ranking_model_active_everywhere",
            "state",
            unique=True,
            sqlite_where=ACTIVE_EVERYWHERE,
            postgresql_where=ACTIVE_EVERYWHERE,
        ),
    )

    number: Mapped[int] = mapped_column(unique=True)
    program_id: Mapped[int | None] = mapped_column(ForeignKey("program.id"), index=True)
    state: Mapped[ModelState] = mapped_column(word(ModelState), default=ModelState.REQUESTED)
    weights: Mapped[dict[str, Any]] = mapped_column(default=dict)
    measured: Mapped[dict[str, Any]] = mapped_column(default=dict)
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reasons: Mapped[list[str]] = mapped_column(default=list)
    code_version: Mapped[str] = mapped_column(String(60), default="")
    activated_at: Mapped[datetime | None]
    activated_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    retired_at: Mapped[datetime | None]
    replaced_id: Mapped[int | None] = mapped_column(ForeignKey("ranking_model.id"))

    program: Mapped[Program | None] = relationship()


class RecommendationRun(Work, Identified, Base):
    """One computation over one call.

    Attributes:
        number: counts the runs of a programme from 1.
        weights, constraints: what was asked for, as a snapshot; ``model_id`` names the ranking
            model that the weights come from.
        input_digest: SHA-256 over everything that was read; equal digest, seed and code version
            mean equal results.
        inputs: versions of the rows read (``challenges`` and ``teams``: id → version), by which a
            page tells that a run is stale.
        outcome: how the results look in sum (see ``computing.summary``).
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
        Index(
            "uq_recommendation_run_published",
            "call_id",
            unique=True,
            sqlite_where=PUBLISHED,
            postgresql_where=PUBLISHED,
        ),
    )

    number: Mapped[int]
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"), index=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    state: Mapped[RunState] = mapped_column(word(RunState), default=RunState.REQUESTED)
    weights: Mapped[dict[str, Any]] = mapped_column(default=dict)
    model_id: Mapped[int | None] = mapped_column(ForeignKey("ranking_model.id"))
    constraints: Mapped[dict[str, Any]] = mapped_column(default=dict)
    seed: Mapped[int] = mapped_column(default=0)
    code_version: Mapped[str] = mapped_column(String(60), default="")
    input_digest: Mapped[str] = mapped_column(String(64), default="")
    inputs: Mapped[dict[str, Any]] = mapped_column(default=dict, deferred=True)
    outcome: Mapped[dict[str, Any]] = mapped_column(default=dict)
    published_at: Mapped[datetime | None]

    call: Mapped[Call] = relationship()
    model: Mapped[RankingModel | None] = relationship()


class RunChallenge(Base):
    """How one challenge came off in one run, so that lists and filters need not count pairs.

    ``strong`` and ``fair`` count recommended teams of that fit, ``conflicts`` those held back for
    a conflict of interest; ``best`` is the highest score. ``is_gap``: fewer fair teams than PoCs
    wanted.
    """

    __tablename__ = "run_challenge"

    run_id: Mapped[int] = mapped_column(
        ForeignKey("recommendation_run.id", ondelete="CASCADE"), primary_key=True
    )
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    wanted: Mapped[int]
    strong: Mapped[int] = mapped_column(default=0)
    fair: Mapped[int] = mapped_column(default=0)
    conflicts: Mapped[int] = mapped_column(default=0)
    best: Mapped[float] = mapped_column(default=0.0)
    is_gap: Mapped[bool] = mapped_column(default=False)

    challenge: Mapped[Challenge] = relationship()


class Recommendation(Base):
    """One pair in one run.

    ``score`` is the sum of ``parts`` (name → points). ``reasons`` and ``counter`` hold codes,
    parameters and evidence as the recommender gave them, with the finished sentence in both
    languages under ``says``, so that a stored run says the same for ever. ``held_back`` names the
    obstacle that keeps the pair from being recommended (then ``rank`` is None); only staff may
    see it. ``rank`` counts from 1 within the challenge, ``team_rank`` within the team.
    ``is_explained`` tells low ranks, whose reasons were not worked out, from pairs without any.
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
    challenge_version: Mapped[int] = mapped_column(default=1)
    team_version: Mapped[int] = mapped_column(default=1)
    rank: Mapped[int | None]
    team_rank: Mapped[int | None]
    score: Mapped[float]
    band: Mapped[str] = mapped_column(String(12), default="")
    parts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reasons: Mapped[list[Any]] = mapped_column(default=list)
    counter: Mapped[list[Any]] = mapped_column(default=list)
    is_explained: Mapped[bool] = mapped_column(default=False)
    held_back: Mapped[str | None] = mapped_column(String(40))

    run: Mapped[RecommendationRun] = relationship()
    challenge: Mapped[Challenge] = relationship()
    team: Mapped[Team] = relationship()


class Candidacy(Identified, Versioned, Base):
    """What people decided about a pair; a row exists once somebody did something.

    ``run_id`` and ``rank_then`` say which run the first decision was taken on and where the team
    stood in it. ``shortlisted_at`` marks a wish of the owner, ``queued_at`` an invitation that
    waits for its release. ``reason`` and ``note`` are the team's, when it declined.
    """

    __tablename__ = "candidacy"
    __table_args__ = (UniqueConstraint("challenge_id", "team_id"),)

    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), index=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    run_id: Mapped[int | None] = mapped_column(
        ForeignKey("recommendation_run.id", ondelete="SET NULL")
    )
    rank_then: Mapped[int | None]
    state: Mapped[CandidacyState] = mapped_column(
        word(CandidacyState), default=CandidacyState.SUGGESTED
    )
    reason: Mapped[DismissReason | None] = mapped_column(word(DismissReason))
    note: Mapped[str | None] = mapped_column(Text)
    shortlisted_at: Mapped[datetime | None]
    shortlisted_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    queued_at: Mapped[datetime | None]
    queued_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    invited_at: Mapped[datetime | None]
    invited_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    answer_by: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]

    challenge: Mapped[Challenge] = relationship()
    team: Mapped[Team] = relationship()
    dismissals: Mapped[list[Dismissal]] = relationship(
        order_by="Dismissal.side", cascade="all, delete-orphan"
    )

    def dismissal(self, side: Side) -> Dismissal | None:
        """What one side said when it put the pair aside; None when it did not."""
        return next((each for each in self.dismissals if each.side is side), None)


class Dismissal(Base):
    """One side put a pair aside, for one of six reasons."""

    __tablename__ = "dismissal"

    candidacy_id: Mapped[int] = mapped_column(
        ForeignKey("candidacy.id", ondelete="CASCADE"), primary_key=True
    )
    side: Mapped[Side] = mapped_column(word(Side), primary_key=True)
    reason: Mapped[DismissReason] = mapped_column(word(DismissReason))
    note: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime]
    by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


class WorkerSign(Base):
    """The last sign of life of a background worker."""

    __tablename__ = "worker_sign"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    seen_at: Mapped[datetime]


class PairSteps(Base):
    """What would raise one pair of a run, so that two teams can be compared without scoring.

    ``steps`` holds ``single`` – code, parameters, the sentence in both languages under ``says``
    and the ``score`` that the change leads to – and ``double``: numbers of two single changes with
    the score of both together. There are rows for pairs whose reasons were worked out.
    """

    __tablename__ = "pair_steps"

    run_id: Mapped[int] = mapped_column(
        ForeignKey("recommendation_run.id", ondelete="CASCADE"), primary_key=True
    )
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), primary_key=True)
    steps: Mapped[dict[str, Any]] = mapped_column(default=dict)


class TeamAdvice(Base):
    """What a team could add to its profile, and for how many open challenges that would help.

    Attributes:
        team_version: the version of the profile that was read.
        basis: digest of the open challenges, the method and its weights; another one means that
            the advice is out of date.
        challenges: how many open challenges were looked at.
        content: most helpful first: code, parameters, ``says`` in both languages, and ``raised``:
            reference, score before and after, and whether the fit gets better.
    """

    __tablename__ = "team_advice"

    team_id: Mapped[int] = mapped_column(
        ForeignKey("team.id", ondelete="CASCADE"), primary_key=True
    )
    team_version: Mapped[int]
    basis: Mapped[str] = mapped_column(String(64))
    computed_at: Mapped[datetime]
    challenges: Mapped[int]
    content: Mapped[list[Any]] = mapped_column(default=list)
