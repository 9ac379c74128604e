"""What waits on an administrator's desk because of mail."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.notifications.models import Mail


def failed(session: Session) -> int:
    """Messages that were given up and never sent. One statement."""
    stmt = select(func.count(Mail.id)).where(Mail.failed_at.is_not(None), Mail.sent_at.is_(None))
    return session.scalar(stmt) or 0
