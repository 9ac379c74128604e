"""Programmes and calls as those who run them see them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from matchmaker.kernel import clock
from matchmaker.kernel.actor import Role, Scope
from matchmaker.kernel.formats import TAIPEI
from matchmaker.kernel.localized import Localized
from matchmaker.programs import queries, service
from matchmaker.programs.models import Call, Program
from matchmaker.programs.rules import CallRules
from tests.factories import People
from tests.factories.programs import call_content

DAY = timedelta(days=1)


@pytest.fixture
def now():
    return clock.now().replace(second=0, microsecond=0)


@pytest.fixture
def people(session, now):
    return People(session, now)


@pytest.fixture
def program(people):
    return people.program()


@pytest.fixture
def pm(people, program):
    return people.pm(program)


@pytest.fixture
def draft(session, people, program, pm, now):
    call = service.create_call(session, program, call_content(now), actor=people.actor(pm), now=now)
    session.commit()
    return call


@pytest.fixture
def published(session, people, pm, draft, now):
    service.publish_call(session, draft, version=1, actor=people.actor(pm), now=now)
    session.commit()
    return draft


def entries(now, **changes):
    """A call as the form sends it."""
    opens, closes = (now + DAY).astimezone(TAIPEI), (now + 40 * DAY).astimezone(TAIPEI)
    return {
        "name_zh": "秋季徵件", "name_en": "Autumn call", "about_en": "For factories.",
        "opens_on": f"{opens:%Y-%m-%d}", "opens_time": "09:00",
        "closes_on": f"{closes:%Y-%m-%d}", "closes_time": "18:00",
        "budget_twd": "20,000,000", "ceiling_twd": "1500000", "poc_weeks_max": "16",
        "team_min": "2", "team_max": "10", "one_team_per_person": "y", "terms_en": "Keep secrets.",
        "checklist-0-label_zh": "計畫書", "checklist-0-is_required": "y",
        "checklist-1-label_en": "Letter", "checklist-2-label_en": "",
    } | changes  # fmt: skip


def test_a_manager_drafts_checks_and_publishes_a_call(browse_as, session, program, pm, now):
    browser = browse_as(pm)
    answer = browser.post(f"/programs/{program.slug}/calls/new", data=entries(now))
    assert answer.headers["Location"] == "/calls/autumn-call"

    [call] = queries.calls_of(session, [program.id])
    assert (call.budget_twd, CallRules.of(call.rules).one_team_per_person) == (20_000_000, True)
    labels = [(d["label"].get("zh_TW"), d["label"].get("en")) for d in call.checklist]
    assert labels == [("計畫書", None), (None, "Letter")]
    assert [d["required"] for d in call.checklist] == [True, False]
    assert f"{call.closes_at.astimezone(TAIPEI):%H:%M}" == "18:00"

    page = browser.get("/calls/autumn-call/publish").get_data(as_text=True)
    assert "Publish “Autumn call”?" in page
    answer = browser.post("/calls/autumn-call/publish", data={"version": call.version})
    assert answer.status_code == 302
    session.expire_all()
    assert session.get(Call, call.id).published_at is not None


def test_a_call_that_lacks_something_says_what_before_it_is_published(
    browse_as, session, program, pm, now
):
    browser = browse_as(pm)
    browser.post(f"/programs/{program.slug}/calls/new", data=entries(now, about_en="", terms_en=""))
    page = browser.get("/calls/autumn-call/publish").get_data(as_text=True)
    assert "This call cannot be published yet" in page
    assert "Say in a few sentences what the call is for." in page
    assert browser.post("/calls/autumn-call/publish", data={"version": 1}).status_code == 422


BAD = {
    "reversed dates": ({"closes_on": "2026-01-01"}, "The call closes after it opens."),
    "no such day": ({"closes_on": "2026-02-30"}, "Give a day such as"),
    "a year of two digits": ({"closes_on": "26/11/24"}, "Give a day such as"),
    "a year of long ago": ({"opens_on": "0001-01-01"}, "Give a year between 2000 and 2099."),
    "a year far ahead": ({"closes_on": "9999-12-31"}, "Give a year between 2000 and 2099."),
    "no time": ({"closes_time": ""}, "Please fill this in."),
    "an odd time": ({"closes_time": "25:00"}, "Give a time such as 18:00."),
    "a huge number": ({"budget_twd": "9" * 40}, "Give a whole number, in digits."),
    "too much money": ({"budget_twd": "9" * 14}, "Give a number between 1 and 1000000000000."),
    "a word for a number": ({"team_min": "two"}, "Give a whole number, in digits."),
    "less than nothing": ({"team_min": "-2"}, "Give a whole number, in digits."),
    "small largest team": ({"team_max": "1"}, "The largest team cannot be smaller"),
    "no name": ({"name_zh": "", "name_en": "\u202e \u200f"}, "Give the name in at least one"),
    "a long name": ({"name_en": "x" * 121}, "Use at most 120 characters."),
    "an address in Chinese": ({"slug": "秋季"}, "Use small letters"),
    "ceiling above budget": ({"ceiling_twd": "20000001"}, "The ceiling for one PoC cannot"),
    "an unknown sister": ({"sister_calls": "nowhere"}, "nowhere"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_wrong_entry_is_named_and_nothing_is_lost(browse_as, session, program, pm, now, name):
    changes, sentence = BAD[name]
    answer = browse_as(pm).post(f"/programs/{program.slug}/calls/new", data=entries(now, **changes))
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert sentence in text
    assert "For factories." in text
    assert "Letter" in text
    assert queries.calls_of(session, [program.id]) == []


@pytest.mark.parametrize(
    ("typed", "day"),
    [("２０２７－０１－１５", (2027, 1, 15)), ("116/1/15", (2027, 1, 15)),
     ("116.1.15", (2027, 1, 15)), ("民國116年1月15日", (2027, 1, 15))],
)  # fmt: skip
def test_days_are_read_as_people_in_taiwan_write_them(
    browse_as, session, program, pm, now, typed, day
):
    browse_as(pm).post(
        f"/programs/{program.slug}/calls/new",
        data=entries(
            now, closes_on=typed, closes_time="１８：３０", budget_twd="２０,０００,０００"
        ),
    )
    [call] = queries.calls_of(session, [program.id])
    closes = call.closes_at.astimezone(TAIPEI)
    assert (closes.year, closes.month, closes.day, closes.hour, closes.minute) == (*day, 18, 30)
    assert call.budget_twd == 20_000_000


@pytest.mark.parametrize(
    "name", ["徵件 🚀", "נסיון", "<script>alert(1)</script>", "Ｆｕｌｌ　ｗｉｄｔｈ"]
)
def test_any_name_stays_as_it_was_written(browse_as, program, pm, now, name):
    from markupsafe import escape

    answer = browse_as(pm).post(
        f"/programs/{program.slug}/calls/new",
        data=entries(now, name_en=name, slug="named"),
        follow_redirects=True,
    )
    text = answer.get_data(as_text=True)
    assert str(escape(" ".join(name.split()))) in text
    assert "<script>alert" not in text


def test_a_draft_shows_what_was_saved_and_keeps_its_documents(browse_as, session, draft, pm, now):
    browser = browse_as(pm)
    page = browser.get(f"/calls/{draft.slug}/edit").get_data(as_text=True)
    assert 'value="計畫書"' in page
    assert 'value="20000000"' in page

    answer = browser.post(
        f"/calls/{draft.slug}/edit",
        data=entries(now, version=draft.version, **{
            "checklist-0-label_zh": "", "checklist-0-label_en": "", "checklist-1-key": "doc1",
            "checklist-1-label_en": "Plan B",
            "checklist-2-key": "doc9", "checklist-2-label_en": "Forged"}),
    )  # fmt: skip
    assert answer.status_code == 302
    session.expire_all()
    ids = [(d["id"], d["label"].get("en")) for d in session.get(Call, draft.id).checklist]
    assert ids == [("doc1", "Plan B"), ("doc2", "Forged")]


def test_who_saves_second_sees_both_texts(browse_as, draft, pm, now):
    browser = browse_as(pm)
    address = f"/calls/{draft.slug}/edit"
    first = entries(now, name_en="First", version=1)
    assert browser.post(address, data=first).status_code == 302

    answer = browser.post(address, data=entries(now, name_en="Second", version=1))
    text = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "<dd>First</dd>" in text
    assert 'value="Second"' in text


@pytest.mark.parametrize("version", ["", "x", "１", "-1", "9" * 30])
def test_a_forged_version_overwrites_nothing(browse_as, session, draft, pm, now, version):
    answer = browse_as(pm).post(
        f"/calls/{draft.slug}/edit", data=entries(now, name_en="Forged", version=version)
    )
    assert answer.status_code == 409
    session.expire_all()
    assert session.get(Call, draft.id).name.en == "Call 2026"


def test_a_public_call_offers_its_words_only(browse_as, session, published, pm, now):
    browser = browse_as(pm)
    page = browser.get(f"/calls/{published.slug}/edit").get_data(as_text=True)
    assert 'name="about_en"' in page
    assert 'name="budget_twd"' not in page
    assert "A team has 2 to 10 people." in page

    answer = browser.post(
        f"/calls/{published.slug}/edit",
        data={"version": published.version, "name_en": "Better", "about_en": "Said better.",
              "budget_twd": "1", "closes_on": "2026-01-01", "published_at": "", "program_id": "9"},
    )  # fmt: skip
    assert answer.status_code == 302
    session.expire_all()
    call = session.get(Call, published.id)
    assert (call.name.en, call.about.en, call.budget_twd) == ("Better", "Said better.", 20_000_000)


def test_an_extension_is_shown_to_everybody(browse_as, client, session, published, pm, now):
    browser = browse_as(pm)
    later = (published.closes_at + timedelta(hours=2)).astimezone(TAIPEI)
    form = {
        "version": published.version, "closes_on": f"{later:%Y/%m/%d}",
        "closes_time": f"{later:%H:%M}", "notice_zh": "颱風停班順延。", "notice_en": "A typhoon.",
    }  # fmt: skip
    answer = browser.post(f"/calls/{published.slug}/extend", data=form)
    assert answer.status_code == 302
    assert "A typhoon." in client.get(f"/calls/{published.slug}?lang=en").get_data(as_text=True)
    assert "颱風停班順延。" in client.get(f"/calls/{published.slug}?lang=zh").get_data(as_text=True)

    again = browser.post(f"/calls/{published.slug}/extend", data=form)
    assert again.status_code == 409  # the page was opened before the first extension


def test_a_shortening_is_refused_at_its_field(browse_as, session, published, pm):
    was = published.closes_at
    answer = browse_as(pm).post(
        f"/calls/{published.slug}/extend",
        data={"version": published.version, "closes_on": "2026-11-25", "closes_time": "00:00",
              "notice_en": "Sorry."},
    )  # fmt: skip
    assert answer.status_code == 422
    assert "only be moved later" in answer.get_data(as_text=True)
    session.expire_all()
    assert session.get(Call, published.id).closes_at == was


def test_each_page_answers_each_role_as_the_policy_says(browse_as, client, people, program, draft):
    organization = people.organization()
    visitors = {
        "owner_lead": people.owner_lead(organization),
        "owner_member": people.owner_member(organization),
        "team_lead": people.user("", (Role.TEAM_LEAD, Scope.TEAM, 1)),
        "team_member": people.user("", (Role.TEAM_MEMBER, Scope.TEAM, 1)),
        "reviewer": people.user("", (Role.REVIEWER, Scope.PANEL, 1)),
        "finance": people.user("", (Role.FINANCE, Scope.PROGRAM, program.id)),
        "investor": people.user("", (Role.INVESTOR, Scope.PLATFORM, 0)),
        "other_pm": people.pm(people.program()),
        "auditor": people.auditor(),
        "admin": people.admin(),
        "pm": people.pm(program),
    }
    paths = {
        "programs": "/programs", "new_program": "/programs/new",
        "edit_program": f"/programs/{program.slug}/edit",
        "new_call": f"/programs/{program.slug}/calls/new",
        "edit_call": f"/calls/{draft.slug}/edit", "publish": f"/calls/{draft.slug}/publish",
        "extend": f"/calls/{draft.slug}/extend",
    }  # fmt: skip
    outsider = [404, 403, 404, 404, 404, 404, 404]
    expected = dict.fromkeys(visitors, outsider) | {
        "other_pm": [200, 403, 404, 404, 404, 404, 404],
        "auditor": [200, 403, 403, 403, 403, 403, 403],
        "admin": [200, 200, 200, 403, 403, 403, 403],
        "pm": [200, 403, 200, 200, 200, 200, 200],
    }
    answers = {}
    for name, user in visitors.items():
        browser = browse_as(user)
        answers[name] = [browser.get(path).status_code for path in paths.values()]
    assert answers == expected
    assert {client.get(path).status_code for path in paths.values()} == {302}


def test_administrators_set_programmes_up(browse_as, people, session):
    office = people.organization()
    browser = browse_as(people.admin())
    answer = browser.post(
        "/programs/new", data={"name_en": "New Wave", "office_ref": office.ref.lower()}
    )
    assert answer.headers["Location"] == "/programs"
    program = session.query(Program).filter_by(slug="new-wave").one()
    assert program.office_org_id == office.id

    wrong = browser.post("/programs/new", data={"name_en": "Other", "office_ref": "OR-9999"})
    assert wrong.status_code == 422
    assert "There is no organisation with this reference." in wrong.get_data(as_text=True)

    edited = browser.post(
        "/programs/new-wave/edit", data={"name_en": "Newer", "version": program.version}
    )
    assert edited.status_code == 302
    stale = browser.post("/programs/new-wave/edit", data={"name_en": "Old", "version": 1})
    assert (stale.status_code, "<dd>Newer</dd>" in stale.get_data(as_text=True)) == (409, True)


def test_the_list_of_programmes_costs_the_same_whatever_it_holds(browse_as, people, program):
    browser = browse_as(people.pm(program))
    costs = []
    for many in (1, 2, 5):
        for _ in range(many):
            people.call(program)
        costs.append(int(browser.get("/programs").headers["X-Statements"]))
    assert costs == [costs[0]] * 3
    assert costs[0] <= 8


@pytest.mark.parametrize("path", ["/programs", "/calls"])
@pytest.mark.parametrize(("lang", "word"), [("en", "Call"), ("zh-TW", "徵件")])
def test_pages_exist_in_both_languages(browse_as, people, program, published, path, lang, word):
    published.name = Localized(zh_TW="徵件甲", en="Call A")
    people.session.commit()
    text = browse_as(people.pm(program)).get(f"{path}?lang={lang}").get_data(as_text=True)
    assert word in text
