"""A stage for every test of the pages of proposals."""

from __future__ import annotations

import pytest

from tests.factories.proposals import Stage, make_stage


@pytest.fixture
def stage(people) -> Stage:  # type: ignore[no-untyped-def]
    return make_stage(people)


@pytest.fixture
def at(monkeypatch, stage):  # type: ignore[no-untyped-def]
    """Set the server's clock: ``at(instant)``; it stands at the stage's noon otherwise."""
    from matchmaker.kernel import clock

    def set_clock(instant):  # type: ignore[no-untyped-def]
        monkeypatch.setattr(clock, "now", lambda: instant)

    set_clock(stage.now)
    return set_clock


@pytest.fixture
def browse(at, browse_as, client, stage):  # type: ignore[no-untyped-def]
    """A browser for somebody by role: ``browse("lead")``, ``browse("public")``."""

    def open_for(name: str, lang: str = "en"):  # type: ignore[no-untyped-def]
        user = stage.person(name)
        if user is None:
            client.set_cookie("lang", lang)
            return client
        return browse_as(user, lang)

    return open_for
