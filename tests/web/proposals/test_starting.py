"""From a published challenge to the first page of a draft."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from matchmaker.challenges.lifecycle import ChallengeState
from matchmaker.proposals.models import Proposal
from tests.factories.proposals import another_team, make_challenge

RULES = "The rules, held against"


def begin(browser, stage, **changes):
    sent = {"challenge": stage.challenge.key, "team": stage.team.ref} | changes
    return browser.post("/proposals/new", data=sent)


def number_of(session):
    session.commit()
    return session.scalar(select(func.count(Proposal.id)))


@pytest.mark.parametrize("name", ["lead", "member"])
def test_everybody_in_the_team_begins_a_draft(session, stage, browse, read, name):
    browser = browse(name)
    page = read(browser.get(f"/proposals/new?challenge={stage.challenge.key}"))
    assert RULES in page
    assert "Start the draft" in page

    answer = begin(browser, stage)

    made = session.scalar(select(Proposal))
    assert answer.status_code == 302
    assert answer.location == f"/proposals/{made.key}/edit/answer"
    assert "Only your team sees it." in read(browser.get(answer.location))
    people = read(browser.get(f"/proposals/{made.key}/edit/people"))
    assert "Lin Lead" in people
    assert "Mei Member" in people


def test_somebody_without_a_team_is_told_how_to_get_one(stage, browse, read):
    browser = browse("signed_in")

    page = read(browser.get(f"/proposals/new?challenge={stage.challenge.key}"))

    assert "You are in no team." in page
    assert 'href="/teams/new"' in page
    assert "Start the draft" not in page


@pytest.mark.parametrize("name", ["signed_in", "other_lead", "owner_lead", "pm", "admin"])
def test_nobody_begins_in_the_name_of_a_team_they_are_not_in(session, stage, browse, name):
    assert begin(browse(name), stage).status_code == 404
    assert number_of(session) == 0


def test_a_visitor_is_asked_to_sign_in(session, stage, browse):
    answer = begin(browse("public"), stage)

    assert answer.status_code in {302, 401}
    assert number_of(session) == 0


def test_without_a_challenge_one_is_chosen_first(browse, read):
    page = read(browse("lead").get("/proposals/new"))

    assert "Which challenge do you want to answer?" in page
    assert 'href="/challenges"' in page


@pytest.mark.parametrize("late_by", [timedelta(0), timedelta(hours=1)])
def test_nothing_begins_once_the_challenge_has_closed(session, stage, browse, at, read, late_by):
    at(stage.closing + late_by)
    browser = browse("lead")

    page = read(browser.get(f"/proposals/new?challenge={stage.challenge.key}"))
    answer = begin(browser, stage)

    assert "The challenge takes no proposals at the moment." in page
    assert "Start the draft" not in page
    assert answer.status_code == 409
    assert "The challenge takes no proposals at the moment." in read(answer)
    assert number_of(session) == 0


def test_one_second_before_closing_a_draft_still_begins(session, stage, browse, at):
    at(stage.closing - timedelta(seconds=1))

    assert begin(browse("lead"), stage).status_code == 302
    assert number_of(session) == 1


@pytest.mark.parametrize("state", [ChallengeState.DRAFT, ChallengeState.SUBMITTED])
def test_a_challenge_that_is_not_public_is_not_found(stage, browse, state):
    hidden = make_challenge(stage.people, stage.call, stage.organization, state=state)
    browser = browse("lead")

    assert browser.get(f"/proposals/new?challenge={hidden.key}").status_code == 404
    assert begin(browser, stage, challenge=hidden.key).status_code == 404


def test_a_second_proposal_to_the_same_challenge_leads_to_the_first(session, stage, browse, read):
    first = stage.started()
    browser = browse("member")

    page = read(browser.get(f"/proposals/new?challenge={stage.challenge.key}"))
    answer = begin(browser, stage)

    assert f'href="/proposals/{first.key}"' in page
    assert "Start the draft" not in page
    assert answer.status_code == 409
    assert "Your team has a proposal for this challenge already." in read(answer)
    assert number_of(session) == 1


def test_after_withdrawing_the_team_begins_anew(session, stage, browse):
    first = stage.started()
    browser = browse("lead")
    browser.post(f"/proposals/{first.key}/withdraw", data={"reason": ""})

    assert begin(browser, stage).status_code == 302
    assert number_of(session) == 2


def test_a_team_without_a_free_place_may_write_but_is_told(session, stage, browse, read):
    stage.team.capacity = 0
    session.commit()
    browser = browse("lead")

    page = read(browser.get(f"/proposals/new?challenge={stage.challenge.key}"))

    assert "PoCs that it can run at a time: 0" in page
    assert "not met" in page
    assert begin(browser, stage).status_code == 302


def test_a_team_of_the_owner_may_not_take_part_and_sees_why(session, stage, browse, read):
    stage.team.organization_id = stage.organization.id
    session.commit()
    browser = browse("lead")

    page = read(browser.get(f"/proposals/new?challenge={stage.challenge.key}"))
    answer = begin(browser, stage)

    assert "The team may not take part" in page
    assert "Start the draft" not in page
    assert answer.status_code == 422
    assert "does not belong to the organisation that posts the problem" in read(answer)
    assert number_of(session) == 0


def test_who_is_in_two_teams_chooses_one(session, stage, browse, read):
    from matchmaker.kernel.actor import Role, Scope
    from tests.factories.proposals import give

    second, _lead = another_team(stage)
    give(stage.people, stage.lead, Role.TEAM_MEMBER, Scope.TEAM, second.id)
    browser = browse("lead")

    page = read(browser.get(f"/proposals/new?challenge={stage.challenge.key}&team={second.ref}"))
    begin(browser, stage, team=second.ref)

    assert f"The rules, held against {second.name.en}" in page
    assert session.scalar(select(Proposal.team_id)) == second.id


@pytest.mark.parametrize("key", ["CH-99-999", "x" * 5000, "🚀", "\u202eabc", "0", "-1", "1e999"])
def test_odd_challenges_and_teams_are_not_found(stage, browse, key):
    browser = browse("lead")

    assert browser.get("/proposals/new", query_string={"challenge": key}).status_code == 404
    assert begin(browser, stage, challenge=key).status_code == 404
    assert begin(browser, stage, team=key).status_code == 404
