"""What waits on a manager's desk because of plans."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from matchmaker.plans.lifecycle import PlanState
from matchmaker.plans.models import Plan
from matchmaker.programs.models import Call


class CallPlan(NamedTuple):
    """The newest plan of a running call that was not cancelled."""

    call: Call
    plan: Plan


def of_managers(session: Session, program_ids: Collection[int], now: datetime) -> list[CallPlan]:
    """Calls of some programmes that have not closed, with their newest plan. One statement."""
    newest = (
        select(func.max(Plan.number))
        .where(Plan.call_id == Call.id, Plan.state != PlanState.CANCELLED)
        .correlate(Call)
        .scalar_subquery()
    )
    stmt = (
        select(Call, Plan)
        .join(Plan, and_(Plan.call_id == Call.id, Plan.number == newest))
        .where(
            Call.program_id.in_(program_ids), Call.published_at.is_not(None), Call.closes_at > now
        )
        .order_by(Call.closes_at, Call.id)
    )
    return [CallPlan(*row) for row in session.execute(stmt)]
