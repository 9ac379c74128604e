"""Every read of ranking models. Lists are filtered by the rule of the policy."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from matchmaker.accounts.models import User
from matchmaker.kernel.actor import Actor, Role
from matchmaker.kernel.errors import NotFound
from matchmaker.kernel.pages import Page
from matchmaker.learning.policy import READERS
from matchmaker.matching.lifecycle import UNDER_WAY, ModelState
from matchmaker.matching.models import RankingModel, RecommendationRun
from matchmaker.programs.models import Program


class ModelRow(NamedTuple):
    """One model in the list of models."""

    model: RankingModel
    by: str | None


def models(
    session: Session, actor: Actor, *, before: int | None = None, size: int = 20
) -> Page[ModelRow]:
    """The models that somebody may read, newest first. One statement."""
    stmt = (
        select(RankingModel, User.name)
        .outerjoin(User, User.id == RankingModel.requested_by)
        .options(joinedload(RankingModel.program))
        .order_by(RankingModel.number.desc())
        .limit(size + 1)
    )
    if not actor.holds_any(set(READERS)):
        own = RankingModel.program_id.in_(actor.scopes(Role.PM))
        stmt = stmt.where(or_(own, RankingModel.program_id.is_(None)))
    if before is not None:
        stmt = stmt.where(RankingModel.number < before)
    rows = [ModelRow(*row) for row in session.execute(stmt)]
    older = str(rows[size - 1].model.number) if len(rows) > size else None
    return Page(rows[:size], older=older)


class Card(NamedTuple):
    """A model with the people and runs around it; ``replaced`` was in use before it."""

    model: RankingModel
    trained_by: str | None
    activated_by: str | None
    replaced: int | None
    runs: int


def card(session: Session, number: int) -> Card:
    """One model by its number. One statement.

    Raises:
        NotFound: there is none.
    """
    trainer, user, former = aliased(User), aliased(User), aliased(RankingModel)
    runs = (
        select(func.count(RecommendationRun.id))
        .where(RecommendationRun.model_id == RankingModel.id)
        .correlate(RankingModel)
        .scalar_subquery()
    )
    row = session.execute(
        select(RankingModel, trainer.name, user.name, former.number, runs)
        .outerjoin(trainer, trainer.id == RankingModel.requested_by)
        .outerjoin(user, user.id == RankingModel.activated_by)
        .outerjoin(former, former.id == RankingModel.replaced_id)
        .where(RankingModel.number == number)
        .options(joinedload(RankingModel.program))
    ).first()
    if row is None:
        raise NotFound
    return Card(*row)


def active(session: Session, program_id: int | None) -> RankingModel | None:
    """The model in use that was made for exactly this programme, or for the whole site.

    One statement.
    """
    return session.scalar(
        select(RankingModel).where(
            RankingModel.state == ModelState.ACTIVE, RankingModel.program_id == program_id
        )
    )


def under_way(session: Session, program_id: int | None) -> RankingModel | None:
    """The model of a programme, or of the whole site, that is being trained. One statement."""
    return session.scalar(
        select(RankingModel)
        .where(
            RankingModel.program_id == program_id,
            RankingModel.state.in_([state.value for state in UNDER_WAY]),
        )
        .order_by(RankingModel.id.desc())
        .limit(1)
    )


def programs(session: Session, ids: Collection[int]) -> list[Program]:
    """Some programmes, oldest first. One statement."""
    return list(session.scalars(select(Program).where(Program.id.in_(ids)).order_by(Program.id)))
