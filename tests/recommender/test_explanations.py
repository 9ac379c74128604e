"""Reasons quote what scored, and taking the quote away costs score."""

import pytest

from matchmaker.recommender import (
    SENTENCES,
    Matcher,
    recommend,
    say,
    score_records,
    shown_params,
)
from matchmaker.recommender.wording import CHINESE
from tests.bench.explanations import measure, without


def codes(found):
    return [reason.code for reason in found]


def test_a_match_in_one_language_names_profile_and_project(challenges, teams):
    best = Matcher(teams).teams_for(challenges[0]).recommended[0]

    assert best.team_id == "t1"
    assert {"text.project", "capability.shown", "taxonomy.shared"} <= set(codes(best.reasons))


def test_a_match_across_languages_names_pairs_of_words(challenges, teams):
    second = Matcher(teams[1:2]).teams_for(challenges[0]).recommended[0]
    bridge = next(reason for reason in second.reasons if reason.code == "bridge.profile")

    assert (
        "瑕疵 ≈ defects" in bridge.params["terms"] or "瑕疵 ≈ blemishes" in bridge.params["terms"]
    )
    assert {evidence.side for evidence in bridge.evidence} == {"challenge", "team"}
    assert "gap.language" in codes(second.gaps)


def test_reasons_stand_strongest_first_and_their_shares_stay_within_one(cohort):
    challenges, teams = cohort
    for match in recommend(challenges[:10], teams, top=5).matches:
        for pair in match.recommended:
            shares = [reason.share for reason in pair.reasons]
            assert shares == sorted(shares, reverse=True)
            assert 0 < sum(shares) <= 1 + 1e-9


def test_every_reason_and_gap_can_be_said_in_both_languages(cohort):
    challenges, teams = cohort
    for match in recommend(challenges[:10], teams, top=5).matches:
        for pair in match.recommended:
            for found in (*pair.reasons, *pair.gaps):
                for lang in ("zh_TW", "en"):
                    assert "%(" not in say(found.code, found.params, lang)
                    assert all(shown_params(found.params, lang).values())


def test_every_sentence_has_the_same_gaps_in_both_languages():
    import re

    def gaps(text):
        return sorted(re.findall(r"%\((\w+)\)s", text))

    assert SENTENCES.keys() == CHINESE.keys()
    assert {c for c in SENTENCES if gaps(SENTENCES[c]) != gaps(CHINESE[c])} == set()


def test_context_is_the_sentence_around_the_quote(challenges, teams):
    best = Matcher(teams).teams_for(challenges[0]).recommended[0]
    cited = [e for r in best.reasons for e in r.evidence if e.language]

    assert cited
    for evidence in cited:
        at = evidence.start - evidence.context_start
        assert evidence.context[at : at + len(evidence.quote)] == evidence.quote
        assert "。" not in evidence.context[:-1]


def test_cutting_any_cited_place_of_a_challenge_lowers_the_score(cohort):
    challenges, teams = cohort
    matcher = Matcher(teams)
    tried = 0
    for challenge in challenges[::9]:
        for pair in matcher.teams_for(challenge, top=4).recommended:
            row = matcher.index.row[pair.team_id]
            for evidence in [e for r in pair.reasons for e in r.evidence if e.side == "challenge"]:
                lowered = matcher.scores([without(challenge, evidence)])[0, row]
                assert lowered < pair.score, (challenge["id"], pair.team_id, evidence)
                tried += 1
    assert tried > 100


@pytest.mark.parametrize("number", [0, 30, 64])
def test_cutting_any_cited_place_of_a_team_lowers_the_score(number, cohort):
    """The whole pool is scored anew, as a changed profile would be."""
    challenge, teams = cohort[0][number], cohort[1]
    row_of = {team["id"]: row for row, team in enumerate(teams)}
    tried = 0
    for pair in Matcher(teams).teams_for(challenge, top=3).recommended:
        row = row_of[pair.team_id]
        cited = [e for r in pair.reasons for e in r.evidence if e.side == "team"]
        for evidence in cited:
            changed = [*teams]
            changed[row] = without(teams[row], evidence)
            assert score_records([challenge], changed)[0, row] < pair.score, evidence
            tried += 1
    assert tried > 10


def test_every_cited_place_of_a_small_pool_carries_its_score(cohort):
    """In a small pool one text weighs much in what is rare."""
    found = measure(cohort[0][3:15], cohort[1][:30], top=5, sample=None)

    assert [(miss.part, miss.evidence) for miss in found.misses] == []
    assert found.tried.total() == found.cited.total() > 500
    assert found.worst_sum < 1e-9


def test_a_concept_shown_by_tag_and_text_is_not_proven_by_either():
    """Without the tag the text still shows it, and the other way round."""
    challenge = {"id": "c", "title": "夜間巡檢", "technologies": ["ocr"]}
    told = {"id": "t", "name": "夜間巡檢 文字辨識", "technologies": ["ocr"]}
    reasons = Matcher([told]).teams_for(challenge).recommended[0].reasons
    shown = next(reason for reason in reasons if reason.code == "capability.shown")

    assert [each.side for each in shown.evidence] == ["challenge"]


def test_what_is_missing_is_said_plainly(challenges, teams):
    matches = Matcher(teams).teams_for(challenges[0], top=4)
    found = {pair.team_id: codes(pair.gaps) for pair in matches.recommended}

    assert found["t1"] == ["gap.capability"]
    assert found["t2"] == ["gap.capability", "gap.domain", "gap.projects", "gap.language"]


def test_a_team_without_any_text_is_told_what_it_lacks(challenges, teams):
    from matchmaker.recommender import Constraints

    bare = {"id": "bare"}
    run = Matcher([*teams, bare]).teams_for(
        challenges[0], constraints=Constraints(pinned=frozenset({("c1", "bare")}))
    )
    pair = run.recommended[0]

    assert (pair.team_id, pair.score, codes(pair.reasons)) == ("bare", 0.0, ["pinned"])
    assert codes(pair.gaps) == [
        "gap.capability",
        "gap.domain",
        "gap.projects",
        "gap.capacity_unknown",
    ]


def test_without_explanations_the_ranking_is_the_same(cohort):
    challenges, teams = cohort[0][:6], cohort[1]

    def ranking(explain):
        return [
            [(p.team_id, p.score) for p in match.recommended]
            for match in recommend(challenges, teams, explain=explain).matches
        ]

    assert ranking(explain=True) == ranking(explain=False)
