"""The rules of a call, and what a proposal lacks, sentence by sentence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matchmaker.challenges.models import ChallengeKind
from matchmaker.kernel.i18n import Lang, translate
from matchmaker.proposals import eligibility, tallies
from matchmaker.proposals.content import (
    Answer,
    Budget,
    BudgetLine,
    Commitment,
    DataUse,
    Kpis,
    Milestone,
    Plan,
    Share,
)
from matchmaker.proposals.content import People as Persons
from matchmaker.proposals.gaps import gaps
from matchmaker.proposals.lifecycle import ProposalState
from tests.factories.proposals import (
    another_team,
    both,
    full_content,
    hand_in,
    make_challenge,
    put_in_state,
)


def checks(stage, **rules):
    stage.call.rules = rules
    stage.session.commit()
    found = eligibility.checks(stage.session, stage.challenge, stage.team)
    return {translate(each.sentence, Lang.EN): each.is_met for each in found}


@pytest.mark.parametrize(
    ("rules", "sentence", "is_met"),
    [
        ({"team_min": 2, "team_max": 5}, "A team has 2 to 5 people.", True),
        ({"team_min": 3, "team_max": 5}, "A team has 3 to 5 people.", False),
        ({"team_max": 1}, "A team has exactly 1 people.", False),
        ({"team_min": 2, "team_max": 2}, "A team has exactly 2 people.", True),
        ({"team_min": 3}, "A team has at least 3 people.", False),
        ({"proposals_per_team": 1}, "A team hands in one proposal.", True),
        ({"proposals_per_team": 2}, "A team hands in up to 2 proposals.", True),
        (
            {"breach_years": 1},
            "No breach of contract with a public programme within the last year.",
            None,
        ),
        (
            {"breach_years": 3},
            "No breach of contract with a public programme within the last 3 years.",
            None,
        ),
    ],
)
def test_each_rule_has_a_sentence_and_an_answer(stage, rules, sentence, is_met):
    assert checks(stage, **rules)[sentence] is is_met


def test_a_call_without_rules_still_asks_for_independence_and_a_free_place(stage):
    assert list(checks(stage)) == [
        "The team does not belong to the organisation that posts the problem.",
        "The team has a free place. PoCs that it can run at a time: 2",
    ]


def test_only_proposals_that_stand_count_for_the_number(stage):
    sentence = "A team hands in one proposal."
    other = make_challenge(stage.people, stage.call, stage.organization)
    draft = stage.started(challenge=other)
    assert checks(stage, proposals_per_team=1)[sentence] is True

    entry = hand_in(stage, draft)
    assert checks(stage, proposals_per_team=1)[sentence] is False

    put_in_state(stage, entry, ProposalState.WITHDRAWN)
    assert checks(stage, proposals_per_team=1)[sentence] is True


def test_a_refusal_that_is_not_told_yet_frees_no_place(session, stage):
    """Otherwise the rule would tell the team of the decision before its release."""
    sentence = "A team hands in one proposal."
    other = make_challenge(stage.people, stage.call, stage.organization)
    entry = hand_in(stage, stage.started(challenge=other))
    put_in_state(stage, entry, ProposalState.NOT_SELECTED)
    assert checks(stage, proposals_per_team=1)[sentence] is False

    entry.released_at = stage.now
    session.commit()
    assert checks(stage, proposals_per_team=1)[sentence] is True


def test_an_applicant_answers_one_kind_of_problem(session, stage):
    sentence = "An applicant answers either industry or social problems, not both."
    organization = stage.people.organization("Solvers")
    sister, lead = another_team(stage, organization_id=organization.id)
    stage.team.organization_id = organization.id
    session.commit()
    social = make_challenge(stage.people, stage.call, stage.organization, kind=ChallengeKind.SOCIAL)
    assert checks(stage, one_category_per_applicant=True)[sentence] is True

    hand_in(stage, stage.started(team=sister, lead=lead, challenge=social), lead=lead)

    assert checks(stage, one_category_per_applicant=True)[sentence] is False


def test_who_takes_part_in_a_sister_call_cannot_take_part(stage):
    sister = stage.people.call(stage.call.program)
    sentence = f"Who takes part in “{sister.name.en}” cannot take part here."
    assert checks(stage, sister_calls=[sister.slug])[sentence] is True

    elsewhere = make_challenge(stage.people, sister, stage.organization)
    hand_in(stage, stage.started(challenge=elsewhere))

    assert checks(stage, sister_calls=[sister.slug])[sentence] is False


def lacking(stage, documents=(), **sections):
    content = replace(full_content(stage.challenge, stage.team), **sections)
    found = gaps(content, stage.challenge, documents)
    return [(gap.section.value, translate(gap.message, Lang.EN)) for gap in found]


def test_a_whole_proposal_lacks_nothing(stage):
    assert lacking(stage) == []


@pytest.mark.parametrize(
    ("section", "sentences"),
    [
        (
            Answer(title=both("有", "Some")),
            ["Sum the answer up in a few sentences.", "Describe your approach."],
        ),
        (
            DataUse(data=both("有", "Some")),
            [
                "Say which models you use.",
                "Say where the data and the models reach their limits.",
            ],
        ),
        (Plan(), ["Plan at least one milestone."]),
        (
            Plan((Milestone("Name", None, "Thing"),)),
            ["Milestone 1 needs a name, a week and what it delivers."],
        ),
        (
            Plan((Milestone("Name", 17, "Thing"),)),
            ["The last milestone is in week 17, but the PoC ends after week 16."],
        ),
        (Budget(), ["Split the budget into at least one line."]),
        (Budget((BudgetLine("", 5, 0),)), ["Budget line 1 needs a name and an amount."]),
        (
            Budget((BudgetLine("All", 500_001, 0),)),
            ["You ask for NT$500,001, but the challenge has NT$500,000 for one PoC."],
        ),
        (Budget((BudgetLine("All", 900_000, 400_000),)), []),
        (Persons(), ["Say who works on the PoC."]),
        (
            Persons((Share("Mei", "All", 0.5),)),
            ["The shares of the people add up to 50%, not to 100%."],
        ),
        (
            Persons((Share("Mei", "", 1.0),)),
            ["Person 1 needs a name, a task and a share."],
        ),
        (Persons(tuple(Share(f"P{n}", "Part", 1 / 3) for n in range(3))), []),
    ],
)
def test_what_is_missing_is_said_in_words(stage, section, sentences):
    name = section.section.value

    assert lacking(stage, **{name: section}) == [(name, sentence) for sentence in sentences]


def test_every_kpi_is_promised_or_refused_with_a_reason(stage):
    miss, cycle = stage.challenge.kpis
    some = Kpis((Commitment(miss.id, 0.01, ""), Commitment(cycle.id, cannot=True)))
    whole = Kpis((Commitment(miss.id, 0, "A test"), Commitment(cycle.id, cannot=True, reason="No")))

    assert [sentence for _section, sentence in lacking(stage, kpis=some)] == [
        "Commit to a value and say how it is measured, or say that you cannot: Miss rate",
        "Say why you cannot commit to this target KPI: Cycle time",
    ]
    assert lacking(stage, kpis=whole) == []


def test_the_limits_of_the_call_hold_as_well(session, stage):
    stage.challenge.budget_twd = None
    stage.call.rules = {"own_share_percent": 40}
    session.commit()
    much = Budget((BudgetLine("All", 1_400_000, 500_000),))

    assert [sentence for _section, sentence in lacking(stage, budget=much)] == [
        "You ask for NT$900,000, but the call gives at most NT$800,000 for one PoC.",
        "The team bears NT$500,000; the call asks for at least 40% of NT$1,400,000.",
    ]
    enough = Budget((BudgetLine("All", 1_250_000, 500_000),))
    assert lacking(stage, budget=enough) == []


def test_documents_are_asked_for_unless_they_are_optional(stage):
    stage.call.checklist = [
        {"id": "a", "label": both("甲", "Letter").to_json(), "required": True},
        {"id": "b", "label": both("乙", "CV").to_json(), "required": False},
    ]

    assert lacking(stage, [None, "b"]) == [("attachments", "Add the document “Letter”.")]
    assert lacking(stage, ["a"]) == []


def test_what_is_counted_is_what_was_handed_in(session, stage):
    stage.handed_in()
    team, lead = another_team(stage)
    draft = stage.started(team=team, lead=lead)

    assert tallies.handed_in_by_call(session, [stage.call.id, 0]) == {stage.call.id: 1, 0: 0}
    before = tallies.public_figures(session, stage.now)
    after = tallies.public_figures(session, stage.after)
    hand_in(stage, draft, lead=lead)

    assert (before.closed, before.proposals) == (0, 0)
    assert (after.closed, after.proposals) == (1, 1)
    assert tallies.public_figures(session, stage.now).proposals == 0
    assert tallies.public_figures(session, stage.after).proposals == 2
