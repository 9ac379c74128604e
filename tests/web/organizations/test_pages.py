"""Organisations through the browser."""

from __future__ import annotations

import pytest

from matchmaker.kernel.localized import Localized
from matchmaker.organizations import service
from matchmaker.organizations.models import Organization, OrgType


def form(**values):
    return {"type": "company", "region": "", "size": "", "name_en": "New Works"} | values


def test_registering_makes_the_person_its_lead(people, browse_as, session):
    browser = browse_as(people.user("Mei Lin"))

    answer = browser.post(
        "/organizations/new", data=form(business_number="０４５９－５２５７"), follow_redirects=True
    )

    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "04595257" in text
    assert "Mei Lin" in text
    assert "Owner lead" in text


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("12345678", "This is no valid business number"),
        ("123", "This is no valid business number"),
        ("ABCDEFGH", "This is no valid business number"),
    ],
)
def test_a_wrong_business_number_is_named_at_its_field(people, browse_as, number, sentence):
    browser = browse_as(people.user())

    answer = browser.post("/organizations/new", data=form(business_number=number))

    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert sentence in text
    assert f'value="{number}"' in text


def test_a_number_is_registered_once(people, browse_as):
    browser = browse_as(people.user())
    browser.post("/organizations/new", data=form(business_number="04595257"))

    answer = browser.post("/organizations/new", data=form(business_number="04595257"))

    assert answer.status_code == 422
    assert "registered already" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "name",
    ["O'Brien & Söhne", "台積電「測試」股份有限公司", "Emoji 🚀 Works", "שלום עולם", "<b>bold</b>"],
)
def test_any_name_is_shown_as_it_was_written(people, browse_as, name):
    browser = browse_as(people.user())

    answer = browser.post("/organizations/new", data=form(name_en=name), follow_redirects=True)

    from markupsafe import escape

    assert str(escape(name)) in answer.get_data(as_text=True)


def test_a_text_that_is_too_long_is_kept_and_named(people, browse_as):
    browser = browse_as(people.user())

    answer = browser.post("/organizations/new", data=form(about_en="x" * 10_001))

    assert answer.status_code == 422
    assert "Use at most 10000 characters." in answer.get_data(as_text=True)
    assert "x" * 10_001 in answer.get_data(as_text=True)


def test_who_saves_second_sees_both_texts(people, browse_as, session):
    organization = people.organization()
    browser = browse_as(people.owner_lead(organization))
    opened = organization.version
    address = f"/organizations/{organization.ref}/edit"
    browser.post(address, data=form(name_en="First", version=opened))

    answer = browser.post(address, data=form(name_en="Second", version=opened))

    text = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "<dd>First</dd>" in text
    assert 'value="Second"' in text


def test_only_a_lead_edits(people, browse_as):
    organization = people.organization()
    other = people.organization()
    address = f"/organizations/{organization.ref}/edit"

    answers = {
        "lead": browse_as(people.owner_lead(organization)).get(address).status_code,
        "member": browse_as(people.owner_member(organization)).get(address).status_code,
        "other": browse_as(people.owner_lead(other)).get(address).status_code,
        "pm": browse_as(people.pm(people.program())).get(address).status_code,
    }

    assert answers == {"lead": 200, "member": 403, "other": 404, "pm": 403}


def test_names_of_people_are_for_members_and_staff(people, browse_as, client):
    organization = people.organization()
    lead = people.owner_lead(organization)
    lead.name = "Hidden Name"
    people.session.commit()
    address = f"/organizations/{organization.ref}"

    seen = {
        "visitor": "Hidden Name" in client.get(address).get_data(as_text=True),
        "stranger": "Hidden Name" in browse_as(people.user()).get(address).get_data(as_text=True),
        "lead": "Hidden Name" in browse_as(lead).get(address).get_data(as_text=True),
        "auditor": "Hidden Name" in browse_as(people.auditor()).get(address).get_data(as_text=True),
    }

    assert seen == {"visitor": False, "stranger": False, "lead": True, "auditor": True}


def test_the_last_lead_stays(people, browse_as, session):
    organization = people.organization()
    lead = people.owner_lead(organization)
    grant = lead.grants[0]

    answer = browse_as(lead).post(
        f"/organizations/{organization.ref}/members/{grant.id}/end", follow_redirects=False
    )

    assert answer.status_code == 422
    assert "last lead" in answer.get_data(as_text=True)


def test_two_characters_inside_a_name_are_found(people, browse_as, client, session):
    person = people.actor(people.user())
    service.register(
        session,
        service.Profile(type=OrgType.COMPANY, name_zh="鉅濂扣件工業股份有限公司"),
        actor=person,
        now=people.now,
    )
    session.commit()

    found = client.get("/organizations?q=扣件&lang=zh-TW").get_data(as_text=True)
    lost = client.get("/organizations?q=扣業&lang=zh-TW").get_data(as_text=True)

    assert ("鉅濂扣件" in found, "鉅濂扣件" in lost) == (True, False)


def test_the_list_asks_as_often_for_three_rows_as_for_one(people, client, session):
    counts = []
    for many in (1, 3, 50):
        while session.query(Organization).count() < many:
            people.organization()
        counts.append(client.get("/organizations").headers["X-Statements"])

    assert counts == [counts[0]] * 3
    assert int(counts[0]) <= 3


def test_invented_organisations_are_labelled(people, client):
    organization = people.organization(provenance="fictional", about=Localized(en="About us"))

    page = client.get(f"/organizations/{organization.ref}?lang=en").get_data(as_text=True)

    assert "Fictional" in page


HUGE = "9" * 30


@pytest.mark.parametrize(
    "path",
    [
        f"/organizations?before={HUGE}",
        "/organizations?before=-1",
        "/organizations?before=１",
        "/organizations?type=guild",
        "/organizations?q=" + "x" * 5000,
        "/organizations?q=%F0%9F%9A%80",
        "/organizations?q=%D7%A9%D7%9C%D7%95%D7%9D",
        '/organizations?q=" OR "',
        "/organizations?q=%",
        f"/organizations/{HUGE}",
        "/organizations/%F0%9F%9A%80",
        "/organizations/OR-１",
    ],
)
def test_odd_addresses_are_answered_without_a_crash(people, client, path):
    people.organization()
    assert client.get(path).status_code in {200, 404}


@pytest.mark.parametrize("number", [HUGE, "0", str(2**63)])
def test_a_role_of_an_impossible_number_is_not_found(people, browse_as, number):
    organization = people.organization()
    browser = browse_as(people.owner_lead(organization))
    answer = browser.post(f"/organizations/{organization.ref}/members/{number}/end")
    assert answer.status_code == 404


def test_fields_that_no_form_has_are_ignored(people, browse_as, session):
    organization = people.organization()
    browser = browse_as(people.owner_lead(organization))
    browser.post(
        f"/organizations/{organization.ref}/edit",
        data=form(version=1, provenance="report", ref="OR-0000", created_at="2000-01-01", id="7"),
    )
    session.expire_all()
    found = session.get(Organization, organization.id)
    assert (found.provenance, found.ref, found.name.en) == ("own", organization.ref, "New Works")


@pytest.mark.parametrize("version", ["", "x", "-1", "7", "１", HUGE])
def test_a_forged_version_overwrites_nothing(people, browse_as, session, version):
    organization = people.organization()
    browser = browse_as(people.owner_lead(organization))
    answer = browser.post(
        f"/organizations/{organization.ref}/edit", data=form(name_en="Forged", version=version)
    )
    assert answer.status_code == 409
    session.expire_all()
    assert session.get(Organization, organization.id).name.en.startswith("Acme")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("type", "guild"),
        ("region", "moon"),
        ("size", "gigantic"),
        ("website", "javascript:x"),
        ("name_en", "x" * 161),
        ("city", "x" * 41),
    ],
)
def test_a_value_outside_its_list_is_refused(people, browse_as, session, field, value):
    answer = browse_as(people.user()).post("/organizations/new", data=form(**{field: value}))
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.get_data(as_text=True)
    assert session.query(Organization).count() == 0


@pytest.mark.parametrize(
    ("lang", "words"),
    [("en", ["Organisations", "Kind of organisation"]), ("zh-TW", ["單位", "單位類型"])],
)
def test_the_list_exists_in_both_languages(people, client, lang, words):
    people.organization()
    text = client.get(f"/organizations?lang={lang}").get_data(as_text=True)
    assert [word for word in words if word not in text] == []


def test_an_empty_list_says_what_belongs_here(client):
    text = client.get("/organizations?lang=en").get_data(as_text=True)
    assert "No organisation is registered yet." in text
    assert "No organisation fits this search." in (
        client.get("/organizations?q=x&lang=en").get_data(as_text=True)
    )


def test_the_link_to_my_organisation_leads_to_it_or_to_the_form(people, browse_as, client):
    organization = people.organization()
    member = browse_as(people.owner_member(organization))
    assert member.get("/organizations/mine").headers["Location"] == (
        f"/organizations/{organization.ref}"
    )
    assert browse_as(people.user()).get("/organizations/mine").headers["Location"] == (
        "/organizations/new"
    )
    assert client.get("/organizations/mine").headers["Location"].startswith("/login")


def test_an_address_of_another_site_is_a_link_that_tells_it_nothing(people, client):
    organization = people.organization(website="https://example.org/?a=1&b=2")
    text = client.get(f"/organizations/{organization.ref}").get_data(as_text=True)
    assert 'href="https://example.org/?a=1&amp;b=2" rel="noopener noreferrer nofollow"' in text


def test_a_stored_address_of_another_kind_is_never_a_link(people, client):
    organization = people.organization(website="javascript:alert(1)")
    text = client.get(f"/organizations/{organization.ref}").get_data(as_text=True)
    assert 'href="javascript:' not in text


def test_e_mail_addresses_stand_on_no_page(people, browse_as):
    organization = people.organization()
    lead, other = people.owner_lead(organization), people.owner_member(organization)
    text = browse_as(lead).get(f"/organizations/{organization.ref}").get_data(as_text=True)
    assert other.name in text
    assert other.email not in text
