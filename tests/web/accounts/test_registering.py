"""Registering: nobody learns who has an account, and nobody is registered by others."""

from __future__ import annotations

import pytest

from matchmaker.accounts import queries
from matchmaker.accounts.lifecycle import AccountState
from matchmaker.accounts.passwords import Passwords
from tests.web.conftest import PASSWORD

ENTRY = {"name": "An Chen", "email": "an@example.org", "password": "three grey herons at noon"}


def register(client, **entry):
    return client.post("/register", data=ENTRY | entry)


def account(session, email="an@example.org"):
    session.expire_all()
    return queries.user_by_email(session, email)


def test_registering_opens_an_account_once_its_address_is_confirmed(client, session, link):
    client.set_cookie("lang", "en")
    sent = register(client)
    assert sent.headers["Location"] == "/register/sent"
    assert "Look into your mailbox" in client.get("/register/sent").get_data(as_text=True)
    assert account(session).state is AccountState.PENDING

    path = link("confirm_address")
    page = client.get(path)
    assert "an@example.org" in page.get_data(as_text=True)
    assert account(session).state is AccountState.PENDING

    done = client.post(path, follow_redirects=True)
    assert "Your address is confirmed" in done.get_data(as_text=True)
    assert "An Chen" in done.get_data(as_text=True)
    assert account(session).state is AccountState.ACTIVE


def test_the_link_works_once(client, link):
    register(client)
    path = link("confirm_address")
    client.post(path)

    again = client.post(path)

    assert again.status_code == 409
    assert client.get(path).status_code == 409


def test_the_link_works_for_a_day(client, link, later, session):
    register(client)
    later(days=1)

    answer = client.post(link("confirm_address"))

    assert answer.status_code == 409
    assert "/register" in answer.get_data(as_text=True)
    assert account(session).state is AccountState.PENDING


def test_another_browser_has_to_give_the_password(app, client, link, session):
    register(client)
    other = app.test_client()
    path = link("confirm_address")

    assert 'name="password"' in other.get(path).get_data(as_text=True)
    wrong = other.post(path, data={"password": "something else entirely"})
    assert wrong.status_code == 422
    assert account(session).state is AccountState.PENDING

    right = other.post(path, data={"password": ENTRY["password"]})
    assert right.headers["Location"] == "/"
    assert account(session).state is AccountState.ACTIVE


def test_guessing_the_password_at_the_link_is_counted(app, client, link):
    register(client)
    other, path = app.test_client(), link("confirm_address")
    for _ in range(5):
        other.post(path, data={"password": "something else entirely"})

    assert other.post(path, data={"password": ENTRY["password"]}).status_code == 429


def test_a_known_address_gets_the_same_answer_and_a_mail_of_its_own(client, person, mails):
    new, known = register(client), register(client, email=person.email.upper())

    assert (known.status_code, known.headers["Location"]) == (
        new.status_code, new.headers["Location"],
    )  # fmt: skip
    assert mails() == [("confirm_address", "an@example.org"), ("known_address", person.email)]


def test_a_known_account_stays_as_it_was(client, person, session):
    register(client, email=person.email, name="Somebody else")

    session.refresh(person)
    assert person.name == "Mei Lin"
    assert Passwords("low").matches(person.password_hash, PASSWORD)


def test_registering_again_replaces_what_a_stranger_entered(client, session, link, later):
    register(client, name="A stranger", password="the stranger knows this one")
    later(minutes=3)
    first = link("confirm_address")
    register(client)

    assert client.get(first).status_code == 409
    client.post(link("confirm_address"))
    assert account(session).name == "An Chen"
    assert Passwords("low").matches(account(session).password_hash, ENTRY["password"])


def test_a_mailbox_is_not_flooded(client, mails):
    for _ in range(4):
        register(client)

    assert len(mails()) == 1


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({"password": "short"}, "at least 15 characters"),
        ({"password": "passwordpassword"}, "among the first"),
        ({"password": "an chen an chen!"}, "too close to a name"),
        ({"password": "x y" * 60}, "at most 128 characters"),
        ({"email": "no address"}, "does not look like an address"),
        ({"email": "梅@example.org"}, "does not look like an address"),
        ({"email": "a@" + "b" * 300 + ".org"}, "at most 254 characters"),
        ({"name": ""}, "Please fill this in"),
        ({"name": "\u202e\u2066"}, "Please fill this in"),
        ({"name": "梅" * 10_000}, "at most 120 characters"),
    ],
)
def test_what_cannot_be_accepted_is_said_at_its_field(client, mails, entry, sentence):
    client.set_cookie("lang", "en")
    answer = register(client, **entry)

    text = answer.get_data(as_text=True)
    assert (answer.status_code, sentence in text) == (422, True)
    assert ENTRY["password"] not in text
    assert mails() == []


@pytest.mark.parametrize("name", ["🦉🌕", "محمد علي", "O'Neil & <b>Söhne</b>", "=HYPERLINK(1)"])
def test_names_of_any_script_are_kept_as_typed(client, session, name):
    assert register(client, name=name).status_code == 302
    assert account(session).name == name


def test_who_is_signed_in_needs_no_account(browse_as, person):
    assert browse_as(person).get("/register").headers["Location"] == "/"


@pytest.mark.parametrize("token", ["nothing", "x" * 5_000, "%00", "🦉", "..%2f..", "' OR 1=1"])
def test_a_link_that_never_was_leads_nowhere(client, token):
    for path in (f"/verify/{token}", f"/password/reset/{token}", f"/invitations/{token}"):
        assert client.get(path).status_code in {400, 404}
        assert client.post(path).status_code in {400, 404}


def test_a_link_of_one_purpose_opens_nothing_else(client, link):
    register(client)
    token = link("confirm_address").rpartition("/")[2]

    assert client.get(f"/password/reset/{token}").status_code == 404
    assert client.get(f"/invitations/{token}").status_code == 404


@pytest.mark.parametrize(("path", "most"), [("/register", 10), ("/password", 10), ("/login", 30)])
def test_asking_too_often_is_refused(limited, path, most):
    answers = [limited.post(path, data={"email": "x"}).status_code for _ in range(most + 1)]
    elsewhere = limited.post(
        path, data={"email": "x"}, environ_base={"REMOTE_ADDR": "203.0.113.7"}
    ).status_code

    assert answers == [422] * most + [429]
    assert elsewhere == 422
