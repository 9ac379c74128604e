"""The public list: what it shows, how it is narrowed, and what it keeps to itself."""

from __future__ import annotations

import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest

from matchmaker.challenges.lifecycle import ChallengeState
from matchmaker.challenges.models import ChallengeKind
from tests.conftest import NOON
from tests.factories.challenges import PATHS, complete_content, retitled
from tests.web.challenges.conftest import shown, words

S = ChallengeState
DAY = timedelta(days=1)
HIDDEN = (S.DRAFT, S.SUBMITTED, S.CHANGES_REQUESTED, S.REJECTED, S.APPROVED, S.WITHDRAWN)
SEEN = tuple(state for state in PATHS if state not in HIDDEN)


def titled(title, **need):
    return retitled(complete_content(title), **need)


def test_an_empty_list_says_what_comes_next(client):
    answer = client.get("/challenges?lang=en")

    assert answer.status_code == 200
    assert "No challenge is public yet." in words(answer)
    assert 'href="/challenges/new"' in answer.get_data(as_text=True)


@pytest.mark.parametrize("lang", ["en", "zh-TW"])
def test_a_card_says_what_a_team_wants_to_know_first(client, challenges, lang):
    challenges.make()

    said = words(client.get(f"/challenges?lang={lang}"))

    wanted = {
        "en": ["Defects on panels", "Miss rate: from 3.2% to 1%", "wants 2 PoCs", "1 open"],
        "zh-TW": ["面板瑕疵自動檢測", "漏檢率：3.2% → 1%", "徵求 2 案", "1 道開放提案"],
    }[lang]
    for sentence in wanted:
        assert sentence in said


def test_strangers_see_public_challenges_and_no_others(client, browse_as, people, challenges):
    made = {state: challenges.make(state) for state in PATHS}
    public = {made[state].ref for state in SEEN}

    for browser in (client, browse_as(people.user()), browse_as(people.admin())):
        assert set(shown(browser.get("/challenges"))) == public


@pytest.mark.parametrize("state", HIDDEN)
def test_what_is_not_public_is_in_no_list_search_or_file(client, challenges, state):
    zebras = titled("Zebra counting", title_zh="數斑馬", pain_en="Zebras flee")
    challenges.make(state, content=zebras)
    challenges.make(content=titled("Public one"))

    for where in ("", ".csv", ".json", ".atom"):
        for query in ("", "zebra", "斑馬"):
            answer = client.get(f"/challenges{where}", query_string={"q": query, "lang": "en"})
            text = answer.get_data(as_text=True)
            assert answer.status_code == 200
            assert "Zebra counting" not in text
            assert "數斑馬" not in text
            assert ("Public one" in text) == (not query)


def test_the_owner_does_not_meet_own_drafts_in_the_public_list(challenges, lead):
    challenges.make(S.DRAFT, content=titled("Zebra counting"))

    assert "Zebra counting" not in words(lead().get("/challenges"))
    assert "Zebra counting" not in words(lead().get("/challenges.csv"))


@pytest.mark.parametrize(
    "query",
    ["瑕疵", "良率", "臺中", "台中", "image", "images", "CH-26-001", "ch-26-001", "suspicious spot",
     "漏檢率", "ＰＡＮＥＬＳ"],
)  # fmt: skip
def test_search_finds_chinese_words_and_english_forms(client, challenges, query):
    found = challenges.make()
    challenges.make(
        content=titled("Greeting by voice", title_zh="語音問候", summary_zh="", summary_en="",
                       pain_zh="語音", pain_en="Voices", wanted_zh="語音", wanted_en="A voice")
    )  # fmt: skip

    assert shown(client.get("/challenges", query_string={"q": query}))[:1] == [found.ref]


def test_a_confidential_word_finds_nothing(client, challenges, pm):
    challenges.make()

    for browser in (client, pm()):
        answer = browser.get("/challenges?q=Supplier+of+the+glass&lang=en")
        assert shown(answer) == []
        assert "No challenge fits this search." in words(answer)


def facet(answer, name, value):
    """The number behind a choice, and whether it is taken; None when it is not offered."""
    text = answer.get_data(as_text=True)
    found = re.search(
        rf'<label[^>]*>\s*<input[^>]*name="{name}"[^>]*value="{value}"([^>]*)>.*?</label>',
        text, re.DOTALL,
    )  # fmt: skip
    if not found:
        return None
    number = re.search(r'choice-count">(\d+)<', found.group(0))
    return int(number.group(1)) if number else 0, "checked" in found.group(1)


def test_facets_count_what_they_would_show(client, challenges):
    one = challenges.make(budget_twd=400_000)
    two = challenges.make(budget_twd=3_000_000)
    social = challenges.make(
        S.PAUSED, content=retitled(complete_content(), kind=ChallengeKind.SOCIAL)
    )

    everything = client.get("/challenges?lang=en")
    assert facet(everything, "kind", "industry") == (2, False)
    assert facet(everything, "kind", "social") == (1, False)
    assert facet(everything, "stage", "paused") == (1, False)
    assert facet(everything, "budget", "under_500k") == (1, False)
    assert facet(everything, "domains", "manufacturing") == (3, False)
    assert facet(everything, "stage", "decided") is None

    narrow = client.get("/challenges?kind=industry&budget=under_500k&lang=en")
    assert shown(narrow) == [one.ref]
    assert facet(narrow, "kind", "social") is None or facet(narrow, "kind", "social")[0] == 0
    assert facet(narrow, "budget", "from_2m") == (1, False)
    assert facet(narrow, "budget", "under_500k") == (1, True)
    assert set(shown(client.get("/challenges?stage=paused"))) == {social.ref}
    assert set(shown(client.get("/challenges?budget=under_500k&budget=from_2m"))) == {
        one.ref,
        two.ref,
    }


def test_each_chip_leads_to_the_list_without_it(client, challenges):
    challenges.make()

    text = client.get("/challenges?kind=industry&q=panels&lang=en").get_data(as_text=True)

    assert 'href="/challenges?q=panels"' in text
    assert 'href="/challenges?kind=industry"' in text


def test_the_call_can_be_chosen_and_is_named(client, people, challenges):
    call = people.call()
    one = challenges.make(call=call)
    challenges.make()

    answer = client.get(f"/challenges?call={call.slug}&lang=en")

    assert shown(answer) == [one.ref]
    assert str(call.name.en) in words(answer)


def test_the_order_can_be_chosen(client, people, challenges, session):
    soon = challenges.make(call=people.call(closes_in=3 * DAY), budget_twd=None)
    late = challenges.make(call=people.call(closes_in=20 * DAY), budget_twd=900_000)
    rich = challenges.make(call=people.call(closes_in=10 * DAY), budget_twd=5_000_000)
    soon.published_at = NOON - DAY
    session.commit()

    assert shown(client.get("/challenges")) == [soon.ref, rich.ref, late.ref]
    assert shown(client.get("/challenges?sort=newest")) == [rich.ref, late.ref, soon.ref]
    assert shown(client.get("/challenges?sort=budget")) == [rich.ref, late.ref, soon.ref]
    assert "1 closes within 7 days" in words(client.get("/challenges?lang=en"))


@pytest.mark.parametrize("sort", ["closing", "newest", "budget"])
def test_pages_show_each_challenge_once(client, people, challenges, monkeypatch, sort):
    from matchmaker.challenges import browsing

    monkeypatch.setattr(browsing.listing, "__kwdefaults__",
                        browsing.listing.__kwdefaults__ | {"size": 2})  # fmt: skip
    call, organization = people.call(), people.organization()
    made = {challenges.make(call=call, organization=organization).ref for _n in range(5)}

    seen, address = [], f"/challenges?sort={sort}&kind=industry"
    for _page in range(3):
        answer = client.get(address)
        seen += shown(answer)
        nexts = re.findall(r'href="(/challenges\?[^"]*after=[^"]*)"', answer.get_data(as_text=True))
        address = nexts[-1].replace("&amp;", "&") if nexts else None

    assert sorted(seen) == sorted(made)
    assert address is None


ODD = [
    "after=x", "after=closing.0.20261124T040000000000.99999999999999999999", "sort=none",
     "kind=nope&domains=nope&stage=%00&budget=%F0%9F%98%80", "q=%00", "q=%22%2A%28%29%27--",
     "q=" + "瑕" * 3000, "call=%00", "closing=week&closing=month", "saved=1", "tab=;drop",
     "q=%D7%A9%D7%9C%D7%95%D7%9D", "q=AND+OR+NEAR%28", "after=closing.9.99999999T000000000000.1",
]  # fmt: skip


@pytest.mark.parametrize("where", ["", ".csv", ".json", ".xlsx", ".atom"])
def test_odd_addresses_are_answered(client, challenges, where):
    challenges.make()

    answers = {query: client.get(f"/challenges{where}?{query}").status_code for query in ODD}

    assert set(answers.values()) == {200}


def test_many_cost_as_much_as_one(client, people, challenges, browse_as):
    call, organization = people.call(), people.organization()
    reader = browse_as(people.user())
    costs = []
    for _many in range(2):
        challenges.make(call=call, organization=organization)
        if _many:
            challenges.make(call=call, organization=people.organization())
        costs.append(
            [int(each.get("/challenges").headers["X-Statements"]) for each in (client, reader)]
        )

    assert costs[0] == costs[1]
    assert costs[0][0] <= 6
    assert costs[0][1] <= 6


def test_the_feed_tells_the_newest_first_with_whole_addresses(client, challenges, session):
    old = challenges.make(content=titled("An old & <odd> one"))
    old.published_at = NOON - DAY
    new = challenges.make()
    session.commit()

    answer = client.get("/challenges.atom?lang=en")

    feed = ElementTree.fromstring(answer.get_data())
    ns = {"a": "http://www.w3.org/2005/Atom"}
    entries = feed.findall("a:entry", ns)
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    links = [entry.find("a:link", ns).get("href") for entry in entries]
    assert links == [f"http://localhost/challenges/{each.ref}" for each in (new, old)]
    assert entries[1].find("a:title", ns).text == f"{old.ref} An old & <odd> one"
    assert "Closes" in entries[0].find("a:summary", ns).text
