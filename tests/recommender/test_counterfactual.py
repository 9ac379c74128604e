"""What would bring a team above another: steps are what scoring the changed record gives."""

import copy

import pytest

from matchmaker.recommender import ChallengeProfile, Matcher, score_records
from matchmaker.recommender.counterfactual import bent_of, raw_of


def steps_of(matcher, challenge, row=0, feedback=None):
    """Present score and steps of one team."""
    asked = ChallengeProfile.from_record(challenge)
    score = float(next(matcher.scored([asked], feedback))[0][row])
    return score, matcher.what_if(asked).steps(row, score)


def single(steps):
    return {step.changes[0].code: step for step in steps if len(step.changes) == 1}


def test_a_raw_sum_and_its_score_say_the_same():
    for score in (-0.4, 0.0, 0.3, 0.91):
        assert bent_of(raw_of(score)) == pytest.approx(score, abs=1e-12)


def test_a_concept_is_worth_what_declaring_it_brings(challenges, teams):
    score, steps = steps_of(Matcher(teams), challenges[0])
    step = single(steps)["step.capability"]
    declared = copy.deepcopy(teams)
    declared[0]["technologies"].append("segmentation")

    assert step.changes[0].params == {"concepts": ("technologies:segmentation",)}
    assert step.score > score
    # declared by one team more, the concept is a little less rare
    assert score_records(challenges, declared)[0, 0] == pytest.approx(step.score, abs=0.02)


def test_proof_is_worth_exactly_what_stating_it_brings(challenges, teams):
    bare = copy.deepcopy(teams)
    del bare[0]["projects"][0]["results"], bare[0]["projects"][0]["evidence"]
    _, steps = steps_of(Matcher(bare), challenges[0])
    proven = copy.deepcopy(bare)
    proven[0]["projects"][0] |= {"results": "%", "evidence": "letter"}

    expected = score_records(challenges, proven)[0, 0]
    assert single(steps)["step.proof"].score == pytest.approx(expected, abs=1e-9)


def test_half_a_proof_asks_for_the_other_half(challenges, teams):
    stated, shown = copy.deepcopy(teams), copy.deepcopy(teams)
    del stated[0]["projects"][0]["evidence"], shown[0]["projects"][0]["results"]

    assert "step.evidence" in single(steps_of(Matcher(stated), challenges[0])[1])
    assert "step.result" in single(steps_of(Matcher(shown), challenges[0])[1])
    assert not single(steps_of(Matcher(teams), challenges[0])[1]).keys() & {
        "step.proof", "step.result", "step.evidence"
    }  # fmt: skip


def test_a_further_project_counts_by_the_rule_of_the_second_item(teams):
    """A profile alone counts 0.675 of itself; a project as close as it makes the mean whole."""
    challenge = {"id": "c", "lang": "zh", "title": "路邊停車繳費"}
    score, steps = steps_of(Matcher(teams), challenge, row=3)

    assert raw_of(single(steps)["step.project"].score) == pytest.approx(raw_of(score) / 0.675)


def test_two_changes_together_gain_more_than_either(challenges, teams):
    _, steps = steps_of(Matcher(teams[1:]), challenges[0])
    alone = {step.changes[0].code: step.score for step in steps if len(step.changes) == 1}
    pairs = [step for step in steps if len({change.code for change in step.changes}) == 2]

    assert pairs
    for step in pairs:
        assert step.score > max(alone[change.code] for change in step.changes)


def test_steps_start_from_a_score_that_earlier_decisions_moved(challenges, teams):
    matcher = Matcher(teams)
    liked, steps = steps_of(matcher, challenges[0], feedback={("c1", "t1"): 1.0})
    score, plain = steps_of(matcher, challenges[0])
    one, two = single(steps)["step.capability"], single(plain)["step.capability"]

    assert liked > score
    assert raw_of(one.score) - raw_of(liked) == pytest.approx(raw_of(two.score) - raw_of(score))


def test_a_team_that_has_nothing_in_common_can_only_show_concepts(challenges, teams):
    _, steps = steps_of(Matcher([{"id": "bare"}, *teams]), challenges[0])

    assert {change.code for step in steps for change in step.changes} == {
        "step.capability", "step.taxonomy"
    }  # fmt: skip
