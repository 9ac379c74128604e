"""What every scoring must keep, on small records and on the demo cohort."""

import copy
import json
import subprocess
import sys

import numpy as np
import pytest

from matchmaker.benchmark import (
    batch_dependence,
    character_scores,
    compare,
    grade_matrix,
    measure,
)
from matchmaker.benchmark.ranking import per_challenge
from matchmaker.recommender import Matcher, Weights, score_records
from matchmaker.recommender.pairs import PairScorer
from matchmaker.recommender.parts import PARTS
from matchmaker.recommender.records import ChallengeProfile
from matchmaker.recommender.views import views


def test_each_challenge_finds_its_team(challenges, teams):
    assert score_records(challenges, teams).argmax(axis=1).tolist() == [0, 2]


def test_a_chinese_challenge_finds_an_english_team(challenges, teams):
    scores = score_records(challenges[:1], teams[1:])[0]

    assert scores.argmax() == 0
    assert scores[0] > 2 * scores[1:].max()


def test_an_english_challenge_finds_a_chinese_team(challenges, teams):
    only_chinese = copy.deepcopy(teams)
    only_chinese[2]["profile"]["en"] = only_chinese[2]["name"]["en"] = None
    only_chinese[2]["projects"] = []

    assert score_records(challenges, only_chinese)[1].argmax() == 2


def test_parts_add_up_to_the_score(cohort):
    challenges, teams = cohort
    matcher = Matcher(teams)
    asked = [ChallengeProfile.from_record(c) for c in challenges[:12]]

    for scores, parts in matcher.scored(asked, {(asked[0].id, teams[3]["id"]): -0.7}):
        assert set(parts) == set(PARTS)
        assert np.abs(sum(parts.values()) - scores).max() < 1e-9


def test_scores_lie_below_one_and_a_text_scores_itself_highest(challenges, teams):
    team = {"id": "same", "lang": "zh", "body": "水龍頭鍍鉻瑕疵檢測 鏡面反光，目檢人員常漏掉針孔。"}
    scores = score_records(challenges[:1], [*teams, team])[0]

    assert scores.argmax() == len(teams)
    assert scores.max() < 1


def test_a_challenge_scores_alone_as_in_a_batch(cohort):
    challenges, teams = cohort

    assert batch_dependence(score_records, challenges, teams, sample=4) < 1e-12


def test_the_order_of_records_does_not_matter(cohort):
    challenges, teams = cohort[0][:10], cohort[1][:60]
    scores = score_records(challenges, teams)

    assert np.allclose(score_records(challenges[::-1], teams[::-1]), scores[::-1, ::-1], atol=1e-12)


def test_the_same_input_gives_the_same_bits(cohort):
    challenges, teams = cohort[0][:10], cohort[1][:60]

    assert np.array_equal(score_records(challenges, teams), score_records(challenges, teams))


def test_another_process_with_another_hash_seed_gives_the_same_bits(challenges, teams):
    code = (
        "import json,sys,hashlib\n"
        "from matchmaker.recommender import score_records\n"
        "c,t=json.load(sys.stdin)\n"
        "print(hashlib.sha256(score_records(c,t).tobytes()).hexdigest())"
    )
    given = json.dumps([challenges, teams])
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            input=given,
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ".", "PATH": ""},
        ).stdout
        for seed in ("1", "2")
    }

    assert len(digests) == 1


def test_inputs_are_left_as_they_were(challenges, teams):
    before = copy.deepcopy((challenges, teams))
    score_records(challenges, teams)

    assert (challenges, teams) == before


def test_the_fast_way_and_the_slow_obvious_way_agree(cohort):
    challenges, teams = cohort[0][:15], cohort[1]
    matcher = Matcher(teams)
    slow = PairScorer(matcher.index, matcher.concept_rarity, matcher.weights)
    expected = np.zeros((len(challenges), len(teams)))
    for i, record in enumerate(challenges):
        challenge = ChallengeProfile.from_record(record)
        asked = slow.told(views(challenge.passages))
        for j in range(len(teams)):
            side = slow.side(j)
            met = slow.meetings(asked, side).values()
            expected[i, j] = slow.score(met, slow.concepts(challenge.concepts, side.shown))

    assert np.allclose(matcher.scores(challenges), expected, atol=1e-9)


def test_a_weight_of_nothing_leaves_a_part_out(challenges, teams):
    asked = [ChallengeProfile.from_record(c) for c in challenges]
    for name in ("text", "bridge", "taxonomy", "capability", "evidence"):
        for _, parts in Matcher(teams, weights=Weights(**{name: 0.0})).scored(asked):
            assert not parts[name].any()


@pytest.mark.parametrize("weight", [-0.1, 11, float("nan")])
def test_a_weight_out_of_range_is_refused(weight):
    with pytest.raises(ValueError, match="weights"):
        Weights(text=weight)


def test_adding_a_project_never_lowers_a_team_much(challenges, teams):
    more = copy.deepcopy(teams)
    more[0]["projects"].append({"title": {"zh_TW": "停車費計算"}, "body": {"zh_TW": "路邊。"}})
    before, after = score_records(challenges, teams)[0, 0], score_records(challenges, more)[0, 0]

    assert after > 0.97 * before


def test_feedback_moves_a_pair_both_ways(challenges, teams):
    matcher = Matcher(teams)
    asked = [ChallengeProfile.from_record(challenges[0])]

    def score(opinion):
        return next(matcher.scored(asked, {("c1", "t1"): opinion}))[0][0]

    assert score(-1) < score(0) < score(1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t",
        "\ud800 lone \udfff",
        "🤖🔧👩‍🔧",
        "\0",
        "瑕" * 10_000,
        "defect " * 2_000,
        "＄％",
        "İß",
    ],
    ids=["empty", "blank", "surrogates", "emoji", "nul", "long-zh", "long-en", "wide", "casing"],
)
def test_odd_texts_are_scored_without_harm(text, challenges, teams):
    odd_challenge = {"id": "odd", "title": text, "body": text}
    odd_team = {
        "id": "odd",
        "name": text,
        "body": text,
        "projects": [{"title": text, "body": text}],
    }
    scores = score_records([*challenges, odd_challenge], [*teams, odd_team])

    assert np.isfinite(scores).all()
    assert np.array_equal(scores[:2, :4].argmax(axis=1), [0, 2])


@pytest.mark.parametrize(("n", "m"), [(0, 4), (2, 0), (0, 0)])
def test_an_empty_side_gives_an_empty_matrix(n, m, challenges, teams):
    assert score_records(challenges[:n], teams[:m]).shape == (n, m)


def test_two_teams_with_one_id_are_refused(challenges, teams):
    with pytest.raises(ValueError, match="unique"):
        score_records(challenges, [teams[0], teams[0]])


def test_more_mentions_of_one_word_do_not_buy_the_first_place(challenges, teams):
    stuffed = {"id": "stuffed", "lang": "zh", "body": "瑕疵檢測 " * 60}
    scores = score_records(challenges[:1], [*teams, stuffed])[0]

    assert scores[-1] < scores[0]


def test_the_cohort_is_ranked_far_better_than_by_shared_characters(cohort, judged):
    challenges, teams = cohort
    grades = grade_matrix(challenges, teams, judged)
    scores = score_records(challenges, teams)
    ours = measure(scores, grades).means()
    gain = compare(
        per_challenge(character_scores(challenges, teams), grades)["ndcg_at_10"],
        per_challenge(scores, grades)["ndcg_at_10"],
    )

    assert ours["ndcg_at_10"] > 0.87
    assert ours["mrr"] > 0.97
    assert gain.low > 0.03


def test_importing_brings_no_heavy_or_foreign_packages():
    code = (
        "import sys, matchmaker.recommender\n"
        "heavy={'pandas','sklearn','flask','sqlalchemy','wtforms','jieba'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
