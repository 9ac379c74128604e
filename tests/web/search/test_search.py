"""One search over everything, and nothing that the reader may not see."""

from __future__ import annotations

from datetime import timedelta

import pytest

from matchmaker.challenges.lifecycle import ChallengeState
from matchmaker.kernel import clock, search
from matchmaker.kernel.actor import Role, Scope
from matchmaker.kernel.localized import Localized
from tests.factories import People
from tests.factories.matching import make_challenge, make_team

DAY = timedelta(days=1)


@pytest.fixture
def now():
    return clock.now()


@pytest.fixture
def people(session, now):
    return People(session, now)


@pytest.fixture
def findable(session, people, now):
    """Things of each kind that hold the same word, one shown and one hidden of each that can be."""
    call, organization = people.call(), people.organization("Zebra works")
    draft_call = people.call(call.program)
    draft_call.name, draft_call.published_at = Localized(en="Hidden zebra call"), None
    call.name = Localized(en="Open zebra call")
    things = {
        "organization": organization,
        "call": call,
        "draft_call": draft_call,
        "challenge": make_challenge(session, call, organization, title="Count zebra", now=now),
        "draft": make_challenge(
            session, call, organization, title="Hidden zebra draft", now=now,
            state=ChallengeState.DRAFT,
        ),
        "team": make_team(session, name="Zebra eyes", now=now),
        "unlisted": make_team(session, name="Hidden zebra team", now=now, is_listed=False),
    }  # fmt: skip
    kinds = {"draft_call": "call", "draft": "challenge", "unlisted": "team"}
    for name, thing in things.items():
        texts = [(getattr(thing, "name", None) or thing.title).en, "條碼"]
        search.remember(session, kinds.get(name, name), thing.id, texts)
    session.commit()
    return things


def page(browser, query, **more):
    return browser.get("/search", query_string={"q": query, "lang": "en"} | more).get_data(
        as_text=True
    )


def results(browser, query, **more):
    return page(browser, query, **more).split('id="results"')[1].split("</main>")[0]


@pytest.mark.parametrize("query", ["zebra", "ZEBRAS", "ｚｅｂｒａ", "條碼", " zebra  條碼 "])
def test_every_kind_is_found_by_either_language(client, findable, query):
    found = results(client, query)
    for title in ("Zebra works", "Open zebra call", "Count zebra", "Zebra eyes"):
        assert title in found, title


def test_nothing_hidden_is_found_by_visitors_and_strangers(client, browse_as, people, findable):
    strangers = {
        "public": client,
        "signed_in": browse_as(people.user()),
        "owner_lead": browse_as(people.owner_lead(people.organization())),
        "team_lead": browse_as(people.user("", (Role.TEAM_LEAD, Scope.TEAM, findable["team"].id))),
        "reviewer": browse_as(people.user("", (Role.REVIEWER, Scope.PANEL, 1))),
        "investor": browse_as(people.user("", (Role.INVESTOR, Scope.PLATFORM, 0))),
    }
    found = {name: "Hidden" in results(browser, "zebra") for name, browser in strangers.items()}
    assert found == dict.fromkeys(strangers, False)


def test_whoever_may_see_a_hidden_thing_finds_it(browse_as, people, findable):
    program, owner = findable["call"].program, findable["organization"]
    own_team = (Role.TEAM_MEMBER, Scope.TEAM, findable["unlisted"].id)
    seen = {}
    for name, user in {
        "pm": people.pm(program),
        "other_pm": people.pm(people.program()),
        "owner": people.owner_lead(owner),
        "member": people.user("", own_team),
        "auditor": people.auditor(),
    }.items():
        text = results(browse_as(user), "hidden zebra")
        seen[name] = {word for word in ("call", "draft", "team") if f"Hidden zebra {word}" in text}
    assert seen == {
        "pm": {"call", "draft", "team"},
        "other_pm": {"team"},
        "owner": {"draft"},
        "member": {"team"},
        "auditor": {"call", "draft", "team"},
    }


def test_a_hidden_thing_leaves_no_trace(client, findable, session):
    """The page of a search that only finds hidden things is that of one that finds nothing."""
    for kind, name in (("challenge", "draft"), ("call", "draft_call"), ("team", "unlisted")):
        search.remember(session, kind, findable[name].id, ["quagga"])
    session.commit()
    both = [page(client, word).replace(word, "WORD") for word in ("quagga", "okapi")]
    without_references = [text.split("Reference of this page")[0] for text in both]
    assert without_references[0] == without_references[1]


KINDS = ("challenges", "teams", "organizations", "calls")


@pytest.mark.parametrize("kind", KINDS)
def test_the_search_can_be_narrowed_to_one_kind(client, findable, kind):
    found = results(client, "zebra", **{"in": kind})
    assert [each for each in KINDS if f'href="/{each}/' in found] == [kind]


def test_an_unknown_kind_searches_everything(client, findable):
    assert results(client, "zebra", **{"in": "secrets"}) == results(client, "zebra")


def test_a_long_group_leads_to_its_list(client, people, session):
    for _ in range(6):
        organization = people.organization()
        search.remember(session, "organization", organization.id, ["zebra"])
    session.commit()
    found = results(client, "zebra")
    assert found.count('href="/organizations/OR-') == 5
    assert 'href="/organizations?q=zebra"' in found


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("", "What are you looking for?"),
        ("。、？", "There is nothing to search for in this."),
        ("🚀", "There is nothing to search for in this."),
        ("nothingness", "Nothing was found for “nothingness”."),
        ("<script>", "Nothing was found for “&lt;script&gt;”."),
        ('" OR "a" *', "Nothing was found for"),
        ("NEAR(a b)", "Nothing was found for"),
        ("שלום", "Nothing was found for"),
        ("x" * 5000, "Nothing was found for"),
        ("a AND b NOT c", "Nothing was found for"),
    ],
)
def test_every_empty_answer_says_why_and_what_next(client, findable, query, sentence):
    answer = client.get("/search", query_string={"q": query, "lang": "en"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert sentence in text
    assert 'class="empty"' in text


def test_the_empty_page_speaks_chinese(client):
    text = client.get("/search?q=沒有的東西&lang=zh-TW").get_data(as_text=True)
    assert "找不到「沒有的東西」。" in text


def test_a_search_costs_the_same_whatever_it_finds(client, people, session):
    costs = []
    for many in (1, 2, 47):
        for _ in range(many):
            call = people.call()
            organization = people.organization()
            for kind, thing in (("call", call), ("organization", organization)):
                search.remember(session, kind, thing.id, ["zebra"])
            challenge = make_challenge(session, call, organization, now=people.now)
            search.remember(session, "challenge", challenge.id, ["zebra"])
            search.remember(session, "team", make_team(session, now=people.now).id, ["zebra"])
        session.commit()
        costs.append(int(client.get("/search?q=zebra").headers["X-Statements"]))
    assert costs == [costs[0]] * 3
    assert costs[0] <= 8
