"""Texts to features, each with its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.recommender.analysis import (
    Kind,
    concept_hits,
    cut,
    fold,
    glosses,
    tokens,
    written_in,
)


def words(text, kind=Kind.WORD):
    return [text[t.start : t.end] for t in tokens(text) if t.kind is kind]


def test_chinese_is_cut_into_headwords():
    run = "水龍頭鍍鉻瑕疵檢測"

    assert [run[a:b] for a, b in cut(run)] == ["水龍頭", "鍍", "鉻", "瑕疵", "檢測"]


def test_simplified_characters_are_cut_alike():
    assert words("瑕疵检测") == ["瑕疵", "检测"]
    assert [glosses(w) for w in ("检测", "檢測")] == [glosses("檢測")] * 2


def test_particles_are_left_out():
    assert words("電池的瑕疵") == ["電池", "瑕疵"]


def test_a_chinese_word_brings_its_english_stems():
    assert [stem for stem, _ in glosses("瑕疵")] == ["blemish", "flaw", "defect"]


def test_earlier_glosses_weigh_more():
    weights = [weight for _, weight in glosses("瑕疵")]

    assert weights == sorted(weights, reverse=True)
    assert weights[0] == 1.0


def test_a_single_character_brings_no_glosses():
    assert glosses("檢") == ()


def test_english_words_are_stemmed_and_paired():
    found = tokens("Detecting defects")

    assert [(t.feature, t.kind) for t in found] == [
        ("detect", Kind.STEM),
        ("defect", Kind.STEM),
        ("detect defect", Kind.PHRASE),
    ]


def test_a_hyphenated_word_counts_whole_and_in_halves():
    assert [t.feature for t in tokens("time-series") if t.kind is Kind.STEM] == [
        "time-seri",
        "time",
        "seri",
    ]


def test_full_width_letters_are_read_as_plain_ones_in_place():
    text = "ＡＯＩ 檢測"

    assert fold(text) == "aoi 檢測"
    assert words(text, Kind.STEM) == ["ＡＯＩ"]


@pytest.mark.parametrize(
    ("text", "language"), [("瑕疵 AOI 檢測", "zh_TW"), ("AOI for 台灣 taps in plants", "en")]
)
def test_the_language_is_the_one_of_most_words(text, language):
    assert written_in(tokens(text)) == language


def test_chinese_concepts_are_found_inside_words_and_english_ones_only_whole():
    assert "domains:manufacturing" in {hit.concept for hit in concept_hits("智慧工廠的產線")}
    assert "domains:manufacturing" in {hit.concept for hit in concept_hits("two factories")}
    assert concept_hits("manufactory") == ()


def test_a_short_sign_is_matched_in_its_own_spelling_only():
    assert "deployment:chatbot_channel" not in {
        h.concept for h in concept_hits("a production line")
    }
    assert "deployment:chatbot_channel" in {h.concept for h in concept_hits("alerts by Line")}


@given(st.text(max_size=80))
def test_every_feature_stands_where_it_says(text):
    for token in tokens(text):
        assert 0 <= token.start < token.end <= len(text)
    assert len(fold(text)) == len(text)


@given(st.text(alphabet="瑕疵檢測產線的水龍頭鍍鉻", max_size=30))
def test_cutting_covers_the_run_without_overlap(run):
    pieces = cut(run)

    assert "".join(run[a:b] for a, b in pieces) == run
