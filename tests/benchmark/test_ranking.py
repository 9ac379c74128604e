"""Ranking figures against cases worked by hand."""

import math

import numpy as np
import pytest

from matchmaker.benchmark import (
    batch_dependence,
    bm25_scores,
    character_scores,
    compare,
    estimate,
    grade_matrix,
    measure,
    ndcg,
    order_of,
    random_scores,
    recall,
    reciprocal_rank,
    word_scores,
)

CHALLENGES = [{"id": "c1", "title": "鍍鉻件瑕疵檢測"}, {"id": "c2", "title": "Forecast of beds"}]
TEAMS = [
    {"id": "t1", "name": "瑕疵檢測相機"},
    {"id": "t2", "name": "Bed forecasting"},
    {"id": "t3", "name": "Parking"},
]
JUDGED = [
    {"challenge": "c1", "team": "t1", "grade": 3},
    {"challenge": "c2", "team": "t2", "grade": 2},
    {"challenge": "c2", "team": "t3", "grade": 1},
]


def test_ndcg_of_a_list_worked_by_hand():
    # gains 0, 7, 1 at ranks 1, 2, 3 against the ideal 7, 1, 0
    shown = 7 / math.log2(3) + 1 / math.log2(4)
    ideal = 7 / math.log2(2) + 1 / math.log2(3)

    assert ndcg(np.array([0.0, 3.0, 1.0])) == pytest.approx(shown / ideal, abs=1e-12)


def test_ndcg_looks_no_further_than_its_depth():
    assert ndcg(np.array([0.0, 0.0, 3.0]), k=2) == 0.0


def test_ndcg_of_nothing_graded_is_zero():
    assert ndcg(np.zeros(4)) == 0.0


def test_the_first_right_team_decides_the_reciprocal_rank():
    assert reciprocal_rank(np.array([1.0, 0.0, 2.0, 3.0])) == pytest.approx(1 / 3)


def test_recall_counts_right_teams_only():
    assert recall(np.array([3.0, 1.0, 0.0, 2.0]), 3) == 0.5


def test_equal_scores_are_not_ranked_in_file_order():
    firsts = {int(order_of(np.zeros(20), seed=seed)[0]) for seed in range(12)}

    assert len(firsts) > 4


def test_figures_of_two_challenges():
    grades = grade_matrix(CHALLENGES, TEAMS, JUDGED)
    scores = np.array([[0.9, 0.2, 0.1], [0.3, 0.2, 0.1]])

    assert measure(scores, grades).means() == pytest.approx(
        {
            "ndcg_at_10": (1 + (3 / math.log2(3) + 1 / 2) / (3 + 1 / math.log2(3))) / 2,
            "mrr": (1 + 1 / 2) / 2,
            "recall_at_5": 1.0,
            "recall_at_10": 1.0,
            "hit_at_1": 0.5,
        }
    )


def test_a_judgement_of_an_unknown_team_is_refused():
    with pytest.raises(KeyError):
        grade_matrix(CHALLENGES, TEAMS, [{"challenge": "c1", "team": "gone", "grade": 3}])


def test_scores_of_the_wrong_shape_or_not_finite_are_refused():
    grades = grade_matrix(CHALLENGES, TEAMS, JUDGED)

    for scores in (np.zeros((2, 2)), np.full((2, 3), np.nan)):
        with pytest.raises(ValueError, match="finite and of shape"):
            measure(scores, grades)


def test_figures_without_any_right_team_are_refused():
    with pytest.raises(ValueError, match="nothing was measured"):
        measure(np.zeros((2, 3)), np.zeros((2, 3)))


def test_an_interval_holds_its_mean_and_narrows_with_more_challenges():
    few, many = estimate([0.0, 1.0] * 5), estimate([0.0, 1.0] * 200)

    assert few.mean == many.mean == 0.5
    assert few.low < 0.5 < few.high
    assert (many.high - many.low) < (few.high - few.low) / 4


def test_a_steady_gain_is_seen_and_none_is_a_coin_toss():
    base = np.linspace(0, 0.8, 30)

    assert compare(base, base + 0.1).better_share == 1.0
    assert compare(base, base).better_share == 0.5


def test_a_difference_of_unlike_lists_is_refused():
    with pytest.raises(ValueError, match="same challenges"):
        compare([1.0], [1.0, 2.0])


def test_shared_characters_find_the_obvious_teams():
    scores = character_scores(CHALLENGES, TEAMS)

    assert scores.argmax(axis=1).tolist() == [0, 1]


def test_a_text_is_most_like_itself_for_the_character_baseline():
    same = [{"id": "a", "title": "瑕疵檢測"}]

    assert character_scores(same, same).tolist() == [[pytest.approx(1.0)]]


def test_lots_depend_on_the_seed_and_not_on_the_order():
    scores = random_scores(1)(CHALLENGES, TEAMS)

    assert np.array_equal(random_scores(1)(CHALLENGES[::-1], TEAMS), scores[::-1])
    assert not np.array_equal(random_scores(2)(CHALLENGES, TEAMS), scores)


def test_batch_dependence_is_nothing_for_an_honest_scorer():
    assert batch_dependence(character_scores, CHALLENGES, TEAMS) == 0.0


def test_batch_dependence_betrays_a_scorer_that_looks_at_the_whole_batch():
    def normalised(challenges, teams):
        scores = character_scores(challenges, teams)
        return scores / len(challenges)

    assert batch_dependence(normalised, CHALLENGES, TEAMS) > 0.1


def test_shared_words_find_the_obvious_teams():
    challenges = [{"id": "c1", "title": "鍍鉻件瑕疵檢測"}, {"id": "c2", "title": "How many beds"}]
    teams = [*TEAMS, {"id": "t4", "name": "Beds, beds"}]

    for scorer in (word_scores, bm25_scores):
        assert scorer(challenges, teams).argmax(axis=1).tolist() == [0, 3]


def test_bm25_of_a_pair_worked_by_hand():
    # "beds" stands once in one of two teams of one and three words: idf ln(1 + 1.5 / 1.5)
    scores = bm25_scores([{"id": "c", "body": "beds beds"}], [{"name": "beds"}, {"name": "a b c"}])
    slow = 1.2 * (0.25 + 0.75 * 1 / 2)

    assert scores[0].tolist() == [pytest.approx(math.log(2) * 2.2 / (1 + slow)), 0.0]
