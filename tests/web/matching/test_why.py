"""Why not: the rule and what lifts it for the office; what would raise it for teams."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest

from matchmaker.challenges.lifecycle import ChallengeState
from matchmaker.kernel.i18n import Lang, translate
from matchmaker.matching import candidacies
from matchmaker.matching.candidacies import Refused
from matchmaker.matching.lifecycle import OBSTACLE_WORDS, DismissReason, Obstacle, Side
from matchmaker.matching.why import LIFTS


def text(answer) -> str:
    return html.unescape(answer.get_data(as_text=True))


def full(cast):
    cast.teams[0].capacity = 0


def busy(cast):
    cast.teams[0].free_from = cast.call.closes_at.date() + timedelta(days=400)


def same_house(cast):
    cast.teams[0].organization_id = cast.challenges[0].organization_id


def put_aside(side, person):
    def by(cast):
        candidacies.dismiss(
            cast.session, cast.pair(), Refused(DismissReason.OTHER, "why"), side=side,
            version=None, actor=cast.actor(person(cast)), now=cast.now,
        )  # fmt: skip

    return by


@pytest.mark.parametrize(
    ("hold", "obstacle"),
    [
        (full, Obstacle.FULL),
        (busy, Obstacle.NOT_FREE),
        (same_house, Obstacle.SAME_ORGANIZATION),
        (put_aside(Side.PM, lambda cast: cast.pm), Obstacle.DISMISSED_BY_PM),
        (put_aside(Side.OWNER, lambda cast: cast.owners[0]), Obstacle.DISMISSED_BY_OWNER),
        (put_aside(Side.TEAM, lambda cast: cast.leads[0]), Obstacle.DISMISSED_BY_TEAM),
    ],
)
def test_the_office_reads_the_rule_and_what_lifts_it(hold, obstacle, cast, pm, owner):
    hold(cast)
    cast.session.commit()
    cast.run(published=True)
    ref, team = cast.challenges[0].ref, cast.teams[0].ref
    words = [translate(said[obstacle], Lang.EN) for said in (OBSTACLE_WORDS, LIFTS)]

    for address in (f"/challenges/{ref}/matches", f"/challenges/{ref}/matches/{team}"):
        page = text(pm.get(address))
        assert all(sentence in page for sentence in words)
    assert not any(s in text(owner.get(f"/challenges/{ref}/matches")) for s in words)
    assert owner.get(f"/challenges/{ref}/matches/{team}").status_code == 404


def test_every_rule_has_a_word_on_what_lifts_it():
    assert set(LIFTS) == set(OBSTACLE_WORDS) == set(Obstacle)


@pytest.fixture
def asked(cast):
    """A problem that asks for something that no team shows."""
    cast.challenges[0].technologies = ["defect_detection", "ocr"]
    cast.session.commit()
    return cast.challenges[0]


def answered(page):
    return page.split('aria-live="polite"')[1].split("</section>")[0]


def test_a_team_reads_what_would_raise_it_for_the_problem(cast, lead, asked):
    cast.run(published=True)
    answer = answered(text(lead.get(f"/recommendations?why={asked.ref}")))

    assert "Show work with OCR and plate recognition." in answer
    assert not any(other.ref in answer for other in cast.teams[1:])


def test_where_a_rule_stands_in_the_way_no_change_is_advised(cast, lead, asked):
    full(cast)
    cast.run(published=True)

    assert "What would raise it" not in answered(
        text(lead.get(f"/recommendations?why={asked.ref}"))
    )


@pytest.mark.parametrize("end", ["closed", "paused"])
def test_a_problem_that_is_no_longer_open_says_so(end, cast, lead, asked):
    cast.run(published=True)
    if end == "closed":
        asked.closes_at = cast.now - timedelta(days=1)
    else:
        asked.state = ChallengeState.PAUSED
    cast.session.commit()

    assert "It takes no proposals any more" in text(lead.get(f"/recommendations?why={asked.ref}"))
