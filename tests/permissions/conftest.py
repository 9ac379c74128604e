"""One world for each module of this package, rolled back at its end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from matchmaker.kernel import clock
from tests.conftest import NOON, TransactionDatabase
from tests.factories.world import World


@pytest.fixture(scope="module")
def world(schema: TransactionDatabase, built_app: Flask) -> Iterator[World]:
    """Everybody and everything, at noon; tests change it inside ``world.undone()`` only."""
    with pytest.MonkeyPatch.context() as patch, schema.rolled_back():
        patch.setattr(clock, "now", lambda: NOON)
        with schema.session(writes=True) as session:
            yield World(schema, session, built_app)
