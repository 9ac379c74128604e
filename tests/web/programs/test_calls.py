"""Calls as everybody sees them."""

from __future__ import annotations

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from icalendar import Calendar

from matchmaker.kernel import clock
from matchmaker.kernel.localized import Localized
from matchmaker.programs import service
from matchmaker.programs.rules import CallRules
from tests.factories import People
from tests.factories.programs import call_content

DAY = timedelta(days=1)
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def now():
    return clock.now().replace(microsecond=0)


@pytest.fixture
def people(session, now):
    return People(session, now)


def test_a_page_of_calls_costs_the_same_for_one_three_and_fifty(people, client):
    costs = []
    for many in (1, 2, 47):
        for _ in range(many):
            people.call()
        answer = client.get("/calls")
        assert answer.status_code == 200
        costs.append(answer.headers["X-Statements"])
    assert set(costs) == {costs[0]}
    assert int(costs[0]) <= 3


def test_the_list_goes_on_after_fifty(people, client):
    for _ in range(51):
        people.call()
    first = client.get("/calls?lang=en").get_data(as_text=True)
    rest = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    second = client.get(rest + "&lang=en").get_data(as_text=True)
    assert (first.count('href="/calls/call-'), second.count('href="/calls/call-')) == (50, 1)


def test_each_stage_shows_its_calls_only(people, client, session, now):
    upcoming, open_, closed, draft = (people.call() for _ in range(4))
    upcoming.opens_at = now + DAY
    closed.closes_at = now - DAY
    draft.published_at = None
    session.commit()

    def listed(query):
        text = client.get(f"/calls?{query}").get_data(as_text=True)
        return {call.slug for call in (upcoming, open_, closed, draft)
                if f'href="/calls/{call.slug}"' in text}  # fmt: skip

    assert listed("") == {upcoming.slug, open_.slug, closed.slug}
    assert listed("window=upcoming") == {upcoming.slug}
    assert listed("window=open") == {open_.slug}
    assert listed("window=closed") == {closed.slug}
    assert listed("window=draft") == set()
    assert listed("window=nonsense") == {upcoming.slug, open_.slug, closed.slug}


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [("en", "No call is published yet."), ("zh-TW", "目前還沒有公告的徵件")],
)
def test_an_empty_list_says_what_belongs_here(client, lang, sentence):
    assert sentence in client.get(f"/calls?lang={lang}").get_data(as_text=True)


def test_a_search_without_result_leads_back(people, client):
    people.call()
    text = client.get("/calls?q=zzzz&lang=en").get_data(as_text=True)
    assert "No call fits this search." in text
    assert 'href="/calls"' in text


@pytest.mark.parametrize(
    "query",
    ["q=%F0%9F%9A%80", "q=%D7%A9%D7%9C", "q=%22%20OR%20%2A", "after=x", "after=%EF%BC%91.1",
     "q=" + "x" * 5000, "window=%00"],
)  # fmt: skip
def test_odd_input_is_answered(people, client, query):
    people.call()
    assert client.get(f"/calls?{query}").status_code in {200, 400}


@pytest.fixture
def full_call(session, people, now):
    """A published call with everything a call can say."""
    program = people.program()
    pm = people.actor(people.pm(program))
    sister = people.call(program)
    sister.name = Localized(en="Spring call")
    secret = people.call(program)
    secret.name, secret.published_at = Localized(en="Secret call"), None
    content = call_content(
        now, rules=CallRules(sister_calls=(sister.slug, secret.slug), own_share_percent=20)
    )
    call = service.create_call(session, program, content, actor=pm, now=now)
    service.publish_call(session, call, version=1, actor=pm, now=now)
    session.commit()
    return call


def test_the_page_says_days_rules_money_and_documents(client, full_call):
    text = client.get(f"/calls/{full_call.slug}?lang=en").get_data(as_text=True)
    for said in (
        "Call 2026", "A team has 2 to 10 people.", "Nobody may stand in two teams of this call.",
        "The applicant bears at least 20% of the cost of the PoC.",
        "Who takes part in “Spring call” cannot take part here.",
        "NT$20,000,000", "NT$1,500,000", "16 weeks", "Plan", "(required)",
        "Whoever takes part keeps secrets.", "The team owns the results.", "days left",
    ):  # fmt: skip
        assert said in text, said
    assert "Secret call" not in text


def test_the_page_in_chinese_says_days_the_taiwan_way(client, full_call):
    text = client.get(f"/calls/{full_call.slug}?lang=zh-TW").get_data(as_text=True)
    for said in ("115 年度徵件", "新臺幣 20,000,000 元", "計畫書", "團隊人數 2 至 10 人。", "剩"):
        assert said in text, said


def test_a_draft_answers_like_a_page_that_does_not_exist(people, client, session, browse_as):
    draft = people.call()
    draft.published_at = None
    session.commit()
    missing = client.get("/calls/no-such-call")
    for path in (f"/calls/{draft.slug}", f"/calls/{draft.slug}.ics"):
        assert client.get(path).status_code == missing.status_code == 404
    assert browse_as(people.user()).get(f"/calls/{draft.slug}").status_code == 404
    pm = browse_as(people.pm(draft.program))
    assert "Only the staff of the programme sees it." in (
        pm.get(f"/calls/{draft.slug}").get_data(as_text=True)
    )


def test_the_calendar_holds_each_day_of_the_call(client, full_call):
    answer = client.get(f"/calls/{full_call.slug}.ics?lang=en")
    book = Calendar.from_ical(answer.data)
    events = {str(e["uid"]).split("-")[1].split("@")[0]: e for e in book.walk("VEVENT")}
    assert set(events) == {"opens", "closes", "review", "decision"}
    assert events["closes"]["dtstart"].dt == full_call.closes_at
    assert events["review"]["dtstart"].dt == full_call.review_from
    assert str(events["closes"]["summary"]) == "Call 2026 closes"
    assert str(events["closes"]["url"]) == f"http://localhost/calls/{full_call.slug}"
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{full_call.slug}.ics"'


def test_the_calendar_of_all_calls_leaves_closed_ones_out(client, people, full_call):
    people.call(closes_in=-DAY)
    events = Calendar.from_ical(client.get("/calls.ics").data).walk("VEVENT")
    closing = [e for e in events if "-closes@" in str(e["uid"])]
    assert len(closing) == 2  # the call and its public sister


def test_the_feed_names_open_calls_and_is_well_formed(client, session, full_call):
    full_call.name = Localized(en="Tea & <b>cake</b> 🚀", zh_TW="茶 & 糕")
    session.commit()
    answer = client.get("/calls.atom?lang=en")
    feed = ElementTree.fromstring(answer.data)
    titles = [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]
    assert sorted(titles) == ["Spring call", "Tea & <b>cake</b> 🚀"]
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    links = {link.get("href") for link in feed.iter(f"{ATOM}link")}
    assert f"http://localhost/calls/{full_call.slug}" in links


def test_an_empty_feed_is_still_a_feed(client):
    feed = ElementTree.fromstring(client.get("/calls.atom").data)
    assert feed.tag == f"{ATOM}feed"
    assert feed.findtext(f"{ATOM}updated")
