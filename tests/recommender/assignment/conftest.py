"""Small problems to assign."""

import numpy as np
import pytest

from matchmaker.recommender.assignment import assign


def problem(affinity, **given):
    """A problem with one team per challenge and one challenge per team unless said."""
    affinity = np.array(affinity, dtype=float)
    rows, columns = affinity.shape
    pairs = {"forbidden": np.zeros(affinity.shape, bool), "pinned": np.zeros(affinity.shape, bool)}
    for name in pairs:
        for pair in given.pop(name, ()):
            pairs[name][pair] = True
    numbers = {"demand_min": 1, "demand_max": 1, "capacity": 1} | given
    size = {"demand_min": rows, "demand_max": rows, "capacity": columns}
    return {
        "affinity": affinity,
        **{name: np.broadcast_to(value, size[name]).copy() for name, value in numbers.items()},
        **pairs,
    }


@pytest.fixture
def solved():
    def solve(affinity, *, options=None, **given):
        return assign(**problem(affinity, **given), **(options or {}))

    return solve


def random_problem(seed, *, challenges=3, teams=4, wild=False):
    """A tiny problem; ``wild`` ones are often impossible."""
    rng = np.random.default_rng(seed)
    shape = (challenges, teams)
    affinity = np.round(rng.normal(0.3, 0.4, shape), 2 if seed % 3 else 1)
    affinity[rng.random(shape) < 0.1] = np.nan
    least = rng.integers(0, 3 if wild else 2, challenges)
    most = np.maximum(least, rng.integers(1, 4, challenges))
    if wild and seed % 4 == 0:
        most[rng.integers(challenges)] = 0
    forbidden = rng.random(shape) < (0.45 if wild else 0.15)
    pinned = rng.random(shape) < (0.12 if wild else 0.05)
    if not wild:
        pinned &= ~forbidden
    return {
        "affinity": affinity,
        "demand_min": least,
        "demand_max": most,
        "capacity": rng.integers(0 if wild else 1, 3, teams),
        "forbidden": forbidden,
        "pinned": pinned,
    }
