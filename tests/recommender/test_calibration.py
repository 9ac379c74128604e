"""Frequencies from scores: honest where decisions lie, silent where they do not."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.recommender.calibrating import calibrate, cross_validated
from matchmaker.recommender.calibration import reliability, wilson


def drawn(seed: int, many: int, *, slope: float = 8.0) -> tuple[list[float], list[bool], list[int]]:
    """Scores, outcomes drawn from a logistic curve of them, and challenges of ten pairs."""
    rng = np.random.default_rng(seed)
    scores = rng.uniform(0.2, 0.8, many)
    rates = 1 / (1 + np.exp(-slope * (scores - 0.5)))
    accepted = rng.random(many) < rates
    return scores.tolist(), accepted.tolist(), (np.arange(many) // 10).tolist()


@pytest.mark.parametrize("method", ["platt", "isotonic"])
def test_a_curve_is_recovered(method):
    scores, accepted, _groups = drawn(1, 4_000)

    made = calibrate(scores, accepted, method=method)

    for score in (0.3, 0.5, 0.7):
        truth = 1 / (1 + np.exp(-8 * (score - 0.5)))
        assert made.rate(score) == pytest.approx(truth, abs=0.06)


@pytest.mark.parametrize("method", ["platt", "isotonic"])
@given(seed=st.integers(0, 50))
def test_a_higher_score_never_means_a_lower_frequency(method, seed):
    scores, accepted, _groups = drawn(seed, 60, slope=-3.0 if seed % 2 else 5.0)
    if len(set(accepted)) == 2:
        made = calibrate(scores, accepted, method=method)

        rates = [made.curve(each) for each in np.linspace(0, 1, 50)]
        assert rates == sorted(rates)
        assert 0 <= rates[0] <= rates[-1] <= 1


def test_no_frequency_is_told_where_no_decisions_lie():
    scores, accepted, _groups = drawn(1, 400)

    made = calibrate(scores, accepted)

    assert made.rate(0.5) is not None
    assert made.rate(0.05) is None
    assert made.rate(0.95) is None
    assert calibrate(scores[:60], accepted[:60]).rate(0.5) is None  # some, but too few nearby


def test_the_table_says_what_the_curve_says():
    made = calibrate(*drawn(2, 300)[:2])

    table = json.loads(json.dumps(made.table()))

    assert len(table) == 101
    assert [table[place] for place in (5, 95)] == [None, None]
    assert table[50] == pytest.approx(made.rate(0.505), abs=1e-4)
    assert (made.decisions, made.accepted) == (300, sum(drawn(2, 300)[1]))


def test_steps_are_followed_once_there_are_many_decisions():
    assert calibrate(*drawn(1, 999)[:2]).method == "platt"
    assert calibrate(*drawn(1, 1_000)[:2]).method == "isotonic"


def test_what_was_always_or_never_accepted_cannot_be_calibrated():
    with pytest.raises(ValueError, match="accepted"):
        calibrate([0.1, 0.2], [True, True])


def test_brier_by_hand():
    found = reliability([0.8, 0.8, 0.2, 0.2], [True, False, False, False])

    assert found.brier == pytest.approx((0.04 + 0.64 + 0.04 + 0.04) / 4)
    assert found.base == pytest.approx(0.25 * 0.75)
    assert [(b.low, b.predicted, b.observed, b.pairs) for b in found.bins] == [
        (0.2, pytest.approx(0.2), 0.0, 2), (0.8, pytest.approx(0.8), 0.5, 2),
    ]  # fmt: skip
    assert found.miscalibration == pytest.approx((0.04 * 2 + 0.09 * 2) / 4)
    assert found.resolution == pytest.approx((0.0625 * 2 + 0.0625 * 2) / 4)


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=80))
def test_the_brier_score_is_the_sum_of_its_parts(pairs):
    """Murphy's identity, exact when all predictions of a tenth are equal."""
    found = reliability([place / 10 + 0.05 for place, _ in pairs], [yes for _, yes in pairs])

    assert found.brier == pytest.approx(
        found.miscalibration - found.resolution + found.uncertainty, abs=1e-12
    )


def test_cross_validation_flatters_nothing():
    rng = np.random.default_rng(4)
    scores = rng.uniform(0, 1, 600).tolist()
    blind = (rng.random(600) < 0.3).tolist()  # the score tells nothing
    groups = (np.arange(600) // 10).tolist()

    assert cross_validated(scores, blind, groups).skill < 0.02
    assert cross_validated(scores, blind, groups, method="isotonic").skill < 0.02
    assert cross_validated(*drawn(1, 600)).skill > 0.15


def test_wilson_against_published_values():
    """Newcombe, Statistics in Medicine 1998, table I, method 3."""
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson(1, 29) == pytest.approx((0.0061, 0.1718), abs=5e-5)
    assert wilson(0, 0) == (0, 1)


def test_a_prediction_for_nothing_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        reliability([], [])
