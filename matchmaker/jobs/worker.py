"""One background worker: takes jobs from the queue and does the chores of every minute."""

from __future__ import annotations

import logging

import structlog
from huey import crontab

from matchmaker.config import Settings
from matchmaker.jobs import chores
from matchmaker.jobs.queue import Jobs
from matchmaker.kernel import clock
from matchmaker.kernel.database import Database

log = structlog.get_logger()
THREADS = 2  # one long computation must not hold up the mail


def main(settings: Settings) -> None:
    """Work until told to stop."""
    logging.basicConfig(level=logging.WARNING)
    database = Database(settings.database)
    jobs = Jobs(settings, database)

    def tick() -> None:
        minute(jobs)

    def tidy() -> None:
        chores.forget_files(database, settings, now=clock.now())

    jobs.huey.periodic_task(crontab(minute="*"), name="minute")(tick)
    jobs.huey.periodic_task(crontab(minute="23", hour="3"), name="night")(tidy)
    minute(jobs)
    log.info("worker ready", name=chores.own_name())
    try:
        jobs.huey.create_consumer(workers=THREADS, max_delay=0.5).run()
    finally:
        chores.leave(database)
        database.close()


def minute(jobs: Jobs) -> None:
    """Give a sign of life, do what is due, and pick up work whose job was lost."""
    now = clock.now()
    chores.beat(jobs.database, now=now)
    chores.every_minute(jobs.database, now=now)
    for run_id in chores.waiting_runs(jobs.database):
        jobs.compute(run_id)
    for supplement_id in chores.waiting_supplements(jobs.database):
        jobs.supplement(supplement_id)
    for plan_id in chores.waiting_plans(jobs.database):
        jobs.plan(plan_id)
    for model_id in chores.waiting_models(jobs.database):
        jobs.train(model_id)
    chores.deliver_mail(jobs.database, jobs.settings, now=now)
    chores.advise(jobs.database, now=now)
