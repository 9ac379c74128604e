"""Computing a run: the row is the truth, and every step is a short transaction of its own.

A worker that dies leaves a row whose heartbeat stops; :func:`sweep` then ends the run, and it can
be asked for again. Computing twice does no harm: only one worker can start a run.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeVar

import structlog
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from matchmaker.challenges.models import Challenge
from matchmaker.kernel.database import Database
from matchmaker.matching import computing, profiles
from matchmaker.matching.computing import Clash, Progress, Results
from matchmaker.matching.lifecycle import CLASH, RUN, RunState
from matchmaker.matching.models import Recommendation, RecommendationRun, RunChallenge
from matchmaker.matching.profiles import Inputs
from matchmaker.matching.service import DEAD_AFTER, end, give_up
from matchmaker.recommender import Cancelled
from matchmaker.teams.models import Team

log = structlog.get_logger()
Clock = Callable[[], datetime]
BEAT = 1.0  # seconds between two signs of life
LIMIT = timedelta(minutes=30)
CHUNK = 1_000
T = TypeVar("T")


class TooLong(Exception):
    """A run reached its time limit."""


def execute(
    database: Database, run_id: int, *, clock: Clock, on_progress: Progress | None = None
) -> RunState | None:
    """Compute a run that was asked for; None when it is not waiting (any more)."""
    return _execute(database.transaction, database.reading, run_id, clock, on_progress)


def compute_within(session: Session, run: RecommendationRun, *, now: datetime) -> RunState | None:
    """Compute a run inside the transaction of the caller, for loading past runs."""

    @contextmanager
    def same() -> Iterator[Session]:
        yield session
        session.flush()

    state = _execute(same, same, run.id, lambda: now)
    session.refresh(run)
    return state


def sweep(session: Session, *, now: datetime) -> int:
    """End runs whose worker gave no sign of life; returns how many."""
    dead = session.scalars(
        select(RecommendationRun)
        .where(
            RecommendationRun.state == RunState.RUNNING,
            RecommendationRun.heartbeat_at < now - DEAD_AFTER,
        )
        .with_for_update()
    ).all()
    for run in dead:
        give_up(session, run, now=now)
    return len(dead)


def waiting(session: Session) -> list[int]:
    """Runs that nobody has started, oldest first."""
    stmt = (
        select(RecommendationRun.id)
        .where(RecommendationRun.state == RunState.REQUESTED)
        .order_by(RecommendationRun.id)
    )
    return list(session.scalars(stmt))


Transaction = Callable[[], AbstractContextManager[Session]]


def _execute(
    transaction: Transaction,
    reading: Transaction,
    run_id: int,
    clock: Clock,
    on_progress: Progress | None = None,
) -> RunState | None:
    with transaction() as session:
        if not _start(session, run_id, now=clock()):
            return None
    pulse, started = _Pulse(transaction, run_id, clock, on_progress), time.perf_counter()
    try:
        with reading() as session:
            inputs = profiles.read(session, session.get_one(RecommendationRun, run_id))
        results = computing.compute(inputs, on_progress=pulse.beat, should_stop=pulse.should_stop)
    except Cancelled:
        return _finish(transaction, run_id, "cancel", clock)
    except TooLong:
        return _finish(transaction, run_id, "time_out", clock)
    except Clash as clash:
        return _finish(transaction, run_id, "find_infeasible", clock, clash=clash)
    except Exception as error:
        log.error("run failed", run=run_id, exc_info=error)
        return _finish(transaction, run_id, "fail", clock, failure=type(error).__name__)
    spent = int((time.perf_counter() - started) * 1000)
    with transaction() as session:
        return _complete(session, run_id, inputs, results, duration_ms=spent, now=clock())


class _Pulse:
    """Signs of life of a run, at most one a second, and the question whether to go on."""

    def __init__(
        self,
        transaction: Transaction,
        run_id: int,
        clock: Clock,
        on_progress: Progress | None,
    ):
        self._tell = on_progress
        self._transaction, self._run_id, self._clock = transaction, run_id, clock
        self._last = self._begun = time.monotonic()
        self._stop = False

    def beat(self, done: int, total: int) -> None:
        """Note how far the run is; several workers may want to know whether it lives."""
        if self._tell is not None:
            self._tell(done, total)
        moment = time.monotonic()
        if moment - self._last < BEAT and done < total:
            return
        self._last = moment
        with self._transaction() as session:
            stmt = (
                update(RecommendationRun)
                .where(
                    RecommendationRun.id == self._run_id,
                    RecommendationRun.state == RunState.RUNNING,
                )
                .values(pairs_done=done, pairs_total=total, heartbeat_at=self._clock())
                .returning(RecommendationRun.cancel_asked)
            )
            asked = session.scalar(stmt)
        self._stop = asked is None or asked

    def should_stop(self) -> bool:
        """Whether somebody cancelled the run or it was given up; refuses to go on for ever."""
        if time.monotonic() - self._begun > LIMIT.total_seconds():
            raise TooLong
        return self._stop


def _start(session: Session, run_id: int, *, now: datetime) -> bool:
    """Take a waiting run; of two workers that try, one does."""
    taken = session.execute(
        update(RecommendationRun)
        .where(RecommendationRun.id == run_id, RecommendationRun.state == RunState.REQUESTED)
        .values(state=RUN.after(RunState.REQUESTED, "start"), started_at=now, heartbeat_at=now)
        .execution_options(synchronize_session="fetch")
    )
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def _complete(
    session: Session,
    run_id: int,
    inputs: Inputs,
    results: Results,
    *,
    duration_ms: int,
    now: datetime,
) -> RunState:
    run = session.get_one(RecommendationRun, run_id, populate_existing=True, with_for_update=True)
    if run.state is not RunState.RUNNING:  # given up meanwhile: nothing of it is kept
        return run.state
    if run.cancel_asked:
        end(session, run, "cancel", now=now)
        return run.state
    session.execute(delete(Recommendation).where(Recommendation.run_id == run.id))
    session.execute(delete(RunChallenge).where(RunChallenge.run_id == run.id))
    for chunk in _chunks(results.rows):
        session.execute(insert(Recommendation), [vars(row) | {"run_id": run.id} for row in chunk])
    for outcomes in _chunks(results.outcomes):
        session.execute(
            insert(RunChallenge),
            [asdict(each) | {"run_id": run.id, "is_gap": each.is_gap} for each in outcomes],
        )
    run.inputs = inputs.versions()
    run.input_digest, run.code_version = results.digest, results.version
    run.outcome = results.summary() | {"teams": len(inputs.teams)}
    run.pairs_total = run.pairs_done = inputs.pairs
    run.duration_ms = duration_ms
    end(session, run, "complete", now=now, after={"digest": results.digest})
    return run.state


def _finish(
    transaction: Transaction,
    run_id: int,
    verb: str,
    clock: Clock,
    *,
    failure: str | None = None,
    clash: Clash | None = None,
) -> RunState:
    with transaction() as session:
        run = session.get_one(
            RecommendationRun, run_id, populate_existing=True, with_for_update=True
        )
        if run.state is RunState.RUNNING:
            if clash:
                failure, run.outcome = CLASH, _named(session, clash)
            end(session, run, verb, now=clock(), failure=failure)
        return run.state


def _named(session: Session, clash: Clash) -> dict[str, str]:
    """The pair and the rule that make a run impossible."""
    challenge = session.get_one(Challenge, clash.pair[0])
    team = session.get_one(Team, clash.pair[1])
    return {
        "challenge": challenge.ref or challenge.public_id,
        "team": team.ref,
        "obstacle": clash.obstacle.value,
    }


def _chunks(rows: Sequence[T]) -> Iterator[list[T]]:
    pending = iter(rows)
    while chunk := list(islice(pending, CHUNK)):
        yield chunk
