"""Another team beside a pair: who leads by what, what would turn it, and who may know."""

from __future__ import annotations

import html
import re

import pytest

from matchmaker.matching.models import Recommendation
from tests.factories.matching import add_team


@pytest.fixture
def address(cast):
    """The page of the second team, with room for another beside it."""
    cast.challenges[0].technologies = ["defect_detection", "ocr"]
    weaker = add_team(
        cast, name="Blurry", profile="We look at AOI images of panels.", technologies=[], domains=[]
    )
    return f"/challenges/{cast.challenges[0].ref}/matches/{weaker.ref}"


def text(answer) -> str:
    return html.unescape(answer.get_data(as_text=True))


def section(page):
    return page.split('id="beside"')[1].split("</section>")[0]


def test_the_stronger_team_leads_by_named_parts_that_add_up(cast, pm, address, session):
    cast.run(published=True)
    page = section(text(pm.get(f"{address}?beside={cast.teams[0].ref}")))
    scores = {
        row.team_id: row.score
        for row in session.query(Recommendation).filter_by(challenge_id=cast.challenges[0].id)
    }
    rows = re.findall(r"<tr>(.*?)</tr>", page.split("Parts of both scores")[-1], re.DOTALL)[1:]
    figures = [
        [float(f.replace("−", "-")) for f in re.findall(r">\s*([+−-]?\d\.\d\d)", r)] for r in rows
    ]
    table = [f for f in figures if len(f) == 3]
    by = round(scores[cast.teams[0].id], 2) - round(scores[cast.teams[-1].id], 2)

    assert f"Keen Eye 0 leads by {by:.2f}." in page
    assert sum(f[2] for f in table[:-1]) == pytest.approx(by, abs=1e-9)
    assert table[-1][2] == pytest.approx(by, abs=1e-9)


def test_changes_say_the_score_then_and_whether_they_are_enough(cast, pm, address):
    cast.run(published=True)
    page = section(text(pm.get(f"{address}?beside={cast.teams[0].ref}")))

    assert "What would bring Blurry above Keen Eye 0" in page
    assert "Show work with OCR and plate recognition." in page
    assert "short" in page or "Enough" in page


def test_the_lower_one_is_asked_to_change_whoever_owns_the_page(cast, pm, address):
    cast.run(published=True)
    above = f"/challenges/{cast.challenges[0].ref}/matches/{cast.teams[0].ref}"

    assert "What would bring Blurry above Keen Eye 0" in text(
        pm.get(f"{above}?beside={address.rpartition('/')[2]}")
    )


def test_it_reads_in_chinese_with_the_same_changes(cast, browse_as, address):
    cast.run(published=True)
    page = section(text(browse_as(cast.pm, "zh-TW").get(f"{address}?beside={cast.teams[0].ref}")))

    assert "寫明「光學文字辨識」的經驗。" in page


@pytest.mark.parametrize("named", ["", "TM-9999", "%00", "x" * 300])
def test_a_team_that_is_not_there_leaves_only_the_choice(cast, pm, address, named):
    cast.run(published=True)
    page = section(text(pm.get(f"{address}?beside={named}")))

    assert "leads by" not in page
    assert f'value="{cast.teams[0].ref}"' in page


def test_a_team_that_a_rule_holds_back_is_for_the_office_alone(cast, pm, owner, address, session):
    held = add_team(cast, name="Full House", capacity=0)
    cast.run(published=True)

    for_office = section(text(pm.get(f"{address}?beside={held.ref}")))
    assert "Full House" in for_office
    for_owner = section(text(owner.get(f"{address}?beside={held.ref}")))
    assert "Full House" not in for_owner
    assert "leads by" not in for_owner


def test_owners_compare_once_a_run_is_published(cast, owner, address):
    cast.run()
    assert owner.get(address).status_code == 404

    cast.run(published=True)
    assert "leads by" in text(owner.get(f"{address}?beside={cast.teams[0].ref}"))


def test_no_team_reads_of_another(cast, browse_as, address):
    """Not on the page of the pair, and not on its own page of reasons."""
    cast.run(published=True)
    lead = browse_as(cast.leads[-1])
    own = f"/recommendations/{cast.challenges[0].ref}?beside={cast.teams[0].ref}"

    assert lead.get(f"{address}?beside={cast.teams[0].ref}").status_code == 404
    assert "Keen Eye" not in text(lead.get(own))
