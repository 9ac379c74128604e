"""Signing in and out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from matchmaker.accounts import sessions
from matchmaker.accounts.lifecycle import AccountState
from matchmaker.accounts.models import SignInSession
from matchmaker.accounts.passwords import Passwords
from matchmaker.audit.models import AuditEntry
from matchmaker.kernel import clock
from matchmaker.kernel.actor import Role, Scope

PASSWORD = "a long sentence of mine"


@pytest.fixture
def person(people, session):
    user = people.user("Mei Lin")
    user.password_hash = Passwords("low").hash(PASSWORD)
    session.commit()
    return user


def sign_in(client, email, password, **more):
    return client.post("/login", data={"email": email, "password": password} | more)


def test_the_right_password_opens_a_session(client, person):
    answer = sign_in(client, person.email.upper(), PASSWORD)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert "Mei Lin" in client.get("/").get_data(as_text=True)


def test_signing_in_leads_back_to_the_page_that_asked(client, person):
    answer = sign_in(client, person.email, PASSWORD, next="/organizations/new")

    assert answer.headers["Location"] == "/organizations/new"


def test_signing_in_never_leads_to_another_site(client, person):
    answer = sign_in(client, person.email, PASSWORD, next="https://evil.example")

    assert answer.headers["Location"] == "/"


def test_every_refusal_looks_alike(client, person, people, session):
    suspended = people.user("Away")
    suspended.password_hash = person.password_hash
    suspended.state = AccountState.SUSPENDED
    session.commit()

    def told(email, password):
        text = sign_in(client, email, password).get_data(as_text=True)
        return text.split('role="alert"')[1].split("</div>")[0]

    wrong = told(person.email, "something else entirely")
    assert told("nobody@example.org", PASSWORD) == wrong
    assert told(suspended.email, PASSWORD) == wrong


def test_five_wrong_passwords_lock_the_account_for_a_while(client, person, session, monkeypatch):
    client.set_cookie("lang", "en")
    for _ in range(5):
        assert sign_in(client, person.email, "something else entirely").status_code == 422

    refused = sign_in(client, person.email, PASSWORD)

    assert refused.status_code == 429
    assert "Try again in 15 minutes" in refused.get_data(as_text=True)
    failures = session.query(AuditEntry).filter_by(action="account.sign_in_failed")
    assert [entry.after["locked"] for entry in failures] == [False] * 4 + [True]

    later = clock.now() + timedelta(minutes=15)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert sign_in(client, person.email, PASSWORD).headers["Location"] == "/"


def test_the_lock_speaks_alike_of_addresses_without_an_account(client):
    for _ in range(5):
        sign_in(client, "nobody@example.org", "something else entirely")

    assert sign_in(client, "nobody@example.org", PASSWORD).status_code == 429


def test_a_stranger_elsewhere_cannot_lock_somebody_out(client, person):
    for _ in range(6):
        client.post(
            "/login", data={"email": person.email, "password": "something else entirely"},
            environ_base={"REMOTE_ADDR": "203.0.113.9"},
        )  # fmt: skip

    assert sign_in(client, person.email, PASSWORD).headers["Location"] == "/"


def test_many_devices_together_cannot_try_for_ever(client, person):
    for number in range(50):
        client.post(
            "/login", data={"email": person.email, "password": "something else entirely"},
            environ_base={"REMOTE_ADDR": f"203.0.113.{number}"},
        )  # fmt: skip

    assert sign_in(client, person.email, PASSWORD).status_code == 429


def test_the_right_password_makes_earlier_mistakes_forgotten(client, person):
    for _ in range(2):
        for _mistake in range(4):
            sign_in(client, person.email, "something else entirely")
        assert sign_in(client, person.email, PASSWORD).status_code == 302
        client.post("/logout")


def test_signing_out_ends_the_session_in_the_table(client, person, session):
    sign_in(client, person.email, PASSWORD)

    client.post("/logout")

    assert session.query(SignInSession).filter_by(user_id=person.id).count() == 0


def test_a_session_ends_by_idleness_sooner_for_staff(people, session):
    now = people.now
    ends = {}
    for name, hats in {
        "staff": [(Role.ADMIN, Scope.PLATFORM, 0)],
        "others": [],
    }.items():
        user = people.user(name, *hats)
        _row, token = sessions.start(session, user, now=now, address=None, agent="")
        ends[name] = [
            sessions.find(session, token, now=now + idle, address=None) is not None
            for idle in (timedelta(minutes=29), timedelta(minutes=30), timedelta(hours=8))
        ]

    assert ends == {"staff": [True, False, False], "others": [True, True, False]}


def test_a_session_ends_by_age_however_busy_it_was(people, session):
    user = people.user()
    row, token = sessions.start(session, user, now=people.now, address=None, agent="")
    later = people.now + timedelta(hours=72)
    sessions.touch(session, row.id, now=later)

    assert sessions.find(session, token, now=later, address=None) is None
