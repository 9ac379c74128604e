"""What workers see to: models that no longer fit the method are taken out of use."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from matchmaker.learning import service
from matchmaker.recommender import version


def retire_outdated(session: Session, *, now: datetime) -> int:
    """Retire models that were made for another version of the method; returns how many."""
    return service.retire_outdated(session, version(), now=now)
