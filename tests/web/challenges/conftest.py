"""What tests of challenges ask for."""

from __future__ import annotations

import pytest

from tests.factories import People
from tests.factories.challenges import Challenges


@pytest.fixture
def challenges(people: People) -> Challenges:
    """Makes challenges in any state."""
    return Challenges(people)
