"""One's own account: profile, password, address, sessions."""

from __future__ import annotations

import pytest

from matchmaker.accounts import queries
from matchmaker.accounts.lifecycle import AccountState
from matchmaker.accounts.models import SignInSession
from matchmaker.accounts.passwords import Passwords
from matchmaker.audit.models import AuditEntry
from matchmaker.kernel.i18n import Lang
from tests.web.conftest import PASSWORD

NEW = "three grey herons at noon"


@pytest.fixture
def me(browse_as, person):
    """The browser of the person, signed in."""
    return browse_as(person)


def test_the_profile_is_saved_and_shown(me, person, session):
    answer = me.post(
        "/settings/profile",
        data={"version": person.version, "name": "林美玲", "name_en": "Mei-Ling Lin", "lang": "en"},
        follow_redirects=True,
    )

    session.refresh(person)
    assert "Saved." in answer.get_data(as_text=True)
    assert (person.name, person.name_en, person.lang) == ("林美玲", "Mei-Ling Lin", Lang.EN)


def test_the_chosen_language_holds_for_pages(me, person):
    me.post(
        "/settings/profile",
        data={"version": person.version, "name": "林美玲", "name_en": "", "lang": "zh_TW"},
    )

    assert 'lang="zh-Hant-TW"' in me.get("/settings/profile").get_data(as_text=True)


def test_two_tabs_do_not_overwrite_each_other(me, person, session):
    first = {"version": person.version, "name": "First", "name_en": "", "lang": ""}
    me.post("/settings/profile", data=first)

    second = me.post("/settings/profile", data=first | {"name": "Second"})

    text = second.get_data(as_text=True)
    session.refresh(person)
    assert second.status_code == 409
    assert 'value="Second"' in text
    assert "First" in text
    assert person.name == "First"


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({"name": ""}, "Please fill this in"),
        ({"name": "梅" * 10_000}, "at most 120 characters"),
        ({"name_en": "x" * 121}, "at most 120 characters"),
        ({"lang": "fr"}, "lang"),
    ],
)
def test_what_cannot_be_saved_stays_in_the_form(me, person, session, entry, sentence):
    data = {"version": person.version, "name": "Mei", "name_en": "", "lang": ""}
    answer = me.post("/settings/profile", data=data | entry)

    session.refresh(person)
    assert (answer.status_code, sentence in answer.get_data(as_text=True)) == (422, True)
    assert person.name == "Mei Lin"


@pytest.mark.parametrize("version", ["", "x", "9" * 5_000, "-1", "٣"])
def test_odd_versions_are_a_clash_and_no_failure(me, version):
    data = {"version": version, "name": "Mei", "name_en": "", "lang": ""}

    assert me.post("/settings/profile", data=data).status_code == 409


def test_a_form_cannot_give_roles_or_states(me, person, session):
    me.post(
        "/settings/profile",
        data={
            "version": person.version, "name": "Mei", "name_en": "", "lang": "",
            "role": "admin", "state": "suspended", "email": "other@example.org", "is_demo": "1",
        },
    )  # fmt: skip

    session.refresh(person)
    assert person.state is AccountState.ACTIVE
    assert (person.email != "other@example.org", person.is_demo) == (True, False)
    assert queries.actor_of(session, person).hats == frozenset()


def test_changing_the_password_ends_all_other_sessions(
    me, browse_as, person, session, mails
):  # fmt: skip
    elsewhere = browse_as(person)

    answer = me.post(
        "/settings/password", data={"current": PASSWORD, "password": NEW}, follow_redirects=True
    )

    session.refresh(person)
    assert "Your password is changed" in answer.get_data(as_text=True)
    assert Passwords("low").matches(person.password_hash, NEW)
    assert me.get("/settings/security").status_code == 200
    assert elsewhere.get("/settings/security").status_code == 302
    assert mails() == [("password_changed", person.email)]


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({"current": "something else entirely"}, "This is not your password"),
        ({"current": ""}, "Please fill this in"),
        ({"password": "short"}, "at least 15 characters"),
        ({"password": "mei lin mei lin mei lin"}, "too close to a name"),
        ({"password": "passwordpassword"}, "among the first"),
    ],
)
def test_a_password_is_not_changed_without_proof_or_rule(
    me, person, session, entry, sentence
):  # fmt: skip
    answer = me.post("/settings/password", data={"current": PASSWORD, "password": NEW} | entry)

    session.refresh(person)
    text = answer.get_data(as_text=True)
    assert (answer.status_code, sentence in text) == (422, True)
    assert (PASSWORD in text, NEW in text) == (False, False)
    assert Passwords("low").matches(person.password_hash, PASSWORD)
    assert me.get("/settings/security").status_code == 200


def test_guessing_the_present_password_is_locked(me, person, session):
    for _ in range(5):
        me.post("/settings/password", data={"current": "something else", "password": NEW})

    answer = me.post("/settings/password", data={"current": PASSWORD, "password": NEW})

    session.refresh(person)
    assert answer.status_code == 429
    assert Passwords("low").matches(person.password_hash, PASSWORD)


def test_a_new_address_is_confirmed_at_the_new_and_told_to_the_old(
    me, browse_as, person, session, link, mails
):  # fmt: skip
    old, elsewhere = person.email, browse_as(person)
    me.post("/settings/email", data={"email": "New@Example.org", "proof": PASSWORD})
    session.refresh(person)
    assert person.email == old
    assert mails() == [("change_address", "new@example.org"), ("address_change_began", old)]

    path = link("change_address")
    assert "new@example.org" in me.get(path).get_data(as_text=True)
    session.refresh(person)
    assert person.email == old
    done = me.post(path, follow_redirects=True)

    session.refresh(person)
    assert "Your new address is in use" in done.get_data(as_text=True)
    assert person.email == "new@example.org"
    assert elsewhere.get("/settings/security").status_code == 302
    assert mails()[2:] == [("address_changed", old)]
    assert me.get(path).status_code == 409


def test_the_link_of_a_new_address_works_in_another_browser(
    client, me, person, session, link
):  # fmt: skip
    me.post("/settings/email", data={"email": "new@example.org", "proof": PASSWORD})

    answer = client.post(link("change_address"))

    session.refresh(person)
    assert answer.headers["Location"] == "/login"
    assert person.email == "new@example.org"


def test_a_taken_address_gets_the_same_answer_and_stays(
    me, people, person, session, mails
):  # fmt: skip
    taken = people.user("Somebody else")

    answer = me.post("/settings/email", data={"email": taken.email, "proof": PASSWORD})

    assert answer.status_code == 302
    assert mails() == [("known_address", taken.email), ("address_change_began", person.email)]


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({"proof": "something else entirely"}, "This is not your password"),
        ({"email": "no address"}, "does not look like an address"),
        ({"email": "own"}, "This is your address already"),
    ],
)
def test_an_address_is_not_changed_without_proof(
    me, person, mails, entry, sentence
):  # fmt: skip
    data = {"email": "new@example.org", "proof": PASSWORD} | entry
    if data["email"] == "own":
        data["email"] = person.email.upper()

    answer = me.post("/settings/email", data=data)

    assert (answer.status_code, sentence in answer.get_data(as_text=True)) == (422, True)
    assert mails() == []


def test_a_suspended_account_does_not_change_its_address(
    client, me, person, session, link
):  # fmt: skip
    me.post("/settings/email", data={"email": "new@example.org", "proof": PASSWORD})
    person.state = AccountState.SUSPENDED
    session.commit()

    assert client.post(link("change_address")).status_code == 409


def test_sessions_are_listed_and_ended_one_by_one(app, me, person, session):
    other = app.test_client()
    other.post(
        "/login", data={"email": person.email, "password": PASSWORD},
        headers={"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Safari/604.1"},
    )  # fmt: skip
    row = session.query(SignInSession).filter_by(user_id=person.id).order_by(
        SignInSession.id.desc()
    )[0]  # fmt: skip
    text = me.get("/settings/security").get_data(as_text=True)
    assert "Safari and iPhone" in text
    assert "This browser" in text

    me.post(f"/settings/sessions/{row.public_id}/end")

    assert other.get("/settings/security").status_code == 302
    assert me.get("/settings/security").status_code == 200


def test_nobody_ends_the_session_of_another(me, browse_as, people, session):
    somebody = people.user()
    browser = browse_as(somebody)
    row = session.query(SignInSession).filter_by(user_id=somebody.id).one()

    assert me.post(f"/settings/sessions/{row.public_id}/end").status_code == 404
    assert me.post("/settings/sessions/nothing/end").status_code == 404
    assert browser.get("/settings/security").status_code == 200


def test_signing_out_everywhere_else_keeps_this_browser(me, browse_as, person):
    others = [browse_as(person) for _ in range(2)]

    me.post("/settings/sessions/end")

    assert me.get("/settings/security").status_code == 200
    assert {each.get("/settings/security").status_code for each in others} == {302}


def test_what_happened_is_listed_in_words_and_page_by_page(
    me, person, people, session
):  # fmt: skip
    for number in range(60):
        me.post(
            "/settings/profile",
            data={"version": person.version + number, "name": f"N{number}", "name_en": "",
                  "lang": ""},
        )  # fmt: skip

    first = me.get("/settings/security/events").get_data(as_text=True)
    assert first.count("Profile changed") == 50
    oldest = min(entry.id for entry in session.query(AuditEntry).filter_by(object_id=person.id))
    rest = me.get(f"/settings/security/events?before={oldest + 5}").get_data(as_text=True)
    assert "Account made" in rest


@pytest.mark.parametrize("before", ["x", "-1", "0", "9" * 30, "🦉", "1.5"])
def test_odd_pages_are_no_failure(me, before):
    answer = me.get(f"/settings/security/events?before={before}")

    assert answer.status_code in {200, 404}


def test_a_visitor_is_asked_to_sign_in(client):
    for path in ("/settings/profile", "/settings/security", "/settings/security/events"):
        assert client.get(path).headers["Location"].startswith("/login?next=")
    for path in ("/settings/password", "/settings/email", "/settings/sessions/end"):
        assert client.post(path).headers["Location"].startswith("/login")


def test_the_english_name_is_what_readers_of_english_see(browse_as, people, session):
    mei = people.user("林美玲")
    mei.name_en = "Mei-Ling Lin"
    session.commit()
    path = f"/admin/accounts/{mei.public_id}"

    in_english = browse_as(people.admin()).get(path).get_data(as_text=True)
    in_chinese = browse_as(people.admin(), lang="zh-Hant-TW").get(path).get_data(as_text=True)

    assert "<title>Mei-Ling Lin" in in_english
    assert "<title>林美玲" in in_chinese
