"""Facts about plans worth telling others."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class PlanRequested:
    """A plan waits to be computed."""

    plan_id: int
    at: datetime


@dataclass(frozen=True)
class PlanFinished:
    """A plan came to its end: completed, infeasible, failed, cancelled or timed out."""

    plan_id: int
    at: datetime


@dataclass(frozen=True)
class PlanPublished:
    """A plan is in force for its call."""

    plan_id: int
    call_id: int
    actor_id: int | None
    at: datetime


@dataclass(frozen=True)
class PlanWithdrawn:
    """A plan is in force no more."""

    plan_id: int
    call_id: int
    actor_id: int | None
    at: datetime
