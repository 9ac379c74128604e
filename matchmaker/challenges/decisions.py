"""Verbs of the programme office: what becomes of a challenge that was handed in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from matchmaker.challenges import queries
from matchmaker.challenges.events import (
    ChallengeApproved,
    ChallengeChangesRequested,
    ChallengePublished,
    ChallengeRejected,
    ChallengeWithdrawn,
)
from matchmaker.challenges.models import Challenge
from matchmaker.challenges.moves import demand, make_findable, move, needed
from matchmaker.challenges.readiness import approval_gaps
from matchmaker.kernel.actor import Actor
from matchmaker.kernel.errors import Invalid, WrongState
from matchmaker.kernel.events import publish as tell
from matchmaker.kernel.i18n import msg


def request_changes(
    session: Session, challenge: Challenge, comment: str, *, actor: Actor, now: datetime
) -> None:
    """Send a challenge back to its owner, who reads the comment.

    Raises:
        NotFound, NotAllowed, WrongState: by the policy and the state.
        Invalid: no comment is given.
    """
    demand(session, challenge, "request_changes", actor=actor)
    text = needed(comment, "comment", msg("Say what has to be changed."))
    challenge.staff_note = text
    move(session, challenge, "request_changes", actor=actor, now=now, reason=text)
    tell(session, ChallengeChangesRequested(challenge.id, actor.user_id, now, text))


def approve(
    session: Session,
    challenge: Challenge,
    *,
    publish_at: datetime | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Approve a challenge; it becomes public at ``publish_at``, else as its owner wished.

    Raises:
        NotFound, NotAllowed, WrongState: by the policy and the state.
        Invalid: a baseline, the data class or the IP terms are missing, or it would be published
            after its closing time.
    """
    demand(session, challenge, "approve", actor=actor)
    missing = approval_gaps(challenge)
    if missing:
        raise Invalid({f"gap-{place}": gap for place, gap in enumerate(missing)})
    planned = publish_at or challenge.publish_at
    if planned is not None and planned >= challenge.closes_at:
        raise Invalid({"publish_at": msg("It has to be published before it closes.")})
    challenge.approved_at, challenge.publish_at, challenge.staff_note = now, planned, None
    after = {"publish_at": planned.isoformat() if planned else None}
    move(session, challenge, "approve", actor=actor, now=now, after=after)
    tell(session, ChallengeApproved(challenge.id, actor.user_id, now))


def reject(
    session: Session, challenge: Challenge, reason: str, *, actor: Actor, now: datetime
) -> None:
    """Do not take a challenge on; its owner reads why.

    Raises:
        NotFound, NotAllowed, WrongState: by the policy and the state.
        Invalid: no reason is given.
    """
    demand(session, challenge, "reject", actor=actor)
    why = needed(reason, "reason", msg("Say why the problem is not taken on; its owner reads it."))
    challenge.staff_note = why
    move(session, challenge, "reject", actor=actor, now=now, reason=why)
    tell(session, ChallengeRejected(challenge.id, actor.user_id, now, why))


def publish(session: Session, challenge: Challenge, *, actor: Actor, now: datetime) -> None:
    """Make an approved challenge public, under the next reference of the year.

    Raises:
        NotFound, NotAllowed, WrongState: by the policy and the state; the system only publishes
            what is planned for ``now`` or before.
        Invalid: its call is not public, or its closing time has passed.
    """
    demand(session, challenge, "publish", actor=actor)
    if actor.is_system and (challenge.publish_at is None or challenge.publish_at > now):
        raise WrongState(msg("It is not planned to be published yet."))
    if challenge.call.published_at is None:
        raise Invalid({"": msg("Publish the call first.")})
    if now >= challenge.closes_at:
        raise Invalid({"": msg("The closing time has passed.")})
    challenge.ref = challenge.ref or queries.next_reference(session, now)
    challenge.published_at = challenge.published_at or now
    move(session, challenge, "publish", actor=actor, now=now, after={"ref": challenge.ref})
    make_findable(session, challenge)
    tell(session, ChallengePublished(challenge.id, actor.user_id, now))


def withdraw(
    session: Session, challenge: Challenge, reason: str = "", *, actor: Actor, now: datetime
) -> None:
    """Consent to what the owner asked for; whoever applied is told.

    Raises:
        NotFound, NotAllowed, WrongState: by the policy and the state, or nobody asked.
        Invalid: the reason is too long.
    """
    demand(session, challenge, "withdraw", actor=actor)
    if challenge.withdrawal_asked_at is None:
        raise WrongState(msg("The owner has not asked to withdraw it."))
    why = needed(reason or challenge.withdrawal_reason or "", "reason", msg("Give a reason."))
    challenge.staff_note = why
    move(session, challenge, "withdraw", actor=actor, now=now, reason=why)
    tell(session, ChallengeWithdrawn(challenge.id, actor.user_id, now, why))
