"""Profiles come back from the shelf as they were."""

import pytest

from matchmaker.recommender import TeamProfile
from matchmaker.recommender.retrieval import read_arrays, write_arrays
from matchmaker.recommender.shelf import Shelf


@pytest.fixture
def profiles(cohort):
    strange = TeamProfile.from_record({"id": "\ud800", "name": "\ud800 \u0000 團隊", "capacity": 0})
    return [*(TeamProfile.from_record(team) for team in cohort[1][:40]), strange]


def test_a_profile_comes_back_equal(profiles):
    shelf = Shelf(profiles)

    assert list(shelf) == profiles
    assert [shelf[row] for row in range(len(shelf))] == profiles
    assert (shelf[-1], shelf[1:3]) == (profiles[-1], profiles[1:3])


def test_a_row_that_is_not_there_is_refused(profiles):
    with pytest.raises(IndexError):
        Shelf(profiles)[len(profiles)]


def test_a_stored_shelf_holds_the_same(profiles, tmp_path):
    starts, content = Shelf(profiles).arrays()
    write_arrays(tmp_path / "shelf", {"starts": starts, "content": content})
    found = read_arrays(tmp_path / "shelf")[0]

    assert list(Shelf.of(found["starts"], found["content"])) == profiles


def test_packed_profiles_are_small(profiles):
    texts = sum(
        len(passage.text.encode("utf8", "replace"))
        for team in profiles
        for item in team.items
        for passage in item.passages
    )

    assert len(Shelf(profiles).arrays()[1]) < 1.5 * texts
