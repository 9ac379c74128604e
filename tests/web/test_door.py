"""What every request is held to, whatever page it asks for."""

from __future__ import annotations

import pytest

from matchmaker.app import create_app
from matchmaker.kernel import clock
from matchmaker.organizations.models import Organization
from matchmaker.web.security import local_path


def test_every_answer_carries_the_strict_policy(client):
    for path in ("/organizations", "/nothing-here", "/assets/none.css"):
        headers = client.get(path).headers
        assert headers["Content-Security-Policy"] == (
            "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
            "font-src 'self'; form-action 'self'; object-src 'none'; base-uri 'none'; "
            "frame-ancestors 'none'"
        )
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(client):
    answer = client.post("/preferences/theme", data={"theme": "dark"})

    cookie = answer.headers["Set-Cookie"]
    assert "theme=dark" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_host_that_is_not_ours_is_refused(client):
    assert client.get("/organizations", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("path", ["/organizations?q=%00", "/organizations?q=%ED%A0%80x"])
def test_characters_that_no_text_holds_are_answered_without_a_crash(client, path):
    assert client.get(path).status_code in {200, 400}


def test_a_null_character_in_a_form_is_refused(client):
    assert client.post("/preferences/theme", data={"theme": "da\x00rk"}).status_code == 400


def test_a_form_without_its_token_is_refused_in_words(settings, database):
    guarded = create_app(settings, database).test_client()

    answer = guarded.post("/preferences/theme", data={"theme": "dark"})

    assert answer.status_code == 400
    assert "This form has expired" in answer.get_data(as_text=True) or "表單已逾時" in (
        answer.get_data(as_text=True)
    )


def test_the_page_follows_the_link_then_the_cookie_then_the_browser(client):
    def tag(**kwargs):
        text = client.get(**kwargs).get_data(as_text=True)
        return text.split('<html lang="')[1].split('"')[0]

    english = {"Accept-Language": "en-GB,en;q=0.8"}
    assert tag(path="/organizations") == "zh-Hant-TW"
    assert tag(path="/organizations", headers=english) == "en"
    client.set_cookie("lang", "zh-Hant-TW")
    assert tag(path="/organizations", headers=english) == "zh-Hant-TW"
    assert tag(path="/organizations?lang=en") == "en"


def test_the_choice_of_language_comes_back_to_the_page_it_was_made_on(client):
    answer = client.post("/preferences/language?lang=en", data={"next": "/organizations?q=x"})

    assert answer.headers["Location"] == "/organizations?q=x"


def test_nobody_is_led_to_another_site(client):
    for target in ("https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil"):
        answer = client.post("/preferences/language?lang=en", data={"next": target})
        assert answer.headers["Location"] == "/"
        assert local_path(target) is None


def test_a_page_that_fails_shows_a_number_and_nothing_of_its_inside(client, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError("the secret inside")

    monkeypatch.setattr("matchmaker.web.organizations.views.queries.listing", broken)
    answer = client.get("/organizations?lang=en")

    text = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert "Reference of this page" in text
    assert "secret inside" not in text


def test_a_refused_write_leaves_nothing_behind(people, browse_as, session):
    person = people.user()
    browser = browse_as(person)

    answer = browser.post(
        "/organizations/new",
        data={
            "type": "company",
            "region": "",
            "size": "",
            "name_en": "Half",
            "business_number": "12345678",
        },
    )

    names = [row.name.en for row in session.query(Organization).all()]
    assert (answer.status_code, "Half" in names) == (422, False)
    assert 'value="Half"' in answer.get_data(as_text=True)


def test_pages_of_signed_in_people_are_not_kept_by_caches(people, browse_as):
    browser = browse_as(people.user())

    assert browser.get("/organizations").headers["Cache-Control"] == "no-store"


def test_a_visitor_is_sent_to_sign_in_and_back(client):
    answer = client.get("/organizations/new")

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/login?next=/organizations/new"


def test_requests_share_one_instant(app):
    from matchmaker.web import door

    with app.test_request_context("/"):
        assert door.now() == door.now() <= clock.now()
