"""How first places spread over teams."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.recommender.exposure import exposure, gini, is_concentrated

TEAMS = [f"t{n}" for n in range(20)]


def test_even_lists_have_a_gini_of_zero():
    found = exposure([TEAMS[n : n + 5] for n in range(0, 20, 5)], 20)

    assert (found.places, found.shown, found.top_tenth) == (20, 20, 2 / 20)
    assert found.gini == pytest.approx(0)


def test_one_list_for_all_concentrates():
    found = exposure([TEAMS[:5]] * 4, 20)

    assert (found.lists, found.places, found.shown) == (4, 20, 5)
    assert found.top_tenth == pytest.approx(8 / 20)
    assert found.gini == pytest.approx(0.75)  # five of twenty share everything


def test_only_the_first_five_of_a_list_count():
    assert exposure([TEAMS], 20).places == 5


@given(st.lists(st.integers(0, 9), min_size=1, max_size=15))
def test_gini_is_half_the_relative_mean_difference(counts):
    if sum(counts):
        many = len(counts)
        plainly = sum(abs(a - b) for a in counts for b in counts) / (2 * many * sum(counts))

        assert gini(counts, many) == pytest.approx(plainly)


def test_nothing_shown_concentrates_nothing():
    none = exposure([], 10)

    assert (none.top_tenth, none.gini) == (0, 0)
    assert not is_concentrated(none, none)


def test_a_clear_rise_is_noticed_and_a_small_one_is_not():
    even = exposure([TEAMS[n : n + 5] for n in range(0, 20, 5)], 20)
    uneven = exposure([TEAMS[:5]] * 4, 20)

    assert is_concentrated(even, uneven)
    assert not is_concentrated(uneven, even)
    assert not is_concentrated(uneven, uneven)
