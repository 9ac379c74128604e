"""A database of its own for tests in which several transactions really follow each other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from matchmaker.kernel.database import Base, Database
from tests.conftest import NOON
from tests.factories import People
from tests.factories.matching import Cast, make_cast


@pytest.fixture
def real(tmp_path: Path) -> Iterator[Database]:
    """An embedded database in a file."""
    database = Database(f"sqlite:///{tmp_path / 'real.db'}")
    Base.metadata.create_all(database.engine)
    yield database
    database.close()


@pytest.fixture
def stage(real: Database) -> Iterator[Cast]:
    """A whole call in that database; its session holds no lock between statements."""
    with real.session(writes=False) as session:
        yield make_cast(session, People(session, NOON))
