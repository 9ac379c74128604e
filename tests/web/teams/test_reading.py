"""Reading teams through the browser: who sees which part, and the list."""

from __future__ import annotations

import io
import json
import re

import pytest
from openpyxl import load_workbook

from matchmaker.accounts import queries as accounts
from matchmaker.accounts import sessions
from matchmaker.accounts.models import User
from matchmaker.app import create_app
from matchmaker.audit import queries as audit
from matchmaker.kernel import clock
from matchmaker.kernel.actor import Role, Scope
from matchmaker.kernel.database import Base, Database
from matchmaker.organizations.models import OrgType
from matchmaker.teams import service
from matchmaker.teams.entries import Capabilities, Capacity, Person
from tests.conftest import NOON
from tests.factories import People
from tests.factories.teams import make_full_team, make_member, make_team


@pytest.fixture
def lead(people):
    return people.user("王小明")


@pytest.fixture
def team(session, lead):
    made = make_full_team(session, NOON, lead)
    service.add_member(
        session, made, Person("Hidden Person", "Lab lead"), actor=_actor(session, lead), now=NOON
    )
    session.commit()
    return made


def _actor(session, user):
    return accounts.actor_of(session, user)


def _refs(text):
    return set(re.findall(r"/teams/(TM-\d{4})\"", text))


@pytest.mark.parametrize("lang", ["en", "zh-TW"])
def test_a_visitor_reads_what_a_team_can_do_but_not_who_is_in_it(client, team, lead, lang):
    text = client.get(f"/teams/{team.ref}?lang={lang}").get_data(as_text=True)

    for shown in ("12% → 4%", "Taichung plant", "臺中市", team.ref):
        assert shown in text
    for hidden in ("Hidden Person", "王小明", "No defence work", lead.email, "Lab lead"):
        assert hidden not in text


def test_members_and_staff_read_the_people_and_the_wishes(people, browse_as, session, team, lead):
    readers = [
        lead,
        make_member(session, NOON, team, people.user("Second")),
        people.pm(people.program()),
        people.auditor(),
        people.admin(),
    ]
    for reader in readers:
        text = browse_as(reader).get(f"/teams/{team.ref}").get_data(as_text=True)
        assert "Hidden Person" in text
        assert "No defence work" in text
        assert lead.email not in text.replace(f"{reader.email}", "")


def test_owners_investors_and_other_teams_read_the_public_part(people, browse_as, session, team):
    other = people.user("Rival")
    make_team(session, NOON, lead=other)
    readers = [
        people.owner_lead(people.organization()),
        people.user("", (Role.INVESTOR, Scope.PLATFORM, 0)),
        people.user("", (Role.REVIEWER, Scope.PANEL, 1)),
        other,
    ]
    for reader in readers:
        text = browse_as(reader).get(f"/teams/{team.ref}").get_data(as_text=True)
        assert "12% → 4%" in text
        assert "Hidden Person" not in text
        assert "No defence work" not in text


def test_the_preview_shows_the_lead_what_owners_see(browse_as, team, lead):
    text = browse_as(lead).get(f"/teams/{team.ref}/preview").get_data(as_text=True)

    assert "This is how problem owners" in text
    assert "Hidden Person" not in text
    assert "No defence work" not in text
    assert "Profile strength" not in text


@pytest.mark.parametrize("page", ["", "/preview", "/history", "/edit/profile", "/edit/members"])
def test_an_unlisted_team_does_not_exist_for_outsiders(client, people, browse_as, session, page):
    hidden = make_team(session, NOON, lead=people.user(), listed=False, name_en="Undercover")
    stranger = browse_as(people.owner_lead(people.organization()))

    there = stranger.get(f"/teams/{hidden.ref}{page}")
    nowhere = stranger.get(f"/teams/TM-9999{page}")

    assert (there.status_code, nowhere.status_code) == (404, 404)
    strip = re.compile(r'[0-9a-f]{8,}|TM-\d{4}|value="[^"]*"')
    assert strip.sub("", there.get_data(as_text=True)) == strip.sub(
        "", nowhere.get_data(as_text=True)
    )


def test_the_list_shows_exactly_the_teams_that_may_be_seen(client, people, browse_as, session):
    lead = people.user()
    shown = make_team(session, NOON, lead=people.user())
    own = make_team(session, NOON, lead=lead, listed=False)
    foreign = make_team(session, NOON, lead=people.user(), listed=False)
    everything = {shown.ref, own.ref, foreign.ref}

    assert _refs(client.get("/teams").get_data(as_text=True)) == {shown.ref}
    assert _refs(browse_as(lead).get("/teams").get_data(as_text=True)) == {shown.ref, own.ref}
    for reader in (people.pm(people.program()), people.auditor(), people.admin()):
        assert _refs(browse_as(reader).get("/teams").get_data(as_text=True)) == everything


@pytest.mark.parametrize("query", ["Undercover", "隱形", "Hidden Person", "defence"])
def test_search_and_counts_tell_nothing_of_what_is_hidden(client, people, session, query):
    lead = people.user("Hidden Person")
    team = make_team(session, NOON, lead=lead, name_en="Seen", wishes_en="No defence work.")
    make_team(session, NOON, lead=people.user(), listed=False, name_en="Undercover", name_zh="隱形")

    text = client.get("/teams", query_string={"q": query, "lang": "en"}).get_data(as_text=True)

    assert "0 teams" in text
    assert team.ref not in text


@pytest.mark.parametrize("query", ["瑕疵", "circuit", "台中", "假警報", "Taichung", "影像"])
def test_two_characters_an_english_word_or_a_site_find_a_team(client, team, session, query):
    make_team(session, NOON, name_zh="別家", profile_zh="語音辨識")

    text = client.get("/teams", query_string={"q": query}).get_data(as_text=True)

    assert _refs(text) == {team.ref}


def test_facets_narrow_the_list_and_count_what_they_would_show(client, people, session):
    startup = people.organization(type=OrgType.STARTUP)
    insurers = make_team(session, NOON, organization=startup)
    bankers = make_team(session, NOON)
    painters = make_team(session, NOON)
    for team, domains, capacity in (
        (insurers, ["insurance"], 3), (bankers, ["finance"], 1), (painters, ["manufacturing"], 2),
    ):  # fmt: skip
        lead = people.user("", (Role.TEAM_LEAD, Scope.TEAM, team.id))
        service.set_capabilities(
            session,
            team,
            Capabilities(domains=domains),
            version=team.version,
            actor=people.actor(lead),
            now=NOON,
        )
        service.set_capacity(
            session,
            team,
            Capacity(capacity=capacity, regions=["south"]),
            version=team.version,
            actor=people.actor(lead),
            now=NOON,
        )
    session.commit()

    def found(**values):
        return _refs(client.get("/teams", query_string=values).get_data(as_text=True))

    assert found(domains="finance") == {insurers.ref, bankers.ref}
    assert found(domains=["insurance", "manufacturing"]) == {insurers.ref, painters.ref}
    assert found(types="startup") == {insurers.ref}
    assert found(capacity=2) == {insurers.ref, painters.ref}
    assert found(regions="south", domains="finance", capacity=2) == {insurers.ref}
    assert found(regions="nowhere", domains="'; --", capacity="x") == {
        insurers.ref, bankers.ref, painters.ref,
    }  # fmt: skip
    text = client.get("/teams?domains=finance&lang=en").get_data(as_text=True)
    counts = re.findall(
        r'value="(\w+)"(?: checked)?><span>[^<]*</span><span class="choice-count">(\d+)', text
    )
    assert dict(counts) == {
        "manufacturing": "1", "finance": "2", "insurance": "1", "startup": "1", "south": "2",
        "1": "2", "2": "1", "3": "1",
    }  # fmt: skip


def test_pages_go_forth_and_back_without_losing_a_team(client, session):
    made = [make_team(session, NOON) for _ in range(103)]
    refs = [team.ref for team in reversed(made)]

    def page(address):
        text = client.get(address).get_data(as_text=True)
        rows = re.findall(r'card-title"><a href="/teams/(TM-\d+)"', text)
        links = dict(re.findall(r'href="([^"]*)" rel="(prev|next)"', text))
        return rows, {rel: link.replace("&amp;", "&") for link, rel in links.items()}

    for sort in ("", "?sort=changed"):
        first, links = page(f"/teams{sort}")
        second, beyond = page(links["next"])
        third, last = page(beyond["next"])
        back, _links = page(last["prev"])
        front, at_front = page(beyond["prev"])
        assert first + second + third == refs
        assert back == second
        assert front == first
        assert set(at_front) == {"next"}
        assert set(last) == {"prev"}


def test_the_list_costs_the_same_however_long_it_is(client, people, browse_as, session):
    """Three statements for a visitor, of which one is the test's own savepoint."""
    lead = people.user()
    browser, costs = browse_as(lead), []
    for count in (1, 2, 47):
        for _ in range(count):
            make_team(session, NOON, lead=None if costs else lead)
        costs.append([int(one.get("/teams").headers["X-Statements"]) for one in (client, browser)])

    assert costs[0] == costs[1] == costs[2]
    assert costs[0][0] <= 3
    assert costs[0][1] <= 6


def test_an_export_holds_the_rows_of_the_filter_and_no_formula(client, people, session):
    sly = make_team(session, NOON, name_en="=HYPERLINK(1)", name_zh="＋公式", profile_en="robots")
    make_team(session, NOON, profile_en="weather")
    make_team(session, NOON, profile_en="robots", listed=False)

    csv = client.get("/teams.csv?q=robots")
    rows = json.loads(client.get("/teams.json?q=robots").data)
    sheet = load_workbook(io.BytesIO(client.get("/teams.xlsx?q=robots").data)).active

    assert csv.data.startswith(b"\xef\xbb\xbf")
    assert csv.headers["Content-Disposition"].startswith("attachment")
    lines = csv.get_data(as_text=True).splitlines()
    assert len(lines) == 2
    assert lines[1].startswith(f"{sly.ref},'＋公式,'=HYPERLINK(1)")
    assert [row["id"] for row in rows] == [sly.ref]
    assert rows[0]["name"] == {"zh_TW": "＋公式", "en": "=HYPERLINK(1)"}
    assert sheet.max_row == 2
    assert sheet["C2"].data_type == "s"


def test_an_export_names_neither_people_nor_wishes(client, team, people, browse_as):
    for reader in (client, browse_as(people.admin())):
        text = reader.get("/teams.json").get_data(as_text=True)
        assert team.ref in text
        assert "Hidden Person" not in text
        assert "No defence work" not in text


def test_a_signed_in_export_is_written_down(settings, tmp_path):
    """Against a database of its own: the entry is committed apart from the reading request."""
    database = Database(f"sqlite:///{tmp_path / 'export.db'}")
    Base.metadata.create_all(database.engine)
    with database.transaction() as session:
        reader = People(session, NOON).admin()
    with database.transaction() as session:
        _row, token = sessions.start(
            session, session.get_one(User, reader.id), now=clock.now(), address="", agent=""
        )
    browser = create_app(settings, database).test_client()
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = token

    assert browser.get("/teams.csv").status_code == 200

    with database.reading() as session:
        newest = next(iter(audit.newest(session, audit.Filter(action="team.export")).rows))
    assert (newest.actor_id, newest.after) == (reader.id, {"format": "csv", "rows": 0})
    database.close()


def test_a_claimed_technology_points_at_the_project_that_shows_it(
    client, session, people, team, lead
):
    service.add_project(
        session,
        team,
        service.Project(title_zh="載板瑕疵檢測"),
        version=team.version,
        actor=_actor(session, lead),
        now=NOON,
    )
    session.commit()

    text = client.get(f"/teams/{team.ref}?lang=zh-TW").get_data(as_text=True)

    shown = team.projects[1]
    assert f'<a href="#project-{shown.id}">載板瑕疵檢測</a>' in text


def test_a_fictional_team_says_so(client, session):
    team = make_team(session, NOON, provenance="fictional")

    text = client.get(f"/teams/{team.ref}?lang=en").get_data(as_text=True)

    assert "This team is invented for the demonstration." in text


def test_mine_leads_to_the_team_to_a_choice_or_to_founding_one(people, browse_as, session):
    none, one, two = people.user(), people.user(), people.user()
    single = make_team(session, NOON, lead=one)
    several = [make_team(session, NOON, lead=two) for _ in range(2)]

    assert "You are in no team." in browse_as(none).get("/teams/mine").get_data(as_text=True)
    assert browse_as(one).get("/teams/mine").headers["Location"] == f"/teams/{single.ref}"
    text = browse_as(two).get("/teams/mine").get_data(as_text=True)
    assert _refs(text) == {team.ref for team in several}


def test_a_team_may_be_founded_for_an_own_organisation_only(people, browse_as, session):
    own, foreign = people.organization("Own"), people.organization("Foreign")
    browser = browse_as(people.owner_lead(own))

    refused = browser.post("/teams/new", data={"name_en": "Grabbers", "organization": foreign.ref})
    answer = browser.post("/teams/new", data={"name_en": "Makers", "organization": own.ref})

    assert refused.status_code == 422
    assert answer.status_code == 302
    text = browser.get(answer.headers["Location"].replace("/edit/capabilities", "")).get_data(
        as_text=True
    )
    assert own.name.en in text


@pytest.mark.parametrize(
    "name",
    ["O'Brien & Söhne <b>", "１２３隊", "🤖🚀", "\u202eevil\u202c team", "שלום", "A" * 120],
)
def test_a_name_is_kept_as_it_was_meant(people, browse_as, session, name):
    browser = browse_as(people.user())

    answer = browser.post("/teams/new", data={"name_en": name})
    assert answer.status_code == 302

    text = browser.get("/teams/mine", follow_redirects=True).get_data(as_text=True)
    assert "\u202e" not in text
    assert "<b>" not in text


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "Give the name in at least one language."),
        ({"name_en": "A" * 121}, "Use at most 120 characters."),
        ({"name_en": "A", "profile_zh": "字" * 10_000}, "Use at most 300 characters."),
        ({"name_en": "A", "founded": "3026"}, "Give a year between 1900 and"),
        ({"name_en": "A", "founded": "１８００"}, "Give a year between 1900 and"),
        ({"name_en": "A", "founded": "20.5"}, "Give a whole number, in digits."),
        ({"name_en": "A", "founded": "-5"}, "Give a whole number, in digits."),
        ({"name_en": "A", "website": "javascript:alert(1)"}, "An address starts with https://"),
        ({"name_en": "A", "organization": "OR-0001"}, "Choose from the list."),
    ],
)
def test_a_wrong_entry_is_named_and_nothing_is_lost(people, browse_as, values, sentence):
    answer = browse_as(people.user()).post("/teams/new", data=values)

    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert sentence in text
    assert f'value="{values.get("name_en", "")[:120]}' in text
