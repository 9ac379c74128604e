"""A call with a published run, and browsers of everybody who may come by."""

from __future__ import annotations

import pytest

from matchmaker.kernel.actor import Role, Scope
from tests.factories.matching import make_cast


@pytest.fixture
def cast(session, people):
    return make_cast(session, people)


@pytest.fixture
def pm(cast, browse_as):
    return browse_as(cast.pm)


@pytest.fixture
def owner(cast, browse_as):
    return browse_as(cast.owners[0])


@pytest.fixture
def lead(cast, browse_as):
    return browse_as(cast.leads[0])


@pytest.fixture
def member(cast, people, browse_as):
    return browse_as(people.user("", (Role.TEAM_MEMBER, Scope.TEAM, cast.teams[0].id)))


@pytest.fixture
def reviewer(cast, people, browse_as):
    return browse_as(people.user("", (Role.REVIEWER, Scope.PROGRAM, cast.call.program_id)))


@pytest.fixture
def auditor(people, browse_as):
    return browse_as(people.auditor())
