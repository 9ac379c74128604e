"""Comparing texts loses nothing and marks no more than what changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.kernel.differences import is_changed, pieces

TEXTS = st.text(alphabet="ab 。.\n甲乙🚀é'", max_size=80)


@given(TEXTS, TEXTS)
def test_both_texts_can_be_spelled_from_the_pieces(before, after):
    found = pieces(before, after)

    assert "".join(text for kind, text in found if kind != "ins") == before
    assert "".join(text for kind, text in found if kind != "del") == after
    assert is_changed(found) == (before != after)


@given(TEXTS, TEXTS)
def test_pieces_are_never_empty_and_never_twice_of_a_kind(before, after):
    found = pieces(before, after)

    assert all(text for _kind, text in found)
    assert all(one[0] != other[0] for one, other in zip(found, found[1:], strict=False))


@pytest.mark.parametrize(
    ("before", "after", "gone", "come"),
    [
        ("Train the model.", "Train a model.", ["the"], ["a"]),
        ("先標註再訓練。", "先標註後訓練。", ["再"], ["後"]),
        ("One. Two. Three.", "One. Three.", [" Two."], []),
        ("don't stop", "don't start", ["stop"], ["start"]),
    ],
)
def test_words_and_characters_are_marked(before, after, gone, come):
    found = pieces(before, after)

    assert [text for kind, text in found if kind == "del"] == gone
    assert [text for kind, text in found if kind == "ins"] == come


def test_sentences_that_are_too_long_are_replaced_as_a_whole():
    before, after = "a " * 2000, "b " * 2000

    assert pieces(before, after) == [("del", before), ("ins", after)]
