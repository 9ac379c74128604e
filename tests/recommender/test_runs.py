"""Runs: constraints, both directions, digests, progress and stopping."""

import copy
import json

import pytest

from matchmaker.recommender import (
    Cancelled,
    ClashingConstraints,
    Constraints,
    Fit,
    Matcher,
    Weights,
    fit_of,
    recommend,
    version,
)


def ids(match):
    return [pair.team_id for pair in match.recommended]


def held(match):
    return {pair.team_id: str(pair.code) for pair in match.held_back}


def test_teams_come_best_first_with_their_ranks(cohort):
    challenges, teams = cohort
    match = recommend(challenges[:1], teams, top=7, explain=False).matches[0]
    scores = [pair.score for pair in match.recommended]

    assert [pair.rank for pair in match.recommended] == [1, 2, 3, 4, 5, 6, 7]
    assert scores == sorted(scores, reverse=True)


def test_a_team_without_capacity_is_held_back_with_what_it_would_score(challenges, teams):
    match = recommend(challenges[1:], teams).matches[0]

    assert "t3" not in ids(match)
    assert held(match) == {"t3": "capacity"}
    assert match.held_back[0].score > max((p.score for p in match.recommended), default=0)


def test_capacity_can_be_left_to_people(challenges, teams):
    rules = Constraints(respect_capacity=False)
    match = recommend(challenges[1:], teams, constraints=rules).matches[0]

    assert ids(match)[0] == "t3"
    assert "gap.capacity" in [gap.code for gap in match.recommended[0].gaps]


@pytest.mark.parametrize("code", ["conflict", "ineligible", "capacity", "excluded"])
def test_a_forbidden_pair_is_held_back_for_its_reason_and_only_there(code, challenges, teams):
    rules = Constraints(forbidden={("c1", "t1"): code}, respect_capacity=False)
    first, second = recommend(challenges, teams, constraints=rules).matches

    assert held(first) == {"t1": code}
    assert "t1" not in ids(first)
    assert held(second) == {}


def test_a_team_held_back_everywhere_is_recommended_nowhere(challenges, teams):
    rules = Constraints(held_back={"t1": "ineligible"}, respect_capacity=False)
    run = recommend(challenges, teams, constraints=rules)

    assert [held(match) for match in run.matches] == [{"t1": "ineligible"}] * 2


def test_a_pinned_pair_comes_first_whatever_it_scores(challenges, teams):
    rules = Constraints(pinned=frozenset({("c1", "t4")}))
    match = recommend(challenges[:1], teams, constraints=rules).matches[0]

    assert ids(match)[:2] == ["t4", "t1"]
    assert match.recommended[0].pinned
    assert match.recommended[0].reasons[0].code == "pinned"


def test_a_pinned_pair_that_is_forbidden_is_refused_by_name(challenges, teams):
    rules = Constraints(pinned=frozenset({("c1", "t1")}), forbidden={("c1", "t1"): "conflict"})

    with pytest.raises(ClashingConstraints) as refused:
        recommend(challenges, teams, constraints=rules)

    assert (refused.value.pair, str(refused.value.code)) == (("c1", "t1"), "conflict")


def test_an_unknown_reason_is_refused(challenges, teams):
    with pytest.raises(ValueError, match="dislike"):
        recommend(challenges, teams, constraints=Constraints(held_back={"t1": "dislike"}))


def test_a_team_that_shares_nothing_fits_weakly_if_at_all(challenges, teams):
    match = recommend(challenges[1:], teams).matches[0]
    scores = {each.team_id: each.score for each in (*match.recommended, *match.held_back)}

    assert scores["t4"] < scores["t3"] / 4
    assert all(each.fit is Fit.WEAK for each in match.recommended if each.team_id == "t4")


def test_both_directions_give_the_same_scores(cohort):
    challenges, teams = cohort
    matcher = Matcher(teams)
    team = teams[20]["id"]
    found = matcher.challenges_for(team, challenges, top=3)
    column = matcher.scores(challenges)[:, matcher.index.row[team]]

    assert [pair.score for pair in found] == sorted(column, reverse=True)[:3]
    assert [pair.rank for pair in found] == [1, 2, 3]
    assert found[0].reasons


def test_reasons_given_later_are_the_same(cohort):
    challenges, teams = cohort
    matcher = Matcher(teams)
    pinned = Constraints(pinned=frozenset({(challenges[3]["id"], teams[50]["id"])}))
    whole = matcher.teams_for(challenges[3], top=4, constraints=pinned).recommended
    bare = matcher.teams_for(challenges[3], top=4, constraints=pinned, explain=False).recommended

    assert not any(pair.gaps for pair in bare)
    assert tuple(matcher.explained(challenges[3], bare)) == whole


def test_challenges_that_are_forbidden_for_a_team_are_left_out(cohort):
    challenges, teams = cohort
    matcher, team = Matcher(teams), teams[20]["id"]
    best = matcher.challenges_for(team, challenges, top=1)[0].challenge_id
    rules = Constraints(forbidden={(best, team): "conflict"})

    left = matcher.challenges_for(team, challenges, constraints=rules, top=77, explain=False)

    assert best not in [pair.challenge_id for pair in left]


def test_equal_teams_are_ordered_by_lot_and_not_by_name(challenges):
    twins = [{"id": f"t{n}", "lang": "zh", "body": "瑕疵檢測"} for n in range(8)]
    orders = {
        tuple(ids(recommend(challenges[:1], twins, seed=seed, explain=False).matches[0]))
        for seed in range(5)
    }

    assert len(orders) == 5
    assert tuple(team["id"] for team in twins) not in orders


def test_the_digest_ignores_order_and_notices_everything_else(challenges, teams):
    def digest(c=challenges, t=teams, **options):
        return recommend(c, t, explain=False, **options).input_digest

    changed = copy.deepcopy(teams)
    changed[0]["capacity"] = 1
    others = [
        digest(t=changed),
        digest(seed=1),
        digest(top=3),
        digest(weights=Weights(text=0.9)),
        digest(feedback={("c1", "t1"): 0.5}),
        digest(constraints=Constraints(held_back={"t1": "excluded"})),
        digest(c=challenges[:1]),
    ]

    assert digest(c=challenges[::-1], t=teams[::-1]) == digest()
    assert len({digest(), *others}) == 1 + len(others)


def test_equal_runs_are_equal_to_the_last_reason(challenges, teams):
    first, second = recommend(challenges, teams), recommend(challenges, teams)

    assert first == second
    assert first.version == version()


def test_a_run_goes_into_json(challenges, teams):
    run = recommend(challenges, teams)
    read = json.loads(json.dumps(run.to_dict()))

    assert read["matches"][0]["recommended"][0]["team_id"] == "t1"
    assert read["matches"][1]["held_back"][0]["code"] == "capacity"


def test_progress_is_told_after_each_challenge(challenges, teams):
    told = []
    recommend(challenges, teams, on_progress=lambda done, total: told.append((done, total)))

    assert told == [(1, 2), (2, 2)]


def test_a_run_that_is_stopped_ends_at_once(challenges, teams):
    told = []

    with pytest.raises(Cancelled):
        recommend(
            challenges,
            teams,
            on_progress=lambda done, total: told.append(done),
            should_stop=lambda: len(told) == 1,
        )

    assert told == [1]


def test_a_top_below_one_and_doubled_challenges_are_refused(challenges, teams):
    with pytest.raises(ValueError, match="top"):
        recommend(challenges, teams, top=0)
    with pytest.raises(ValueError, match="challenge ids"):
        recommend([challenges[0], challenges[0]], teams)


def test_words_for_a_score_change_at_their_thresholds():
    assert [fit_of(s) for s in (0.52, 0.5199, 0.42, 0.4199, 0.0)] == [
        Fit.STRONG,
        Fit.FAIR,
        Fit.FAIR,
        Fit.WEAK,
        Fit.WEAK,
    ]


def test_most_strong_pairs_of_the_cohort_are_judged_fitting(cohort, judged):
    challenges, teams = cohort
    grades = {(g["challenge"], g["team"]): g["grade"] for g in judged}
    scores = Matcher(teams).scores(challenges)
    strong = [
        grades.get((c["id"], t["id"]), 0)
        for i, c in enumerate(challenges)
        for j, t in enumerate(teams)
        if fit_of(scores[i, j]) is Fit.STRONG
    ]

    assert sum(grade >= 2 for grade in strong) / len(strong) > 0.8
