"""Migrations lead from nothing to the models and back, on both engines, over populated data."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect

from matchmaker.cli import migrate
from matchmaker.kernel.database import Database
from tests.conftest import NOON
from tests.factories import People


@pytest.fixture
def database(engine_url):
    opened = Database(engine_url)
    yield opened
    opened.close()


def test_migrations_lead_to_exactly_the_models(database):
    migrate.upgrade(database)

    assert migrate.differences(database) == []


def test_a_second_upgrade_finds_nothing_to_do(database):
    assert migrate.upgrade(database) is True
    assert migrate.upgrade(database) is False


def test_migrations_go_back_over_populated_data_and_forward_again(database):
    migrate.upgrade(database)
    with database.session(writes=True) as session:
        people = People(session, NOON)
        organization = people.organization()
        people.owner_lead(organization)
        people.call()

    migrate.downgrade(database, "base")
    left = set(inspect(database.engine).get_table_names()) - {"alembic_version"}
    migrate.upgrade(database)

    assert (left, migrate.differences(database)) == (set(), [])


def test_a_database_of_a_newer_version_is_recognised(database):
    assert migrate.known("20990101_0000") is False
