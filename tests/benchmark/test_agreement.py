"""Agreement of two rankings against cases worked by hand and the slow obvious way."""

import numpy as np
import pytest

from matchmaker.benchmark import kendall_tau, shared_best


def slow_tau(first, second):
    """Kendall's tau-b from its definition, pair by pair."""
    alike = unlike = ties_first = ties_second = 0
    for i in range(len(first)):
        for j in range(i):
            a, b = first[i] - first[j], second[i] - second[j]
            alike += a * b > 0
            unlike += a * b < 0
            ties_first += a == 0
            ties_second += b == 0
    pairs = len(first) * (len(first) - 1) / 2
    return (alike - unlike) / ((pairs - ties_first) * (pairs - ties_second)) ** 0.5


@pytest.mark.parametrize(
    ("second", "tau"),
    [([4, 3, 2, 1], 1.0), ([1, 2, 3, 4], -1.0), ([4, 3, 1, 2], 4 / 6), ([4, 2, 3, 1], 4 / 6)],
)
def test_tau_counts_pairs_in_the_same_order(second, tau):
    assert kendall_tau([0.9, 0.5, 0.4, 0.1], second) == pytest.approx(tau)


def test_tau_is_that_of_the_definition_with_ties():
    draw = np.random.default_rng(5)
    for _ in range(20):
        first, second = draw.integers(0, 5, 12), draw.integers(0, 5, 12)
        assert kendall_tau(first, second) == pytest.approx(slow_tau(first, second))


def test_without_any_order_there_is_no_agreement():
    assert kendall_tau([1, 1, 1], [1, 2, 3]) == kendall_tau([], []) == 0


def test_rankings_of_different_teams_are_refused():
    with pytest.raises(ValueError, match="same teams"):
        kendall_tau([1, 2], [1, 2, 3])


def test_shared_best_counts_teams_not_places():
    assert shared_best([5, 4, 3, 2, 1], [4, 5, 1, 2, 3], k=2) == 1
    assert shared_best([5, 4, 3, 2, 1], [1, 2, 3, 4, 5], k=2) == 0
    assert shared_best([3, 2, 1], [1, 2, 3], k=2) == 0.5
