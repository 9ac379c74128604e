"""Text as people type it."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from matchmaker.kernel.text import clean, fold, query_phrases, search_tokens

any_text = st.text(st.characters(codec=None), max_size=60)
HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=2, max_size=12)


@given(any_text)
@example("a\x00b\r\nc\rd")
@example("\ud800")
@example("\u202eevil\u202c")
def test_stored_text_holds_nothing_that_breaks_a_database_or_a_page(text):
    stored = clean(text)
    stored.encode("utf-8")
    assert "\x00" not in stored
    assert "\r" not in stored
    assert stored == stored.strip()
    assert unicodedata.is_normalized("NFC", stored)


@given(any_text)
def test_cleaning_twice_changes_nothing_more(text):
    assert clean(clean(text)) == clean(text)
    assert clean(clean(text, single_line=True), single_line=True) == clean(text, single_line=True)


@given(any_text)
def test_a_single_line_is_one_and_keeps_its_direction(text):
    line = clean(text, single_line=True)
    assert len(line.splitlines()) <= 1
    assert not set(line) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


def test_full_width_characters_stay_as_typed_and_compare_as_folded():
    assert clean("ＡＩ　檢測") == "ＡＩ　檢測"
    assert fold("ＡＩ１２") == "ai12"


def test_the_two_forms_of_tai_compare_alike():
    assert fold("臺灣大學") == fold("台灣大學")


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)


def test_chinese_becomes_overlapping_pairs_then_single_characters():
    assert search_tokens("瑕疵檢測") == ["瑕疵", "疵檢", "檢測", "瑕", "疵", "檢", "測"]


def test_english_words_are_stemmed_and_mixed_text_is_cut_where_scripts_meet():
    assert search_tokens("Defects of AOI影像") == ["defect", "of", "aoi", "影像", "影", "像"]


@given(HAN, st.data())
def test_every_part_of_a_chinese_text_of_two_characters_or_more_is_found_in_it(text, data):
    start = data.draw(st.integers(0, len(text) - 2))
    end = data.draw(st.integers(start + 2, len(text)))
    tokens = search_tokens(text)
    [phrase] = query_phrases(text[start:end])
    places = [i for i in range(len(tokens)) if tokens[i : i + len(phrase)] == phrase]
    assert places != []


@given(st.text(max_size=60))
def test_a_query_holds_only_tokens_that_texts_hold(text):
    tokens = set(search_tokens(text))
    assert {token for phrase in query_phrases(text) for token in phrase} <= tokens


@pytest.mark.parametrize("text", ["", " ", "。！？", "🚀", "___", "-*\"'"])
def test_what_has_no_word_asks_for_nothing(text):
    assert query_phrases(text) == []
