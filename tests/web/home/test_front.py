"""The first page as visitors see it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from matchmaker.challenges.lifecycle import ChallengeState
from matchmaker.kernel import clock
from matchmaker.kernel.localized import Localized
from matchmaker.proposals import tallies
from matchmaker.proposals.lifecycle import ProposalState
from matchmaker.proposals.models import Proposal
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
def posted(session, people, now):
    """Makes a challenge that closes so many days from now."""
    call, owner = people.call(), people.organization()

    def post(days, **values):
        challenge = make_challenge(session, call, owner, now=now, **values)
        challenge.closes_at = now + days * DAY
        session.commit()
        return challenge

    return post


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", ["I have a problem", "I have a solution", "No challenge is open at the moment.",
                "No call is open or announced at the moment."]),
        ("zh-TW", ["我要出題", "目前沒有徵件中的題目。", "目前沒有開放或預告的徵件。"]),
    ],
)  # fmt: skip
def test_an_empty_platform_is_honest_and_offers_both_doors(client, lang, said):
    page = client.get(f"/?lang={lang}").get_data(as_text=True)
    assert [sentence for sentence in said if sentence not in page] == []
    assert 'href="/challenges/new"' in page
    assert 'href="/challenges"' in page


def test_the_three_challenges_that_close_first_are_shown(client, posted):
    for days in (9, 3, 5, 7):
        posted(days, title=f"Closes in {days}")
    posted(-1, title="Over")
    posted(1, title="Unseen", state=ChallengeState.APPROVED)

    page = client.get("/?lang=en").get_data(as_text=True)
    places = {days: page.find(f"Closes in {days}") for days in (3, 5, 7, 9)}
    assert -1 < places[3] < places[5] < places[7]
    assert places[9] == -1
    assert "Over<" not in page
    assert "Unseen" not in page


def test_the_number_of_proposals_is_sealed_until_its_challenge_closes(client, posted, session, now):
    team = make_team(session, now=now)
    challenges = {"open": posted(9), "closed": posted(-1), "drafts only": posted(-1)}
    for name, challenge in challenges.items():
        state = ProposalState.DRAFT if name == "drafts only" else ProposalState.SUBMITTED
        session.add(
            Proposal(
                challenge_id=challenge.id,
                team_id=team.id,
                state=state,
                created_at=now,
                edited_at=now,
            )  # fmt: skip
        )
    session.commit()

    assert tallies.public_figures(session, now)[3:] == (2, 1)
    page = client.get("/?lang=en").get_data(as_text=True)
    assert "to 2 challenges that have closed" in page
    # with no challenge closed, the page says nothing about proposals at all
    for challenge in challenges.values():
        challenge.closes_at = now + DAY
    session.commit()
    assert "Proposals handed in" not in client.get("/?lang=en").get_data(as_text=True)


def test_figures_count_what_their_lists_show(people, session, now):
    call, owner = people.call(), people.organization()
    make_challenge(session, call, owner, now=now)
    make_challenge(session, call, owner, now=now, state=ChallengeState.DRAFT)
    make_team(session, now=now)
    make_team(session, now=now, is_listed=False)
    assert tallies.public_figures(session, now) == (1, 1, 1, 0, 0)


def test_a_draft_of_a_call_is_not_announced(client, people, session):
    draft, shown = people.call(), people.call()
    draft.name, draft.published_at = Localized(en="Secret round"), None
    shown.name = Localized(en="Public round")
    session.commit()
    page = client.get("/?lang=en").get_data(as_text=True)
    assert ("Public round" in page, "Secret round" in page) == (True, False)


def test_the_first_page_costs_the_same_whatever_it_shows(client, people, session, now):
    call, owner = people.call(), people.organization()
    costs = []
    for many in (1, 2, 10):
        for _ in range(many):
            make_challenge(session, call, owner, now=now)
            people.call()
        costs.append(int(client.get("/").headers["X-Statements"]))
    assert costs == [costs[0]] * 3
    assert costs[0] <= 8
