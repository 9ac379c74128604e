"""Weights learnt from decisions: recovered where people agree, unchanged where nothing is told."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from matchmaker.recommender import PARTS, Weights
from matchmaker.recommender.decisions import LEARNT, Decided, Grade, raw_of
from matchmaker.recommender.learning import STRENGTHS, History, _Task, agreement, comparisons, learn
from matchmaker.recommender.parts import bent
from tests.conftest import NOON
from tests.factories.histories import DEFAULT, Taste, invent

WEIGHTS = Weights(**dict.fromkeys(PARTS, 0.5))


def decided(challenge: str, team: str, grade: Grade, at: datetime = NOON, **raw: float) -> Decided:
    return Decided(challenge, team, dict.fromkeys(PARTS, 0.0) | raw, grade, at)


def ratio(weights: Weights, part: str) -> float:
    """How much more a part counts than the others do on average, beside the measured weights."""
    times = {each: weights.of(each) / DEFAULT.of(each) for each in LEARNT}
    return times.pop(part) / float(np.mean(list(times.values())))


@given(st.lists(st.floats(0, 2), min_size=len(PARTS), max_size=len(PARTS)))
def test_raw_values_come_back_from_the_parts_of_a_score(values):
    raw = dict(zip(PARTS, values, strict=True))
    _score, parts = bent({part: np.array([raw[part] * 0.5]) for part in PARTS})

    found = raw_of({part: float(parts[part][0]) for part in PARTS}, WEIGHTS)

    assert found == pytest.approx(raw, abs=1e-9)


def test_a_score_below_zero_comes_back_too():
    raw = {part: np.array([-0.2 if part == "feedback" else 0.0]) for part in PARTS}
    _score, parts = bent(raw)

    found = raw_of({part: float(parts[part][0]) for part in PARTS}, WEIGHTS)

    assert found["feedback"] == pytest.approx(-0.4)


def test_a_part_without_weight_was_not_looked_at():
    assert raw_of({"text": 0.4}, Weights(text=0))["text"] == 0


def test_teams_of_one_challenge_are_compared_when_their_grades_differ():
    history = History.of([
        decided("a", "1", Grade.INVITED), decided("a", "2", Grade.IGNORED),
        decided("a", "3", Grade.IGNORED), decided("b", "1", Grade.PROPOSED),
    ])  # fmt: skip

    met = comparisons(history)

    named = [
        (history.teams[w], history.teams[low])
        for w, low in zip(met.winners, met.losers, strict=True)
    ]  # noqa: E501
    assert named == [("1", "2"), ("1", "3")]
    assert met.weights.tolist() == [0.5, 0.5]  # one decision, shared out


def test_agreement_is_the_share_of_comparisons_in_the_right_order():
    history = History.of([
        decided("a", "1", Grade.PROPOSED, text=0.3), decided("a", "2", Grade.INVITED, text=0.4),
        decided("a", "3", Grade.IGNORED, text=0.1), decided("a", "4", Grade.PUT_ASIDE, text=0.1),
    ])  # fmt: skip

    found = agreement(history, history.totals(Weights()))

    # 1>2 wrong, 1>3 1>4 2>3 2>4 right, 3>4 equal
    assert found.tolist() == [pytest.approx(4.5 / 6)]


def test_later_challenges_are_those_whose_first_decision_came_later():
    rows = [
        decided(f"c{n}", team, grade, NOON + timedelta(days=(7 * n) % 10))
        for n in range(10)
        for team, grade in (("1", Grade.INVITED), ("2", Grade.IGNORED))
    ]
    earlier, later = History.of(rows).split(0.7)

    first = {row.challenge: row.at for row in rows}
    assert len(set(earlier.challenges)) == 7
    assert not set(earlier.challenges) & set(later.challenges)
    assert max(first[c] for c in earlier.challenges) < min(first[c] for c in later.challenges)


def test_the_order_of_rows_changes_nothing():
    history, _field = invent(3, Taste({"capability": 3}), challenges=20)
    rows = [
        Decided(c, t, dict(zip(LEARNT, raw, strict=True)), Grade(g), NOON + timedelta(days=int(n)))
        for c, t, raw, g, n in zip(
            history.challenges, history.teams, history.raw, history.grades, history.groups,
            strict=True,
        )
    ]  # fmt: skip

    assert learn(History.of(rows[::-1]), DEFAULT) == learn(History.of(rows), DEFAULT)


@pytest.mark.parametrize("part", ["capability", "evidence", "text"])
def test_what_people_like_thrice_as_much_is_found(part):
    history, _field = invent(11, Taste({part: 3}), challenges=300)

    learnt = learn(history, DEFAULT)

    assert 2 < ratio(learnt, part) < 4.5


def test_more_decisions_bring_the_weights_nearer_to_the_taste():
    found = [
        ratio(learn(invent(5, Taste({"capability": 3}), challenges=n)[0], DEFAULT), "capability")
        for n in (10, 60, 400)
    ]

    assert found[0] < found[1] < found[2]


def test_few_decisions_change_little():
    history, _field = invent(2, Taste(is_blind=True), challenges=4)

    learnt = learn(history, DEFAULT)

    assert all(0.9 < learnt.of(p) / DEFAULT.of(p) < 1.1 for p in LEARNT)


def test_feedback_is_left_alone_and_no_weight_falls_below_zero():
    history, _field = invent(7, Taste(dict.fromkeys(LEARNT, -2.0)), challenges=80)

    learnt = learn(history, DEFAULT)

    assert learnt.feedback == DEFAULT.feedback
    assert min(learnt.of(part) for part in LEARNT) > 0


def test_scores_keep_their_mean_so_that_words_for_a_fit_keep_their_meaning():
    history, _field = invent(11, Taste({"capability": 3}), challenges=100)

    learnt = learn(history, DEFAULT)

    assert history.totals(learnt).mean() == pytest.approx(history.totals(DEFAULT).mean())


def test_a_part_that_never_differs_keeps_its_place_among_the_others():
    history, _field = invent(11, Taste({"capability": 3}), challenges=100)
    history.raw[:, LEARNT.index("taxonomy")] = 0.0

    learnt = learn(history, DEFAULT)

    times = [learnt.of(p) / DEFAULT.of(p) for p in LEARNT]
    assert min(times) < learnt.taxonomy / DEFAULT.taxonomy < max(times)


def test_nothing_to_compare_is_refused():
    with pytest.raises(ValueError, match="compare"):
        learn(History.of([decided("a", "1", Grade.INVITED)]), DEFAULT)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("strength", STRENGTHS)
def test_the_fit_is_the_best_one_without_negative_weights(seed, strength):
    rng = np.random.default_rng(seed)
    gaps = rng.normal(size=(60, 4)) + [0.8, 0.2, -0.3, 0.1]
    task = _Task(gaps / gaps.sum(axis=1).std(), rng.random(60) + 0.5, np.arange(60) // 6)

    def loss(times: np.ndarray) -> float:
        """The same regression written down plainly, with bounds."""
        said = task.gaps.sum(axis=1)
        prior = strength / task.weights.sum()
        expected = 1 / (1 + np.exp(-said))
        margin = task.gaps @ times
        yes, no = np.logaddexp(0, -margin), np.logaddexp(0, margin)
        return float((task.weights * (yes + prior * (expected * yes + (1 - expected) * no))).sum())

    best = minimize(loss, np.ones(4), bounds=[(0, None)] * 4, tol=1e-12)

    found = task.times(strength)
    assert loss(found) == pytest.approx(best.fun, rel=1e-6)
    assert found.min() >= 0
