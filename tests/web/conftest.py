"""What pages are tried with: a person with a password, the outbox, and a clock that goes on."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from matchmaker.accounts.passwords import Passwords
from matchmaker.app import create_app
from matchmaker.kernel import clock
from matchmaker.notifications.letters import SITE
from matchmaker.notifications.models import Mail
from matchmaker.web.security import limiter

PASSWORD = "a long sentence of mine"


@pytest.fixture
def person(people, session):
    """Somebody who can sign in with PASSWORD."""
    user = people.user("Mei Lin")
    user.password_hash = Passwords("low").hash(PASSWORD)
    session.commit()
    return user


@pytest.fixture
def mails(session):
    """(kind, address) of all mail, oldest first."""
    return lambda: list(session.execute(select(Mail.kind, Mail.to_address).order_by(Mail.id)))


@pytest.fixture
def link(session):
    """The path in the newest mail of a kind."""

    def newest(kind):
        stmt = select(Mail.body).where(Mail.kind == kind).order_by(Mail.id.desc()).limit(1)
        return re.search(re.escape(SITE) + r"(/\S+)", session.scalar(stmt))[1]

    return newest


@pytest.fixture
def limited(settings, database):
    """A browser at an application that counts requests."""
    app = create_app(settings.model_copy(update={"limits_on": True}), database)
    app.config.update(WTF_CSRF_ENABLED=False)
    yield app.test_client()
    limiter.reset()
    limiter.enabled = False


@pytest.fixture
def later(monkeypatch):
    """Lets the clock of the server go on by so much."""

    def go_on(**span):
        moment = clock.now() + timedelta(**span)
        monkeypatch.setattr(clock, "now", lambda: moment)

    return go_on
