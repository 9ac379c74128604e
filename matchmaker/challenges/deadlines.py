"""Verbs that move a closing time, and what happens when it comes."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from matchmaker.challenges import queries
from matchmaker.challenges.decisions import publish
from matchmaker.challenges.events import (
    ChallengeEvaluationBegan,
    ChallengeExtended,
    ChallengePaused,
    ChallengeResumed,
)
from matchmaker.challenges.lifecycle import ChallengeState
from matchmaker.challenges.models import Challenge
from matchmaker.challenges.moves import demand, move, needed, note, touch
from matchmaker.kernel.actor import SYSTEM, Actor
from matchmaker.kernel.errors import Invalid, WrongState
from matchmaker.kernel.events import publish as tell
from matchmaker.kernel.events import subscribe
from matchmaker.kernel.i18n import msg
from matchmaker.programs.events import CallExtended

MOST_EXTENSION_DAYS = 366


class Done(NamedTuple):
    """What the clock did: ids of challenges published and taken to evaluation."""

    published: list[int]
    evaluating: list[int]


def extend_close(
    session: Session,
    challenge: Challenge,
    closes_at: datetime,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Let a challenge stay open longer, with a public notice.

    Raises:
        NotFound, NotAllowed, WrongState: by the policy and the state, or it is closed already.
        Invalid: the time is not later than announced, too far away, or no reason is given.
    """
    demand(session, challenge, "extend_close", actor=actor)
    was = challenge.closes_at
    if challenge.state is ChallengeState.PUBLISHED and now >= was:
        raise WrongState(msg("The closing time has passed."))
    if closes_at <= was:
        raise Invalid({"closes_at": msg("Give a time later than the one announced.")})
    if (closes_at - was).days > MOST_EXTENSION_DAYS:
        raise Invalid({"closes_at": msg("This is more than a year later. Check the date.")})
    why = needed(reason, "reason", msg("Give a reason; it is published with the notice."))
    challenge.closes_at = closes_at
    _announce(challenge, "extended", was, why, now)
    touch(session, challenge)
    note(
        session, challenge, "extend_close", actor=actor, now=now, reason=why,
        before={"closes_at": was.isoformat()}, after={"closes_at": closes_at.isoformat()},
    )  # fmt: skip
    tell(session, ChallengeExtended(challenge.id, actor.user_id, now, was, closes_at, why))


def pause(
    session: Session, challenge: Challenge, reason: str, *, actor: Actor, now: datetime
) -> None:
    """Stop the taking of proposals for a while, with a public notice.

    Raises:
        NotFound, NotAllowed, WrongState: by the policy and the state, or it is closed already.
        Invalid: no reason is given.
    """
    demand(session, challenge, "pause", actor=actor)
    if now >= challenge.closes_at:
        raise WrongState(msg("The closing time has passed."))
    why = needed(reason, "reason", msg("Give a reason; it is published with the notice."))
    challenge.paused_at = now
    _announce(challenge, "paused", challenge.closes_at, why, now)
    move(session, challenge, "pause", actor=actor, now=now, reason=why)
    tell(session, ChallengePaused(challenge.id, actor.user_id, now, why))


def resume(
    session: Session, challenge: Challenge, reason: str = "", *, actor: Actor, now: datetime
) -> None:
    """Take proposals again; the closing time moves by the length of the pause.

    Raises:
        NotFound, NotAllowed, WrongState: by the policy and the state.
    """
    demand(session, challenge, "resume", actor=actor)
    was = challenge.closes_at
    challenge.closes_at = was + (now - (challenge.paused_at or now))
    challenge.paused_at = None
    _announce(challenge, "resumed", was, reason.strip(), now)
    move(
        session, challenge, "resume", actor=actor, now=now, reason=reason.strip() or None,
        after={"closes_at": challenge.closes_at.isoformat()},
    )  # fmt: skip
    tell(session, ChallengeResumed(challenge.id, actor.user_id, now, was, challenge.closes_at))


def evaluate(session: Session, challenge: Challenge, *, actor: Actor, now: datetime) -> None:
    """Close a challenge at its closing time and begin its evaluation.

    Raises:
        NotFound, NotAllowed, WrongState: by the policy and the state, or it is still open.
    """
    demand(session, challenge, "evaluate", actor=actor)
    if now < challenge.closes_at:
        raise WrongState(msg("It is still open."))
    move(session, challenge, "evaluate", actor=actor, now=now)
    tell(session, ChallengeEvaluationBegan(challenge.id, actor.user_id, now))


def run_clock(session: Session, *, now: datetime) -> Done:
    """Do what is due: publish what is planned, and begin the evaluation of what has closed.

    Running it twice does no harm. What cannot be published any more is left to the office.
    """
    published = []
    for challenge in queries.due_to_publish(session, now):
        if challenge.call.published_at is not None and now < challenge.closes_at:
            publish(session, challenge, actor=SYSTEM, now=now)
            published.append(challenge.id)
    evaluating = []
    for challenge in queries.due_to_evaluate(session, now):
        evaluate(session, challenge, actor=SYSTEM, now=now)
        evaluating.append(challenge.id)
    return Done(published, evaluating)


@subscribe(CallExtended)
def move_with_the_call(session: Session, event: CallExtended) -> None:
    """Challenges that close with their call close later when it does."""
    for challenge in queries.closing_with(session, event.call_id, event.was):
        queries.lock(session, challenge)
        challenge.closes_at = event.closes_at
        if challenge.is_public:
            _announce(challenge, "extended", event.was, "", event.at)
        touch(session, challenge)
        note(
            session, challenge, "extend_close", actor=SYSTEM, now=event.at,
            before={"closes_at": event.was.isoformat()},
            after={"closes_at": event.closes_at.isoformat()},
        )  # fmt: skip


def _announce(challenge: Challenge, kind: str, was: datetime, text: str, now: datetime) -> None:
    """Add a public notice."""
    notice = {
        "at": now.isoformat(),
        "kind": kind,
        "was": was.isoformat(),
        "closes_at": challenge.closes_at.isoformat(),
        "text": text,
    }
    challenge.notices = [*(challenge.notices or []), notice]
