"""What changed after a run stands beside it: on the board and on the team's own list."""

from __future__ import annotations

from sqlalchemy import select

from matchmaker.supplements import execution, queries
from matchmaker.supplements.lifecycle import SupplementState
from matchmaker.supplements.models import Supplement
from matchmaker.teams import service as teams
from matchmaker.teams.service import Profile

BETTER = "We find scratches in AOI images of panels; the miss rate of operators is no longer high."


def read(answer) -> str:
    return answer.get_data(as_text=True)


def change(cast, text=BETTER):
    team = cast.teams[0]
    teams.edit_profile(
        cast.session, team, Profile(name_en="Keen Eye", profile_en=text),
        version=team.version, actor=cast.actor(cast.leads[0]), now=cast.now,
    )  # fmt: skip
    cast.session.flush()
    return team


def compute(cast):
    for number in queries.waiting(cast.session):
        found = cast.session.get_one(Supplement, number)
        execution.compute_within(cast.session, found, clock=lambda: cast.now)
    cast.session.commit()


def test_a_team_reads_its_new_matches_beside_those_of_the_run(cast, browse_as):
    cast.run(published=True)
    change(cast)
    compute(cast)
    page = read(browse_as(cast.leads[0]).get("/recommendations?lang=en"))

    assert "Updated after the run" in page
    assert "The run itself stays as it was" in page
    assert "in the run" in page


def test_while_it_waits_the_team_is_told(cast, browse_as):
    cast.run(published=True)
    change(cast)
    browser = browse_as(cast.leads[0])
    cast.session.scalars(select(Supplement)).one().state = SupplementState.WAITING
    cast.session.commit()
    page = read(browser.get("/recommendations?lang=en"))

    assert "Your matches are being computed again" in page


def test_the_board_shows_where_the_team_would_stand(cast, browse_as):
    cast.run(published=True)
    team = change(cast)
    compute(cast)
    page = read(browse_as(cast.pm).get("/matching?lang=en"))

    assert "Updated after the run" in page
    assert f"version {team.version} of the profile" in page
    assert "would stand at place 1" in page


def test_saving_a_change_has_it_computed_by_the_worker(cast, browse_as):
    cast.run(published=True)
    team = change(cast)
    cast.session.commit()
    found = cast.session.scalars(select(Supplement)).one()
    cast.session.refresh(found)

    assert (found.state, found.team_version) == (SupplementState.DONE, team.version)


def test_without_a_change_nothing_is_said(cast, browse_as):
    cast.run(published=True)

    assert "Updated after the run" not in read(browse_as(cast.pm).get("/matching?lang=en"))
    assert "Updated" not in read(browse_as(cast.leads[0]).get("/recommendations?lang=en"))


def test_a_team_does_not_read_the_supplement_of_an_unpublished_run(cast, browse_as):
    cast.run()
    change(cast)
    compute(cast)

    assert "Updated after" not in read(browse_as(cast.leads[0]).get("/recommendations?lang=en"))
    assert "Updated after the run" in read(browse_as(cast.pm).get("/matching?lang=en"))


def test_another_team_reads_nothing_of_it(cast, browse_as):
    cast.run(published=True)
    change(cast)
    compute(cast)

    assert "Updated after" not in read(browse_as(cast.leads[1]).get("/recommendations?lang=en"))
