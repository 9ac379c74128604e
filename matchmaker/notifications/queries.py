"""Reading the outbox, and who works on what."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.kernel.actor import Actor
from matchmaker.kernel.errors import NotFound
from matchmaker.kernel.pages import SIZE, Page
from matchmaker.kernel.permissions import can
from matchmaker.notifications.models import Mail
from matchmaker.notifications.policy import visible_to
from matchmaker.proposals.lifecycle import ProposalState
from matchmaker.proposals.models import Proposal

GIVEN_UP = (ProposalState.WITHDRAWN, ProposalState.DUPLICATE)


class Fate(StrEnum):
    """What became of a mail."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


def fate(mail: Mail) -> Fate:
    """Whether a mail was sent, was given up, or waits."""
    if mail.sent_at is not None:
        return Fate.SENT
    return Fate.FAILED if mail.failed_at is not None else Fate.WAITING


def listing(
    session: Session,
    *,
    seen_by: Actor,
    fate: Fate | None = None,
    before_id: int | None = None,
    size: int = SIZE,
) -> Page[Mail]:
    """A page of the outbox, newest first. One statement."""
    stmt = select(Mail).where(visible_to(seen_by)).order_by(Mail.id.desc()).limit(size + 1)
    if fate is Fate.SENT:
        stmt = stmt.where(Mail.sent_at.is_not(None))
    elif fate is Fate.FAILED:
        stmt = stmt.where(Mail.failed_at.is_not(None))
    elif fate is Fate.WAITING:
        stmt = stmt.where(Mail.sent_at.is_(None), Mail.failed_at.is_(None))
    if before_id is not None:
        stmt = stmt.where(Mail.id < before_id)
    rows = list(session.scalars(stmt))
    return Page(rows[:size], older=str(rows[size - 1].id) if len(rows) > size else None)


def get(session: Session, public_id: str, *, seen_by: Actor) -> Mail:
    """One mail. One statement.

    Raises:
        NotFound: there is none, or the actor may not know of it.
    """
    mail = by_public_id(session, public_id)
    if mail is None or not can(seen_by, "mail.view", mail):
        raise NotFound
    return mail


def by_public_id(session: Session, public_id: str) -> Mail | None:
    """A mail by its public name, for the operator of the machine. One statement."""
    return session.scalar(select(Mail).where(Mail.public_id == public_id))


def newest(session: Session, *, unsent_only: bool, limit: int) -> list[Mail]:
    """The newest mail, for the operator of the machine. One statement."""
    stmt = select(Mail).order_by(Mail.id.desc()).limit(limit)
    if unsent_only:
        stmt = stmt.where(Mail.sent_at.is_(None))
    return list(session.scalars(stmt))


def failed(session: Session) -> list[Mail]:
    """Mail that was given up, oldest first, for the operator of the machine. One statement."""
    stmt = select(Mail).where(Mail.failed_at.is_not(None), Mail.sent_at.is_(None))
    return list(session.scalars(stmt.order_by(Mail.id)))


def teams_that_answer(session: Session, challenge_id: int) -> list[int]:
    """Teams with a living proposal to a challenge, drafts included. One statement."""
    stmt = select(Proposal.team_id).where(
        Proposal.challenge_id == challenge_id, Proposal.state.not_in(GIVEN_UP)
    )
    return list(session.scalars(stmt.order_by(Proposal.team_id)))
