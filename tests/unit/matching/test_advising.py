"""Advice is worked out for teams of people with accounts, and anew when it is out of date."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from matchmaker.challenges.lifecycle import ChallengeState
from matchmaker.matching import advising
from matchmaker.matching.models import TeamAdvice
from tests.factories.matching import make_team


def kept(stage):
    stage.session.expire_all()
    found = {row.team_id: row for row in stage.session.scalars(select(TeamAdvice))}
    stage.session.rollback()
    return found


def advise(real, stage):
    stage.session.commit()
    return advising.advise_teams(real, now=stage.now)


@pytest.fixture
def asked(stage):
    """The first problem asks for something that no team shows."""
    with_gap = stage.challenges[0]
    with_gap.technologies = ["defect_detection", "ocr"]
    stage.session.commit()
    return with_gap


def test_teams_of_people_with_accounts_are_advised_once(real, stage, asked):
    make_team(stage.session, name="Nobody's", now=stage.now)

    assert advise(real, stage) == len(stage.teams)
    assert kept(stage).keys() == {team.id for team in stage.teams}
    assert advise(real, stage) == 0


def test_advice_names_the_gap_and_the_public_reference(real, stage, asked):
    ref = asked.ref
    advise(real, stage)
    row = kept(stage)[stage.teams[0].id]
    advice = next(each for each in row.content if each["code"] == "advice.capability")

    assert advice["params"] == {"concepts": ["technologies:ocr"]}
    assert [each["ref"] for each in advice["raised"]] == [ref]
    assert advice["raised"][0]["after"] > advice["raised"][0]["before"]
    assert (row.challenges, row.team_version) == (2, stage.teams[0].version)


def test_a_changed_profile_is_advised_anew(real, stage, asked):
    advise(real, stage)
    team = stage.teams[0]
    team.technologies, team.version = ["defect_detection", "ocr"], team.version + 1
    stage.session.commit()

    assert advise(real, stage) == 1
    row = kept(stage)[team.id]
    assert row.team_version == team.version
    assert "technologies:ocr" not in str(row.content)


@pytest.mark.parametrize("change", ["closed", "edited", "withdrawn"])
def test_what_is_open_decides(change, real, stage, asked):
    advise(real, stage)
    if change == "closed":
        asked.closes_at = stage.now - timedelta(minutes=1)
    elif change == "edited":
        asked.technologies, asked.version = ["defect_detection"], asked.version + 1
    else:
        asked.state = ChallengeState.WITHDRAWN
    stage.session.commit()

    assert advise(real, stage) == len(stage.teams)
    assert "technologies:ocr" not in str([row.content for row in kept(stage).values()])


def test_unpublished_challenges_do_not_count(real, stage, asked):
    asked.state = ChallengeState.APPROVED
    stage.session.commit()
    advise(real, stage)

    assert {row.challenges for row in kept(stage).values()} == {1}
    assert "technologies:ocr" not in str([row.content for row in kept(stage).values()])


def test_unlisted_teams_are_left_alone(real, stage, asked):
    stage.teams[0].is_listed = False
    stage.session.commit()

    assert advise(real, stage) == len(stage.teams) - 1


def test_a_few_teams_at_a_time(real, stage, asked):
    stage.session.commit()

    assert advising.advise_teams(real, now=stage.now, at_once=2) == 2
    assert advising.advise_teams(real, now=stage.now, at_once=2) == 1


def test_without_open_challenges_there_is_nothing_to_say(real, stage):
    for challenge in stage.challenges:
        challenge.closes_at = stage.now - timedelta(days=1)
    advise(real, stage)

    assert {(row.challenges, tuple(row.content)) for row in kept(stage).values()} == {(0, ())}
