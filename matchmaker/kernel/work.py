"""Work that takes a while: asked for, taken by one worker, watched, stopped, given up.

The row is the truth, and every step is a short transaction of its own. A worker that dies leaves
a row whose heartbeat stops; :meth:`Course.sweep` then ends it, and it can be asked for again.
Doing a piece of work twice does no harm: only one worker can take it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

import structlog
from sqlalchemy import ForeignKey, Text, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from matchmaker.kernel.i18n import Message, msg
from matchmaker.kernel.lifecycle import Lifecycle

log = structlog.get_logger()
BEAT = 1.0  # seconds between two signs of life
LIMIT = timedelta(minutes=30)
DEAD_AFTER = timedelta(seconds=120)  # without a sign of life a worker is taken for dead
REQUESTED, RUNNING = "requested", "running"
WORKER_STOPPED = "worker_stopped"
STOPPED_WORDS = msg("The worker stopped before it was done. Nothing was kept.")

Clock = Callable[[], datetime]
Progress = Callable[[int, int], None]
Transaction = Callable[[], AbstractContextManager[Session]]


class Stopped(Exception):
    """Somebody asked a computation to stop, and it did."""


class TooLong(Exception):
    """A computation reached its time limit."""


class Work:
    """What a row keeps of the course of its computation; the class adds ``id`` and ``state``.

    ``pairs_total`` and ``pairs_done`` are progress, ``duration_ms`` is computing time; ``failure``
    is a code, or the name of the error that ended it.
    """

    if TYPE_CHECKING:
        id: Mapped[int]
        state: Mapped[Any]

    requested_at: Mapped[datetime]
    requested_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    started_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    duration_ms: Mapped[int | None]
    pairs_total: Mapped[int] = mapped_column(default=0)
    pairs_done: Mapped[int] = mapped_column(default=0)
    cancel_asked: Mapped[bool] = mapped_column(default=False)
    failure: Mapped[str | None] = mapped_column(Text)


W = TypeVar("W", bound=Work)
W_contra = TypeVar("W_contra", bound=Work, contravariant=True)
R = TypeVar("R")


class End(Protocol[W_contra]):
    """Takes a row to its end by a verb, notes it and tells others."""

    def __call__(
        self,
        session: Session,
        row: W_contra,
        verb: str,
        /,
        *,
        now: datetime,
        failure: str | None = None,
    ) -> None:
        """End the row."""


@dataclass(frozen=True)
class Course(Generic[W]):
    """How one kind of work is taken, ended and given up."""

    model: type[W]
    lifecycle: Lifecycle
    end: End[W]

    def waiting(self, session: Session) -> list[int]:
        """Rows that nobody has started, oldest first."""
        stmt = select(self.model.id).where(self.model.state == REQUESTED).order_by(self.model.id)
        return list(session.scalars(stmt))

    def sweep(self, session: Session, *, now: datetime) -> int:
        """End rows whose worker gave no sign of life; returns how many."""
        stmt = (
            select(self.model)
            .where(self.model.state == RUNNING, self.model.heartbeat_at < now - DEAD_AFTER)
            .with_for_update()
        )
        dead = session.scalars(stmt).all()
        for row in dead:
            self.give_up(session, row, now=now)
        return len(dead)

    def give_up(self, session: Session, row: W, *, now: datetime) -> None:
        """End a row whose worker died. Nothing of it is kept, and it can be asked for again."""
        if row.cancel_asked:
            self.end(session, row, "cancel", now=now)
        else:
            self.end(session, row, "fail", now=now, failure=WORKER_STOPPED)

    def take(self, session: Session, row_id: int, *, now: datetime) -> bool:
        """Take a waiting row; of two workers that try, one does."""
        of = next(m for m in self.lifecycle.moves if m.verb == "start")
        taken = session.execute(
            update(self.model)
            .where(self.model.id == row_id, self.model.state.in_(of.of))
            .values(state=of.to, started_at=now, heartbeat_at=now)
            .execution_options(synchronize_session="fetch")
        )
        return bool(taken.rowcount)  # type: ignore[attr-defined]

    def taken(self, session: Session, row_id: int) -> W | None:
        """The row, locked, while it is still being computed; None once it was given up."""
        row = session.get_one(self.model, row_id, populate_existing=True, with_for_update=True)
        return row if row.state == RUNNING else None

    def state(self, session: Session, row_id: int) -> StrEnum:
        """The state a row is in by now."""
        found: StrEnum = session.get_one(self.model, row_id).state
        return found


def is_abandoned(row: Work, now: datetime) -> bool:
    """Whether a row says that it is being computed, but its worker is long silent."""
    if row.state != RUNNING or row.heartbeat_at is None:
        return False
    return row.heartbeat_at < now - DEAD_AFTER


class Pulse:
    """Signs of life of a row, at most one a second, and the question whether to go on."""

    def __init__(
        self,
        course: Course[Any],
        transaction: Transaction,
        row_id: int,
        clock: Clock,
        on_progress: Progress | None = None,
    ):
        self._tell = on_progress
        self._course, self._transaction = course, transaction
        self._row_id, self._clock = row_id, clock
        self._last = self._begun = time.monotonic()
        self._stop = False

    def beat(self, done: int, total: int) -> None:
        """Note how far the work is; several workers may want to know whether it lives."""
        if self._tell is not None:
            self._tell(done, total)
        moment = time.monotonic()
        if moment - self._last < BEAT and done < total:
            return
        self._last = moment
        model = self._course.model
        with self._transaction() as session:
            stmt = (
                update(model)
                .where(model.id == self._row_id, model.state == RUNNING)
                .values(pairs_done=done, pairs_total=total, heartbeat_at=self._clock())
                .returning(model.cancel_asked)
            )
            asked = session.scalar(stmt)
        self._stop = asked is None or asked

    def should_stop(self) -> bool:
        """Whether somebody cancelled the work or it was given up; refuses to go on for ever."""
        if time.monotonic() - self._begun > LIMIT.total_seconds():
            raise TooLong
        return self._stop


def perform(
    course: Course[W],
    transaction: Transaction,
    row_id: int,
    clock: Clock,
    *,
    compute: Callable[[Pulse], R],
    keep: Callable[[Session, W, R, int], None],
    on_progress: Progress | None = None,
) -> StrEnum | None:
    """Take a row, compute it outside of any transaction, and keep what came out.

    ``keep`` gets the session, the row, what ``compute`` returned and the milliseconds it took, and
    ends the row. Returns the state at the end; None when the row was not waiting (any more).
    """
    with transaction() as session:
        if not course.take(session, row_id, now=clock()):
            return None
    pulse = Pulse(course, transaction, row_id, clock, on_progress)
    started = time.perf_counter()
    try:
        found = compute(pulse)
    except Stopped:
        return _finish(course, transaction, row_id, "cancel", clock)
    except TooLong:
        return _finish(course, transaction, row_id, "time_out", clock)
    except Exception as error:
        log.error("work failed", kind=course.model.__tablename__, row=row_id, exc_info=error)  # type: ignore[attr-defined]
        return _finish(course, transaction, row_id, "fail", clock, type(error).__name__)
    spent = int((time.perf_counter() - started) * 1000)
    with transaction() as session:
        row = course.taken(session, row_id)
        if row is not None and row.cancel_asked:
            course.end(session, row, "cancel", now=clock())
        elif row is not None:  # given up meanwhile: nothing of it is kept
            keep(session, row, found, spent)
        return course.state(session, row_id)


@contextmanager
def within(session: Session) -> Iterator[Session]:
    """A step inside the transaction of the caller instead of one of its own."""
    yield session
    session.flush()


def failure_words(code: str, known: dict[str, Message]) -> Message:
    """Why a computation ended without results, in words."""
    if code == WORKER_STOPPED:
        return STOPPED_WORDS
    return known.get(code, msg("An error ended it (%(name)s). Nothing was kept.", name=code))


def _finish(
    course: Course[W],
    transaction: Transaction,
    row_id: int,
    verb: str,
    clock: Clock,
    failure: str | None = None,
) -> StrEnum:
    with transaction() as session:
        row = course.taken(session, row_id)
        if row is not None:
            course.end(session, row, verb, now=clock(), failure=failure)
        return course.state(session, row_id)
