"""Verbs on runs: ask for one, stop it, show it to owners and teams, take it back.

How a run is computed stands in ``execution``, which loads the recommender; this module does not,
so that web pages start quickly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.audit.service import record
from matchmaker.challenges.models import Challenge
from matchmaker.kernel import work
from matchmaker.kernel.actor import SYSTEM, Actor
from matchmaker.kernel.database import lock
from matchmaker.kernel.errors import Invalid, NotAllowed, WrongState
from matchmaker.kernel.events import publish
from matchmaker.kernel.i18n import Message, msg
from matchmaker.kernel.permissions import require
from matchmaker.matching import policy, queries
from matchmaker.matching.events import RunFinished, RunPublished, RunRequested, RunWithdrawn
from matchmaker.matching.lifecycle import (
    RUN,
    UNDER_WAY,
    CandidacyState,
    RunState,
)
from matchmaker.matching.models import Candidacy, Recommendation, RecommendationRun
from matchmaker.programs.models import Call

PARTS = ("text", "bridge", "meaning", "taxonomy", "capability", "evidence", "feedback")
MAX_WEIGHT = 10.0
WORK_STARTED = (
    CandidacyState.INVITED,
    CandidacyState.INTERESTED,
    CandidacyState.CONVERTED,
    CandidacyState.OUTCOME_KNOWN,
)


@dataclass(frozen=True)
class Parameters:
    """What a run is asked to do.

    ``weights`` changes how much a part counts (see ``PARTS``); those left out keep their measured
    default, or what the ranking model in use says unless ``uses_model`` is off. ``seed`` decides
    between equal scores.
    """

    seed: int = 0
    weights: Mapping[str, float] = field(default_factory=dict)
    uses_model: bool = True


def request_run(
    session: Session, call: Call, parameters: Parameters, *, actor: Actor, now: datetime
) -> RecommendationRun:
    """Ask for the pairs of a call to be computed; a worker does it.

    A run whose worker died stands in nobody's way: it is ended first.

    Raises:
        WrongState: a run of the programme is under way already.
        Invalid: a weight out of range.
    """
    require(actor, "recommendation_run.request", call.program_id)
    _check(parameters)
    busy = session.scalar(
        select(RecommendationRun)
        .where(
            RecommendationRun.program_id == call.program_id,
            RecommendationRun.state.in_(UNDER_WAY),
        )
        .with_for_update()
    )
    if busy is not None and work.is_abandoned(busy, now):
        RUNS.give_up(session, busy, now=now)
    elif busy is not None:
        raise WrongState(
            msg("Run %(number)s of this programme is still under way. Wait or cancel it.",
                number=busy.number)
        )  # fmt: skip
    model = queries.active_model(session, call.program_id) if parameters.uses_model else None
    run = RecommendationRun(
        number=_next_number(session, call.program_id),
        program_id=call.program_id,
        call_id=call.id,
        weights=(model.weights if model else {}) | dict(parameters.weights),
        model=model,
        seed=parameters.seed,
        requested_at=now,
        requested_by=actor.user_id,
    )
    session.add(run)
    session.flush()
    after = {"seed": run.seed} | ({"model": model.number} if model else {})
    note(session, run, "request", actor=actor, now=now, after=after)
    publish(session, RunRequested(run.id, now))
    return run


def cancel(session: Session, run: RecommendationRun, *, actor: Actor, now: datetime) -> None:
    """Stop a run: at the next sign of life of its worker, at once where there is none."""
    require(actor, "recommendation_run.cancel", run)
    lock(session, run)
    after = RUN.after(run.state, "cancel")
    run.cancel_asked = True
    if run.state is RunState.REQUESTED or work.is_abandoned(run, now):
        run.state = after
        run.finished_at = now
        publish(session, RunFinished(run.id, now))
    session.flush()
    note(session, run, "cancel", actor=actor, now=now)


def end(
    session: Session,
    run: RecommendationRun,
    verb: str,
    *,
    now: datetime,
    failure: str | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Take a run to its end, note it and tell others."""
    run.state = RUN.after(run.state, verb)
    run.finished_at = now
    run.failure = failure
    session.flush()
    note(session, run, verb, actor=SYSTEM, now=now, after=after, reason=failure)
    publish(session, RunFinished(run.id, now))


RUNS = work.Course(RecommendationRun, RUN, end)


def publish_run(session: Session, run: RecommendationRun, *, actor: Actor, now: datetime) -> None:
    """Show a run to owners and teams, in place of the one they read before.

    Raises:
        NotAllowed: the actor has a conflict of interest with a challenge or team of the run.
    """
    require(actor, "recommendation_run.publish", run)
    lock(session, run)
    if is_conflicted(session, run, actor):
        raise NotAllowed(policy.IN_CONFLICT.reason)
    after = RUN.after(run.state, "publish")
    for former in _published(session, run.call_id):
        former.state = RUN.after(former.state, "supersede")
        note(session, former, "supersede", actor=actor, now=now, after={"by": run.number})
    session.flush()
    run.state = after
    run.published_at = now
    session.flush()
    note(session, run, "publish", actor=actor, now=now)
    publish(session, RunPublished(run.id, run.call_id, actor.user_id, now))


def withdraw_run(
    session: Session, run: RecommendationRun, *, reason: str, actor: Actor, now: datetime
) -> None:
    """Hide a published run again, while nobody acted on it.

    Raises:
        WrongState: a pair of this run is invited, interested or further.
        Invalid: no reason given.
    """
    require(actor, "recommendation_run.publish", run)
    lock(session, run)
    after = RUN.after(run.state, "withdraw")
    if not reason.strip():
        raise Invalid({"reason": msg("Say why, so that others can understand it later.")})
    started = session.scalar(
        select(func.count(Candidacy.id)).where(
            Candidacy.run_id == run.id, Candidacy.state.in_(WORK_STARTED)
        )
    )
    if started:
        raise WrongState(
            msg("Work on %(count)s pairs of this run has begun. Publish a newer run instead.",
                count=started)
        )  # fmt: skip
    run.state = after
    session.flush()
    note(session, run, "withdraw", actor=actor, now=now, reason=reason.strip())
    publish(session, RunWithdrawn(run.id, run.call_id, actor.user_id, now))


def is_conflicted(session: Session, run: RecommendationRun, actor: Actor) -> bool:
    """Whether somebody owns a challenge or belongs to a team of a run, or declared a conflict.

    One statement at most.
    """
    owned, joined = actor.scopes(*policy.OWNERS), actor.scopes(*policy.TEAM_ROLES)
    problems = {key for kind, key in actor.conflicts if kind == "challenge"}
    joined |= {key for kind, key in actor.conflicts if kind == "team"}
    if not (owned or joined or problems):
        return False
    stmt = (
        select(Recommendation.id)
        .join(Challenge, Challenge.id == Recommendation.challenge_id)
        .where(
            Recommendation.run_id == run.id,
            Challenge.organization_id.in_(owned)
            | Challenge.id.in_(problems)
            | Recommendation.team_id.in_(joined),
        )
        .limit(1)
    )
    return session.scalar(stmt) is not None


def note(
    session: Session,
    run: RecommendationRun,
    verb: str,
    *,
    actor: Actor,
    now: datetime,
    after: Mapping[str, object] | None = None,
    reason: str | None = None,
) -> None:
    """One entry of the record about a run."""
    record(
        session, f"recommendation_run.{verb}", actor=actor, now=now, kind="recommendation_run",
        object_id=run.id, name=f"#{run.number}", program_id=run.program_id,
        after={"state": run.state.value} | dict(after or {}), reason=reason,
    )  # fmt: skip


def _check(parameters: Parameters) -> None:
    problems: dict[str, Message] = {
        name: msg("Give a weight between 0 and 10.")
        for name, value in parameters.weights.items()
        if name not in PARTS or not 0 <= value <= MAX_WEIGHT
    }
    if problems:
        raise Invalid(problems)


def _next_number(session: Session, program_id: int) -> int:
    last = session.scalar(
        select(func.max(RecommendationRun.number)).where(RecommendationRun.program_id == program_id)
    )
    return (last or 0) + 1


def _published(session: Session, call_id: int) -> list[RecommendationRun]:
    stmt = select(RecommendationRun).where(
        RecommendationRun.call_id == call_id, RecommendationRun.state == RunState.PUBLISHED
    )
    return list(session.scalars(stmt))
