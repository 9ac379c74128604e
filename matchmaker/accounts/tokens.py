"""Secrets sent by mail: made, found, and used once. Only their fingerprints are stored."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from matchmaker.accounts.models import MailToken, Purpose
from matchmaker.kernel.errors import NotFound, WrongState
from matchmaker.kernel.i18n import msg
from matchmaker.kernel.identifiers import fingerprint, secret_token

LASTS = {
    Purpose.CONFIRM_EMAIL: timedelta(days=1),
    Purpose.RESET_PASSWORD: timedelta(minutes=30),
    Purpose.CHANGE_EMAIL: timedelta(minutes=30),
    Purpose.INVITATION: timedelta(days=14),
}
OF_THE_ACCOUNT = frozenset({Purpose.CONFIRM_EMAIL, Purpose.RESET_PASSWORD, Purpose.CHANGE_EMAIL})
DEAD = msg("This link was used already or is no longer valid. Ask for a new one.")


def issue(
    session: Session,
    purpose: Purpose,
    email: str,
    *,
    now: datetime,
    is_usable: bool = True,
    **about: Any,
) -> tuple[MailToken, str]:
    """Make a secret for one address and purpose; returns its row and the secret itself.

    One that is not usable costs the same work and opens nothing: it stands in for accounts
    that do not exist.
    """
    token = secret_token()
    row = MailToken(
        token_hash=fingerprint(token), purpose=purpose, email=email, created_at=now,
        expires_at=now + LASTS[purpose] if is_usable else now, **about,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row, token


def find(session: Session, token: str, *purposes: Purpose) -> MailToken:
    """The row of a secret. One statement.

    Raises:
        NotFound: there never was such a secret for this purpose.
    """
    row = session.scalar(
        select(MailToken)
        .where(MailToken.token_hash == fingerprint(token), MailToken.purpose.in_(purposes))
        .options(joinedload(MailToken.inviter))
    )
    if row is None:
        raise NotFound
    return row


def is_open(row: MailToken, now: datetime) -> bool:
    """Whether the secret still opens something."""
    return row.used_at is None and row.revoked_at is None and now < row.expires_at


def check_open(row: MailToken, now: datetime) -> None:
    """Go on only with a secret that still opens something.

    Raises:
        WrongState: it was used or revoked, or is too old.
    """
    if not is_open(row, now):
        raise WrongState(DEAD)


def consume(session: Session, row: MailToken, *, now: datetime) -> None:
    """Use a secret up. Of two who try at once, one succeeds: the database decides.

    Raises:
        WrongState: it was used or revoked, or is too old.
    """
    stmt = (
        update(MailToken)
        .where(
            MailToken.id == row.id,
            MailToken.used_at.is_(None),
            MailToken.revoked_at.is_(None),
            MailToken.expires_at > now,
        )
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    if session.execute(stmt).rowcount != 1:  # type: ignore[attr-defined]
        raise WrongState(DEAD)
    session.refresh(row)


def revoke(
    session: Session,
    *,
    now: datetime,
    purposes: Collection[Purpose] = OF_THE_ACCOUNT,
    **matching: Any,
) -> None:
    """Let open secrets die, those of one person or address, say. One statement."""
    session.execute(
        update(MailToken)
        .where(
            MailToken.purpose.in_(purposes),
            MailToken.used_at.is_(None),
            MailToken.revoked_at.is_(None),
            *(getattr(MailToken, name) == value for name, value in matching.items()),
        )
        .values(revoked_at=now)
        .execution_options(synchronize_session="fetch")
    )


def was_issued(session: Session, purpose: Purpose, email: str, *, since: datetime) -> bool:
    """Whether an address was sent such a secret lately; keeps mailboxes from being flooded."""
    stmt = select(MailToken.id).where(
        MailToken.purpose == purpose,
        MailToken.email == email,
        MailToken.created_at > since,
        MailToken.revoked_at.is_(None),
    )
    return session.scalar(stmt.limit(1)) is not None
