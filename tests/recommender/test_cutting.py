"""Cutting by what is known of the whole text gives what reading the rest anew gives."""

import random

import numpy as np
import pytest

from matchmaker.recommender.analysis import CLIP
from matchmaker.recommender.cutting import Cutter
from matchmaker.recommender.index import TeamIndex
from matchmaker.recommender.pairs import PairScorer
from matchmaker.recommender.parts import ConceptRarity, Weights
from matchmaker.recommender.records import ChallengeProfile, Passage, TeamProfile
from matchmaker.recommender.spans import Span, without
from matchmaker.recommender.views import views


@pytest.fixture
def scorer(cohort):
    index = TeamIndex([TeamProfile.from_record(team) for team in cohort[1][:40]])
    return PairScorer(index, ConceptRarity(index), Weights())


def check(scorer, passages, span):
    """Both ways for the language version that the span stands in."""
    same = [p for p in passages if p.language == span.passage.language]
    told = scorer.told(views(same))[0]
    slow = scorer.told(views(without(same, span)))
    fast = Cutter(told, scorer.index.rarity).without(span)
    if not slow:
        assert fast is None
        return
    expected, found, concepts = slow[0], fast.told, fast.concepts
    where = (span.passage.text, span.start, span.end)
    assert found.view.passages == expected.view.passages, where
    assert found.view.language == expected.view.language, where
    assert concepts == {hit.concept for _, hit in expected.view.hits}, where
    assert found.view.counts.kinds == expected.view.counts.kinds, where
    for one, two in (
        (found.view.counts.native, expected.view.counts.native),
        (found.view.counts.bridge, expected.view.counts.bridge),
        (found.vectors.native.weights, expected.vectors.native.weights),
        (found.vectors.bridge.weights, expected.vectors.bridge.weights),
    ):
        assert one.keys() == two.keys(), where
        assert list(one.values()) == pytest.approx([two[key] for key in one], abs=1e-9), where
    for one, two in (
        (found.vectors.native.norm, expected.vectors.native.norm),
        (found.vectors.bridge.norm, expected.vectors.bridge.norm),
    ):
        assert one == pytest.approx(two, abs=1e-7), where
    # in whole steps; what rounding leaves may tip one of them
    apart = found.vectors.meaning.astype(int) - expected.vectors.meaning
    assert np.abs(apart).max() <= 1, where
    assert np.count_nonzero(apart) <= 2, where
    assert found.vectors.words == expected.vectors.words


def test_any_piece_of_the_cohort_can_be_cut(scorer, cohort):
    draw = random.Random(3)
    records = [ChallengeProfile.from_record(c).passages for c in cohort[0][:20]]
    records += [i.passages for t in cohort[1][:40] for i in TeamProfile.from_record(t).items]
    for passages in records:
        for _ in range(4):
            passage = draw.choice(passages)
            start = draw.randrange(len(passage.text))
            end = min(len(passage.text), start + draw.randint(1, 12))
            check(scorer, passages, Span(passage, start, end, 0.0))


@pytest.mark.parametrize(
    "text",
    [
        "深度學習 and real-time machine learning on 產線 edge devices",
        "machine X learning; state-of-the-art, don't stop the AOI 瑕疵檢測 line",
        "large language 檢測 model 模型 at night",
        "ab-cd ef’gh 瑕Z疵 1-2-3 x",
        "the of 的 the",
        "  一  ",
    ],
)
def test_every_cut_of_odd_texts_agrees(text, scorer):
    passage = Passage("body", "zh_TW", text)
    other = Passage("title", "zh_TW", "夜班 machine vision")
    for passages in ([passage], [other, passage]):
        for start in range(len(text)):
            for end in range(start + 1, min(len(text), start + 9) + 1):
                check(scorer, passages, Span(passage, start, end, 0.0))


LONG = (
    "Inspectors miss scratches on panels under changing light, and machine vision helps them. "
    "產線的瑕疵檢測仰賴影像分割與少樣本學習。"
)


def test_of_long_texts_what_comes_into_view_is_read(scorer):
    draw = random.Random(5)
    passages = [Passage("title", "en", "Panels"), Passage("body", "en", LONG * 20)]
    lengths = {p.field: len(t) for p, t in views(passages)[0].passages}
    assert sum(lengths.values()) == CLIP
    for _ in range(150):
        passage = draw.choice(passages[-1:] * 9 + passages[:1])
        start = draw.randrange(lengths[passage.field])
        end = min(lengths[passage.field], start + draw.randint(1, 12))
        check(scorer, passages, Span(passage, start, end, 0.0))


@pytest.mark.parametrize("length", [CLIP - 5, CLIP, CLIP + 3])
def test_what_is_not_known_to_be_there_is_left_to_reading_anew(length, scorer):
    passages = [Passage("body", "en", "x" * length), Passage("more", "en", "defects")]
    cutter = Cutter(scorer.told(views(passages))[0], scorer.index.rarity)
    span = Span(passages[0], 0, 7, 0.0)

    assert cutter.edits(span) is None
    with pytest.raises(ValueError, match="into view"):
        cutter.without(span)
