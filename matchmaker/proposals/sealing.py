"""When a challenge has closed: before, its proposals are sealed.

The clock stands still while a challenge is paused, since its closing time moves by the pause.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_

from matchmaker.challenges.lifecycle import ChallengeState
from matchmaker.challenges.models import Challenge


def has_closed(challenge: Challenge, now: datetime) -> bool:
    """Whether the closing time is reached; at that very instant it is."""
    if challenge.state is ChallengeState.PAUSED and challenge.paused_at is not None:
        return challenge.paused_at >= challenge.closes_at
    return now >= challenge.closes_at


def closed_at(now: datetime) -> ColumnElement[bool]:
    """The condition that :func:`has_closed` is true of a challenge."""
    is_halted = and_(Challenge.state == ChallengeState.PAUSED, Challenge.paused_at.is_not(None))
    return or_(
        and_(is_halted, Challenge.paused_at >= Challenge.closes_at),
        and_(~is_halted, Challenge.closes_at <= now),
    )
