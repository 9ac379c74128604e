"""Advice on the page of a team and on its recommendations, for the team and the office alone."""

from __future__ import annotations

import html

import pytest

from matchmaker.matching.models import TeamAdvice


def text(answer) -> str:
    return html.unescape(answer.get_data(as_text=True))


@pytest.fixture
def advised(cast, session):
    """Advice for the first team, as the worker leaves it."""
    team = cast.teams[0]
    says = {"en": "Show work with OCR, if you have any.", "zh_TW": "若有 OCR 的經驗，請寫明。"}
    raised = [
        {"ref": each.ref, "before": 0.34, "after": 0.43, "is_better_fit": True}
        for each in cast.challenges
    ]
    row = TeamAdvice(
        team_id=team.id, team_version=team.version, basis="b", computed_at=cast.now, challenges=2,
        content=[{"code": "advice.capability", "params": {}, "says": says, "is_estimate": False,
                  "raised": raised}],
    )  # fmt: skip
    session.add(row)
    session.commit()
    return row


@pytest.fixture
def pages(cast):
    return [f"/teams/{cast.teams[0].ref}", f"/recommendations?team={cast.teams[0].ref}"]


def test_the_team_reads_what_to_add_and_what_it_brings(cast, advised, pages, lead, member):
    cast.run(published=True)
    for browser in (lead, member):
        for page in map(text, map(browser.get, pages)):
            assert "Show work with OCR, if you have any." in page
            assert "raised you for 2 open challenges, by 0.09 on the average." in page
            assert "2 of them would become a better fit." in page
            assert f"/teams/{cast.teams[0].ref}/edit/capabilities" in page
            assert "0.34 → 0.43" in page


def test_it_reads_in_chinese(cast, advised, pages, browse_as):
    page = text(browse_as(cast.leads[0], "zh-TW").get(pages[0]))

    assert "若有 OCR 的經驗，請寫明。" in page
    assert "平均提高 0.09" in page


def test_the_office_reads_it_without_a_way_to_edit(cast, advised, pages, pm):
    cast.run(published=True)
    page = text(pm.get(pages[0]))

    assert "Show work with OCR, if you have any." in page
    assert "/edit/capabilities" not in page


def test_nobody_else_reads_it(cast, advised, pages, owner, browse_as, client):
    cast.run(published=True)
    other = browse_as(cast.leads[1])
    for browser in (owner, other, client):
        assert "Show work with OCR" not in text(browser.get(pages[0]))
    assert other.get(pages[1]).status_code == 404
    assert "Show work with OCR" not in text(browse_as(cast.leads[0]).get(pages[0] + "/preview"))


def test_an_older_profile_is_said_to_be_older(cast, advised, pages, lead, session):
    advised.team_version = cast.teams[0].version - 1
    session.commit()

    assert "The profile changed since" in text(lead.get(pages[0]))


def test_before_it_is_worked_out_the_page_says_so(cast, pages, lead):
    assert "worked out from the open challenges in the background" in text(lead.get(pages[0]))


def test_nothing_to_add_is_an_answer_too(cast, advised, pages, lead, session):
    advised.content = []
    session.commit()
    assert "Nothing you could add would raise you noticeably" in text(lead.get(pages[0]))

    advised.challenges = 0
    session.commit()
    assert "No challenge is open at the moment." in text(lead.get(pages[0]))
