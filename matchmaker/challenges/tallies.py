"""How many challenges stand where: figures for lists of calls and for the first page."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.challenges.lifecycle import BEFORE_AWARD, PUBLIC_STATES
from matchmaker.challenges.models import Challenge


class CallTally(NamedTuple):
    """Challenges of one call: still in preparation, and public."""

    waiting: int = 0
    public: int = 0


def by_call(session: Session, call_ids: Collection[int]) -> dict[int, CallTally]:
    """The challenges of some calls, counted; every call asked for is there. One statement."""
    preparing = BEFORE_AWARD - PUBLIC_STATES
    stmt = (
        select(
            Challenge.call_id,
            func.count().filter(Challenge.state.in_(preparing)),
            func.count().filter(Challenge.state.in_(PUBLIC_STATES)),
        )
        .where(Challenge.call_id.in_(call_ids))
        .group_by(Challenge.call_id)
    )
    found = {call_id: CallTally(*counts) for call_id, *counts in session.execute(stmt)}
    return {call_id: found.get(call_id, CallTally()) for call_id in call_ids}
