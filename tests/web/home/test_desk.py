"""What waits for a signed-in person, by hat."""

from __future__ import annotations

from datetime import timedelta

import pytest

from matchmaker.challenges import desk as challenge_desk
from matchmaker.challenges.lifecycle import ChallengeState
from matchmaker.kernel import clock
from matchmaker.kernel.actor import Role, Scope
from matchmaker.kernel.i18n import Lang
from matchmaker.kernel.localized import Localized
from matchmaker.matching.lifecycle import CandidacyState
from matchmaker.matching.models import Candidacy
from matchmaker.notifications.models import Mail
from matchmaker.proposals import service as proposals
from matchmaker.proposals.lifecycle import ProposalState
from matchmaker.proposals.models import Proposal
from matchmaker.web.home.items import Item, _rank
from matchmaker.web.home.things import CHALLENGE_AT, PROPOSAL_AT
from tests.factories import People
from tests.factories.matching import make_cast, make_challenge

DAY = timedelta(days=1)


@pytest.fixture
def now():
    return clock.now()


@pytest.fixture
def people(session, now):
    return People(session, now)


@pytest.fixture
def cast(session, people):
    return make_cast(session, people)


def home(browser, lang="en"):
    return browser.get(f"/?lang={lang}").get_data(as_text=True)


def challenge_in(cast, state, **values):
    return make_challenge(
        cast.session, cast.call, cast.challenges[0].organization, title=f"In {state}", state=state,
        now=cast.now, **values,
    )  # fmt: skip


def test_somebody_without_a_hat_is_shown_both_ways_in(browse_as, people):
    page = home(browse_as(people.user()))
    assert "Nothing waits for you." in page
    assert 'href="/challenges/new"' in page
    assert 'href="/teams/new"' in page


@pytest.mark.parametrize("role", list(Role))
def test_nobody_stands_before_an_empty_desk_without_a_way_on(browse_as, people, role):
    page = home(browse_as(people.user("", (role, Scope.PLATFORM, 0))))

    assert page.split("Nothing waits for you.")[1].count('class="button') >= 2


def test_the_same_in_chinese(browse_as, people):
    page = home(browse_as(people.user()), "zh-TW")
    assert ("我要出題" in page, "登錄團隊" in page) == (True, True)


def test_a_manager_sees_what_waits_for_approval(browse_as, cast):
    for _ in range(2):
        challenge_in(cast, ChallengeState.SUBMITTED, submitted_at=cast.now - DAY)
    challenge_in(cast, ChallengeState.APPROVED)
    challenge_in(cast, ChallengeState.CHANGES_REQUESTED)
    page = home(browse_as(cast.pm))
    for sentence in (
        "2 challenges wait for your approval.",
        "1 approved challenge is not public yet.",
        "1 challenge is being changed by its owner.",
    ):
        assert sentence in page
    groups = [page.find(f"{title}</h3>") for title in ("This week", "To do", "Waiting for others")]
    assert -1 < groups[0] < groups[1] < groups[2]


def test_approval_that_waits_for_more_than_a_week_is_overdue(browse_as, cast):
    challenge_in(cast, ChallengeState.SUBMITTED, submitted_at=cast.now - 8 * DAY)
    assert "Overdue</h3>" in home(browse_as(cast.pm))


def test_a_manager_learns_nothing_of_another_programme(browse_as, cast, people):
    challenge_in(cast, ChallengeState.SUBMITTED, submitted_at=cast.now)
    page = home(browse_as(people.pm(people.program())))
    assert "approval" not in page
    assert "Nothing waits for you." in page


def test_challenges_in_conflict_are_not_even_counted(session, cast):
    from dataclasses import replace

    challenge = challenge_in(cast, ChallengeState.SUBMITTED, submitted_at=cast.now)
    actor = cast.actor(cast.pm)
    program_ids = actor.scopes(Role.PM)

    def waiting(seen_by):
        piles = challenge_desk.of_managers(session, program_ids, seen_by=seen_by)
        return sum(pile.many for pile in piles if pile.state is ChallengeState.SUBMITTED)

    conflicted = replace(actor, conflicts=frozenset({("challenge", challenge.id)}))
    with_owner = replace(actor, conflicts=frozenset({("organization", challenge.organization_id)}))
    assert [waiting(each) for each in (actor, conflicted, with_owner)] == [1, 0, 0]


def test_a_run_is_missing_then_unpublished_then_outdated(browse_as, session, cast):
    browser = browse_as(cast.pm)
    assert "No teams were computed for" in home(browser)

    run = cast.run()
    page = home(browser)
    assert f"Run #{run.number} of" in page
    assert "No teams were computed for" not in page

    cast.run(published=True)
    assert "is not published." not in home(browser)

    cast.challenges[0].edited_at = clock.now() + DAY
    session.commit()
    assert "1 challenge of" in home(browser)


def test_invitations_wait_for_their_release(browse_as, session, cast):
    session.add(
        Candidacy(
            challenge_id=cast.challenges[0].id,
            team_id=cast.teams[0].id,
            queued_at=cast.now,
            changed_at=cast.now,
        )  # fmt: skip
    )
    session.commit()
    page = home(browse_as(cast.pm))
    assert "1 invitation of" in page
    assert f"/matching/invitations?call={cast.call.slug}" in page


def test_an_owner_sees_drafts_changes_and_what_waits(browse_as, session, cast):
    draft = challenge_in(cast, ChallengeState.DRAFT)
    changes = challenge_in(cast, ChallengeState.CHANGES_REQUESTED)
    waiting = challenge_in(cast, ChallengeState.SUBMITTED)
    page = home(browse_as(cast.owners[0]))
    assert "“In draft” is a draft." in page
    assert "The programme office asks for changes in “In changes_requested”." in page
    assert "“In submitted” waits for the approval of the office." in page
    for challenge in (draft, changes, waiting):
        assert f'href="/challenges/{challenge.key}"' in page
    other = home(browse_as(cast.owners[1]))
    assert "In draft" not in other


def test_a_lead_is_led_to_what_came_in_until_confidentiality_is_promised(browse_as, session, cast):
    closed = challenge_in(cast, ChallengeState.EVALUATING)
    closed.closes_at = cast.now - DAY
    session.commit()
    lead = cast.owners[0]

    before = home(browse_as(lead))
    proposals.promise_confidentiality(session, closed, actor=cast.actor(lead), now=cast.now)
    session.commit()

    assert "Promise confidentiality to read what came in." in before
    assert "Promise confidentiality" not in home(browse_as(lead))


def test_an_owner_learns_of_fitting_teams_once_the_run_is_published(browse_as, cast):
    browser = browse_as(cast.owners[0])
    cast.run()
    assert "fit “" not in home(browser)
    cast.run(published=True)
    page = home(browser)
    assert "teams fit “Detect defects 0”." in page
    assert f'href="/challenges/{cast.challenges[0].key}/matches"' in page


def test_a_team_sees_invitations_drafts_and_recommendations(browse_as, session, cast):
    browser, team = browse_as(cast.leads[0]), cast.teams[0]
    cast.run(published=True)
    assert "2 new challenges are recommended to you." in home(browser)

    candidacy = Candidacy(
        challenge_id=cast.challenges[0].id, team_id=team.id, state=CandidacyState.INVITED,
        invited_at=cast.now, answer_by=clock.now() + 3 * DAY, changed_at=cast.now,
    )  # fmt: skip
    session.add(candidacy)
    session.add(
        Proposal(
            challenge_id=cast.challenges[1].id,
            team_id=team.id,
            created_at=cast.now,
            edited_at=cast.now,
        )  # fmt: skip
    )
    session.commit()
    page = home(browser)
    assert "Keen Eye 0 is invited to answer “Detect defects 0”." in page
    assert f'href="/recommendations/invitations/{candidacy.public_id}"' in page
    assert "Your proposal to “Detect defects 1” is not handed in." in page
    assert "1 new challenge is recommended to you." in page
    assert "is invited" not in home(browse_as(cast.leads[1]))


def test_a_decision_that_is_not_released_looks_like_a_review(browse_as, session, cast):
    browser, challenge = browse_as(cast.leads[0]), cast.challenges[0]
    proposal = Proposal(
        challenge_id=challenge.id, team_id=cast.teams[0].id, state=ProposalState.UNDER_REVIEW,
        created_at=cast.now, edited_at=cast.now, submitted_at=cast.now,
    )  # fmt: skip
    session.add(proposal)
    session.commit()

    def page_in(state, released=None):
        proposal.state, proposal.released_at = state, released
        session.commit()
        return home(browser).split("<main", 1)[1].split("</main>", 1)[0]

    review = page_in(ProposalState.UNDER_REVIEW)
    assert page_in(ProposalState.SELECTED) == review
    assert page_in(ProposalState.NOT_SELECTED) == review
    assert "is selected." in page_in(ProposalState.SELECTED, cast.now)


def test_an_administrator_sees_mail_that_could_not_be_delivered(browse_as, session, people, now):
    admin = people.admin()
    assert "Nothing waits for you." in home(browse_as(admin))
    session.add(
        Mail(
            kind="invitation",
            unique_key="k1",
            to_address="a@example.org",
            lang=Lang.EN,
            subject="s",
            body="b",
            created_at=now,
            failed_at=now,
        )  # fmt: skip
    )
    session.commit()
    assert "1 message could not be delivered." in home(browse_as(admin))
    assert "delivered" not in home(browse_as(people.user()))


def test_the_desk_costs_the_same_whatever_lies_on_it(browse_as, session, people, cast):
    team = cast.teams[0]
    browsers = {
        "pm": browse_as(cast.pm), "owner": browse_as(cast.owners[0]),
        "team": browse_as(cast.leads[0]), "admin": browse_as(people.admin()),
    }  # fmt: skip
    costs = {name: set() for name in browsers}
    for many in (1, 2, 8):
        for _ in range(many):
            challenge_in(cast, ChallengeState.DRAFT)
            challenge = challenge_in(cast, ChallengeState.SUBMITTED, submitted_at=cast.now)
            people.call(cast.call.program)
            session.add(
                Proposal(
                    challenge_id=challenge.id,
                    team_id=team.id,
                    created_at=cast.now,
                    edited_at=cast.now,
                )  # fmt: skip
            )
        session.commit()
        for name, browser in browsers.items():
            costs[name].add(int(browser.get("/").headers["X-Statements"]))
    assert {name: len(found) for name, found in costs.items()} == dict.fromkeys(browsers, 1)
    assert max(max(found) for found in costs.values()) <= 8


def test_every_state_has_its_place_on_the_stepper():
    assert set(PROPOSAL_AT) == set(ProposalState) - {
        ProposalState.WITHDRAWN, ProposalState.DUPLICATE,
    }  # fmt: skip
    assert set(CHALLENGE_AT) == set(ChallengeState) - set(challenge_desk.FORGOTTEN)


def test_items_stand_in_the_order_of_urgency(now):
    def rank(**values):
        return _rank(Item("s", "a", "/", **values), now)

    assert [
        rank(at=now - DAY), rank(at=now), rank(at=now + DAY), rank(at=now + 7 * DAY),
        rank(at=now + 8 * DAY), rank(), rank(at=now - DAY, is_waiting=True),
    ] == [0, 0, 1, 1, 2, 2, 3]  # fmt: skip


@pytest.mark.parametrize("name", ["🚀 <b>x</b>", "שלום", "x" * 300])
def test_any_title_is_shown_as_it_was_written(browse_as, session, cast, name):
    from markupsafe import escape

    cast.challenges[0].title = Localized(en=name)
    cast.challenges[0].state = ChallengeState.DRAFT
    session.commit()
    assert str(escape(f"“{name}” is a draft.")) in home(browse_as(cast.owners[0]))


def test_people_of_a_scope_that_no_longer_exists_still_get_their_page(browse_as, people):
    ghost = people.user(
        "", (Role.PM, Scope.PROGRAM, 9999), (Role.TEAM_LEAD, Scope.TEAM, 9999),
        (Role.OWNER_LEAD, Scope.ORGANIZATION, 9999),
    )  # fmt: skip
    assert browse_as(ghost).get("/").status_code == 200
