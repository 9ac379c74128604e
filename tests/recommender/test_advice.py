"""A team with hardly a profile is ranked by what it says, and told what to add."""

import copy

import pytest

from matchmaker.recommender import Matcher, concept_label, say, score_records
from matchmaker.recommender.advice import LEAST_GAIN, Adviser

CASES = [
    ("c01", "聽音工坊", "在沖壓和打頭機旁裝麥克風，聽出沖模崩角就亮燈。"),
    ("c02", "亮面", "拍鍍鉻水龍頭這類反光金屬，找出針孔與刮痕。"),
    ("c28", "豬事順", "豬舍裡夜間聽咳嗽聲，早一步知道哪一欄生病。"),
    ("c65", "派得準", "把市民的陳情案件自動分給負責的局處。"),
    ("c01", "Earshot", "We put microphones on heading machines and hear when a punch is chipped."),
    ("c19", "Needlewatch", "Cameras that stop circular knitting machines at a broken needle."),
    ("c50", "Dentwise", "We estimate the cost of small motor claims from photos of the car."),
    ("c52", "Tidecast", "We predict bus bunching and tell dispatchers what to do."),
]


@pytest.mark.parametrize(("wanted", "name", "sentence"), CASES)
def test_one_sentence_is_enough_to_be_found(wanted, name, sentence, cohort, judged):
    """Without tags or projects: above every rich profile that nobody would judge fitting."""
    challenges, teams = cohort
    newcomer = {"id": "new", "name": name, "body": sentence}
    matcher = Matcher([newcomer, *teams])
    best = matcher.challenges_for("new", challenges, top=1, explain=False)[0]
    asked = next(c for c in challenges if c["id"] == wanted)
    scores = matcher.scores([asked])[0]
    fitting = {j["team"] for j in judged if j["challenge"] == wanted and j["grade"] >= 1}
    ahead = {team["id"] for team, score in zip(teams, scores[1:], strict=True) if score > scores[0]}
    unrelated = {
        t["id"] for t in teams
        if t["id"] not in fitting and not {*t["technologies"]} & {*asked["technologies"]}
    }  # fmt: skip

    assert best.challenge_id == wanted
    assert len(ahead) < 10
    assert not ahead & unrelated


@pytest.mark.parametrize(("wanted", "name", "sentence"), CASES[:1] + CASES[-1:])
def test_a_newcomer_is_told_what_to_add_and_what_it_brings(wanted, name, sentence, cohort):
    challenges, teams = cohort
    newcomer = {"id": "new", "name": name, "body": sentence}
    found = Adviser(Matcher([newcomer, *teams]), challenges).advise("new")
    codes = [advice.change.code for advice in found]

    assert "advice.first_project" in codes
    assert wanted in {each.challenge_id for advice in found for each in advice.raised}
    assert [advice.gain for advice in found] == sorted((a.gain for a in found), reverse=True)
    for advice in found:
        for lang in ("zh_TW", "en"):
            assert "%(" not in say(advice.change.code, advice.change.params, lang)
        for each in advice.raised:
            assert LEAST_GAIN <= each.after - each.before < 1


def told(found, code):
    return next((advice for advice in found if advice.change.code == code), None)


def test_what_advice_promises_is_what_following_it_brings(challenges, teams):
    """The technology is declared for true, and the whole pool scored anew."""
    advice = told(Adviser(Matcher(teams), challenges).advise("t2"), "advice.capability")
    raised = advice.raised[0]
    declared = copy.deepcopy(teams)
    declared[1]["technologies"] = ["segmentation"]

    assert advice.change.params == {"concepts": ("technologies:segmentation",)}
    assert raised.challenge_id == "c1"
    assert raised.before == pytest.approx(score_records(challenges, teams)[0, 1], abs=1e-9)
    assert raised.after == pytest.approx(score_records(challenges, declared)[0, 1], abs=0.02)


def test_a_project_in_a_field_is_scored_as_a_project(cohort):
    """One that names the field and the team's technologies, added for true."""
    challenges, teams = cohort
    found = Adviser(Matcher(teams), challenges).advise("t002")
    advice = told(found, "advice.project")
    concept = advice.change.params["concepts"][0]
    row = next(n for n, team in enumerate(teams) if team["id"] == "t002")
    more = copy.deepcopy(teams)
    texts = {
        lang: mark.join(
            [concept_label(concept, lang), between.join(
                concept_label(f"technologies:{t}", lang) for t in sorted(teams[row]["technologies"])
            )]
        )
        for lang, mark, between in (("zh_TW", "：", "、"), ("en", ": ", ", "))
    }  # fmt: skip
    more[row]["projects"].append({"title": texts})
    for each in advice.raised:
        asked = [c for c in challenges if c["id"] == each.challenge_id]
        assert score_records(asked, more)[0, row] == pytest.approx(each.after, abs=0.03)


def test_a_team_without_a_place_is_told_what_waits_for_it(challenges, teams):
    found = Adviser(Matcher(teams), challenges).advise("t3")
    waiting = told(found, "advice.capacity")

    assert [each.challenge_id for each in waiting.raised] == ["c2"]
    assert waiting.is_estimate
    assert told(Adviser(Matcher(teams), challenges).advise("t1"), "advice.capacity") is None


def test_the_other_language_is_advised_where_it_brings_others_something(challenges, teams):
    """Teams with both languages say in English alone what the challenge asks about."""
    matter = teams[2]["profile"]
    told_in_english = [
        {"id": f"b{n}", "name": {"zh_TW": "停車", "en": "Parking"},
         "profile": {"zh_TW": f"路邊停車繳費第 {n} 區", "en": matter["en"]}}
        for n in range(3)
    ]  # fmt: skip
    chinese = {"id": "new", "lang": "zh", "name": "床位", "body": matter["zh_TW"]}
    matcher = Matcher([chinese, *told_in_english, *teams])
    advice = told(Adviser(matcher, challenges).advise("new", most=99), "advice.english")

    assert [each.challenge_id for each in advice.raised] == ["c2"]
    assert advice.is_estimate
    assert told(Adviser(matcher, challenges[:1]).advise("new", most=99), "advice.english") is None
    assert told(Adviser(matcher, challenges).advise("b1", most=99), "advice.english") is None


def test_a_team_with_nothing_to_add_gets_no_advice(teams):
    assert Adviser(Matcher(teams), []).advise("t1") == []
    assert Adviser(Matcher(teams), [{"id": "empty"}]).advise("t4") == []
