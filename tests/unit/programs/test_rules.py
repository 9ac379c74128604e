"""The eligibility rules of a call, as parameters and in words."""

from hypothesis import given
from hypothesis import strategies as st

from matchmaker.kernel.localized import Localized
from matchmaker.programs.rules import (
    RANGES,
    CallRules,
    ChecklistItem,
    checklist_of,
    problems,
    sentences,
)

numbers = st.none() | st.integers(1, 10)
any_rules = st.builds(
    CallRules,
    team_min=numbers,
    team_max=numbers,
    proposals_per_team=numbers,
    one_team_per_person=st.booleans(),
    one_category_per_applicant=st.booleans(),
    sister_calls=st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), max_size=3).map(tuple),
    breach_years=numbers,
    own_share_percent=numbers,
)


@given(any_rules)
def test_rules_come_back_from_the_database_as_they_went_in(rules):
    assert CallRules.of(rules.to_json()) == rules


@given(any_rules)
def test_every_rule_in_force_is_said_in_one_sentence(rules):
    in_force = sum(
        bool(part)
        for part in (
            rules.team_min or rules.team_max,
            rules.one_team_per_person,
            rules.proposals_per_team,
            rules.one_category_per_applicant,
            rules.breach_years,
            rules.own_share_percent,
        )
    )
    assert len(sentences(rules)) == in_force + len(rules.sister_calls)


def test_a_call_that_names_no_rule_has_none():
    assert sentences(CallRules.of({})) == []
    assert CallRules.of({}) == CallRules(team_min=None, team_max=None, one_team_per_person=False)


def test_names_that_are_no_rule_are_ignored():
    assert CallRules.of({"team_min": 3, "colour": "red"}).team_min == 3


def test_all_rules_read_out_in_words():
    rules = CallRules(
        team_min=2, team_max=10, proposals_per_team=3, one_team_per_person=True,
        one_category_per_applicant=True, sister_calls=("Spring call",), breach_years=3,
        own_share_percent=20,
    )  # fmt: skip
    assert [str(sentence) for sentence in sentences(rules)] == [
        "A team has 2 to 10 people.",
        "Nobody may stand in two teams of this call.",
        "A team hands in up to 3 proposals.",
        "An applicant answers either industry or social problems, not both.",
        "Who takes part in “Spring call” cannot take part here.",
        "No breach of contract with a public programme within the last 3 years.",
        "The applicant bears at least 20% of the cost of the PoC.",
    ]


def test_a_team_size_with_one_bound_says_that_bound_only():
    def said(**bounds):
        return [str(s) for s in sentences(CallRules(one_team_per_person=False, **bounds))]

    assert said(team_min=3, team_max=None) == ["A team has at least 3 people."]
    assert said(team_min=None, team_max=5) == ["A team has at most 5 people."]
    assert said(team_min=4, team_max=4) == ["A team has exactly 4 people."]


def test_numbers_outside_their_range_are_refused_by_name():
    too_high = CallRules(**{name: high + 1 for name, (_low, high) in RANGES.items()})
    too_low = CallRules(**{name: low - 1 for name, (low, _high) in RANGES.items()})
    assert set(problems(too_high)) == set(RANGES)
    assert set(problems(too_low)) == set(RANGES)


def test_the_largest_team_is_not_smaller_than_the_smallest():
    assert {k: str(v) for k, v in problems(CallRules(team_min=5, team_max=4)).items()} == {
        "team_max": "The largest team cannot be smaller than the smallest one."
    }
    assert problems(CallRules(team_min=5, team_max=5)) == {}


def test_a_document_comes_back_as_it_was_stored():
    item = ChecklistItem("doc1", Localized(zh_TW="計畫書", en="Plan"), is_required=False)
    assert checklist_of([item.to_json()]) == [item]
    assert checklist_of(None) == []
