"""Weights against a case worked by hand."""

import math

import pytest

from matchmaker.recommender import lexicon
from matchmaker.recommender.analysis import Kind, tokens
from matchmaker.recommender.spaces import (
    PRIOR_TEXTS,
    TYPICAL_LENGTH,
    UNKNOWN_PHRASE,
    Rarity,
    Space,
    count,
    native_vector,
    term_frequency,
)


def texts(*contents):
    return [count(tokens(content)) for content in contents]


def by_hand(seen, pool, centibels):
    share = 1 - (1 - 10 ** (-centibels / 100)) ** TYPICAL_LENGTH
    return math.log((1 + pool + PRIOR_TEXTS) / (0.5 + seen + PRIOR_TEXTS * share))


def test_tf_idf_and_cosine_of_three_texts_worked_by_hand():
    pool = texts("laser pump", "laser laser sensor", "sensor")
    rarity = Rarity(pool)
    laser = by_hand(2, 3, lexicon.english()["laser"])
    pump = by_hand(1, 3, lexicon.english()["pump"])
    phrase = 0.5 * by_hand(1, 3, UNKNOWN_PHRASE)
    first = native_vector(pool[0], rarity)
    asked = native_vector(texts("laser")[0], rarity)
    space = Space([native_vector(p, rarity) for p in pool], pivot=10.0, slope=0.25)

    assert first.weights == pytest.approx({"laser": laser, "pump": pump, "laser pump": phrase})
    assert first.norm == pytest.approx(math.hypot(laser, pump, phrase))
    similarity = (space.rows([asked]) @ space.matrix.T).toarray()[0, 0]
    assert similarity == pytest.approx(laser / (0.25 * 10 + 0.75 * first.norm))
    assert space.weigh(asked, first) == pytest.approx(similarity)


def test_a_second_mention_counts_less_than_the_first():
    assert [term_frequency(n) for n in (1, 2, 4)] == [1, 1 + math.log(2), 1 + math.log(4)]


def test_a_word_of_every_text_weighs_less_than_a_rare_one():
    rarity = Rarity(texts("sensor laser", "sensor pump", "sensor beam"))

    assert rarity("sensor", Kind.STEM) < rarity("laser", Kind.STEM)


def test_even_a_word_of_every_text_keeps_some_weight():
    rarity = Rarity(texts(*["time"] * 500))

    assert 0 < rarity("time", Kind.STEM) < 0.3


def test_glosses_live_in_the_bridge_space_only():
    counts = count(tokens("瑕疵"))

    assert "defect" in counts.bridge
    assert "defect" not in counts.native
    assert "w瑕疵" in counts.native
