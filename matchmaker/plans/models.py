"""Plans with their challenges, teams, pairs, and what is wished for the next version."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.challenges.models import Challenge
from matchmaker.kernel.database import Base, Identified, word
from matchmaker.kernel.work import Work
from matchmaker.matching.models import RecommendationRun
from matchmaker.plans.lifecycle import Cause, Objective, PlanState, Role, WishKind
from matchmaker.programs.models import Call
from matchmaker.teams.models import Team

UNDER_WAY = text("state IN ('requested', 'running')")
PUBLISHED = text("state = 'published'")


class Plan(Work, Identified, Base):
    """One version of who works with whom in a call.

    Attributes:
        number: counts the plans of a programme from 1.
        run_id: the run whose scores are used.
        base_id: the plan that this one was changed from; its pairs are kept where that costs
            little.
        numbers: what was asked for, as a snapshot (see ``numbers.Numbers``).
        outcome: what came out, in sum (see ``solving.Solution.summary``); of an impossible plan
            the reasons.
        input_digest: SHA-256 over everything the solver read.
    """

    __tablename__ = "cohort_plan"
    __table_args__ = (
        UniqueConstraint("program_id", "number"),
        Index(
            "uq_cohort_plan_under_way",
            "call_id",
            unique=True,
            sqlite_where=UNDER_WAY,
            postgresql_where=UNDER_WAY,
        ),
        Index(
            "uq_cohort_plan_published",
            "call_id",
            unique=True,
            sqlite_where=PUBLISHED,
            postgresql_where=PUBLISHED,
        ),
    )

    number: Mapped[int]
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"), index=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("recommendation_run.id"), index=True)
    base_id: Mapped[int | None] = mapped_column(ForeignKey("cohort_plan.id"))
    state: Mapped[PlanState] = mapped_column(word(PlanState), default=PlanState.REQUESTED)
    objective: Mapped[Objective] = mapped_column(word(Objective), default=Objective.TOTAL)
    numbers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    outcome: Mapped[dict[str, Any]] = mapped_column(default=dict)
    input_digest: Mapped[str] = mapped_column(String(64), default="")
    solver: Mapped[str] = mapped_column(String(60), default="")
    published_at: Mapped[datetime | None]

    call: Mapped[Call] = relationship()
    run: Mapped[RecommendationRun] = relationship()
    base: Mapped[Plan | None] = relationship(remote_side="Plan.id")


class PlanChallenge(Base):
    """How one challenge came off: between ``least`` and ``most`` teams were asked for.

    ``score`` is the sum over its planned teams, ``attainment`` (0–1) that sum divided by what it
    would get choosing alone; None where choosing alone would give it nothing either.
    """

    __tablename__ = "plan_challenge"

    plan_id: Mapped[int] = mapped_column(
        ForeignKey("cohort_plan.id", ondelete="CASCADE"), primary_key=True
    )
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    least: Mapped[int]
    most: Mapped[int]
    filled: Mapped[int] = mapped_column(default=0)
    score: Mapped[float] = mapped_column(default=0.0)
    attainment: Mapped[float | None]

    challenge: Mapped[Challenge] = relationship()


class PlanTeam(Base):
    """How many challenges a team may take (``capacity``) and gets (``load``).

    ``is_stated`` unless the number is the default for teams that do not say.
    """

    __tablename__ = "plan_team"

    plan_id: Mapped[int] = mapped_column(
        ForeignKey("cohort_plan.id", ondelete="CASCADE"), primary_key=True
    )
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), primary_key=True)
    capacity: Mapped[int]
    is_stated: Mapped[bool] = mapped_column(default=True)
    load: Mapped[int] = mapped_column(default=0)

    team: Mapped[Team] = relationship()


class PlanPair(Base):
    """A team that a challenge gets, or that would move up (``RESERVE``).

    ``position`` counts from 1 within challenge and role, best score first. ``score`` is None for
    a pair that stands fast though the run knows no score of it.
    """

    __tablename__ = "plan_pair"
    __table_args__ = (
        Index("ix_plan_pair_team", "plan_id", "team_id"),
        CheckConstraint("position >= 1", name="position"),
    )

    plan_id: Mapped[int] = mapped_column(
        ForeignKey("cohort_plan.id", ondelete="CASCADE"), primary_key=True
    )
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(word(Role))
    position: Mapped[int]
    score: Mapped[float | None]
    band: Mapped[str] = mapped_column(String(12), default="")
    cause: Mapped[Cause | None] = mapped_column(word(Cause))

    challenge: Mapped[Challenge] = relationship()
    team: Mapped[Team] = relationship()


class PlanWish(Base):
    """What the programme office wants of a pair in the version that follows this one."""

    __tablename__ = "plan_wish"

    plan_id: Mapped[int] = mapped_column(
        ForeignKey("cohort_plan.id", ondelete="CASCADE"), primary_key=True
    )
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), primary_key=True)
    kind: Mapped[WishKind] = mapped_column(word(WishKind))
    reason: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime]
    by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    challenge: Mapped[Challenge] = relationship()
    team: Mapped[Team] = relationship()
