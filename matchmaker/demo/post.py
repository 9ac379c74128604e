"""Mail and notices of the demo's past: sent and read when they came, so that today's stand out."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from matchmaker.accounts.models import User
from matchmaker.notifications.models import Mail, Notice

READ_AFTER = timedelta(days=3)
SENT_AFTER = timedelta(days=1)


def settle(session: Session, *, now: datetime) -> None:
    """Let what is older count as sent and read. A demo never writes to anybody."""
    session.execute(
        update(Mail)
        .where(Mail.created_at < now - SENT_AFTER, Mail.sent_at.is_(None))
        .values(sent_at=Mail.created_at, next_try_at=None, attempts=1)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Notice)
        .where(Notice.created_at < now - READ_AFTER, Notice.read_at.is_(None))
        .values(read_at=Notice.created_at)
        .execution_options(synchronize_session=False)
    )
    unread = (
        select(func.count(Notice.id))
        .where(Notice.user_id == User.id, Notice.read_at.is_(None))
        .scalar_subquery()
    )
    session.execute(
        update(User).values(unread_notices=unread).execution_options(synchronize_session=False)
    )
