"""Verbs on ranking models: have one trained, put it in use, roll it back.

How a model is trained stands in ``training``, which loads scikit-learn; this module does not, so
that web pages start quickly.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.audit.service import record
from matchmaker.kernel import work
from matchmaker.kernel.actor import SYSTEM, Actor
from matchmaker.kernel.database import lock
from matchmaker.kernel.errors import WrongState
from matchmaker.kernel.events import publish
from matchmaker.kernel.i18n import msg
from matchmaker.kernel.permissions import require
from matchmaker.learning import policy as _policy  # noqa: F401 - registers the rules
from matchmaker.learning import queries
from matchmaker.learning.events import ModelRequested
from matchmaker.matching.lifecycle import MODEL, ModelState
from matchmaker.matching.models import RankingModel

OUTDATED = "outdated"
ROLLED_BACK = "rolled_back"


def request_training(
    session: Session, program_id: int | None, *, actor: Actor, now: datetime
) -> RankingModel:
    """Ask for a model to be trained from the decisions so far; a worker does it.

    Args:
        program_id: the programme to learn from and for; None means the whole site.

    Raises:
        WrongState: one is being trained already.
    """
    require(actor, "ranking_model.train", program_id)
    busy = queries.under_way(session, program_id)
    if busy is not None and work.is_abandoned(busy, now):
        MODELS.give_up(session, busy, now=now)
    elif busy is not None:
        raise WrongState(
            msg("Model %(number)s is still being trained. Wait for it.", number=busy.number)
        )
    last = session.scalar(select(func.max(RankingModel.number))) or 0
    model = RankingModel(
        number=last + 1, program_id=program_id, requested_at=now, requested_by=actor.user_id
    )
    session.add(model)
    session.flush()
    note(session, model, "request", actor=actor, now=now)
    publish(session, ModelRequested(model.id, now))
    return model


def end(
    session: Session,
    model: RankingModel,
    verb: str,
    *,
    now: datetime,
    failure: str | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Take the training of a model to its end and note it."""
    model.state = MODEL.after(model.state, verb)
    model.finished_at = now
    model.failure = failure
    session.flush()
    note(session, model, verb, actor=SYSTEM, now=now, after=after, reason=failure)


MODELS = work.Course(RankingModel, MODEL, end)


def activate(session: Session, model: RankingModel, *, actor: Actor, now: datetime) -> None:
    """Let new runs use a model, in place of the one they used before.

    Raises:
        WrongState: it did not win, or is in use already.
    """
    require(actor, "ranking_model.activate", model)
    lock(session, model)
    after = MODEL.after(model.state, "activate")
    former = queries.active(session, model.program_id)
    if former is not None:
        _retire(session, former, actor=actor, now=now, reason=f"#{model.number}")
    _put_in_use(session, model, after, actor=actor, now=now)
    model.replaced_id = former.id if former else None
    session.flush()
    note(
        session, model, "activate", actor=actor, now=now,
        after={"replaces": former.number if former else None},
    )  # fmt: skip


def roll_back(
    session: Session, model: RankingModel, *, actor: Actor, now: datetime
) -> RankingModel | None:
    """Take a model out of use; returns the one that is used again, None for measured weights.

    Runs that were computed with it stay as they are.

    Raises:
        WrongState: it is not in use.
    """
    require(actor, "ranking_model.roll_back", model)
    lock(session, model)
    if model.state is not ModelState.ACTIVE:
        raise WrongState(msg("This model is not in use."))
    former = former_of(session, model)
    _retire(session, model, actor=actor, now=now, reason=ROLLED_BACK)
    if former is not None:
        after = MODEL.after(former.state, "activate")
        _put_in_use(session, former, after, actor=actor, now=now)
        note(session, former, "activate", actor=actor, now=now, reason=ROLLED_BACK)
    return former


def former_of(session: Session, model: RankingModel) -> RankingModel | None:
    """The model that rolling back would put in use again; None for the measured weights."""
    former = session.get(RankingModel, model.replaced_id) if model.replaced_id else None
    if former is None or former.state is not ModelState.RETIRED:
        return None
    return former if former.code_version == model.code_version else None


def retire_outdated(session: Session, version: str, *, now: datetime) -> int:
    """Take models out of use that were made for another version of the method; returns how many.

    Their weights would be laid on parts that mean something else.
    """
    stmt = select(RankingModel).where(
        RankingModel.state.in_([ModelState.ACTIVE, ModelState.CANDIDATE]),
        RankingModel.code_version != version,
    )
    outdated = session.scalars(stmt).all()
    for model in outdated:
        _retire(session, model, actor=SYSTEM, now=now, reason=OUTDATED)
    return len(outdated)


def _put_in_use(
    session: Session, model: RankingModel, state: ModelState, *, actor: Actor, now: datetime
) -> None:
    model.state = state
    model.activated_at, model.activated_by, model.retired_at = now, actor.user_id, None
    session.flush()


def _retire(
    session: Session, model: RankingModel, *, actor: Actor, now: datetime, reason: str
) -> None:
    model.state = MODEL.after(model.state, "retire")
    model.retired_at = now
    session.flush()
    note(session, model, "retire", actor=actor, now=now, reason=reason)


def note(
    session: Session,
    model: RankingModel,
    verb: str,
    *,
    actor: Actor,
    now: datetime,
    after: Mapping[str, object] | None = None,
    reason: str | None = None,
) -> None:
    """One entry of the record about a model."""
    record(
        session, f"ranking_model.{verb}", actor=actor, now=now, kind="ranking_model",
        object_id=model.id, name=f"#{model.number}", program_id=model.program_id,
        after={"state": model.state.value} | dict(after or {}), reason=reason,
    )  # fmt: skip
