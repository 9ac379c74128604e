"""A forgotten password: same answer for everybody, one link, and all sessions end."""

from __future__ import annotations

import pytest

from matchmaker.accounts.lifecycle import AccountState
from matchmaker.accounts.models import SignInSession
from matchmaker.accounts.passwords import Passwords
from matchmaker.audit.models import AuditEntry
from tests.web.conftest import PASSWORD

NEW = "three grey herons at noon"


def ask(client, email):
    return client.post("/password", data={"email": email})


def test_a_new_password_is_set_by_the_link_and_ends_all_sessions(
    client, browse_as, person, session, link, mails
):
    elsewhere = browse_as(person)
    client.set_cookie("lang", "en")
    assert ask(client, person.email).headers["Location"] == "/password/sent"
    assert "30 minutes" in client.get("/password/sent").get_data(as_text=True)

    path = link("reset_password")
    assert person.email in client.get(path).get_data(as_text=True)
    done = client.post(path, data={"password": NEW})

    assert done.headers["Location"] == "/login"
    session.refresh(person)
    assert Passwords("low").matches(person.password_hash, NEW)
    assert session.query(SignInSession).filter_by(user_id=person.id).count() == 0
    assert elsewhere.get("/settings/security").status_code == 302
    assert mails() == [("reset_password", person.email), ("password_changed", person.email)]
    assert client.post(path, data={"password": NEW}).status_code == 409


def test_unknown_and_shut_accounts_get_the_same_answer(client, people, session, person, mails):
    shut = people.user("Away")
    shut.state = AccountState.SUSPENDED
    session.commit()

    answers = {
        (answer.status_code, answer.headers["Location"])
        for answer in (ask(client, each) for each in (person.email, shut.email, "no@example.org"))
    }

    assert len(answers) == 1
    assert [kind for kind, _to in mails()] == ["reset_password", "no_account", "no_account"]


def test_the_link_is_too_old_after_half_an_hour(client, person, link, later, session):
    ask(client, person.email)
    later(minutes=30)

    answer = client.post(link("reset_password"), data={"password": NEW})

    assert answer.status_code == 409
    assert "/password" in answer.get_data(as_text=True)
    session.refresh(person)
    assert Passwords("low").matches(person.password_hash, PASSWORD)


def test_a_newer_link_replaces_the_older_one(client, person, link, later):
    ask(client, person.email)
    first = link("reset_password")
    later(minutes=3)
    ask(client, person.email)

    assert client.get(first).status_code == 409
    assert client.get(link("reset_password")).status_code == 200


def test_a_suspended_account_is_not_opened_by_an_older_link(client, person, link, session):
    ask(client, person.email)
    person.state = AccountState.SUSPENDED
    session.commit()

    assert client.post(link("reset_password"), data={"password": NEW}).status_code == 409
    session.refresh(person)
    assert Passwords("low").matches(person.password_hash, PASSWORD)


@pytest.mark.parametrize(
    ("password", "sentence"),
    [("short", "at least 15"), ("mei lin mei lin 12", "too close"), ("", "Please fill this in")],
)
def test_a_bad_password_leaves_the_link_usable(client, person, link, password, sentence):
    client.set_cookie("lang", "en")
    ask(client, person.email)
    path = link("reset_password")

    wrong = client.post(path, data={"password": password})

    assert (wrong.status_code, sentence in wrong.get_data(as_text=True)) == (422, True)
    assert client.post(path, data={"password": NEW}).status_code == 302


def test_a_new_password_lifts_the_lock(client, person, link):
    for _ in range(5):
        client.post("/login", data={"email": person.email, "password": "something else entirely"})
    ask(client, person.email)
    client.post(link("reset_password"), data={"password": NEW})

    answer = client.post("/login", data={"email": person.email, "password": NEW})

    assert answer.headers["Location"] == "/"


def test_neither_password_nor_link_reaches_the_record(client, person, link, session):
    ask(client, person.email)
    path = link("reset_password")
    client.post(path, data={"password": NEW})

    entries = [
        (e.action, str((e.object_name, e.before, e.after, e.reason))) for e in
        session.query(AuditEntry).filter(AuditEntry.action.like("account.%"))
    ]  # fmt: skip
    assert {"account.ask_reset", "account.reset_password"} <= {action for action, _ in entries}
    token = path.rpartition("/")[2]
    assert [text for _action, text in entries if NEW in text or token in text] == []
