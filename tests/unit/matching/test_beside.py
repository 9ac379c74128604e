"""Two teams compared: differences add up, and the fewest changes that suffice come first."""

import pytest

from matchmaker.matching.beside import Standing, Step, compare, standings
from matchmaker.matching.models import PairSteps, Recommendation
from tests.factories.matching import make_cast


def step(name, score):
    return Step([{"en": name, "zh_TW": name}], score)


def standing(score, text, **more):
    return Standing(score, {"text": text, "capability": score - text}, **more)


def test_leads_add_up_and_the_largest_comes_first():
    found = compare(standing(0.40, 0.35), standing(0.52, 0.31))

    assert [lead.part for lead in found.leads] == ["capability", "text"]
    assert sum(lead.by for lead in found.leads) == pytest.approx(found.by) == pytest.approx(0.12)


def test_single_changes_that_suffice_come_before_pairs():
    single, double = [step("a", 0.55), step("b", 0.45)], [step("a and b", 0.6)]
    lower = standing(0.4, 0.4, single=single, double=double)
    found = compare(lower, standing(0.5, 0.5))

    assert found.enough == single[:1]
    assert [found.short_of(each) > 0 for each in single] == [False, True]


def test_pairs_are_named_where_no_single_change_suffices():
    lower = standing(0.4, 0.4, single=[step("a", 0.45)], double=[step("a and b", 0.51)])

    assert compare(lower, standing(0.5, 0.5)).enough == lower.double


def test_where_nothing_suffices_the_texts_are_said_to_differ():
    lower = standing(0.4, 0.4, terms=["Pinhole"], single=[step("a", 0.41)])
    found = compare(lower, standing(0.5, 0.5, terms=["pinhole", "chrome", "chrome"]))

    assert (found.enough, found.only_upper) == ([], ["chrome"])


def test_a_run_keeps_what_would_raise_each_explained_pair(session, people):
    run = make_cast(session, people).run()
    explained = session.query(Recommendation).filter_by(run_id=run.id, is_explained=True)
    kept = {(row.challenge_id, row.team_id): row.steps for row in session.query(PairSteps)}

    assert {(row.challenge_id, row.team_id) for row in explained} == set(kept)
    for row in explained:
        found = standings(session, run, row.challenge_id, [row.team.ref])[row.team.ref]
        assert found.parts == row.parts
        assert [each.score for each in found.single] == sorted(
            (each.score for each in found.single), reverse=True
        )
        assert all(each.score > row.score for each in (*found.single, *found.double))
        assert all(len(each.says) == 2 for each in found.double)
    assert any(each["single"] for each in kept.values())
