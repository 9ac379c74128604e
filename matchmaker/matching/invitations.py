"""Invitations: gathered first, released together, answered once.

Nothing is sent when a team is put on the list. The release sends all of them in one transaction;
whoever listens to ``TeamInvited`` writes the mail with :mod:`matchmaker.matching.letters`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matchmaker.challenges.models import Challenge
from matchmaker.kernel.actor import SYSTEM, Actor
from matchmaker.kernel.database import lock
from matchmaker.kernel.errors import Invalid, WrongState
from matchmaker.kernel.events import publish
from matchmaker.kernel.i18n import msg
from matchmaker.kernel.permissions import require
from matchmaker.kernel.text import clean
from matchmaker.matching.candidacies import (
    NOTE_LENGTH,
    Refused,
    moved,
    noted,
    opened,
    refuse_conflict,
)
from matchmaker.matching.events import (
    InterestShown,
    InvitationDeclined,
    InvitationExpired,
    TeamInvited,
)
from matchmaker.matching.lifecycle import (
    CANDIDACY,
    CandidacyState,
    DismissReason,
    Side,
)
from matchmaker.matching.models import Candidacy
from matchmaker.matching.policy import Pair
from matchmaker.programs.models import Call, Window

ANSWER_WITHIN = timedelta(days=14)


def queue(session: Session, pair: Pair, *, version: int, actor: Actor, now: datetime) -> Candidacy:
    """Put a team on the list of those to invite; nothing is sent yet.

    Raises:
        WrongState: a conflict forbids the pair, the challenge is not open, or the team was
            invited before.
    """
    require(actor, "recommendation.invite", pair)
    refuse_conflict(session, pair)
    _refuse_closed(pair, now)
    candidacy = opened(session, pair, version=version, now=now)
    CANDIDACY.after(candidacy.state, "invite")
    if candidacy.queued_at is not None:
        raise WrongState(msg("This invitation waits for its release already."))
    candidacy.queued_at, candidacy.queued_by = now, actor.user_id
    return noted(session, candidacy, "queue", pair, actor=actor, now=now)


def unqueue(
    session: Session, pair: Pair, *, version: int, actor: Actor, now: datetime
) -> Candidacy:
    """Take a team off the list again."""
    require(actor, "recommendation.invite", pair)
    candidacy = opened(session, pair, version=version, now=now)
    if candidacy.queued_at is None:
        raise WrongState(msg("This invitation is not on the list any more."))
    candidacy.queued_at = candidacy.queued_by = None
    return noted(session, candidacy, "unqueue", pair, actor=actor, now=now)


def release(
    session: Session, call: Call, expected: Collection[str], *, actor: Actor, now: datetime
) -> list[Candidacy]:
    """Send the gathered invitations of a call, all of them or none.

    ``expected`` holds the public ids that the preview showed.

    Raises:
        WrongState: the list changed since the preview, or one of the pairs may not be any more.
    """
    require(actor, "invitation.release", call.program_id)
    queued = waiting(session, call.id, for_update=True)
    if {candidacy.public_id for candidacy in queued} != set(expected):
        raise WrongState(msg("The list changed since you looked. Check the preview again."))
    for candidacy in queued:
        pair = Pair(candidacy.challenge, candidacy.team)
        require(actor, "recommendation.invite", pair)
        refuse_conflict(session, pair)
        _refuse_closed(pair, now)
        _send(session, candidacy, pair, actor=actor, now=now)
    return queued


def waiting(session: Session, call_id: int, *, for_update: bool = False) -> list[Candidacy]:
    """Invitations of a call that wait for their release. One statement."""
    stmt = (
        select(Candidacy)
        .join(Candidacy.challenge)
        .where(Challenge.call_id == call_id, Candidacy.queued_at.is_not(None))
        .options(
            joinedload(Candidacy.challenge).joinedload(Challenge.call),
            joinedload(Candidacy.challenge).joinedload(Challenge.organization),
            joinedload(Candidacy.team),
        )
        .order_by(Candidacy.queued_at, Candidacy.id)
    )
    if for_update:
        stmt = stmt.with_for_update(of=Candidacy)
    return list(session.scalars(stmt))


def answer_by(pair_closes_at: datetime, now: datetime) -> datetime:
    """Until when a team may answer: two weeks, but not beyond the close of the challenge."""
    return min(now + ANSWER_WITHIN, pair_closes_at)


def accept(session: Session, candidacy: Candidacy, *, actor: Actor, now: datetime) -> None:
    """Say yes to an invitation, once.

    Raises:
        WrongState: it was answered before, or its time is over.
    """
    require(actor, "invitation.accept", candidacy)
    _refuse_answered(session, candidacy, now)
    pair = Pair(candidacy.challenge, candidacy.team)
    candidacy.answered_at = now
    moved(session, candidacy, "show_interest", pair, actor=actor, now=now, side=Side.TEAM)
    publish(session, InterestShown(candidacy.id, True, actor.user_id, now))


def decline(
    session: Session, candidacy: Candidacy, why: Refused, *, actor: Actor, now: datetime
) -> None:
    """Say no to an invitation, once and with a reason.

    Raises:
        WrongState: it was answered before, or its time is over.
        Invalid: another reason without saying which.
    """
    require(actor, "invitation.decline", candidacy)
    _refuse_answered(session, candidacy, now)
    text = clean(why.note)[:NOTE_LENGTH]
    if why.reason is DismissReason.OTHER and not text:
        raise Invalid({"note": msg("Say in a few words what the other reason is.")})
    pair = Pair(candidacy.challenge, candidacy.team)
    candidacy.answered_at = now
    candidacy.reason, candidacy.note = why.reason, text or None
    moved(
        session, candidacy, "decline", pair, actor=actor, now=now, side=Side.TEAM,
        after={"reason": why.reason.value}, reason=text or None,
    )  # fmt: skip
    publish(session, InvitationDeclined(candidacy.id, actor.user_id, now))


def expire_due(session: Session, *, now: datetime) -> int:
    """End invitations that nobody answered in time; returns how many."""
    stmt = (
        select(Candidacy)
        .where(Candidacy.state == CandidacyState.INVITED, Candidacy.answer_by <= now)
        .options(joinedload(Candidacy.challenge).joinedload(Challenge.call))
        .options(joinedload(Candidacy.team))
        .order_by(Candidacy.id)
        .with_for_update(of=Candidacy)
    )
    due = list(session.scalars(stmt))
    for candidacy in due:
        pair = Pair(candidacy.challenge, candidacy.team)
        moved(session, candidacy, "expire", pair, actor=SYSTEM, now=now)
        publish(session, InvitationExpired(candidacy.id, now))
    return len(due)


def _send(
    session: Session, candidacy: Candidacy, pair: Pair, *, actor: Actor, now: datetime
) -> None:
    candidacy.queued_at = candidacy.queued_by = None
    candidacy.invited_at, candidacy.invited_by = now, actor.user_id
    candidacy.answer_by = answer_by(pair.challenge.closes_at, now)
    candidacy.answered_at = None
    moved(session, candidacy, "invite", pair, actor=actor, now=now)
    publish(
        session,
        TeamInvited(
            candidacy.id, pair.challenge.id, pair.team.id, candidacy.answer_by,
            actor.user_id, now,
        ),
    )  # fmt: skip


def _refuse_closed(pair: Pair, now: datetime) -> None:
    """Nobody is asked to answer what cannot be answered."""
    if pair.challenge.window(now) not in {Window.OPEN, Window.UPCOMING}:
        raise WrongState(msg("This challenge takes no proposals, so nobody can be invited to it."))


def _refuse_answered(session: Session, candidacy: Candidacy, now: datetime) -> None:
    """Of two answers at the same moment the second finds the first."""
    lock(session, candidacy)
    if candidacy.state is not CandidacyState.INVITED:
        raise WrongState(msg("This invitation was answered already, or is no longer open."))
    if candidacy.answer_by is not None and now >= candidacy.answer_by:
        raise WrongState(msg("The time for an answer is over. The programme office can ask again."))
