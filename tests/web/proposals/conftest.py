"""A stage for every test of the pages of proposals."""

from __future__ import annotations

import re
from html import unescape

import pytest

from matchmaker.kernel import clock
from tests.factories.proposals import Stage, make_stage


@pytest.fixture
def stage(people) -> Stage:  # type: ignore[no-untyped-def]
    return make_stage(people)


@pytest.fixture
def at(monkeypatch, stage):  # type: ignore[no-untyped-def]
    """Set the server's clock: ``at(instant)``; it stands at the stage's noon otherwise."""

    def set_clock(instant):  # type: ignore[no-untyped-def]
        monkeypatch.setattr(clock, "now", lambda: instant)

    set_clock(stage.now)
    return set_clock


@pytest.fixture
def browse(at, browse_as, client, stage):  # type: ignore[no-untyped-def]
    """A browser for somebody by role: ``browse("lead")``, ``browse("public")``."""
    opened = {}

    def open_for(name: str, lang: str = "en"):  # type: ignore[no-untyped-def]
        user = stage.person(name)
        if user is None:
            client.set_cookie("lang", lang)
            return client
        if (name, lang) not in opened:
            opened[name, lang] = browse_as(user, lang)
        return opened[name, lang]

    return open_for


@pytest.fixture
def read():  # type: ignore[no-untyped-def]
    """What a page says, with its entities resolved."""
    return lambda answer: unescape(answer.get_data(as_text=True))


@pytest.fixture
def steady(read):  # type: ignore[no-untyped-def]
    """What a page says, without what differs between any two answers."""
    chance = re.compile(
        r'name="csrf_token" value="[^"]*"|[Rr]eference(?: of this page:)? [0-9a-f]{12}|DTSTAMP:\w+'
    )
    return lambda answer: chance.sub("", read(answer))


@pytest.fixture
def fresh(session):  # type: ignore[no-untyped-def]
    """A row as the database holds it now."""

    def look(row):  # type: ignore[no-untyped-def]
        session.commit()
        session.refresh(row)
        return row

    return look
