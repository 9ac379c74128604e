"""A call with a run, and browsers of everybody who may come by."""

from __future__ import annotations

import pytest

from tests.factories.matching import make_cast


@pytest.fixture
def cast(session, people):
    return make_cast(session, people)


@pytest.fixture
def pm(cast, browse_as):
    return browse_as(cast.pm)


@pytest.fixture
def auditor(people, browse_as):
    return browse_as(people.auditor())
