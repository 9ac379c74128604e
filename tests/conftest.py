"""What every test can ask for: a database, a session, an application and people in it.

One schema for each worker; each test runs in a transaction that is rolled back afterwards.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from matchmaker.app import create_app
from matchmaker.cli.migrate import metadata
from matchmaker.config import Settings
from matchmaker.jobs import queue
from matchmaker.kernel.actor import Actor
from matchmaker.kernel.database import Database
from tests.demo import load
from tests.factories import People

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # noon in Taipei


class TransactionDatabase(Database):
    """A database whose sessions all stand inside one outer transaction."""

    outer = None

    def session(self, *, writes: bool) -> Session:
        """A session whose commit ends a savepoint only."""
        return Session(
            self.outer or self.engine,
            expire_on_commit=False,
            join_transaction_mode="create_savepoint",
        )

    @contextmanager
    def rolled_back(self) -> Iterator[None]:
        """Everything that happens inside is forgotten at the end."""
        with self._writing.connect() as connection:
            transaction = connection.begin()
            self.outer = connection
            try:
                yield
            finally:
                self.outer = None
                transaction.rollback()


def missing(what: str) -> None:
    """Skip what this machine cannot do; where everything is asked for, fail instead."""
    if os.environ.get("MATCHMAKER_NEEDS_ALL"):
        pytest.fail(f"{what}, though everything was asked for")
    pytest.skip(what)


@pytest.fixture(scope="session")
def postgres() -> str:
    """The address of a PostgreSQL server on which databases may be made."""
    address = os.environ.get("MATCHMAKER_POSTGRES")
    if not address:
        missing("no PostgreSQL server: set MATCHMAKER_POSTGRES to its address")
    return str(address)


@pytest.fixture
def fresh_postgres(postgres: str) -> Iterator[str]:
    """The address of an empty PostgreSQL database, dropped afterwards."""
    name = f"matchmaker_{os.urandom(6).hex()}"
    admin = Database(postgres)
    with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield admin.engine.url.set(database=name).render_as_string(hide_password=False)
    with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    admin.close()


@pytest.fixture(params=["sqlite", "postgres"])
def engine_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, once for each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'engine.db'}"
    return str(request.getfixturevalue("fresh_postgres"))


@pytest.fixture(scope="session")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TransactionDatabase]:
    """An empty database with all tables: SQLite, or what TEST_DATABASE_URL names."""
    address = os.environ.get("TEST_DATABASE_URL")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    if not address:
        database = TransactionDatabase(f"sqlite:///{tmp_path_factory.mktemp('db') / 'test.db'}")
    else:
        name = f"matchmaker_test_{worker}"
        admin = Database(address)
        with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {name}"))
        admin.close()
        url = admin.engine.url.set(database=name).render_as_string(hide_password=False)
        database = TransactionDatabase(url)
    metadata().create_all(database.engine)
    yield database
    database.close()


@pytest.fixture
def database(schema: TransactionDatabase) -> Iterator[TransactionDatabase]:
    """The database, put back afterwards."""
    with schema.rolled_back():
        yield schema


@pytest.fixture
def session(database: TransactionDatabase) -> Iterator[Session]:
    """A session for arranging and looking."""
    with database.session(writes=True) as opened:
        yield opened


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a test: low cost, no limits on requests."""
    return Settings(
        MATCHMAKER_HOME=tmp_path_factory.mktemp("instance"),
        MATCHMAKER_ENV="test",
        MATCHMAKER_MEASURE=True,
        secret_key="a secret that is only used in tests, long enough",
        password_cost="low",
        limits_on=False,
        staff_second_factor="optional",
        site_url="http://localhost",
    )


@pytest.fixture(scope="session")
def built_app(schema: TransactionDatabase, settings: Settings) -> Flask:
    """The application, built once; requests use the test's transaction."""
    app = create_app(settings, schema)
    app.config.update(TESTING=False, WTF_CSRF_ENABLED=False)
    return app


@pytest.fixture
def app(built_app: Flask, database: TransactionDatabase, settings: Settings) -> Flask:
    """The application inside the test's transaction, and its jobs too, whoever built one since."""
    queue.connect(settings, database)
    return built_app


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance with the demo, loaded once for a worker; nobody writes into it."""
    return load(tmp_path_factory.mktemp("demo"))


@pytest.fixture
def people(session: Session) -> People:
    """Makes people, organisations, teams and what belongs to them."""
    return People(session, NOON)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor's browser."""
    return app.test_client()


@pytest.fixture
def browse_as(app: Flask, session: Session):  # type: ignore[no-untyped-def]
    """A browser in which somebody is signed in: ``browse_as(user)``."""
    from matchmaker.accounts import sessions
    from matchmaker.kernel import clock

    def open_browser(user, lang: str = "en") -> FlaskClient:  # type: ignore[no-untyped-def]
        _row, token = sessions.start(
            session, user, now=clock.now(), address="127.0.0.1", agent="test"
        )
        session.commit()
        browser = app.test_client()
        with browser.session_transaction() as cookie:
            cookie["_user_id"] = token
            cookie["_fresh"] = True
        if user.lang is None:
            browser.set_cookie("lang", lang)
        return browser

    return open_browser


def actor_of(session: Session, user) -> Actor:  # type: ignore[no-untyped-def]
    """The person as policies see them."""
    from matchmaker.accounts import queries

    return queries.actor_of(session, user)
