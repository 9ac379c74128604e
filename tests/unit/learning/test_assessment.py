"""Planted tastes are recovered and used; where there is none, nothing is invented."""

from __future__ import annotations

import pytest

from matchmaker.learning.assessment import Reason, assess
from matchmaker.recommender.decisions import LEARNT
from tests.factories.histories import DEFAULT, Taste, invent

FAME = Taste(is_blind=True, fame=1.5)


@pytest.mark.parametrize("part", ["capability", "evidence"])
def test_a_taste_is_recovered_and_wins_on_later_challenges(part):
    found = assess(*_given(1, Taste({part: 3})))

    assert found.reasons == []
    assert found.weights is not None
    times = {each: found.weights.of(each) / DEFAULT.of(each) for each in LEARNT}
    assert max(times, key=times.__getitem__) == part
    assert found.figures["gains"]["default"]["low"] > 0
    assert found.figures["gains"]["text"]["low"] > 0


def test_whoever_follows_the_measured_weights_gets_no_model():
    found = assess(*_given(1, Taste()))

    assert Reason.NOT_BETTER_THAN_DEFAULT in found.reasons


def test_chance_gets_no_model():
    found = assess(*_given(2, Taste(is_blind=True)))

    assert {Reason.NOT_BETTER_THAN_DEFAULT, Reason.NOT_BETTER_THAN_TEXT} <= set(found.reasons)


def test_a_taste_for_the_well_known_is_refused_for_its_exposure():
    found = assess(*_given(1, FAME, famous_part="capability"))

    assert found.reasons == [Reason.CONCENTRATES]
    before, after = (found.figures["exposure"][when] for when in ("before", "after"))
    assert after["top_tenth"] > before["top_tenth"]


def test_few_decisions_are_no_ground_for_a_model():
    found = assess(*_given(1, Taste({"capability": 3}), challenges=30))

    assert Reason.FEW_DECISIONS in found.reasons
    assert found.figures["later"]["challenges"] == 9
    assert Reason.FEW_CHALLENGES in found.reasons


def test_no_decisions_at_all_are_judged_without_figures():
    (
        history,
        field,
    ) = invent(1, Taste(), challenges=0)

    found = assess(history, DEFAULT, field)

    assert (found.weights, found.reasons) == (None, [Reason.FEW_DECISIONS, Reason.FEW_CHALLENGES])


def test_the_same_history_gives_the_same_model():
    assert assess(*_given(1, Taste({"capability": 3}))) == assess(
        *_given(1, Taste({"capability": 3}))
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("taste", "famous"), [(Taste(), ""), (Taste(is_blind=True), ""), (FAME, "capability")],
    ids=["measured weights", "chance", "fame"],
)  # fmt: skip
def test_at_most_one_in_twenty_histories_without_a_taste_gets_a_model(taste, famous):
    used = [
        not assess(*_given(seed, taste, challenges=100, famous_part=famous)).reasons
        for seed in range(40)
    ]

    assert sum(used) <= 2


@pytest.mark.slow
def test_a_taste_is_found_in_nearly_every_history():
    used = [not assess(*_given(seed, Taste({"capability": 3}))).reasons for seed in range(40)]

    assert sum(used) >= 36


def _given(seed, taste, **how):
    history, field = invent(seed, taste, **how)
    return history, DEFAULT, field
