"""The outbox: mail is queued in the transaction of the change it speaks of, and sent later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.accounts.models import User
from matchmaker.kernel.i18n import Lang
from matchmaker.notifications import letters
from matchmaker.notifications.letters import Letter
from matchmaker.notifications.models import Mail

FIRST_LANGUAGE = Lang.ZH_TW


@dataclass(frozen=True)
class Recipient:
    """Where a mail goes, and in which language it is read."""

    email: str
    lang: Lang
    user_id: int | None = None

    @classmethod
    def of(cls, user: User) -> Recipient:
        """A person with an account."""
        return cls(user.email, user.lang or FIRST_LANGUAGE, user.id)


def queue(
    session: Session,
    kind: str,
    letter: Letter,
    *,
    to: Recipient,
    unique_key: str,
    now: datetime,
    dies_at: datetime | None = None,
    program_id: int | None = None,
) -> Mail | None:
    """Put a mail into the outbox, once for each key; None when it was there already.

    Args:
        dies_at: when the secret link in it is dead; None for mail without a secret.
    """
    return add(
        session,
        kind,
        letters.subject(letter, to.lang),
        letters.body(letter, to.lang),
        to=to,
        unique_key=unique_key,
        now=now,
        dies_at=dies_at,
        program_id=program_id,
    )


def add(
    session: Session,
    kind: str,
    subject: str,
    body: str,
    *,
    to: Recipient,
    unique_key: str,
    now: datetime,
    dies_at: datetime | None = None,
    program_id: int | None = None,
) -> Mail | None:
    """Put a mail whose words were made elsewhere into the outbox, once for each key."""
    if session.scalar(select(Mail.id).where(Mail.unique_key == unique_key)) is not None:
        return None
    mail = Mail(
        kind=kind, unique_key=unique_key, to_address=to.email, to_user_id=to.user_id,
        lang=to.lang, subject=subject, body=body, is_secret=dies_at is not None, dies_at=dies_at,
        program_id=program_id, created_at=now, next_try_at=now,
    )  # fmt: skip
    session.add(mail)
    session.flush()
    return mail
