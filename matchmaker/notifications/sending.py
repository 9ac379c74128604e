"""Taking mail out of the outbox: each once, again after a pause when the server refuses.

A mail is claimed before it is sent, so that two workers never send the same one; its identity
stays the same over all attempts, so that even a crash in between makes no second mail visible.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matchmaker.audit.service import record
from matchmaker.kernel.actor import Actor
from matchmaker.kernel.database import Database
from matchmaker.kernel.errors import WrongState
from matchmaker.kernel.i18n import msg
from matchmaker.kernel.permissions import require
from matchmaker.notifications import letters
from matchmaker.notifications import policy as _policy  # noqa: F401 - registers its rules
from matchmaker.notifications.models import Mail

log = structlog.get_logger()
PAUSES = [
    *(timedelta(minutes=minutes) for minutes in (1, 5, 15)),
    *(timedelta(hours=hours) for hours in (1, 3, 6, 12, 24)),
]
AT_ONCE = 50
WIPED = ""


@dataclass(frozen=True)
class Envelope:
    """One mail as it leaves the house."""

    name: str
    to: str
    subject: str
    body: str


class NotSent(Exception):
    """The mail server did not take a mail; ``is_final`` when it never will."""

    def __init__(self, reason: str, *, is_final: bool = False):
        super().__init__(reason)
        self.is_final = is_final


class Transport(Protocol):
    """What carries mail out of the house."""

    def send(self, envelope: Envelope) -> None:
        """Hand a mail over.

        Raises:
            NotSent: the other side did not take it.
        """


@dataclass(frozen=True)
class Delivered:
    """How many mails were sent, and how many were not taken this time."""

    sent: int = 0
    refused: int = 0


def deliver(
    database: Database, *, now: datetime, transport: Transport | None, site_url: str
) -> Delivered:
    """Send what is due; without a transport everything waits. Each mail stands in its own
    transaction."""
    with database.transaction() as session:
        let_die(session, now=now)
        waiting = _due(session, now) if transport is not None else []
    sent = refused = 0
    for mail_id in waiting:
        with database.transaction() as session:
            envelope = _claim(session, mail_id, now=now, site_url=site_url)
        if envelope is None or transport is None:
            continue
        try:
            transport.send(envelope)
        except NotSent as refusal:
            refused += 1
            log.warning("mail not sent", mail=envelope.name, reason=str(refusal))
            with database.transaction() as session:
                _note_refusal(session, mail_id, refusal, now=now)
        else:
            sent += 1
            with database.transaction() as session:
                _note_sent(session, mail_id, now=now)
    return Delivered(sent, refused)


def let_die(session: Session, *, now: datetime) -> None:
    """Give up mail whose link is dead, and forget the link. One statement."""
    session.execute(
        update(Mail)
        .where(Mail.sent_at.is_(None), Mail.failed_at.is_(None), Mail.dies_at <= now)
        .values(failed_at=now, next_try_at=None, body=WIPED, error="The link in it is dead.")
        .execution_options(synchronize_session=False)
    )


def can_retry(mail: Mail) -> bool:
    """Whether trying again makes sense: it was not sent, and its text is still there."""
    return mail.sent_at is None and mail.body != WIPED and mail.attempts > 0


def retry(session: Session, mail: Mail, *, actor: Actor, now: datetime) -> None:
    """Have a mail tried again at once, with all its attempts before it.

    Raises:
        NotFound: by the policy.
        WrongState: it was sent, or its secret link is dead and wiped.
    """
    require(actor, "mail.retry", mail)
    if not can_retry(mail):
        raise WrongState(msg("This mail cannot be tried again."))
    mail.attempts, mail.failed_at, mail.next_try_at = 0, None, now
    session.flush()
    record(
        session, "mail.retry", actor=actor, now=now, kind="mail", object_id=mail.id,
        name=mail.kind, program_id=mail.program_id,
    )  # fmt: skip


def _due(session: Session, now: datetime) -> list[int]:
    stmt = (
        select(Mail.id)
        .where(Mail.sent_at.is_(None), Mail.failed_at.is_(None), Mail.next_try_at <= now)
        .order_by(Mail.id)
        .limit(AT_ONCE)
    )
    return list(session.scalars(stmt))


def _claim(session: Session, mail_id: int, *, now: datetime, site_url: str) -> Envelope | None:
    """Take a mail for this attempt, unless somebody else has it."""
    mail = session.get_one(Mail, mail_id)
    pause = PAUSES[min(mail.attempts, len(PAUSES) - 1)]
    claimed = session.execute(
        update(Mail)
        .where(Mail.id == mail_id, Mail.sent_at.is_(None), Mail.next_try_at <= now)
        .values(attempts=Mail.attempts + 1, next_try_at=now + pause)
        .execution_options(synchronize_session=False)
    )
    if claimed.rowcount != 1:  # type: ignore[attr-defined]
        return None
    text = letters.addressed(mail.body, site_url)
    return Envelope(mail.public_id, mail.to_address, mail.subject, text)


def _note_sent(session: Session, mail_id: int, *, now: datetime) -> None:
    mail = session.get_one(Mail, mail_id)
    mail.sent_at, mail.next_try_at, mail.error = now, None, None
    if mail.is_secret:
        mail.body = WIPED
    session.flush()


def _note_refusal(session: Session, mail_id: int, refusal: NotSent, *, now: datetime) -> None:
    mail = session.get_one(Mail, mail_id)
    mail.error = str(refusal)[:300]
    if refusal.is_final or mail.attempts > len(PAUSES):
        mail.failed_at, mail.next_try_at = now, None
        if mail.is_secret:
            mail.body = WIPED
    session.flush()
