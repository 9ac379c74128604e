"""Transactions on a real file: no update is lost, no instant loses its zone."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DataError, IntegrityError, OperationalError, StatementError
from sqlalchemy.orm.exc import StaleDataError

from matchmaker.cli.migrate import metadata
from matchmaker.kernel.database import Database, refusal_of
from matchmaker.kernel.errors import Invalid, NotFound, Stale, Unavailable, WrongState
from matchmaker.kernel.localized import Localized
from matchmaker.organizations.models import Organization, OrgType
from matchmaker.programs.models import Program

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
THREADS, ROUNDS = 6, 10


@pytest.fixture
def file(tmp_path):
    """A database of its own in a file, with all tables."""
    database = Database(f"sqlite:///{tmp_path / 'own.db'}")
    metadata().create_all(database.engine)
    yield database
    database.close()


def made(database, **values):
    with database.transaction() as session:
        program = Program(**{"slug": "p", "name": Localized(en="P"), "created_at": NOON} | values)
        session.add(program)
        session.flush()
        return program.id


def test_no_update_is_lost_when_many_write_at_once(file):
    """Each reads the version, then writes one more: every one of them must count."""
    number = made(file, version=0)
    failures = []

    def add():
        for _ in range(ROUNDS):
            try:
                with file.transaction() as session:
                    program = session.get_one(Program, number)
                    program.version = program.version + 1
            except Exception as error:
                failures.append(error)

    threads = [threading.Thread(target=add) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    with file.reading() as session:
        assert session.get_one(Program, number).version == THREADS * ROUNDS


def test_readers_go_on_while_somebody_writes(file):
    number = made(file, name=Localized(en="Before"))
    with file.transaction() as writer:
        writer.get_one(Program, number).name = Localized(en="After")
        writer.flush()
        with file.reading() as reader:
            assert reader.get_one(Program, number).name.en == "Before"
    with file.reading() as reader:
        assert reader.get_one(Program, number).name.en == "After"


def test_an_error_undoes_the_whole_transaction(file):
    def half_done():
        with file.transaction() as session:
            session.add(Program(slug="half", name=Localized(en="H"), created_at=NOON))
            session.flush()
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        half_done()
    with file.reading() as session:
        assert session.scalars(select(Program)).all() == []


def test_an_instant_comes_back_in_utc_whatever_zone_it_came_in(file):
    taipei = timezone(timedelta(hours=8))
    number = made(file, created_at=NOON.astimezone(taipei))
    with file.reading() as session:
        stored = session.get_one(Program, number).created_at
    assert (stored, stored.tzinfo) == (NOON, UTC)


def test_an_instant_without_zone_is_a_fault(file):
    with pytest.raises(StatementError, match="needs a time zone"):
        made(file, created_at=NOON.replace(tzinfo=None))


def test_a_word_outside_its_list_is_refused(file):
    def odd():
        with file.transaction() as session:
            session.add(
                Organization(ref="OR-1", name=Localized(en="O"), type="guild", created_at=NOON)
            )

    with pytest.raises(StatementError):
        odd()
    assert OrgType("company") is OrgType.COMPANY


def test_the_file_is_kept_safe_and_foreign_keys_hold(file):
    with file.reading() as session:
        pragmas = {
            name: session.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {
        "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000,
    }  # fmt: skip
    with pytest.raises(IntegrityError):
        made(file, office_org_id=999)


@pytest.mark.parametrize(
    ("error", "refusal"),
    [
        (StaleDataError(), Stale),
        (IntegrityError("x", {}, Exception()), WrongState),
        (OperationalError("x", {}, Exception()), Unavailable),
        (OverflowError("Python int too large to convert to SQLite INTEGER"), NotFound),
        (DataError("x", {}, type("NumericValueOutOfRange", (Exception,), {})()), NotFound),
        (DataError("x", {}, type("StringDataRightTruncation", (Exception,), {})()), Invalid),
        (OverflowError("math range error"), type(None)),
        (ValueError(), type(None)),
    ],
)
def test_each_fault_of_the_database_is_answered_in_words(error, refusal):
    assert type(refusal_of(error)) is refusal


def test_statements_are_counted_for_each_thread_alone(file):
    counts = {}

    def read(name, many):
        file.statements.reset()
        with file.reading() as session:
            before = file.statements.count
            for _ in range(many):
                session.execute(text("SELECT 1"))
            counts[name] = file.statements.count - before

    threads = [threading.Thread(target=read, args=(n, n)) for n in (1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts in ({1: 1, 5: 5}, {1: 2, 5: 6})  # the first statement also opens the transaction
