"""Verbs on plans: ask for one, stop it, wish for pairs, put it in force, take it out of force.

How a plan is computed stands in ``execution``, which loads the solver; this module does not.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, select
from sqlalchemy.orm import Session

from matchmaker.audit.service import record
from matchmaker.kernel import work
from matchmaker.kernel.actor import SYSTEM, Actor
from matchmaker.kernel.database import lock
from matchmaker.kernel.errors import Invalid, NotAllowed, WrongState
from matchmaker.kernel.events import publish
from matchmaker.kernel.i18n import msg
from matchmaker.kernel.permissions import require
from matchmaker.kernel.text import clean
from matchmaker.matching.board import HAS_ROWS
from matchmaker.matching.candidacies import refuse_conflict
from matchmaker.matching.models import RecommendationRun
from matchmaker.matching.policy import IN_CONFLICT, Pair
from matchmaker.plans import queries
from matchmaker.plans.events import PlanFinished, PlanPublished, PlanRequested, PlanWithdrawn
from matchmaker.plans.lifecycle import CHANGEABLE, PLAN, UNDER_WAY, PlanState, WishKind
from matchmaker.plans.models import Plan, PlanWish
from matchmaker.plans.numbers import Numbers
from matchmaker.plans.policy import PlannedPair, Sight

REASON_LENGTH = 1_000


@dataclass(frozen=True)
class Asked:
    """What a plan is made from: the scores of a run, numbers, and perhaps an earlier plan."""

    run: RecommendationRun
    numbers: Numbers
    base: Plan | None = None


def request(session: Session, asked: Asked, *, actor: Actor, now: datetime) -> Plan:
    """Ask for a plan of a call. What was wished for pairs of the base holds in it.

    A plan whose worker died stands in nobody's way: it is ended first.

    Raises:
        WrongState: another plan of the call is under way, the run has no results, or the base
            belongs to another call.
        NotAllowed: a number speaks of something the actor has a conflict of interest with.
        Invalid: a number out of range.
    """
    run, base = asked.run, asked.base
    require(actor, "plan.request", run.program_id)
    asked.numbers.refuse_nonsense()
    if run.state not in HAS_ROWS:
        raise WrongState(msg("This run has no scores. Choose another one."))
    if base is not None and (base.call_id != run.call_id or base.state not in CHANGEABLE):
        raise WrongState(msg("This plan cannot be changed. Begin with a new one."))
    _refuse_conflicting_numbers(session, asked, actor)
    busy = session.scalar(
        select(Plan).where(Plan.call_id == run.call_id, Plan.state.in_(UNDER_WAY)).with_for_update()
    )
    if busy is not None and work.is_abandoned(busy, now):
        PLANS.give_up(session, busy, now=now)
    elif busy is not None:
        raise WrongState(
            msg("Plan %(number)s of this call is still being computed. Wait or cancel it.",
                number=busy.number)
        )  # fmt: skip
    plan = Plan(
        number=_next_number(session, run.program_id),
        program_id=run.program_id,
        call_id=run.call_id,
        run_id=run.id,
        base_id=base.id if base else None,
        objective=asked.numbers.objective,
        numbers=asked.numbers.to_json(),
        requested_at=now,
        requested_by=actor.user_id,
    )
    session.add(plan)
    session.flush()
    if base is not None:
        _take_wishes_along(session, base, plan)
    after = {"run": run.number, "objective": plan.objective.value}
    if base is not None:
        after["base"] = base.number
    note(session, plan, "request", actor=actor, now=now, after=after)
    publish(session, PlanRequested(plan.id, now))
    return plan


def cancel(session: Session, plan: Plan, *, actor: Actor, now: datetime) -> None:
    """Stop a plan: at the next sign of life of its worker, at once where there is none."""
    require(actor, "plan.cancel", plan)
    lock(session, plan)
    after = PLAN.after(plan.state, "cancel")
    plan.cancel_asked = True
    if plan.state is PlanState.REQUESTED or work.is_abandoned(plan, now):
        plan.state, plan.finished_at = after, now
        publish(session, PlanFinished(plan.id, now))
    session.flush()
    note(session, plan, "cancel", actor=actor, now=now)


def end(
    session: Session,
    plan: Plan,
    verb: str,
    *,
    now: datetime,
    failure: str | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Take a plan to its end, note it and tell others."""
    plan.state = PLAN.after(plan.state, verb)
    plan.finished_at, plan.failure = now, failure
    session.flush()
    note(session, plan, verb, actor=SYSTEM, now=now, after=after, reason=failure)
    publish(session, PlanFinished(plan.id, now))


PLANS = work.Course(Plan, PLAN, end)


def publish_plan(session: Session, plan: Plan, *, actor: Actor, now: datetime) -> None:
    """Put a plan in force for its call, in place of the one before.

    Raises:
        NotAllowed: the actor has a conflict of interest with a challenge or team of the plan.
    """
    require(actor, "plan.publish", plan)
    lock(session, plan)
    if queries.is_conflicted(session, plan, actor):
        raise NotAllowed(IN_CONFLICT.reason)
    after = PLAN.after(plan.state, "publish")
    for former in queries.in_force(session, plan.call_id):
        former.state = PLAN.after(former.state, "supersede")
        note(session, former, "supersede", actor=actor, now=now, after={"by": plan.number})
    session.flush()
    plan.state, plan.published_at = after, now
    session.flush()
    note(session, plan, "publish", actor=actor, now=now)
    publish(session, PlanPublished(plan.id, plan.call_id, actor.user_id, now))


def withdraw_plan(
    session: Session, plan: Plan, *, reason: str, actor: Actor, now: datetime
) -> None:
    """Take a plan out of force; invitations that were gathered or sent stay.

    Raises:
        NotAllowed: the actor has a conflict of interest with a challenge or team of the plan.
        Invalid: no reason given.
    """
    require(actor, "plan.publish", plan)
    lock(session, plan)
    if queries.is_conflicted(session, plan, actor):
        raise NotAllowed(IN_CONFLICT.reason)
    after = PLAN.after(plan.state, "withdraw")
    plan.state = after
    text = _reason(reason)
    session.flush()
    note(session, plan, "withdraw", actor=actor, now=now, reason=text)
    publish(session, PlanWithdrawn(plan.id, plan.call_id, actor.user_id, now))


def lock_pair(session: Session, plan: Plan, pair: Pair, *, actor: Actor, now: datetime) -> None:
    """Want a pair in the next version whatever it costs the others.

    Raises:
        WrongState: a conflict of interest forbids the pair, or nothing follows this plan.
    """
    _open_to_wishes(plan, pair, actor)
    refuse_conflict(session, pair)
    _wish(session, plan, pair, WishKind.LOCK, None, actor=actor, now=now)


def exclude_pair(
    session: Session, plan: Plan, pair: Pair, *, reason: str, actor: Actor, now: datetime
) -> None:
    """Want a pair in the next version no more, and say why.

    Raises:
        Invalid: no reason given.
    """
    _open_to_wishes(plan, pair, actor)
    _wish(session, plan, pair, WishKind.EXCLUDE, _reason(reason), actor=actor, now=now)


def drop_wish(session: Session, plan: Plan, pair: Pair, *, actor: Actor, now: datetime) -> None:
    """Leave a pair to its score again.

    Raises:
        WrongState: nothing was wished for it.
    """
    _open_to_wishes(plan, pair, actor)
    gone = session.execute(delete(PlanWish).where(_same(plan, pair)))
    if not gone.rowcount:  # type: ignore[attr-defined]
        raise WrongState(msg("This was taken back already."))
    _note_pair(session, plan, pair, "drop_wish", actor=actor, now=now)


def note(
    session: Session,
    plan: Plan,
    verb: str,
    *,
    actor: Actor,
    now: datetime,
    after: Mapping[str, object] | None = None,
    reason: str | None = None,
) -> None:
    """One entry of the record about a plan."""
    record(
        session, f"plan.{verb}", actor=actor, now=now, kind="plan", object_id=plan.id,
        name=f"#{plan.number}", program_id=plan.program_id,
        after={"state": plan.state.value} | dict(after or {}), reason=reason,
    )  # fmt: skip


def _open_to_wishes(plan: Plan, pair: Pair, actor: Actor) -> None:
    require(actor, "plan.wish", PlannedPair(plan, pair))
    if plan.state not in CHANGEABLE:
        raise WrongState(msg("This plan cannot be changed. Begin with a new one."))
    if pair.challenge.call_id != plan.call_id:
        raise WrongState(msg("This challenge belongs to another call."))


def _wish(
    session: Session,
    plan: Plan,
    pair: Pair,
    kind: WishKind,
    reason: str | None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Keep one wish for a pair; a later one takes the place of the one before."""
    session.execute(delete(PlanWish).where(_same(plan, pair)))
    session.add(
        PlanWish(
            plan_id=plan.id, challenge_id=pair.challenge.id, team_id=pair.team.id, kind=kind,
            reason=reason, at=now, by=actor.user_id,
        )
    )  # fmt: skip
    session.flush()
    _note_pair(session, plan, pair, kind.value, actor=actor, now=now, reason=reason)


def _same(plan: Plan, pair: Pair) -> ColumnElement[bool]:
    return and_(
        PlanWish.plan_id == plan.id,
        PlanWish.challenge_id == pair.challenge.id,
        PlanWish.team_id == pair.team.id,
    )


def _note_pair(
    session: Session,
    plan: Plan,
    pair: Pair,
    verb: str,
    *,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
) -> None:
    challenge = pair.challenge.ref or pair.challenge.public_id
    note(
        session, plan, verb, actor=actor, now=now, reason=reason,
        after={"challenge": challenge, "team": pair.team.ref},
    )  # fmt: skip


def _reason(text: str) -> str:
    cleaned = clean(text)[:REASON_LENGTH]
    if not cleaned:
        raise Invalid({"reason": msg("Say why, so that others can understand it later.")})
    return cleaned


def _refuse_conflicting_numbers(session: Session, asked: Asked, actor: Actor) -> None:
    """Nobody sets a number of their own for what they have a conflict of interest with.

    Numbers that stand in the base already were set by somebody else and stay.
    """
    sight = Sight.of(actor)
    if sight.is_whole:
        return
    before = (
        Numbers.from_json(asked.base.numbers, asked.base.objective) if asked.base else Numbers()
    )
    challenges = _differing(before.challenges, asked.numbers.challenges)
    teams = _differing(before.teams, asked.numbers.teams)
    owners = queries.owners_of(session, challenges)
    if any(not sight.sees_challenge(key, owners[key]) for key in challenges if key in owners) or (
        any(not sight.sees_team(key) for key in teams)
    ):
        raise NotAllowed(IN_CONFLICT.reason)


def _differing(before: Mapping[int, object], after: Mapping[int, object]) -> Collection[int]:
    return {key for key in {*before, *after} if before.get(key) != after.get(key)}


def _take_wishes_along(session: Session, base: Plan, plan: Plan) -> None:
    for wish in queries.wishes(session, base.id):
        session.add(
            PlanWish(
                plan_id=plan.id, challenge_id=wish.challenge_id, team_id=wish.team_id,
                kind=wish.kind, reason=wish.reason, at=wish.at, by=wish.by,
            )
        )  # fmt: skip
    session.flush()


def _next_number(session: Session, program_id: int) -> int:
    last = session.scalar(select(func.max(Plan.number)).where(Plan.program_id == program_id))
    return (last or 0) + 1
