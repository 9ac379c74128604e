"""Plans: by hand, against every plan there is, and what holds of any of them."""

import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from matchmaker.recommender.assignment import assign
from tests.recommender.assignment import slow
from tests.recommender.assignment.conftest import problem, random_problem


def pairs(plan):
    return [tuple(map(int, pair)) for pair in np.argwhere(plan.assigned)]


def test_the_total_takes_the_better_swap_and_not_the_best_pair_first(solved):
    plan = solved([[0.9, 0.8], [0.8, 0.1]])

    assert pairs(plan) == [(0, 1), (1, 0)]
    assert (plan.status, plan.total, plan.bound, plan.gap) == ("optimal", 1.6, 1.6, 0.0)


def test_fairness_raises_the_worst_challenge_although_the_total_falls(solved):
    scores = [[0.9, 0.3], [0.6, 0.2]]
    total, fair = solved(scores), solved(scores, options={"objective": "fair"})

    assert pairs(total) == [(0, 0), (1, 1)]
    assert pairs(fair) == [(0, 1), (1, 0)]
    assert (total.total, total.worst) == (pytest.approx(1.1), 0.2)
    assert (fair.total, fair.worst) == (pytest.approx(0.9), 0.3)
    assert [level.value for level in fair.levels] == [pytest.approx(0.3), pytest.approx(0.9)]


def test_fairness_goes_on_to_the_second_worst(solved):
    """The first challenge gets 0.1 whatever happens; the second one must not pay for the total."""
    scores = [[0.1, 0.1, 0.1], [0.2, 0.5, 0.4], [0.3, 0.95, 0.4]]
    fair = solved(scores, options={"objective": "fair"})

    assert sorted(np.round(fair.challenge_score, 6)) == [0.1, 0.4, 0.95]


def test_a_challenge_never_gets_the_same_team_twice(solved):
    plan = solved([[0.9, 0.1]], demand_min=2, demand_max=2, capacity=2)

    assert pairs(plan) == [(0, 0), (0, 1)]


def test_a_further_team_that_lowers_the_total_is_left_out(solved):
    plan = solved([[0.5, -0.2]], demand_min=1, demand_max=2)

    assert pairs(plan) == [(0, 0)]


def test_a_team_that_lowers_the_total_is_taken_where_one_is_needed(solved):
    plan = solved([[-0.5, -0.2]], demand_min=1, demand_max=2)

    assert pairs(plan) == [(0, 1)]


def test_zero_is_a_score_and_not_known_is_none(solved):
    plan = solved([[np.nan, 0.0]])

    assert pairs(plan) == [(0, 1)]
    assert plan.attainment.tolist() == [1.0]


def test_a_pair_without_a_score_is_assigned_only_if_it_is_pinned(solved):
    free = solved([[np.nan, 0.2]], demand_min=0)
    fixed = solved([[np.nan, 0.2]], pinned=[(0, 0)])

    assert pairs(free) == [(0, 1)]
    assert (pairs(fixed), fixed.total) == ([(0, 0)], 0.0)


def test_forbidden_pinned_demand_and_capacity_hold(solved):
    plan = solved(
        [[0.9, 0.5, 0.4], [0.9, 0.8, 0.1]],
        forbidden=[(0, 0)],
        pinned=[(1, 2)],
        demand_max=2,
        capacity=[1, 1, 2],
    )

    assert pairs(plan) == [(0, 1), (0, 2), (1, 0), (1, 2)]


def test_figures_of_a_plan_worked_by_hand(solved):
    plan = solved([[0.8, 0.6, 0.2], [0.9, 0.1, 0.3]], demand_max=[2, 1], capacity=[1, 1, 2])

    assert pairs(plan) == [(0, 1), (0, 2), (1, 0)]
    assert plan.challenge_score == pytest.approx([0.4, 0.9])
    assert plan.attainment == pytest.approx([0.4 / 0.7, 1.0])
    assert plan.team_load.tolist() == [1, 1, 1]
    assert plan.reserve == ((), (2,))


def test_reserves_have_room_and_stand_best_first(solved):
    plan = solved([[0.9, 0.2, 0.5, np.nan, 0.7]], forbidden=[(0, 4)])

    assert plan.reserve == ((2, 1),)


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("wild", [False, True])
def test_the_total_is_that_of_the_best_of_all_plans(seed, wild):
    given = random_problem(seed, wild=wild)
    best = slow.best_total(given)
    plan = assign(**given)

    if best is None:
        assert (plan.status, plan.assigned.any()) == ("infeasible", False)
    else:
        assert (plan.status, plan.total) == ("optimal", pytest.approx(best))


@pytest.mark.parametrize("seed", range(20))
def test_the_fair_plan_is_the_fairest_of_all_plans(seed):
    given = random_problem(seed, challenges=4)
    best = slow.fairest(given)
    plan = assign(**given, objective="fair")

    if best is None:
        assert plan.status == "infeasible"
    else:
        found = (*slow.worst_first(given, plan.assigned)[:3], plan.total)
        assert plan.status == "optimal"
        assert found == pytest.approx(best, abs=3e-5)


@settings(max_examples=25, deadline=None)
@drawn(st.integers(0, 10**6), st.sampled_from(["total", "fair"]))
def test_whatever_is_asked_rules_hold_and_figures_agree(seed, objective):
    given = random_problem(seed, challenges=6, teams=9)
    plan = assign(**given, objective=objective)

    if not plan.has_plan:
        assert plan.binding
        return
    rows = plan.assigned.sum(axis=1)
    assert (rows >= given["demand_min"]).all()
    assert (rows <= given["demand_max"]).all()
    assert (plan.assigned.sum(axis=0) <= given["capacity"]).all()
    assert not (plan.assigned & given["forbidden"]).any()
    assert not (given["pinned"] & ~plan.assigned).any()
    assert not (np.isnan(given["affinity"]) & plan.assigned & ~given["pinned"]).any()
    assert plan.total == pytest.approx(slow.total(given, plan.assigned))
    assert plan.bound >= plan.total
    assert ((plan.attainment >= 0) & (plan.attainment <= 1)).all()


@pytest.mark.parametrize("objective", ["total", "fair"])
def test_the_order_of_rows_and_columns_does_not_matter_when_ids_are_given(objective):
    given = problem(np.zeros((6, 9)), demand_max=2, capacity=2)
    given["affinity"][:3] = np.random.default_rng(1).choice([0, 0.5], (3, 9))
    rows, columns = np.random.default_rng(2).permutation(6), np.random.default_rng(3).permutation(9)
    names = {"challenge_ids": [f"c{i}" for i in range(6)], "team_ids": [f"t{j}" for j in range(9)]}
    moved = {
        "affinity": given["affinity"][rows][:, columns],
        "demand_min": given["demand_min"][rows],
        "demand_max": given["demand_max"][rows],
        "capacity": given["capacity"][columns],
        "forbidden": given["forbidden"][rows][:, columns],
        "pinned": given["pinned"][rows][:, columns],
        "challenge_ids": [names["challenge_ids"][i] for i in rows],
        "team_ids": [names["team_ids"][j] for j in columns],
    }
    first = assign(**given, **names, objective=objective)
    second = assign(**moved, objective=objective)

    assert np.array_equal(first.assigned[rows][:, columns], second.assigned)
    assert first.input_digest == second.input_digest


def test_a_seed_decides_between_equal_plans_and_always_alike():
    given = problem(np.zeros((5, 8)))
    found = [pairs(assign(**given, seed=seed)) for seed in (0, 1, 1)]

    assert found[1] == found[2]
    assert found[0] != found[1]


def test_nothing_given_is_written_to():
    given = random_problem(5, challenges=6, teams=8)
    before = {name: value.copy() for name, value in given.items()}
    for value in given.values():
        value.setflags(write=False)
    assign(**given, objective="fair", previous=given["pinned"], unbendable=given["forbidden"])

    assert all(np.array_equal(given[k], before[k], equal_nan=k == "affinity") for k in given)


def test_the_digest_follows_what_decides_the_plan_and_nothing_else(solved):
    scores = [[0.5, 0.2], [0.1, 0.4]]
    plain = solved(scores).input_digest

    assert plain == solved(scores).input_digest
    assert plain != solved([[0.5, 0.2], [0.1, 0.41]]).input_digest
    assert plain != solved(scores, capacity=2).input_digest
    assert plain != solved(scores, options={"objective": "fair"}).input_digest


def test_earlier_pairs_stay_where_that_costs_little(solved):
    scores = [[0.50, 0.505], [0.5, 0.5]]
    earlier = np.array([[True, False], [False, True]])
    free, steady = solved(scores), solved(scores, options={"previous": earlier})

    assert pairs(free) == [(0, 1), (1, 0)]
    assert free.kept is None
    assert pairs(free) != pairs(steady) or free.total == steady.total


def test_when_a_team_leaves_most_pairs_stay():
    rng = np.random.default_rng(4)
    given = problem(rng.random((30, 60)), demand_min=2, demand_max=3, capacity=2)
    first = assign(**given)
    gone = int(first.team_load.argmax())
    given["capacity"][gone] = 0
    earlier = first.assigned.copy()
    earlier[:, gone] = False
    second = assign(**given, previous=earlier)

    assert second.kept >= 0.97
    assert second.total >= 0.995 * assign(**given).total
    assert second.bound == pytest.approx(assign(**given).total)


@pytest.mark.parametrize("objective", ["total", "fair"])
@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0)])
def test_nothing_to_assign_is_a_plan(objective, shape):
    plan = assign(**problem(np.zeros(shape), demand_min=0), objective=objective)

    assert (plan.status, plan.total, plan.assigned.shape) == ("optimal", 0.0, shape)


@pytest.mark.parametrize("objective", ["total", "fair"])
def test_a_challenge_that_wants_nobody_gets_nobody_and_counts_for_nothing(objective, solved):
    plan = solved(
        [[0.5], [0.4]], demand_min=[0, 1], demand_max=[0, 1], options={"objective": objective}
    )

    assert pairs(plan) == [(1, 0)]
    assert plan.attainment.tolist() == [1.0, 1.0]


@pytest.mark.parametrize("factor", [1e-9, 1e9])
def test_the_unit_of_scores_does_not_matter(factor):
    given = random_problem(8, challenges=5, teams=7)
    small = assign(**(given | {"affinity": given["affinity"] * factor}), objective="fair")

    assert np.array_equal(assign(**given, objective="fair").assigned, small.assigned)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"affinity": [0.5]}, "affinity must be challenges x teams"),
        ({"affinity": [["a", "b"]]}, "affinity must hold numbers"),
        ({"affinity": [[np.inf, 0.1]]}, "affinity must be finite"),
        ({"demand_min": [1, 1]}, "demand_min must have 1 entries"),
        ({"demand_max": [1.5]}, "demand_max must hold whole numbers"),
        ({"capacity": [-1, 1]}, "capacity must not be negative"),
        ({"forbidden": np.zeros((2, 2), bool)}, "forbidden must have shape"),
        ({"pinned": [[2, 0]]}, "pinned must hold true or false"),
        ({"objective": "best"}, "objective must be one of total, fair"),
        ({"team_ids": ["a", "a"]}, "team_ids must be 2 different ids"),
        ({"demand_min": ["x"]}, "demand_min must hold whole numbers"),
    ],
)
def test_a_wrong_input_is_named(change, message):
    with pytest.raises(ValueError, match=message):
        assign(**(problem([[0.5, 0.2]]) | change))


def test_progress_is_told_to_the_end():
    told = []
    given = random_problem(3, challenges=5, teams=7)
    assign(**given, objective="fair", on_progress=lambda done, total: told.append((done, total)))

    assert told == sorted(told)
    assert all(1 <= done <= total for done, total in told)


def test_a_search_that_is_stopped_says_so_and_keeps_what_it_has():
    asked = []

    def stop_at(number):
        asked.clear()
        return lambda: asked.append(1) or len(asked) > number

    given = random_problem(3, challenges=5, teams=7)
    at_once = assign(**given, should_stop=stop_at(0))
    later = assign(**given, objective="fair", should_stop=stop_at(3))

    assert (at_once.status, at_once.has_plan) == ("cancelled", False)
    assert (later.status, later.has_plan) == ("cancelled", True)
    assert (later.assigned.sum(axis=1) >= given["demand_min"]).all()


def test_no_time_is_a_status_and_no_error():
    plan = assign(**random_problem(3), seconds=0.0)

    assert (plan.status, plan.has_plan) == ("timed_out", False)


@pytest.mark.parametrize(("challenges", "teams"), [(60, 90), (130, 200)])
def test_many_pairs_are_climbed_to_a_plan_that_is_fairer(challenges, teams):
    """Too many to be proven: no rule is broken, nobody at the bottom loses, bounds are kept."""
    rng = np.random.default_rng(6)
    scores = rng.random((challenges, teams)) ** 3
    given = problem(scores, demand_min=1, demand_max=2, capacity=2)
    fair, total = assign(**given, objective="fair"), assign(**given)

    assert (fair.assigned.sum(axis=0) <= 2).all()
    assert (fair.assigned.sum(axis=1) >= 1).all()
    assert fair.worst >= total.worst
    assert fair.worst >= 0.85 * fair.levels[0].bound
    assert [level.value for level in fair.levels] == pytest.approx(
        np.cumsum(slow.worst_first(given, fair.assigned)[:3])
    )
    assert all(level.value <= level.bound for level in fair.levels)
    assert fair.total <= fair.bound
    assert np.array_equal(fair.assigned, assign(**given, objective="fair").assigned)
