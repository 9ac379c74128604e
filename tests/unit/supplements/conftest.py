"""A call with problems and teams."""

from __future__ import annotations

import pytest

from tests.factories.matching import Cast, make_cast


@pytest.fixture
def cast(session, people) -> Cast:  # type: ignore[no-untyped-def]
    """Two problems, three teams, no run yet."""
    return make_cast(session, people)
