"""What tests of challenges ask for."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from matchmaker.kernel import clock
from tests.conftest import NOON
from tests.factories import People
from tests.factories.challenges import Challenges


@pytest.fixture(autouse=True)
def at(monkeypatch):  # type: ignore[no-untyped-def]
    """Set the server's clock: ``at(instant)``; it stands at noon otherwise."""

    def set_clock(instant: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: instant)

    set_clock(NOON)
    return set_clock


@pytest.fixture
def challenges(people: People) -> Challenges:
    """Makes challenges in any state."""
    return Challenges(people)


@pytest.fixture
def lead(challenges, browse_as):  # type: ignore[no-untyped-def]
    """Opens a browser for the lead of the last challenge made."""
    return lambda lang="en": browse_as(challenges.lead_user, lang)


@pytest.fixture
def pm(challenges, browse_as):  # type: ignore[no-untyped-def]
    """Opens a browser for the manager of the last challenge made."""
    return lambda lang="en": browse_as(challenges.pm_user, lang)


def shown(answer) -> list[str]:  # type: ignore[no-untyped-def]
    """The references of challenges that a page links to, in their order."""
    found = re.findall(r'href="/challenges/(CH-26-\d+)"', answer.get_data(as_text=True))
    return list(dict.fromkeys(found))


def words(answer) -> str:  # type: ignore[no-untyped-def]
    """What a page says, without its tags."""
    import html

    text = re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))
    return re.sub(r"\s+", " ", html.unescape(text))
