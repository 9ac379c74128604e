"""What background workers do: compute runs, and everything that is due by the clock."""

from __future__ import annotations

import importlib
import os
import platform
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete
from sqlalchemy.orm import Session

from matchmaker.challenges import deadlines
from matchmaker.config import Settings
from matchmaker.kernel import clock
from matchmaker.kernel.database import Database
from matchmaker.kernel.files import FileStore
from matchmaker.learning import service as learning
from matchmaker.learning import upkeep
from matchmaker.matching import advising, execution, invitations
from matchmaker.matching.models import WorkerSign
from matchmaker.notifications import sending, smtp
from matchmaker.notifications import subscriptions as _subscriptions  # noqa: F401 - they listen
from matchmaker.plans import execution as planning
from matchmaker.plans.service import PLANS
from matchmaker.proposals import attaching
from matchmaker.supplements import execution as supplementing
from matchmaker.supplements import queries as supplements

log = structlog.get_logger()
FORGOTTEN_AFTER = timedelta(days=1)
Chore = Callable[[Session, datetime], object]


def _move_challenges(session: Session, now: datetime) -> object:
    return deadlines.run_clock(session, now=now)


def _expire_invitations(session: Session, now: datetime) -> object:
    return invitations.expire_due(session, now=now)


def _end_dead_runs(session: Session, now: datetime) -> object:
    return execution.sweep(session, now=now)


def _end_dead_plans(session: Session, now: datetime) -> object:
    return PLANS.sweep(session, now=now)


def _end_dead_trainings(session: Session, now: datetime) -> object:
    return learning.MODELS.sweep(session, now=now)


def _retire_outdated_models(session: Session, now: datetime) -> object:
    return upkeep.retire_outdated(session, now=now)


CHORES: dict[str, Chore] = {
    "publish and close challenges": _move_challenges,
    "expire invitations": _expire_invitations,
    "end dead runs": _end_dead_runs,
    "end dead plans": _end_dead_plans,
    "end dead trainings": _end_dead_trainings,
    "retire outdated models": _retire_outdated_models,
}


def compute(database: Database, run_id: int) -> None:
    """Compute one run, unless somebody else does already."""
    state = execution.execute(database, run_id, clock=clock.now)
    log.info("run", run=run_id, state=state.value if state else "not waiting")


def plan(database: Database, plan_id: int) -> None:
    """Solve one plan, unless somebody else does already."""
    state = planning.execute(database, plan_id, clock=clock.now)
    log.info("plan", plan=plan_id, state=state.value if state else "not waiting")


def train(database: Database, model_id: int) -> None:
    """Train one ranking model, unless somebody else does already."""
    # scikit-learn is loaded when something is to be learnt, not with every worker
    training = importlib.import_module("matchmaker.learning.training")
    state = training.execute(database, model_id, clock=clock.now)
    log.info("model", model=model_id, state=state.value if state else "not waiting")


def supplement(database: Database, supplement_id: int) -> None:
    """Compute one team beside a run, unless that was done already."""
    state = supplementing.execute(database, supplement_id, clock=clock.now)
    log.info("supplement", supplement=supplement_id, state=state.value if state else "not waiting")


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


def advise(database: Database, *, now: datetime) -> int:
    """Work out what teams could add to their profiles, where that is out of date."""
    try:
        return advising.advise_teams(database, now=now)
    except Exception as error:  # advice must not keep the mail from going out
        log.error("advice failed", exc_info=error)
        return 0


def deliver_mail(database: Database, settings: Settings, *, now: datetime) -> sending.Delivered:
    """Send what is due; what the server refuses stays in the outbox."""
    return sending.deliver(
        database,
        now=now,
        transport=smtp.transport(
            settings.smtp_url, sender=settings.mail_from, site_url=settings.site_url
        ),
        site_url=settings.site_url,
    )


def forget_files(database: Database, settings: Settings, *, now: datetime) -> int:
    """Delete uploaded files that nothing refers to; returns how many."""
    with database.reading() as session:
        return attaching.sweep(session, FileStore(settings.uploads), now=now)


def waiting_runs(database: Database) -> list[int]:
    """Runs that nobody has started: their job was lost, or nobody was there."""
    with database.reading() as session:
        return execution.waiting(session)


def waiting_supplements(database: Database) -> list[int]:
    """The same for supplements."""
    with database.reading() as session:
        return supplements.waiting(session)


def waiting_plans(database: Database) -> list[int]:
    """The same for plans."""
    with database.reading() as session:
        return PLANS.waiting(session)


def waiting_models(database: Database) -> list[int]:
    """The same for ranking models."""
    with database.reading() as session:
        return learning.MODELS.waiting(session)


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
