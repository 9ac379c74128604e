"""The database: one base for all mapped classes, column types, engine, and transactions.

SQLite by default. A session that will write begins with ``BEGIN IMMEDIATE``, so that its first
read already stands inside the transaction and no update of somebody else is lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    Dialect,
    Engine,
    Enum,
    MetaData,
    String,
    create_engine,
    event,
)
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.pool import StaticPool
from sqlalchemy.types import DateTime, TypeDecorator

from matchmaker.kernel import identifiers
from matchmaker.kernel.errors import Invalid, NotFound, Refusal, Stale, Unavailable, WrongState
from matchmaker.kernel.i18n import msg
from matchmaker.kernel.localized import Localized

__all__ = ["Base", "Database", "Identified", "Session", "Versioned", "refusal_of", "word"]

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """A moment in UTC. A value without a time zone is a programming error."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware instant in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class LocalizedText(TypeDecorator[Localized]):
    """A :class:`Localized` value, stored as JSON; never NULL, may be empty."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Localized | None, dialect: Dialect) -> Any:
        """Store what is known."""
        return (value or Localized()).to_json()

    def process_result_value(self, value: Any, dialect: Dialect) -> Localized:
        """Give back the content."""
        return Localized.from_json(value)


class Base(DeclarativeBase):
    """What every mapped class of the product derives from."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {
        datetime: Instant(),
        Localized: LocalizedText(),
        list[str]: JSON(),
        dict[str, Any]: JSON(),
        list[Any]: JSON(),
        str: String(),
    }


class Identified:
    """A thing with an internal number and a random public name."""

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(
        String(16), unique=True, default=identifiers.public_id, sort_order=-9
    )


class Versioned:
    """A thing that two people may edit at once: ``version`` grows with each save."""

    version: Mapped[int] = mapped_column(default=1, sort_order=90)


def word(kind: type[StrEnum]) -> Enum:
    """A column that holds one word of a closed list."""
    return Enum(
        kind,
        native_enum=False,
        length=32,
        validate_strings=True,
        values_callable=lambda words: [w.value for w in words],
    )


class Statements:
    """How many statements this thread or task has sent since the last reset."""

    def __init__(self) -> None:
        self._count: ContextVar[int] = ContextVar("statements", default=0)

    def reset(self) -> None:
        """Start counting from 0."""
        self._count.set(0)

    def note(self, _connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        """One more, unless it only begins a transaction, which we say aloud on SQLite alone."""
        if not statement.startswith("BEGIN"):
            self._count.set(self._count.get() + 1)

    @property
    def count(self) -> int:
        """Statements since the last reset."""
        return self._count.get()


def lock(session: Session, row: object) -> None:
    """Read a row anew and keep others from changing it until the transaction ends.

    Only the row's own table is locked: PostgreSQL refuses to lock what is joined beside it.
    """
    session.refresh(row, with_for_update={"of": type(row)})


def refusal_of(error: BaseException) -> Refusal | None:
    """The refusal that a database error amounts to; None if it is a fault of the program."""
    if isinstance(error, StaleDataError):
        return Stale()
    if isinstance(error, IntegrityError):
        return WrongState(
            msg("This was done already, or somebody else was faster. Reload the page and look.")
        )
    if _is_out_of_range(error):
        return NotFound()
    if isinstance(error, DataError):
        return Invalid({"": msg("Something that was entered is too long to be kept.")})
    if isinstance(error, OperationalError):
        return Unavailable(
            msg("The database cannot save at the moment. Nothing was changed; try again shortly.")
        )
    return None


def _is_out_of_range(error: BaseException) -> bool:
    """Whether a number was asked for that is too large for any row to have."""
    if isinstance(error, OverflowError):
        return "SQLite" in str(error)
    return isinstance(error, DataError) and "OutOfRange" in type(error.orig).__name__


class Database:
    """One database and the ways to open a session on it."""

    def __init__(self, url: str):
        self.url = url
        self.engine = _engine(url)
        self._writing = self.engine.execution_options(matchmaker_writes=True)
        self.statements = Statements()
        event.listen(self.engine, "before_cursor_execute", self.statements.note)

    @property
    def is_sqlite(self) -> bool:
        """Whether the embedded database is used."""
        return self.engine.dialect.name == "sqlite"

    def session(self, *, writes: bool) -> Session:
        """A session; one that writes takes SQLite's write lock at its first statement."""
        return Session(self._writing if writes else self.engine, expire_on_commit=False)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A writing session that is committed at the end, or rolled back on an error."""
        with self.session(writes=True) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads."""
        with self.session(writes=False) as session:
            yield session

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, pool_size=5, max_overflow=15)
    in_memory = url in {"sqlite://", "sqlite:///:memory:"}
    engine = (
        create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False})
        if in_memory
        else create_engine(url, pool_size=5, max_overflow=15)
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin_sqlite
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "busy_timeout=5000",
        "foreign_keys=ON",
        "cache_size=-32768",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    writes = connection.get_execution_options().get("matchmaker_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
