"""What background workers do: compute runs, and everything that is due by the clock."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete
from sqlalchemy.orm import Session

from matchmaker.kernel import clock
from matchmaker.kernel.database import Database
from matchmaker.matching import execution, invitations
from matchmaker.matching.models import WorkerSign

log = structlog.get_logger()
FORGOTTEN_AFTER = timedelta(days=1)
Chore = Callable[[Session, datetime], object]


def _expire_invitations(session: Session, now: datetime) -> object:
    return invitations.expire_due(session, now=now)


def _end_dead_runs(session: Session, now: datetime) -> object:
    return execution.sweep(session, now=now)


CHORES: dict[str, Chore] = {
    "expire invitations": _expire_invitations,
    "end dead runs": _end_dead_runs,
}


def compute(database: Database, run_id: int) -> None:
    """Compute one run, unless somebody else does already."""
    state = execution.execute(database, run_id, clock=clock.now)
    log.info("run", run=run_id, state=state.value if state else "not waiting")


def every_minute(database: Database, *, now: datetime) -> list[str]:
    """Do all chores, each in a transaction of its own; returns the names of those that failed."""
    failed = []
    for name, chore in CHORES.items():
        try:
            with database.transaction() as session:
                chore(session, now)
        except Exception as error:  # one broken chore must not keep the others from being done
            log.error("chore failed", chore=name, exc_info=error)
            failed.append(name)
    return failed


def waiting_runs(database: Database) -> list[int]:
    """Runs that nobody has started: their job was lost, or nobody was there."""
    with database.reading() as session:
        return execution.waiting(session)


def beat(database: Database, *, now: datetime) -> None:
    """Tell that this worker is alive; forget workers that have been gone for a day."""
    with database.transaction() as session:
        session.merge(WorkerSign(name=own_name(), seen_at=now))
        session.execute(delete(WorkerSign).where(WorkerSign.seen_at < now - FORGOTTEN_AFTER))


def leave(database: Database) -> None:
    """Take this worker's sign of life away."""
    with database.transaction() as session:
        session.execute(delete(WorkerSign).where(WorkerSign.name == own_name()))


def own_name() -> str:
    """The name of this worker: machine and process."""
    return f"{platform.node()[:60]}-{os.getpid()}"
