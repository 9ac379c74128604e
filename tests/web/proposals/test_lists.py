"""The lists of proposals: each side's own, narrowed, paged, and cheap however long they are."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from matchmaker.kernel.actor import Role, Scope
from matchmaker.proposals import desk
from matchmaker.proposals.models import ConfidentialityAcceptance
from matchmaker.web import door
from tests.factories.proposals import (
    another_team,
    both,
    full_content,
    give,
    hand_in,
    make_challenge,
)

SEALED = '<div class="cell">sealed</div>'


def titled(stage, text):
    answer = full_content(stage.challenge, stage.team).answer
    return replace(answer, title=both("", text))


def others(stage, number, **changes):
    """Proposals of so many other teams, handed in."""
    made = []
    for position in range(number):
        team, lead = another_team(stage)
        proposal = stage.started(
            team=team, lead=lead, answer=titled(stage, f"Rival answer {position}"), **changes
        )
        made.append(hand_in(stage, proposal, lead=lead))
    return made


def test_a_team_sees_its_proposals_with_the_next_step(stage, browse, read):
    stage.started(answer=titled(stage, "Own draft"))
    second = make_challenge(stage.people, stage.call, stage.organization)
    hand_in(stage, stage.started(challenge=second, answer=titled(stage, "Own entry")))

    page = read(browse("lead").get("/proposals"))

    assert "Own draft" in page
    assert "Own entry" in page
    assert "Check what is missing, then hand the proposal in." in page
    assert "Until the closing time you can take it back and change it." in page
    assert "Write on; the representative" in read(browse("member").get("/proposals"))


def test_somebody_without_team_or_proposals_is_told_what_to_do(stage, browse, read):
    assert "You are in no team." in read(browse("signed_in").get("/proposals"))
    assert "Your team has no proposal yet." in read(browse("lead").get("/proposals"))
    assert "None of your challenges has closed yet." in read(browse("owner_lead").get("/proposals"))


def test_a_visitor_is_asked_to_sign_in(stage, browse):
    for path in ("/proposals", f"/challenges/{stage.challenge.key}/proposals"):
        answer = browse("public").get(path)
        assert answer.status_code in {302, 401}


def test_the_search_finds_words_of_title_team_and_challenge(stage, browse, read):
    stage.started(answer=titled(stage, "Thermal camera"))
    second = make_challenge(stage.people, stage.call, stage.organization)
    stage.started(challenge=second, answer=titled(stage, "Sound pattern"))
    browser = browse("lead")

    found = read(browser.get("/proposals?q=thermal"))
    none = read(browser.get("/proposals?q=submarine"))

    assert "Thermal camera" in found
    assert "Sound pattern" not in found
    assert "No proposal fits this search." in none
    assert "Sound pattern" in read(browser.get("/proposals", query_string={"q": second.title.en}))


@pytest.mark.parametrize(
    "query",
    [
        {"q": "x" * 5000}, {"q": "\" OR 1=1 --"}, {"q": "🚀"}, {"q": "\u202e"}, {"q": "%_*"},
        {"after": "x"}, {"after": "20261124T040000000000.9" * 99}, {"after": "9" * 500},
        {"after": "00000000T000000000000.1"}, {"after": "20261124T040000000000.-1"},
        {"state": "nonsense"}, {"call": "nonsense"}, {"state": ["draft", "submitted"]},
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["lead", "owner_lead", "pm", "auditor"])
def test_odd_addresses_are_no_failure(stage, browse, at, name, query):
    stage.handed_in()
    stage.promise()
    at(stage.after)
    browser = browse(name)

    assert browser.get("/proposals", query_string=query).status_code == 200
    listed = browser.get(f"/challenges/{stage.challenge.key}/proposals", query_string=query)
    assert listed.status_code == (404 if name == "lead" else 200)


@pytest.mark.parametrize("key", ["CH-99-999", "x" * 5000, "🚀", "%2e%2e", "0", "-1"])
def test_a_challenge_that_is_none_has_no_list(stage, browse, key):
    for end in ("", "/confidentiality"):
        assert browse("pm").get(f"/challenges/{key}/proposals{end}").status_code == 404


@pytest.mark.parametrize("key", ["PP-26-999", "x" * 5000, "🚀", "%2e%2e", "0", "-1", "new%20"])
def test_a_proposal_that_is_none_is_not_found(stage, browse, key):
    for end in ("", "/summary", "/history", "/submit", "/edit/answer", "/attachments", "/receipt"):
        assert browse("lead").get(f"/proposals/{key}{end}").status_code == 404


def test_the_office_sees_numbers_and_finds_by_state(stage, browse, read):
    stage.handed_in()
    others(stage, 2)
    browser = browse("pm")

    page = read(browser.get("/proposals"))

    assert "3 proposals handed in" in page
    assert '<div class="cell">3</div>' in page
    handed_in = read(browser.get("/proposals?state=submitted"))
    assert "Rival answer 0" in handed_in
    assert "Rival answer 1" in handed_in
    assert "Few-shot defect inspection" in handed_in
    assert "No proposal fits this search." in read(browser.get("/proposals?state=withdrawn"))
    assert "Rival answer 1" in read(browser.get("/proposals?q=rival+1"))


def test_the_office_first_sees_the_latest_call_that_has_opened(
    session, stage, people, browse, read
):
    coming = people.call(stage.call.program)
    coming.opens_at = stage.now + timedelta(days=3)
    session.commit()
    browser = browse("pm")

    assert f">{stage.call.name.en}</h2>" in read(browser.get("/proposals"))
    assert f">{coming.name.en}</h2>" in read(browser.get(f"/proposals?call={coming.slug}"))


def test_when_a_draft_was_begun_is_told_to_its_team_only(session, stage, browse, read):
    proposal = stage.handed_in()
    proposal.created_at = stage.now - timedelta(days=40)
    session.commit()

    for where in ("/proposals?state=submitted", f"/proposals/{proposal.key}"):
        assert "15 Oct 2026" in read(browse("lead").get(where))
        assert "15 Oct 2026" not in read(browse("pm").get(where))


def test_a_draft_is_not_counted_for_the_office(stage, browse, read):
    stage.handed_in()
    team, lead = another_team(stage)
    stage.started(team=team, lead=lead)

    assert "1 proposal handed in" in read(browse("pm").get("/proposals"))
    listed = read(browse("pm").get(f"/challenges/{stage.challenge.key}/proposals"))
    assert listed.count("Few-shot defect inspection") == 1


def test_a_chair_sees_no_number_before_the_closing_time(stage, browse, browse_as, at, read):
    stage.handed_in()

    page = read(browse("review_chair").get("/proposals"))
    assert "handed in</" not in page.replace("Handed in</", "")
    assert SEALED in page
    assert f"/challenges/{stage.challenge.key}/proposals" not in page
    at(stage.after)

    assert "1 proposal handed in" in read(browse_as(stage.person("review_chair")).get("/proposals"))


@pytest.mark.parametrize("kind", ["challenge", "team", "proposal"])
def test_a_manager_in_conflict_sees_neither_row_nor_number(
    stage, browse, read, monkeypatch, at, kind
):
    proposal = stage.handed_in()
    stage.extra["manager"] = stage.pm
    browser = browse("manager")
    assert "1 proposal handed in" in read(browser.get("/proposals"))
    key = {"challenge": stage.challenge, "team": stage.team, "proposal": proposal}[kind].id
    actor = door.actor

    def touched():
        return replace(actor(), conflicts=frozenset({(kind, key)}))

    monkeypatch.setattr(door, "actor", touched)

    page = read(browser.get("/proposals"))
    assert "1 proposal handed in" not in page
    assert "Few-shot" not in read(browser.get("/proposals?q=few-shot"))
    listed = browser.get(f"/challenges/{stage.challenge.key}/proposals")
    assert "Few-shot" not in read(listed)
    assert (listed.status_code == 404) == (kind == "challenge")
    assert (SEALED in page) == (kind == "challenge")
    assert browser.get(f"/proposals/{proposal.key}").status_code == 404
    at(stage.after)
    actor_now = replace(stage.actor(stage.pm), conflicts=frozenset({(kind, key)}))
    programs = [stage.call.program_id]
    assert desk.to_screen(stage.session, programs, stage.after, seen_by=actor_now) == 0
    free = stage.actor(stage.pm)
    assert desk.to_screen(stage.session, programs, stage.after, seen_by=free) == 1


def test_the_owner_finds_what_was_handed_in_by_challenge(stage, browse, at, read):
    stage.handed_in()
    others(stage, 1)
    stage.promise()
    at(stage.after)
    browser = browse("owner_lead")

    page = read(browser.get("/proposals"))
    assert "Rival answer 0" in page
    assert "Few-shot defect inspection" in page
    narrowed = read(browser.get("/proposals?q=rival"))
    assert "Rival answer 0" in narrowed
    assert "Few-shot defect inspection" not in narrowed


def test_a_former_lead_of_the_owner_is_not_told_that_there_is_none(session, stage, browse_as, at):
    """A promise without the role shows neither proposals nor an empty list."""
    stage.handed_in()
    stage.promise(stage.owner_lead)
    session.add(
        ConfidentialityAcceptance(
            challenge_id=stage.challenge.id, user_id=stage.owner_member.id, accepted_at=stage.after
        )
    )
    session.commit()
    at(stage.after)

    answer = browse_as(stage.owner_member).get(f"/challenges/{stage.challenge.key}/proposals")

    page = answer.get_data(as_text=True)
    assert "Only a lead of your organisation reads the proposals." in page
    assert "No proposal has been handed in." not in page


def test_a_long_list_has_pages_that_hold_everything_once(session, stage, browse, read):
    for number in range(32):
        challenge = make_challenge(stage.people, stage.call, stage.organization)
        proposal = stage.started(challenge=challenge, answer=titled(stage, f"Entry no{number:02}."))
        proposal.edited_at = stage.now + timedelta(seconds=number // 4)
    session.commit()
    browser, seen, path = browse("lead"), [], "/proposals"

    while path:
        page = read(browser.get(path))
        seen += re.findall(r"Entry no(\d\d)\.", page)
        older = re.search(r'href="([^"]*after=[^"]*)"[^>]*rel="next"', page) or re.search(
            r'rel="next"[^>]*href="([^"]*after=[^"]*)"', page
        )
        path = older.group(1) if older else None

    assert sorted(seen) == [f"{number:02}" for number in range(32)]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("pm", "/proposals"),
        ("pm", "/proposals?state=submitted"),
        ("pm", "/challenges/{key}/proposals"),
        ("auditor", "/proposals?q=answer"),
        ("owner_lead", "/proposals"),
        ("owner_lead", "/challenges/{key}/proposals"),
    ],
)
def test_a_list_costs_the_same_for_one_row_and_for_three(stage, browse, at, name, path):
    path = path.format(key=stage.challenge.key)
    others(stage, 1)
    stage.promise()
    at(stage.after)
    browser = browse(name)
    browser.get(path)
    one = browser.get(path)
    at(stage.now)

    others(stage, 2)

    at(stage.after)
    three = browser.get(path)
    assert one.get_data(as_text=True).count("Rival answer") in {0, 1}
    assert three.headers["X-Statements"] == one.headers["X-Statements"]


def test_the_office_turns_the_pages_of_a_large_call(stage, browse, at):
    others(stage, 2)
    refs = {stage.challenge.ref}
    refs |= {make_challenge(stage.people, stage.call, stage.organization).ref for _ in range(60)}
    stage.session.commit()
    at(stage.after)
    browser = browse("pm")

    first = browser.get(f"/proposals?call={stage.call.slug}").get_data(as_text=True)
    second = browser.get(f"/proposals?call={stage.call.slug}&skip=50").get_data(as_text=True)

    shown = [{ref for ref in refs if f">{ref}<" in page} for page in (first, second)]
    assert [len(each) for each in shown] == [50, 11]
    assert shown[0] | shown[1] == refs
    assert "2 proposals handed in" in first
    assert "2 proposals handed in" in second
    assert 'rel="next"' in first
    assert 'rel="prev"' in second


def test_the_teams_own_list_costs_the_same_for_one_row_and_for_three(stage, browse):
    stage.started()
    browser, costs = browse("lead"), []
    browser.get("/proposals")
    for _ in range(2):
        costs.append(browser.get("/proposals").headers["X-Statements"])
        for _each in range(2):
            challenge = make_challenge(stage.people, stage.call, stage.organization)
            stage.started(challenge=challenge)

    assert costs[0] == costs[1]


def test_the_list_follows_the_hat_that_is_worn(stage, people, browse_as, read, at):
    stage.started(answer=titled(stage, "Own draft"))
    other = people.organization("Second hat")
    give(people, stage.lead, Role.OWNER_LEAD, Scope.ORGANIZATION, other.id)
    browser = browse_as(stage.lead)

    browser.set_cookie("hat", f"organization-{other.id}")
    as_owner = read(browser.get("/proposals"))
    browser.set_cookie("hat", f"team-{stage.team.id}")
    as_team = read(browser.get("/proposals"))

    assert "Proposals to our challenges" in as_owner
    assert "Own draft" not in as_owner
    assert "Own draft" in as_team
