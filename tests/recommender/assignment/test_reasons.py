"""Why no plan exists: minimal sets of rules, and the least that must bend."""

import numpy as np
import pytest

from matchmaker.recommender.assignment import assign, problem_of, reason_said, repair_said, say
from matchmaker.recommender.assignment.wording import CHINESE, SENTENCES
from tests.recommender.assignment import slow
from tests.recommender.assignment.conftest import problem, random_problem

IMPOSSIBLE = {
    "pinned and forbidden": (
        problem([[0.5, 0.4]], pinned=[(0, 1)], forbidden=[(0, 1)]),
        ["forbidden:0,1", "pinned:0,1"],
        "T2 is fixed for C1, but this pair is forbidden.",
        "Do not fix T2 for C1.",
    ),
    "more wanted than allowed": (
        problem([[0.5, 0.4]], demand_min=2, demand_max=1),
        ["demand_min:0", "demand_max:0"],
        "The fewest teams for C1 (2) are more than the most (1).",
        "Ask for fewer teams for C1: 1 instead of 2.",
    ),
    "too many pins of a challenge": (
        problem(np.zeros((1, 3)), demand_max=2, pinned=[(0, 0), (0, 1), (0, 2)]),
        ["demand_max:0", "pinned:0,0", "pinned:0,1", "pinned:0,2"],
        "More teams are fixed for C1 (3) than it takes (2): T1, T2, T3.",
        "Do not fix T1 for C1.",
    ),
    "too many pins of a team": (
        problem(np.zeros((2, 2)), pinned=[(0, 0), (1, 0)]),
        ["capacity:0", "pinned:0,0", "pinned:1,0"],
        "T1 is fixed for more challenges (2) than it can take on (1): C1, C2.",
        "Do not fix T1 for C1.",
    ),
    "more than there are teams": (
        problem([[0.1], [0.2]], demand_min=[2, 0], demand_max=2, capacity=2),
        ["demand_min:0"],
        "C1 asks for more teams (2) than there are.",
        "Ask for fewer teams for C1: 1 instead of 2.",
    ),
    "almost all forbidden": (
        problem(np.zeros((1, 3)), demand_min=2, demand_max=2, forbidden=[(0, 0), (0, 2)]),
        ["demand_min:0", "forbidden:0"],
        "C1 asks for more teams (2) than may be assigned to it (1).",
        "Ask for fewer teams for C1: 1 instead of 2.",
    ),
    "no scores": (
        problem([[np.nan, np.nan]]),
        ["demand_min:0", "unknown:0"],
        "C1 asks for more teams (1) than may be assigned to it (0).",
        "Ask for fewer teams for C1: 0 instead of 1.",
    ),
    "sums": (
        problem(np.zeros((3, 2))),
        ["demand_min:*", "capacity:*"],
        "All challenges ask for more places (3) than all teams offer (2).",
        "Find more room among the teams: 1.",
    ),
    "competition": (
        problem(np.zeros((2, 3)), forbidden=[(0, 1), (0, 2), (1, 1), (1, 2)]),
        ["demand_min:0", "demand_min:1", "capacity:0", "forbidden:0", "forbidden:1"],
        "Places asked for by C1, C2: 2. Room at the teams they may have (T1): 1.",
        "Let T1 take on more challenges: 2 instead of 1.",
    ),
    "competition with a pin": (
        problem(np.zeros((2, 3)), pinned=[(0, 0)], forbidden=[(1, 1), (1, 2)]),
        ["demand_min:1", "capacity:0", "forbidden:1", "pinned:0,0"],
        (
            "Places asked for by C2: 1. "
            "Room that fixed pairs leave at the teams they may have (T1): 0."
        ),
        "Do not fix T1 for C1.",
    ),
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
@pytest.mark.parametrize("objective", ["total", "fair"])
def test_a_reason_names_the_rules_in_words_with_the_cheapest_repair(name, objective):
    given, codes, sentence, cheapest = IMPOSSIBLE[name]
    found = assign(**given, objective=objective)
    stated, names = problem_of(**given), (["C1", "C2", "C3"], ["T1", "T2", "T3"])

    assert (found.status, found.binding, found.has_plan) == ("infeasible", codes, False)
    assert say(reason_said(stated, found.reasons[0]).named(*names), "en") == sentence
    assert say(repair_said(stated, found.relaxations[0]).named(*names), "en") == cheapest
    assert found.repairs_suffice


@pytest.mark.parametrize("seed", range(60))
def test_reasons_cannot_hold_and_could_without_any_one_of_their_rules(seed):
    given = random_problem(seed, wild=True)
    found = assign(**given)

    for reason in found.reasons:
        codes = reason.codes
        assert not slow.holds(given, codes)
        for place in range(len(codes)):
            assert slow.holds(given, codes[:place] + codes[place + 1 :])


@pytest.mark.parametrize("seed", range(60))
def test_repairs_that_are_said_to_suffice_do(seed):
    given = random_problem(seed, wild=True)
    found = assign(**given)
    if found.has_plan or not found.repairs_suffice:
        return
    if any("*" in repair.rule.code for repair in found.relaxations):
        return  # room that nobody has named yet
    fields = {"demand_min": -1, "demand_max": 1, "capacity": 1}
    for repair in found.relaxations:
        kind, place = repair.rule.kind.value, repair.rule.place
        if kind in fields:
            given[kind][place] += fields[kind] * repair.by
        elif kind == "pinned":
            given[kind][place, repair.rule.team] = False
        elif kind == "unknown":
            given["affinity"][place, list(repair.teams)] = 0.1
        else:
            given[kind][place, list(repair.teams)] = False

    assert assign(**given).has_plan


def test_several_reasons_share_no_rule():
    given = problem(
        np.zeros((4, 6)),
        demand_min=[1, 2, 2, 1],
        demand_max=[1, 1, 2, 1],
        capacity=2,
        pinned=[(0, 0)],
        forbidden=[(0, 0), *((2, j) for j in range(5))],
    )
    found = assign(**given)

    assert [reason.codes for reason in found.reasons] == [
        ["forbidden:0,0", "pinned:0,0"],
        ["demand_min:1", "demand_max:1"],
        ["demand_min:2", "forbidden:2"],
    ]
    assert len(found.relaxations) == 3


def test_a_statutory_conflict_is_never_offered():
    given = problem(np.zeros((1, 3)), demand_min=2, demand_max=2, forbidden=[(0, 0), (0, 1)])
    given["affinity"][0] = [0.9, 0.5, 0.1]
    law = np.array([[True, False, False]])
    plain = assign(**given).reasons[0].repairs
    bound = assign(**given, unbendable=law).reasons[0].repairs

    assert [(r.rule.code, r.teams) for r in plain] == [("demand_min:0", ()), ("forbidden:0", (0,))]
    assert [(r.rule.code, r.teams) for r in bound] == [("demand_min:0", ()), ("forbidden:0", (1,))]


def test_what_a_fixed_pair_against_the_law_leaves_is_to_give_up_the_pair():
    given = problem([[0.5]], pinned=[(0, 0)], forbidden=[(0, 0)])
    found = assign(**given, unbendable=np.array([[True]]))

    assert [r.rule.code for r in found.reasons[0].repairs] == ["pinned:0,0"]


def test_every_code_has_a_sentence_in_both_languages_with_the_same_gaps():
    def gaps(text):
        return sorted(part.split(")")[0] for part in text.split("%(")[1:])

    assert set(SENTENCES) == set(CHINESE)
    assert {code: gaps(text) for code, text in SENTENCES.items()} == {
        code: gaps(text) for code, text in CHINESE.items()
    }


def test_a_long_list_in_a_sentence_is_cut_and_counted():
    given = problem(np.zeros((9, 8)), forbidden=[(i, j) for i in range(9) for j in range(1, 8)])
    found = assign(**given)
    said = reason_said(problem_of(**given), found.reasons[0])

    assert said.code == "reason.sums"  # nine places, eight teams
    given["capacity"][1:] = 2
    found = assign(**given)
    said = reason_said(problem_of(**given), found.reasons[0])
    assert len(found.reasons[0].codes) == 5  # any two of the nine
    assert said.params["needed"] == 2
