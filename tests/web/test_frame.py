"""The frame of every page links only to pages that exist, and finds its way back."""

import pytest

from matchmaker.web import frame


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("/showcase", "/showcase"),
        ("/showcase?q=%E7%91%95%E7%96%B5&lang=en", "/showcase?q=%E7%91%95%E7%96%B5"),
        ("/showcase?group=a&group=b", "/showcase?group=a&group=b"),
        ("/showcase?lang=en", "/showcase"),
    ],
)
def test_after_a_choice_of_language_the_reader_is_back_on_the_same_view(app, address, path):
    with app.test_request_context(address):
        assert frame.here() == path


def test_after_a_form_was_sent_the_reader_comes_back_without_its_fields(app):
    with app.test_request_context("/organizations/new?x=1", method="POST"):
        assert frame.here() == "/organizations/new"


def test_a_page_that_this_installation_lacks_has_no_address(app):
    with app.test_request_context("/"):
        assert frame.address_of("showcase.index") == "/showcase"
        assert frame.address_of("nothing.index") is None


def test_the_page_being_read_is_marked_in_the_top_bar(app):
    with app.test_request_context("/showcase"):
        marked = [link.url for link in frame.public_pages() if link.current]

    assert marked == ["/showcase"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_chosen_theme_is_written_on_the_page_by_the_server(client, theme):
    client.set_cookie("theme", theme)

    assert f'data-theme="{theme}"' in client.get("/showcase").text


def test_without_a_choice_the_theme_is_left_to_the_system(client):
    assert "data-theme" not in client.get("/showcase").text


PAGES = [
    "/admin/styleguide",
    "/admin/styleguide/wizard",
    "/admin/styleguide/sign-in",
    *(f"/admin/styleguide/errors/{code}" for code in (400, 403, 404, 409, 413, 429, 500, 503)),
]


@pytest.mark.parametrize("address", PAGES)
def test_every_component_shows_itself_to_administrators_and_to_nobody_else(
    address, client, browse_as, people
):
    admin, user = people.admin(), people.user()

    seen = [
        browser.get(address).status_code for browser in (client, browse_as(user), browse_as(admin))
    ]

    assert seen == [404, 404, 200]


def test_the_style_guide_speaks_the_language_of_its_reader(browse_as, people):
    browser = browse_as(people.admin())

    zh, en = (browser.get(f"/admin/styleguide?lang={lang}").text for lang in ("zh", "en"))

    assert ('lang="zh-Hant-TW"' in zh, "150 萬元" in zh, "NT$1.5M" in zh) == (True, True, False)
    assert ('<html lang="en"' in en, "150 萬元" in en, "NT$1.5M" in en) == (True, False, True)


def test_the_account_menu_leads_to_profile_and_sign_in_security(browse_as, people):
    page = browse_as(people.user()).get("/help").text

    assert 'href="/settings/profile"' in page
    assert 'href="/settings/security"' in page
