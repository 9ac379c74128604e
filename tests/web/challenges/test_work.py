"""Challenges at work: those of my organisation, and those that wait for the office."""

from __future__ import annotations

import re

import pytest

from matchmaker.challenges import service
from matchmaker.challenges.content import Content, Need
from matchmaker.challenges.lifecycle import ChallengeState
from matchmaker.challenges.models import Challenge
from matchmaker.kernel.actor import Role
from tests.conftest import NOON
from tests.factories.challenges import PATHS, complete_content
from tests.web.challenges.conftest import words

S = ChallengeState
LANGS = pytest.mark.parametrize("lang", ["en", "zh-TW"])


def states(session, made):
    session.expire_all()
    return [session.get_one(Challenge, each.id).state for each in made]


# Mine


@LANGS
def test_my_organisation_sees_all_its_challenges_with_the_next_step(
    people, browse_as, challenges, lang
):
    organization = people.organization()
    made = [challenges.make(state, organization=organization) for state in PATHS]
    other = challenges.make()
    browser = browse_as(people.owner_lead(organization), lang)

    answer = browser.get("/challenges/mine")

    assert answer.status_code == 200
    for each in made:
        assert each.title.en in answer.text or each.title.zh_TW in answer.text
        assert (
            f'/challenges/{each.key}"' in answer.text or f"/challenges/{each.key}/" in answer.text
        )
    assert other.key not in answer.text


def test_each_state_says_what_comes_next(people, browse_as, challenges):
    organization = people.organization()
    sentences = {
        S.DRAFT: "Check it and hand it in.",
        S.SUBMITTED: "The programme office decides.",
        S.CHANGES_REQUESTED: "Changes are asked for: More on the data",
        S.APPROVED: "Approved; it becomes public soon.",
        S.PUBLISHED: "proposals stay sealed until then.",
        S.PAUSED: "Paused; no proposals are taken.",
        S.EVALUATING: "Proposals are being reviewed.",
        S.REJECTED: "Not taken on; read why.",
    }
    for state in sentences:
        challenges.make(state, organization=organization)

    said = words(browse_as(people.owner_lead(organization)).get("/challenges/mine"))

    for sentence in sentences.values():
        assert sentence in said


def test_an_unfinished_draft_says_so(people, browse_as, challenges):
    challenges.make(S.DRAFT, content=Content(need=Need()))

    said = words(browse_as(challenges.lead_user).get("/challenges/mine"))

    assert "Untitled problem" in said
    assert "The description is not complete." in said


def test_empty_lists_say_what_to_do(client, people, browse_as):
    owner = browse_as(people.owner_lead(people.organization()))

    assert "You have not posted a problem yet." in words(owner.get("/challenges/mine"))
    assert "You do not speak for" in words(browse_as(people.user()).get("/challenges/mine"))
    assert client.get("/challenges/mine").status_code == 302


def test_a_member_does_not_meet_what_only_leads_read(people, browse_as, challenges):
    made = challenges.make(S.APPROVED)

    answer = browse_as(people.owner_member(made.organization)).get("/challenges/mine")

    assert made.title.en not in answer.text


# The queue


def rows(answer):
    """The titles in the table, in their order."""
    return re.findall(
        r'<th[^>]*scope="row"[^>]*>.*?<a href="[^"]*">(.*?)</a>', answer.text, re.DOTALL
    )


@pytest.fixture
def office(people, browse_as):
    """A call, and a browser of somebody who manages its programme."""
    call = people.call()
    return call, browse_as(people.pm(call.program))


@LANGS
def test_what_waits_for_approval_stands_first(people, browse_as, challenges, lang):
    call = people.call()
    made = {state: challenges.make(state, call=call) for state in PATHS}
    other = challenges.make(S.SUBMITTED)

    answer = browse_as(people.pm(call.program), lang).get("/challenges/queue")

    keys = re.findall(r'<a href="/challenges/([^"/]+)">', answer.text)
    assert keys[0] == made[S.SUBMITTED].key
    assert set(keys) == {each.key for each in made.values()}
    assert other.key not in answer.text


def test_the_queue_is_narrowed_by_state_call_and_words(people, challenges, office):
    call, browser = office
    second = people.call(call.program)
    waiting = challenges.make(S.SUBMITTED, call=call, content=complete_content("Zebra counting"))
    approved = challenges.make(S.APPROVED, call=second)

    def titles(query):
        return rows(browser.get(f"/challenges/queue?{query}"))

    assert titles("state=submitted") == [waiting.title.en]
    assert titles(f"call={second.slug}") == [approved.title.en]
    assert titles("q=zebra") == [waiting.title.en]
    assert titles("q=%E7%91%95%E7%96%B5") == [waiting.title.en, approved.title.en]
    answer = browser.get("/challenges/queue?q=nothing-like-it")
    assert "No challenge fits this search." in words(answer)
    for odd in ("state=odd", "call=%F0%9F%98%80", "after=9.x", "after=1.99999999999999", "q=%22"):
        assert browser.get(f"/challenges/queue?{odd}").status_code == 200


def test_the_queue_is_for_managers_and_auditors(client, people, browse_as, challenges):
    made = challenges.make(S.SUBMITTED)

    assert client.get("/challenges/queue").status_code == 302
    for user in (people.user(), challenges.lead_user, challenges.user_as(Role.TEAM_LEAD, made)):
        assert browse_as(user).get("/challenges/queue").status_code == 404
    assert rows(browse_as(people.auditor()).get("/challenges/queue")) == [made.title.en]


def test_an_empty_queue_says_so(office):
    assert "Nothing waits for you." in words(office[1].get("/challenges/queue"))


def test_the_queue_costs_the_same_for_one_and_three(challenges, people, office):
    call, browser = office
    costs = []
    for many in (1, 2):
        for _each in range(many):
            challenges.make(S.SUBMITTED, call=call, organization=people.organization())
        costs.append(int(browser.get("/challenges/queue").headers["X-Statements"]))

    assert costs[0] == costs[1] <= 9


def test_my_list_costs_the_same_for_one_and_three(challenges, people, browse_as):
    organization = people.organization()
    browser = browse_as(people.owner_lead(organization))
    costs = []
    for many in (1, 2):
        for _each in range(many):
            challenges.make(S.SUBMITTED, organization=organization)
        costs.append(int(browser.get("/challenges/mine").headers["X-Statements"]))

    assert costs[0] == costs[1] <= 6


# Publishing many


def test_many_are_published_after_a_look(challenges, office, session):
    call, browser = office
    made = [challenges.make(S.APPROVED, call=call) for _n in range(3)]
    keys = [each.key for each in made[:2]]

    asked = browser.post("/challenges/queue/publish", data={"key": keys})
    assert asked.status_code == 200
    assert states(session, made) == [S.APPROVED] * 3
    assert re.findall(r'name="key" value="([^"]*)"', asked.text) == keys

    done = browser.post(
        "/challenges/queue/publish", data={"key": keys, "confirmed": "yes"}, follow_redirects=True
    )
    assert "2 challenges are public now." in words(done)
    assert states(session, made) == [S.PUBLISHED, S.PUBLISHED, S.APPROVED]
    refs = [session.get_one(Challenge, each.id).ref for each in made[:2]]
    assert refs == ["CH-26-001", "CH-26-002"]


def test_what_cannot_be_published_is_said_and_the_others_are_done(challenges, office, session):
    call, browser = office
    good = challenges.make(S.APPROVED, call=call)
    waiting = challenges.make(S.SUBMITTED, call=call)
    keys = [good.key, waiting.key]

    asked = browser.post("/challenges/queue/publish", data={"key": keys})
    assert "is not approved, or you may not publish it" in words(asked)
    done = browser.post(
        "/challenges/queue/publish", data={"key": keys, "confirmed": "yes"}, follow_redirects=True
    )

    assert "1 challenge is public now." in words(done)
    assert f"{waiting.title.en}:" in words(done)
    assert states(session, [good, waiting]) == [S.PUBLISHED, S.SUBMITTED]


def test_publishing_nothing_asks_for_a_choice(office):
    answer = office[1].post("/challenges/queue/publish", follow_redirects=True)

    assert "Choose at least one challenge." in words(answer)


def test_nobody_else_publishes_many(client, people, browse_as, challenges, session):
    made = challenges.make(S.APPROVED)
    data = {"key": made.key, "confirmed": "yes"}
    address = "/challenges/queue/publish"

    assert client.post(address, data=data).status_code in {302, 401}
    assert browse_as(challenges.lead_user).post(address, data=data).status_code == 404
    assert browse_as(people.pm(people.program())).post(address, data=data).status_code == 404
    auditor = browse_as(people.auditor()).post(address, data=data, follow_redirects=True)
    assert "public now" not in words(auditor)
    assert states(session, [made]) == [S.APPROVED]


def test_a_request_for_withdrawal_is_marked_in_the_queue(challenges, office, session):
    call, browser = office
    made = challenges.make(call=call)
    service.ask_withdrawal(session, made, "Solved", actor=challenges.lead, now=NOON)
    session.commit()

    assert "withdrawal asked for" in words(browser.get("/challenges/queue"))
