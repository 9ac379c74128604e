"""Statistics that runs rest on, and what was computed by them afterwards."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.challenges.models import Challenge
from matchmaker.kernel.database import Base, word
from matchmaker.matching.models import RecommendationRun
from matchmaker.supplements.lifecycle import SupplementState
from matchmaker.teams.models import Team


class RunStatistics(Base):
    """What the weights of words and concepts of a run rest on; see ``recommender.pool.frozen``.

    Kept for the newest run of a call and the published one.
    """

    __tablename__ = "run_statistics"

    run_id: Mapped[int] = mapped_column(
        ForeignKey("recommendation_run.id", ondelete="CASCADE"), primary_key=True
    )
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class Supplement(Base):
    """One team computed anew beside one run.

    Attributes:
        asked_version: the version of the profile that is to be read at least.
        team_version, computed_at: what was read, and when; None before the first time.
        is_new: the run did not read the team at all.
        failure: the name of the error that ended it.
    """

    __tablename__ = "supplement"
    __table_args__ = (UniqueConstraint("run_id", "team_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("recommendation_run.id", ondelete="CASCADE"))
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    state: Mapped[SupplementState] = mapped_column(
        word(SupplementState), default=SupplementState.WAITING
    )
    asked_at: Mapped[datetime]
    asked_version: Mapped[int]
    team_version: Mapped[int | None]
    computed_at: Mapped[datetime | None]
    is_new: Mapped[bool] = mapped_column(default=False)
    failure: Mapped[str | None] = mapped_column(String(80))

    run: Mapped[RecommendationRun] = relationship()
    team: Mapped[Team] = relationship()


class SupplementPair(Base):
    """One pair as it would stand in the run.

    Attributes:
        score, band, parts, reasons, counter, is_explained, held_back: as in a recommendation.
        place: the rank it would take among the teams that the run keeps for the challenge; None
            if it is held back.
        team_rank: among the challenges of the team.
        score_before, rank_before: in the run; None where the run does not hold the pair.
    """

    __tablename__ = "supplement_pair"
    __table_args__ = (Index("ix_supplement_pair_challenge", "challenge_id", "place"),)

    supplement_id: Mapped[int] = mapped_column(
        ForeignKey("supplement.id", ondelete="CASCADE"), primary_key=True
    )
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    challenge_version: Mapped[int]
    score: Mapped[float]
    band: Mapped[str] = mapped_column(String(12), default="")
    place: Mapped[int | None]
    team_rank: Mapped[int | None]
    parts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reasons: Mapped[list[Any]] = mapped_column(default=list)
    counter: Mapped[list[Any]] = mapped_column(default=list)
    is_explained: Mapped[bool] = mapped_column(default=False)
    held_back: Mapped[str | None] = mapped_column(String(40))
    score_before: Mapped[float | None]
    rank_before: Mapped[int | None]

    supplement: Mapped[Supplement] = relationship()
    challenge: Mapped[Challenge] = relationship()
