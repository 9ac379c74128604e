"""What the walk through all routes (tests/permissions) does not see of matching."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from matchmaker.kernel.actor import Role, Scope
from matchmaker.matching import invitations
from matchmaker.matching.models import RecommendationRun


@pytest.fixture
def stranger(people, browse_as):
    """A browser of somebody from elsewhere."""
    elsewhere = people.organization().id
    return browse_as(people.user("", (Role.OWNER_LEAD, Scope.ORGANIZATION, elsewhere)))


def test_a_manager_of_another_programme_cannot_ask_for_a_run_of_this_one(
    cast, people, browse_as, session
):
    other = browse_as(people.pm(people.program()))
    other.post("/matching/runs/new", data={"call": cast.call.slug, "seed": 0})

    assert session.scalar(select(func.count(RecommendationRun.id))) == 0


def test_an_auditor_is_offered_nothing_to_change(cast, auditor):
    cast.run()

    assert "/pin" not in auditor.get("/matching").get_data(as_text=True)


def test_an_invitation_that_waits_for_release_is_not_told_to_the_team(cast, session, lead):
    invitations.queue(cast.session, cast.pair(), version=0, actor=cast.actor(cast.pm), now=cast.now)
    cast.session.commit()

    assert "invited" not in lead.get("/recommendations").get_data(as_text=True)


def test_a_missing_pair_and_a_hidden_one_look_alike(cast, stranger):
    cast.run(published=True)

    def bare(address):
        page = stranger.get(address).get_data(as_text=True)
        return re.sub(r'value="[^"]*"|[0-9a-f]{12}|next=\S+|CH-\S+|TM-\S+', "", page)

    hidden = bare(f"/challenges/{cast.challenges[0].ref}/matches/{cast.teams[0].ref}")
    missing = bare("/challenges/CH-26-999/matches/TM-9999")

    assert hidden == missing


@pytest.mark.parametrize("query", ["start=999999999999999999999", "after=-1", "run=9e9", "only=x"])
def test_odd_numbers_in_addresses_break_nothing(cast, pm, query):
    cast.run()

    assert pm.get(f"/matching?{query}").status_code == 200
    assert pm.get("/matching/runs?before=999999999999999999999").status_code == 200
