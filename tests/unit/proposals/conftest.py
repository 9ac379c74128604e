"""A stage for every test of proposals."""

from __future__ import annotations

import pytest

from matchmaker.kernel.files import FileStore
from tests.factories.proposals import Stage, make_stage


@pytest.fixture
def stage(people) -> Stage:  # type: ignore[no-untyped-def]
    return make_stage(people)


@pytest.fixture
def store(tmp_path) -> FileStore:  # type: ignore[no-untyped-def]
    return FileStore(tmp_path / "uploads")
