"""The search index on its own."""

from __future__ import annotations

import pytest

from matchmaker.kernel import search


def found(session, query, kind="thing"):
    ids = search.matching(session, kind, query)
    return None if ids is None else sorted(session.scalars(ids))


@pytest.fixture
def index(session):
    search.remember(session, "thing", 1, ["面板瑕疵自動檢測", "Detecting panel defects"])
    search.remember(session, "thing", 2, ["良率預測", None, "yield of the line"])
    search.remember(session, "other", 3, ["面板"])
    return session


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("瑕疵", [1]), ("面板", [1]), ("良率", [2]), ("疵", [1]), ("板瑕", [1]), ("面疵", []),
        ("自動檢測", [1]), ("defect", [1]), ("DETECTED", [1]), ("yields", [2]), ("瑕疵 panel", [1]),
        ("瑕疵 yield", []), ("ｐａｎｅｌ", [1]),
    ],
)  # fmt: skip
def test_words_of_both_languages_are_found(index, query, ids):
    assert found(index, query) == ids


def test_nothing_to_search_for_is_no_search(index):
    assert found(index, "。！") is None
    assert found(index, "") is None


@pytest.mark.parametrize(
    "query", ['"', "a*", "a OR b", "NEAR(a)", "col:a", "-a", "(((", "'; DROP TABLE search_entry"]
)
def test_signs_of_the_query_language_mean_nothing(index, query):
    assert found(index, query) in (None, [])
    assert found(index, "瑕疵") == [1]


def test_what_is_remembered_anew_replaces_what_was(index):
    search.remember(index, "thing", 1, ["條碼辨識"])
    assert (found(index, "瑕疵"), found(index, "條碼")) == ([], [1])


def test_what_is_forgotten_is_not_found(index):
    search.forget(index, "thing", 1)
    assert found(index, "瑕疵") == []
    search.forget(index, "thing", 1)


def test_kinds_do_not_mix(index):
    assert (found(index, "面板"), found(index, "面板", "other")) == ([1], [3])


def test_a_very_long_query_is_cut_and_answered(index):
    assert found(index, "瑕疵 " * 500) == [1]
