"""Changing a team through the browser, with and without scripts."""

from __future__ import annotations

import re
from datetime import date

import pytest

from matchmaker.accounts import queries as accounts
from matchmaker.kernel.actor import Role, Scope
from matchmaker.teams import engagement, queries, service
from matchmaker.teams.entries import Person
from matchmaker.teams.models import EvidenceKind
from tests.conftest import NOON
from tests.factories.teams import make_full_team, make_member, make_team

SECTIONS = (
    "profile", "capabilities", "projects", "certificates", "capacity", "members", "visibility",
)  # fmt: skip


@pytest.fixture
def lead(people):
    return people.user("王小明")


@pytest.fixture
def team(session, lead):
    return make_full_team(session, NOON, lead)


def entered(browser, address):
    """What the form on a page would send as it stands."""
    text = browser.get(address).get_data(as_text=True)
    form = text[text.index('<form class="form"') :]
    fields = {}
    for tag in re.findall(r"<input[^>]*>", form[: form.index("</form>")]):
        values = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        ticked = values.get("type") not in {"checkbox", "radio"} or " checked" in tag
        if "name" in values and ticked:
            fields.setdefault(values["name"], []).append(values.get("value", ""))
    return fields


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("lang", ["en", "zh-TW"])
def test_every_section_opens_for_lead_and_member(
    people, browse_as, session, team, lead, section, lang
):
    for reader in (lead, make_member(session, NOON, team, people.user())):
        answer = browse_as(reader).get(f"/teams/{team.ref}/edit/{section}?lang={lang}")
        assert answer.status_code == 200
        assert 'aria-current="step"' in answer.get_data(as_text=True)


def test_an_unknown_section_does_not_exist(browse_as, team, lead):
    assert browse_as(lead).get(f"/teams/{team.ref}/edit/money").status_code == 404


@pytest.mark.parametrize("section", SECTIONS)
def test_who_may_not_edit_is_told_so_or_nothing(people, browse_as, session, team, section):
    rival = people.user()
    make_team(session, NOON, lead=rival)
    expected = {
        people.pm(people.program()): 403,
        people.auditor(): 403,
        people.admin(): 403,
        people.owner_lead(people.organization()): 404,
        people.user("", (Role.INVESTOR, Scope.PLATFORM, 0)): 404,
        people.user("", (Role.REVIEWER, Scope.PANEL, 1)): 404,
        people.user("", (Role.FINANCE, Scope.PLATFORM, 0)): 404,
        rival: 404,
    }
    before = team.version
    for reader, status in expected.items():
        browser = browse_as(reader)
        assert browser.get(f"/teams/{team.ref}/edit/{section}").status_code == status
        assert browser.post(f"/teams/{team.ref}/edit/{section}", data={}).status_code == status
    session.refresh(team)
    assert team.version == before


def test_a_visitor_is_asked_to_sign_in(client, team):
    answer = client.get(f"/teams/{team.ref}/edit/profile")

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login?next=")


def test_a_profile_is_saved_and_the_next_section_opens(browse_as, session, team, lead):
    browser = browse_as(lead)

    answer = browser.post(
        f"/teams/{team.ref}/edit/profile",
        data={
            "version": team.version, "name_zh": "視覺智造", "profile_zh": "瑕疵檢測與預知保養",
            "profile_en": "",
            "founded": "２０１９", "website": "https://example.org", "then": "next",
        },
    )  # fmt: skip

    session.refresh(team)
    assert answer.headers["Location"] == f"/teams/{team.ref}/edit/capabilities"
    assert (team.profile.zh_TW, team.profile.en, team.founded) == ("瑕疵檢測與預知保養", None, 2019)


def test_two_tabs_do_not_overwrite_each_other(browse_as, session, team, lead):
    browser = browse_as(lead)
    old = team.version
    browser.post(
        f"/teams/{team.ref}/edit/profile",
        data={"version": old, "name_en": "Visionwright", "profile_en": "Theirs, saved first"},
    )

    clash = browser.post(
        f"/teams/{team.ref}/edit/profile",
        data={"version": old, "name_en": "Visionwright", "profile_en": "Mine, typed second"},
    )

    text = clash.get_data(as_text=True)
    assert clash.status_code == 409
    assert "Theirs, saved first" in text
    assert "Mine, typed second" in text
    session.refresh(team)
    assert team.profile.en == "Theirs, saved first"
    renewed = re.search(r'name="version"[^>]*value="(\d+)"', text)
    browser.post(
        f"/teams/{team.ref}/edit/profile",
        data={"version": renewed[1], "name_en": "Visionwright", "profile_en": "Mine, typed second"},
    )
    session.refresh(team)
    assert team.profile.en == "Mine, typed second"


def test_a_clash_over_boxes_is_told_in_words(browse_as, team, lead):
    browser = browse_as(lead)

    clash = browser.post(
        f"/teams/{team.ref}/edit/capabilities", data={"version": 1, "domains": ["finance"]}
    )

    text = clash.get_data(as_text=True)
    theirs = text[text.index("Somebody else saved") : text.index('<form class="form"')]
    assert clash.status_code == 409
    assert "Semiconductors and electronics" in theirs
    assert "semiconductor<" not in theirs


def test_saving_twice_what_stands_there_already_is_no_clash(browse_as, session, team, lead):
    browser = browse_as(lead)
    address = f"/teams/{team.ref}/edit/capacity"
    sent = entered(browser, address) | {"capacity": "3"}

    answers = [browser.post(address, data=sent).status_code for _ in range(2)]

    assert answers == [302, 302]
    session.refresh(team)
    assert team.capacity == 3


def test_a_script_saves_on_the_way_and_learns_the_version(browse_as, session, team, lead):
    browser = browse_as(lead)
    script = {"X-Requested-With": "autosave", "Accept": "application/json"}
    address = f"/teams/{team.ref}/edit/capacity"

    saved = browser.post(address, headers=script, data={"version": team.version, "capacity": "4"})
    refused = browser.post(
        address, headers=script, data={"version": saved.json["version"], "capacity": "-1"}
    )
    clashed = browser.post(address, headers=script, data={"version": "1", "capacity": "5"})

    session.refresh(team)
    assert (saved.status_code, saved.json["version"]) == (200, team.version)
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["capacity"])
    assert clashed.status_code == 409
    assert team.capacity == 4


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"capacity": "-3"}, "Give a whole number, in digits."),
        ({"capacity": "21"}, "Give a number between 0 and 20."),
        ({"capacity": ""}, "Please fill this in."),
        ({"capacity": "1", "free_from": "3026-01-01"}, "This day is too far away."),
        ({"capacity": "1", "free_from": "tomorrow"}, "Give a day such as"),
        ({"capacity": "1", "regions": ["moon"]}, "Choose from the list."),
        ({"capacity": "1", "languages": ["tlh"]}, "Choose from the list."),
    ],
)
def test_a_wrong_capacity_is_named_at_its_field(browse_as, session, team, lead, values, sentence):
    answer = browse_as(lead).post(
        f"/teams/{team.ref}/edit/capacity", data={"version": team.version, **values}
    )

    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)
    session.refresh(team)
    assert team.capacity == 2


def test_a_day_of_the_republic_and_full_width_digits_are_understood(browse_as, session, team, lead):
    answer = browse_as(lead).post(
        f"/teams/{team.ref}/edit/capacity",
        data={"version": team.version, "capacity": "３", "free_from": "116/02/01"},
    )

    session.refresh(team)
    assert answer.status_code == 302
    assert (team.capacity, team.free_from) == (3, date(2027, 2, 1))


def test_projects_are_added_changed_moved_and_removed_by_buttons(browse_as, session, team, lead):
    browser = browse_as(lead)
    edit = f"/teams/{team.ref}/edit/projects"

    browser.post(
        f"{edit}?row=new",
        data={
            "version": team.version, "title_en": "Second", "evidence": "published",
            "results": "良率 0.81 → 0.93", "year": "2025",
        },
    )  # fmt: skip
    session.expire_all()
    first, second = team.projects
    browser.post(
        f"{edit}?row={second.id}",
        data={"version": team.version, "title_en": "Second, told better", "evidence": "self"},
    )
    session.expire_all()
    browser.post(f"/teams/{team.ref}/projects/{second.id}/up", data={"version": team.version})
    session.expire_all()

    assert [each.title.en for each in team.projects] == ["Second, told better", "AOI false alarms"]

    browser.post(f"/teams/{team.ref}/projects/{first.id}/remove", data={"version": team.version})
    session.expire_all()
    assert [each.title.en for each in team.projects] == ["Second, told better"]


def test_a_stale_button_moves_and_removes_nothing(browse_as, session, team, lead):
    browser = browse_as(lead)
    project = team.projects[0]

    statuses = [
        browser.post(f"/teams/{team.ref}/projects/{project.id}/{verb}", data=data).status_code
        for verb in ("up", "remove")
        for data in ({"version": 1}, {"version": "'"}, {})
    ]

    assert statuses == [409] * 6
    session.expire_all()
    assert len(team.projects) == 1


def test_a_project_of_another_team_is_out_of_reach(people, browse_as, session, team, lead):
    rival = people.user()
    theirs = make_full_team(session, NOON, rival)
    browser = browse_as(lead)
    foreign = theirs.projects[0].id

    opened = browser.get(f"/teams/{team.ref}/edit/projects?row={foreign}")
    removed = browser.post(
        f"/teams/{team.ref}/projects/{foreign}/remove", data={"version": team.version}
    )

    assert (opened.status_code, removed.status_code) == (404, 404)


@pytest.mark.parametrize("row", ["x", "-1", "1e9", "99999999999999999999", "１"])
def test_a_row_that_is_none_does_not_exist(browse_as, team, lead, row):
    answer = browse_as(lead).get(f"/teams/{team.ref}/edit/projects", query_string={"row": row})

    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "Give the title in at least one language."),
        ({"title_en": "T", "year": "3026"}, "Give a year between 1900 and"),
        ({"title_en": "T", "evidence": "verified"}, "Choose from the list."),
        ({"title_en": "T", "results": "x" * 10_000}, "Use at most 4000 characters."),
        ({"title_en": "🤖" * 201}, "Use at most 200 characters."),
    ],
)
def test_a_wrong_project_is_named_at_its_field(browse_as, session, team, lead, values, sentence):
    answer = browse_as(lead).post(
        f"/teams/{team.ref}/edit/projects?row=new",
        data={"version": team.version, "evidence": "self", **values},
    )

    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)
    session.expire_all()
    assert len(team.projects) == 1


def test_nobody_claims_a_verification(browse_as, session, team, lead):
    team.projects[0].evidence = EvidenceKind.VERIFIED
    session.commit()
    project = team.projects[0]

    answer = browse_as(lead).post(
        f"/teams/{team.ref}/edit/projects?row={project.id}",
        data={"version": team.version, "title_en": "Better", "evidence": "verified"},
    )

    assert answer.status_code == 409
    session.expire_all()
    assert project.title.en == "AOI false alarms"


def test_certificates_are_added_changed_and_removed(browse_as, session, team, lead):
    browser = browse_as(lead)
    edit = f"/teams/{team.ref}/edit/certificates"

    browser.post(
        f"{edit}?row=new",
        data={"version": team.version, "name": "ISO 27001", "expires_on": "2028/01/01"},
    )
    session.expire_all()
    held = team.certificates[0]
    browser.post(f"{edit}?row={held.id}", data={"version": team.version, "name": "ISO 27001:2022"})
    session.expire_all()
    assert (held.name, held.expires_on) == ("ISO 27001:2022", None)

    browser.post(f"/teams/{team.ref}/certificates/{held.id}/remove", data={"version": team.version})
    session.expire_all()
    assert team.certificates == []


def test_the_lead_names_corrects_and_takes_leave_of_people(browse_as, session, team, lead):
    browser = browse_as(lead)
    edit = f"/teams/{team.ref}/edit/members"

    browser.post(edit, data={"name": "O'Neill 林", "title": "Engineer"})
    _lead, named = queries.people(session, team.id)
    browser.post(f"{edit}?row={named.id}", data={"name": "O’Neill 林", "title": "Data engineer"})
    asked = browser.get(f"/teams/{team.ref}/members/{named.id}/end").get_data(as_text=True)
    browser.post(f"/teams/{team.ref}/members/{named.id}/end")

    session.expire_all()
    assert "loses access" in asked
    assert [each.name for each in queries.people(session, team.id)] == ["王小明"]
    assert [(m.name, m.title) for m in queries.former(session, team.id)] == [
        ("O’Neill 林", "Data engineer")
    ]
    assert "O’Neill 林" in browser.get(edit).get_data(as_text=True)


def test_only_the_lead_changes_people_and_visibility(people, browse_as, session, team):
    member = make_member(session, NOON, team, people.user("Second"))
    browser = browse_as(member)
    lead_row = queries.lead(session, team.id)

    statuses = [
        browser.post(f"/teams/{team.ref}/edit/members", data={"name": "X"}).status_code,
        browser.post(f"/teams/{team.ref}/edit/visibility", data={"version": 1}).status_code,
        browser.post(f"/teams/{team.ref}/members/{lead_row.id}/end").status_code,
        browser.post(f"/teams/{team.ref}/members/{lead_row.id}/lead").status_code,
    ]

    assert statuses == [403] * 4
    session.expire_all()
    assert team.is_listed
    assert len(queries.people(session, team.id)) == 2


def test_the_representation_is_handed_over_with_its_rights(people, browse_as, session, team, lead):
    member = make_member(session, NOON, team, people.user("Second"))
    row = queries.membership(session, team.id, member.id)
    browser = browse_as(lead)

    asked = browser.get(f"/teams/{team.ref}/members/{row.id}/lead")
    browser.post(f"/teams/{team.ref}/members/{row.id}/lead")

    session.expire_all()
    assert "becomes the one person" in asked.get_data(as_text=True)
    assert queries.lead(session, team.id).user_id == member.id
    hats = {hat.role for hat in accounts.actor_of(session, lead).hats}
    assert hats == {Role.TEAM_MEMBER}
    assert browser.post(f"/teams/{team.ref}/edit/members", data={"name": "X"}).status_code == 403


def test_the_last_lead_cannot_leave_but_a_member_can(people, browse_as, session, team, lead):
    member = make_member(session, NOON, team, people.user("Second"))
    rows = {m.user_id: m.id for m in queries.people(session, team.id)}

    kept = browse_as(lead).post(f"/teams/{team.ref}/members/{rows[lead.id]}/end")
    left = browse_as(member).post(f"/teams/{team.ref}/members/{rows[member.id]}/end")

    session.expire_all()
    assert (kept.status_code, left.status_code) == (422, 302)
    assert [m.user_id for m in queries.people(session, team.id)] == [lead.id]
    assert browse_as(member).get(f"/teams/{team.ref}/history").status_code == 404


def test_a_closed_call_fixes_the_people(browse_as, session, team, lead, monkeypatch):
    named = service.add_member(
        session, team, Person("Ann"), actor=accounts.actor_of(session, lead), now=NOON
    )
    session.commit()
    monkeypatch.setattr(engagement, "_QUESTIONS", [lambda _session, key, _now: key == team.id])
    browser = browse_as(lead)

    page = browser.get(f"/teams/{team.ref}/edit/members").get_data(as_text=True)
    added = browser.post(f"/teams/{team.ref}/edit/members", data={"name": "Late"})
    ended = browser.post(f"/teams/{team.ref}/members/{named.id}/end")

    assert "its people are fixed" in page
    assert (added.status_code, ended.status_code) == (403, 409)
    assert [m.name for m in queries.people(session, team.id)] == ["王小明", "Ann"]


def test_taking_a_team_off_the_list_hides_it_at_once(client, browse_as, session, team, lead):
    browser = browse_as(lead)

    browser.post(f"/teams/{team.ref}/edit/visibility", data={"version": team.version})

    assert client.get(f"/teams/{team.ref}").status_code == 404
    assert team.ref not in client.get("/teams").get_data(as_text=True)
    assert "This team is not public" in browser.get(f"/teams/{team.ref}").get_data(as_text=True)


@pytest.mark.parametrize("lang", ["en", "zh-TW"])
def test_the_history_tells_who_changed_what(browse_as, team, lead, lang):
    browser = browse_as(lead)
    browser.post(
        f"/teams/{team.ref}/edit/capabilities",
        data={"version": team.version, "domains": ["finance", "semiconductor"]},
    )

    text = browser.get(f"/teams/{team.ref}/history?lang={lang}").get_data(as_text=True)

    assert "王小明" in text
    after = {
        "en": "Semiconductors and electronics and Finance",
        "zh-TW": "半導體與電子和金融",
    }[lang]
    assert after in text


def test_other_teams_and_owners_read_no_history(people, browse_as, session, team):
    rival = people.user()
    make_team(session, NOON, lead=rival)

    for reader in (rival, people.owner_lead(people.organization())):
        browser = browse_as(reader)
        for page in ("history", "preview"):
            assert browser.get(f"/teams/{team.ref}/{page}").status_code == 404
