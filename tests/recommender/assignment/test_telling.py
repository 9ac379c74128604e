"""Why a pair is in or out, what differs between plans, and how teams are used."""

import numpy as np
import pytest

from matchmaker.recommender.assignment import assign, compare, explain, use_of_teams
from tests.recommender.assignment.conftest import problem


def why(given, pair, **options):
    plan = assign(**given, **options)
    said = explain(plan, *pair, **given, **options)
    return said.code, {
        key: round(value, 6) if isinstance(value, float) else value
        for key, value in said.params.items()
    }


@pytest.mark.parametrize(
    ("given", "pair", "answer"),
    [
        (problem([[0.9, 0.8], [0.8, 0.1]]), (0, 1), ("pair.chosen", {"cost": 0.6})),
        (problem([[0.5, 0.5]]), (0, 0), ("pair.chosen_equal", {})),
        (problem([[0.5]]), (0, 0), ("pair.needed", {})),
        (problem([[0.5, 0.9]], pinned=[(0, 0)]), (0, 0), ("pair.pinned", {})),
        (problem([[0.5, 0.9]], forbidden=[(0, 1)]), (0, 1), ("pair.forbidden", {})),
        (problem([[0.5, np.nan]]), (0, 1), ("pair.unknown", {})),
        (problem([[0.5, 0.9]], capacity=[1, 0]), (0, 1), ("pair.no_room", {})),
        (problem([[0.5, 0.5]]), (0, 1), ("pair.equal", {})),
        (
            problem([[0.9, 0.8], [0.8, 0.1]]),
            (0, 0),
            ("pair.team_used", {"challenges": [1], "cost": 0.6}),
        ),
        (
            problem([[0.9, 0.4]]),
            (0, 1),
            ("pair.challenge_full", {"teams": [0], "cost": 0.5}),
        ),
        (
            problem([[0.9, -0.4]], demand_max=2),
            (0, 1),
            ("pair.costs", {"cost": 0.4}),
        ),
        (
            problem([[0.9, 0.4], [0.3, 0.2]], forbidden=[(1, 1)]),
            (0, 0),
            ("pair.impossible", {}),
        ),
    ],
)
def test_a_pair_is_explained(given, pair, answer):
    assert why(given, pair) == answer


def test_a_pair_that_fairness_left_out_says_what_it_would_change():
    given = problem([[0.9, 0.3], [0.6, 0.2]])

    assert why(given, (0, 0), objective="fair") == ("pair.unfair", {"change": 0.2})
    assert why(given, (1, 0), objective="fair") == ("pair.chosen_fair", {})


def test_without_a_plan_there_is_nothing_to_explain():
    given = problem([[0.5]], forbidden=[(0, 0)])

    with pytest.raises(ValueError, match="no plan"):
        explain(assign(**given), 0, 0, **given)


def test_two_plans_are_compared_by_hand():
    given = problem([[0.9, 0.3], [0.6, 0.2]])
    total, fair = assign(**given), assign(**given, objective="fair")
    change = compare(total, fair)

    assert change.total == (pytest.approx(1.1), pytest.approx(0.9))
    assert change.worst == (pytest.approx(0.2), pytest.approx(0.3))
    assert change.gain == pytest.approx([-0.6, 0.4])
    assert (change.winners, change.losers) == ((1,), (0,))
    assert change.kept == ()
    assert change.added == ((0, 1), (1, 0))
    assert change.removed == ((0, 0), (1, 1))
    assert change.load.tolist() == [0, 0]


def test_plans_of_other_challenges_are_not_compared():
    one, two = assign(**problem([[0.5]])), assign(**problem([[0.5, 0.4]]))

    with pytest.raises(ValueError, match="same challenges"):
        compare(one, two)


def test_teams_are_counted_by_use_room_and_demand():
    given = problem([[0.9, 0.3, 0.0], [0.8, 0.2, 0.0]], capacity=[1, 2, 0])
    use = use_of_teams(assign(**given), **given)

    assert use.load.tolist() == [1, 1, 0]
    assert use.room.tolist() == [0, 1, 0]
    assert use.wanted.tolist() == [2, 0, 0]
    assert use.share_used == 1.0
