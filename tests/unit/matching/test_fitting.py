"""Numbers beside scores: only from enough decisions, and only where scores foretell them."""

from __future__ import annotations

import numpy as np

from matchmaker.matching.fitting import calibration
from matchmaker.recommender import PARTS, Weights
from matchmaker.recommender.decisions import score_of


def decided(many: int, *, told: bool, seed: int = 3):
    """Pairs of ten to a challenge, accepted by their score or by lot."""
    rng = np.random.default_rng(seed)
    found = []
    for n in range(many):
        raw = dict.fromkeys(PARTS, 0.0) | {"text": float(rng.uniform(0.02, 0.4))}
        rate = 1 / (1 + np.exp(-12 * (score_of(raw, Weights()) - 0.5))) if told else 0.6
        found.append((n // 10, raw, bool(rng.random() < rate)))
    return found


def test_frequencies_rise_with_the_score_where_it_foretells():
    found = calibration(decided(400, told=True), Weights())

    known = [rate for rate in found["table"] if rate is not None]
    assert found["reliability"]["skill"] > 0.1
    assert known == sorted(known)
    assert known[-1] - known[0] > 0.4


def test_scores_that_foretell_nothing_get_no_number():
    found = calibration(decided(400, told=False), Weights())

    assert found["reliability"]["skill"] < 0.01
    assert ("table" in found) == (found["reliability"]["skill"] > 0)


def test_few_decisions_get_no_number():
    assert calibration(decided(199, told=True), Weights()).keys() == {"decisions", "accepted"}


def test_decisions_on_few_challenges_get_no_number():
    one = [(0, raw, accepted) for _, raw, accepted in decided(300, told=True)]

    assert calibration(one, Weights()).keys() == {"decisions", "accepted"}


def test_what_was_always_accepted_gets_no_number():
    always = [(challenge, raw, True) for challenge, raw, _ in decided(300, told=True)]

    assert calibration(always, Weights()) == {"decisions": 300, "accepted": 300}


def test_no_decisions_are_no_fault():
    assert calibration([], Weights()) == {"decisions": 0, "accepted": 0}
