"""The queue: where jobs wait, and how a request puts one in.

A SQLite file beside the database by default; ``JOBS_URL`` names a PostgreSQL or Redis server.
In tests jobs are done at once. Light to import: the work itself is loaded by whoever does it.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog
from huey import Huey, MemoryHuey, PostgresHuey, RedisHuey, SqliteHuey
from sqlalchemy import event
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.kernel.database import Database
from matchmaker.kernel.events import subscribe
from matchmaker.learning.events import ModelRequested
from matchmaker.matching.events import RunRequested
from matchmaker.plans.events import PlanRequested
from matchmaker.supplements import service as _supplements  # noqa: F401 - it listens
from matchmaker.supplements.events import SupplementRequested

log = structlog.get_logger()
NAME = "matchmaker"


class Jobs:
    """The jobs that can be put into the queue of one installation."""

    def __init__(self, settings: Settings, database: Database):
        self.settings, self.database = settings, database
        self.huey = _open(settings)
        self._compute: Any = self.huey.task(name="compute_run")(self._compute_run)
        self._plan: Any = self.huey.task(name="solve_plan")(self._solve_plan)
        self._supplement: Any = self.huey.task(name="compute_supplement")(self._compute_supplement)
        self._train: Any = self.huey.task(name="train_model")(self._train_model)

    def compute(self, run_id: int) -> None:
        """Have a run computed; putting it in twice does no harm."""
        self._compute(run_id)

    def plan(self, plan_id: int) -> None:
        """Have a plan solved; putting it in twice does no harm."""
        self._plan(plan_id)

    def train(self, model_id: int) -> None:
        """Have a ranking model trained; putting it in twice does no harm."""
        self._train(model_id)

    def supplement(self, supplement_id: int) -> None:
        """Have one team computed beside a run; putting it in twice does no harm."""
        self._supplement(supplement_id)

    def _compute_run(self, run_id: int) -> None:
        # the recommender is loaded where it works, not in every web process
        importlib.import_module("matchmaker.jobs.chores").compute(self.database, run_id)

    def _compute_supplement(self, supplement_id: int) -> None:
        importlib.import_module("matchmaker.jobs.chores").supplement(self.database, supplement_id)

    def _solve_plan(self, plan_id: int) -> None:
        importlib.import_module("matchmaker.jobs.chores").plan(self.database, plan_id)

    def _train_model(self, model_id: int) -> None:
        importlib.import_module("matchmaker.jobs.chores").train(self.database, model_id)


class Desk:
    """The queue that requests of this process use; none before :func:`connect`."""

    settings: Settings | None = None
    database: Database | None = None
    jobs: Jobs | None = None


def connect(settings: Settings, database: Database) -> None:
    """Let the requests of this process put jobs into the queue."""
    Desk.settings, Desk.database, Desk.jobs = settings, database, None


def jobs() -> Jobs | None:
    """The queue of this process, opened at first use."""
    if Desk.jobs is None and Desk.settings is not None and Desk.database is not None:
        Desk.jobs = Jobs(Desk.settings, Desk.database)
    return Desk.jobs


@subscribe(RunRequested)
def wake_a_worker(session: Session, asked: RunRequested) -> None:
    """Announce a run, but only once it is stored."""
    _announce(session, lambda jobs: jobs.compute(asked.run_id), run=asked.run_id)


@subscribe(PlanRequested)
def wake_a_planner(session: Session, asked: PlanRequested) -> None:
    """Announce a plan, but only once it is stored."""
    _announce(session, lambda jobs: jobs.plan(asked.plan_id), plan=asked.plan_id)


@subscribe(SupplementRequested)
def wake_a_supplement(session: Session, asked: SupplementRequested) -> None:
    """Announce a supplement, but only once it is stored."""
    number = asked.supplement_id
    _announce(session, lambda jobs: jobs.supplement(number), supplement=number)


@subscribe(ModelRequested)
def wake_a_trainer(session: Session, asked: ModelRequested) -> None:
    """Announce a ranking model, but only once it is stored."""
    _announce(session, lambda jobs: jobs.train(asked.model_id), model=asked.model_id)


def _announce(session: Session, put_in: Callable[[Jobs], None], **what: int) -> None:
    def announce(_session: Session) -> None:
        try:
            queue = jobs()
            if queue is not None:
                put_in(queue)
        except Exception as error:  # the row is stored: a worker finds it within a minute
            log.warning("queue unavailable", error=str(error), **what)

    event.listen(session, "after_commit", announce, once=True)


def _open(settings: Settings) -> Huey:
    url = settings.jobs_url
    if settings.environment == "test" and not url:
        return MemoryHuey(NAME, immediate=True, results=False)
    if url.startswith(("postgresql", "postgres:")):
        return PostgresHuey(NAME, dsn=url.replace("+psycopg", ""), results=False)
    if url.startswith(("redis:", "rediss:")):
        return RedisHuey(NAME, url=url, results=False)
    path = Path(url.removeprefix("sqlite:///")) if url else settings.instance_dir / "jobs.db"
    path.parent.mkdir(parents=True, exist_ok=True)
    return SqliteHuey(NAME, filename=str(path), results=False)
