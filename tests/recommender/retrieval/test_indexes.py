"""Indexes against a slow obvious one: dictionaries of rows, all of them scored every time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.recommender.retrieval import Bag, DenseIndex, SparseIndex, layers, sparse

KEYS = st.integers(0, 30)
TERMS = st.dictionaries(st.integers(0, 12), st.sampled_from([0.25, 0.5, 1.0, 3.0]), max_size=6)
VECTORS = st.lists(st.integers(-4, 4), min_size=3, max_size=3)


def bag(terms):
    return Bag(np.array([*terms], np.int64), np.array([*terms.values()], float))


def changes(rows):
    """Whatever may be asked of an index, one after the other."""
    verbs = st.sampled_from(["add", "replace", "remove", "merge", "store"])
    return st.lists(st.tuples(verbs, KEYS, rows), max_size=40)


def obvious(held, score, k):
    scored = [(-score(row), key) for key, row in held.items() if score(row) > 0]
    return [(key, -negative) for negative, key in sorted(scored)[:k]]


def follow(index, held, verb, key, row, make, folder):
    """One change on both sides; what cannot be done is refused and changes nothing."""
    if verb == "merge":
        index.merge()
    elif verb == "store":
        index.save(folder)
        return type(index).open(folder, verify=True)
    elif verb == "add" and key in held:
        with pytest.raises(ValueError, match="taken"):
            index.add(key, make(row))
    elif verb == "add":
        index.add(key, make(row))
        held[key] = row
    elif key not in held:
        with pytest.raises(KeyError):
            getattr(index, verb)(key, *([make(row)] if verb == "replace" else []))
    elif verb == "replace":
        index.replace(key, make(row))
        held[key] = row
    else:
        index.remove(key)
        del held[key]
    return index


def hits(found):
    return list(zip(found.keys.tolist(), found.scores.tolist(), strict=True))


@pytest.fixture(autouse=True)
def small_layers(monkeypatch):
    monkeypatch.setattr(layers, "MERGE_AT", 4)
    monkeypatch.setattr(layers, "GROWTH", 2)


@settings(max_examples=60, deadline=None)
@given(wanted=changes(TERMS), query=TERMS, k=st.integers(1, 8))
def test_features_are_found_as_by_scoring_every_row(tmp_path_factory, wanted, query, k):
    index, held = SparseIndex(), {}
    folder = tmp_path_factory.mktemp("index")
    for verb, key, row in wanted:
        index = follow(index, held, verb, key, row, bag, folder)

        assert len(index) == len(held)
        assert all((key in index) == (key in held) for key in range(31))

    def score(row):
        return sum(weight * query.get(term, 0) for term, weight in row.items())

    assert hits(index.top(bag(query), k)) == obvious(held, score, k)


@settings(max_examples=60, deadline=None)
@given(wanted=changes(VECTORS), query=VECTORS, k=st.integers(1, 8))
def test_vectors_are_found_as_by_scoring_every_row(tmp_path_factory, wanted, query, k):
    index, held = DenseIndex(3), {}
    folder = tmp_path_factory.mktemp("index")
    for verb, key, row in wanted:
        index = follow(index, held, verb, key, row, lambda row: np.array(row, float), folder)

    def score(row):
        return float(np.dot(row, query))

    assert hits(index.top(np.array(query, float), k)) == obvious(held, score, k)


def zipf(many, seed, terms=20_000):
    """Rows with common and rare terms, in the lengths of real texts."""
    random = np.random.default_rng(seed)
    lengths = np.clip(random.lognormal(np.log(75), 0.6, many), 10, 600).astype(int)
    rows = []
    for length in lengths:
        drawn = np.unique((terms ** random.random(length)).astype(np.int32))
        rows.append(Bag(drawn, (0.3 + np.log1p(drawn)) / length**0.25))
    return rows


@pytest.fixture(scope="module")
def twenty_thousand():
    rows = zipf(20_000, 1)
    starts = np.concatenate(([0], np.cumsum([len(row.terms) for row in rows])))
    terms = np.concatenate([row.terms for row in rows])
    weights = np.concatenate([row.weights for row in rows])
    return SparseIndex.build(np.arange(20_000), starts, terms, weights), rows


def fully(rows, query, k):
    wanted = np.zeros(20_001)
    wanted[query.terms] = query.weights
    scores = np.array([wanted[row.terms] @ row.weights for row in rows])
    return np.argsort(-scores, kind="stable")[:k]


def test_postings_lose_next_to_nothing_of_the_best_twenty(twenty_thousand, monkeypatch):
    monkeypatch.setattr(sparse, "AT_LEAST", 0)  # as if the layer were a large one
    monkeypatch.setattr(sparse, "WIDE", 500)
    index, rows = twenty_thousand
    found = [
        len({*fully(rows, query, 20)} & {*index.top(query, 20).keys}) / 20 for query in zipf(30, 2)
    ]

    assert np.mean(found) >= 0.97


def test_a_layer_read_whole_loses_only_by_rounding(twenty_thousand, monkeypatch):
    monkeypatch.setattr(sparse, "AT_LEAST", 10**9)
    index, rows = twenty_thousand
    found = [
        len({*fully(rows, query, 20)} & {*index.top(query, 20).keys}) / 20 for query in zipf(10, 3)
    ]

    assert np.mean(found) >= 0.99


def test_scores_are_those_of_the_whole_row_not_of_the_postings_read(twenty_thousand, monkeypatch):
    monkeypatch.setattr(sparse, "AT_LEAST", 0)
    index, rows = twenty_thousand
    query = zipf(1, 4)[0]
    found = index.top(query, 5)
    wanted = np.zeros(20_001)
    wanted[query.terms] = query.weights

    for key, score in hits(found):
        assert score == pytest.approx(wanted[rows[key].terms] @ rows[key].weights, rel=1e-3)


def test_equal_rows_stand_in_the_order_of_their_keys():
    index = SparseIndex.build(
        np.arange(5_000), np.arange(5_001), np.zeros(5_000, int), np.ones(5_000)
    )
    index.remove(2)
    index.add(9_000, bag({0: 1.0}))

    assert index.top(bag({0: 1.0}), 4).keys.tolist() == [0, 1, 3, 4]


def test_equal_vectors_score_alike_wherever_they_stand():
    random = np.random.default_rng(3)
    vectors = random.standard_normal((3_001, 64)).astype(np.float32)
    vectors[::500] = vectors[0]
    index = DenseIndex.build(np.arange(3_001), vectors)
    found = index.top(vectors[0], 7)

    assert found.keys.tolist() == [*range(0, 3_001, 500)]
    assert len(set(found.scores.tolist())) == 1


@pytest.mark.parametrize("kind", [np.float32, np.int8])
def test_vectors_of_several_blocks_are_all_compared(monkeypatch, kind):
    from matchmaker.recommender.retrieval import dense

    monkeypatch.setattr(dense, "BLOCK", 4_096)
    monkeypatch.setattr(dense, "ROUNDED_BLOCK", 4_096)
    random = np.random.default_rng(5)
    vectors = random.standard_normal((2_000, 32)).astype(np.float32)
    index = DenseIndex.build(np.arange(2_000), vectors, kind)
    query = random.standard_normal(32)
    stored = index.layers[0].vectors
    exact = (stored.values.astype(float) * stored.scales[:, None]) @ query

    assert index.top(query, 20).keys.tolist() == np.argsort(-exact, kind="stable")[:20].tolist()
    assert np.abs(stored.values * stored.scales[:, None] - vectors).max() < 0.02


def test_rounded_vectors_are_the_same_after_they_were_stored(tmp_path):
    random = np.random.default_rng(6)
    index = DenseIndex(16, np.int8)
    for key in range(3):
        index.add(key, random.standard_normal(16))
    query = random.standard_normal(16)
    index.save(tmp_path)

    assert hits(DenseIndex.open(tmp_path).top(query, 3)) == [
        (key, pytest.approx(score, rel=1e-6)) for key, score in hits(index.top(query, 3))
    ]


def test_small_layers_are_joined_and_the_large_one_is_left_alone():
    index = SparseIndex.build(
        np.arange(1_000), np.arange(1_001), np.zeros(1_000, int), np.ones(1_000)
    )
    large = index.layers[0]
    for key in range(1_000, 1_200):
        index.add(key, bag({1: 1.0}))

    assert index.layers[0] is large
    assert len(index.layers) <= 7
    assert len(index.top(bag({1: 1.0}), 500).keys) == 200


@pytest.mark.parametrize("row", [Bag(np.array([1, 1]), np.ones(2)), bag({1: 0.0}), bag({1: -1.0})])
def test_a_row_that_is_no_bag_is_refused(row):
    index = SparseIndex()

    with pytest.raises(ValueError, match="terms must differ"):
        index.add(1, row)
    assert 1 not in index


@pytest.mark.parametrize("row", [[1.0, 2.0], [1.0, 2.0, float("nan")]])
def test_a_vector_of_another_shape_is_refused(row):
    with pytest.raises(ValueError, match="3 finite numbers"):
        DenseIndex(3).add(1, np.array(row))


def test_keys_have_to_ascend_and_k_to_be_positive():
    with pytest.raises(ValueError, match="ascend"):
        SparseIndex.build(np.array([2, 1]), np.array([0, 0, 0]), np.zeros(0, int), np.zeros(0))
    with pytest.raises(ValueError, match="ascend"):
        DenseIndex.build(np.array([1, 1]), np.zeros((2, 2)))
    with pytest.raises(ValueError, match="at least 1"):
        SparseIndex().top(bag({}), 0)
