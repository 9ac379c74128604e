"""``matchmaker train``: from stored decisions to a model, on the command line."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from matchmaker.cli.migrate import prepared
from matchmaker.cli.train import train
from matchmaker.config import Settings
from matchmaker.matching import queries
from matchmaker.matching.models import RankingModel
from tests.conftest import NOON
from tests.factories import People
from tests.factories.decided import remember


@pytest.fixture
def database(tmp_path, monkeypatch):
    monkeypatch.setenv("MATCHMAKER_HOME", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    found = prepared(Settings())
    yield found
    found.close()


@pytest.fixture
def call(database):
    with database.session(writes=True) as session:
        people = People(session, NOON)
        call = people.call()
        remember(session, people, call)
        return call


def run(*given):
    return CliRunner().invoke(train, [*given, "--lang", "en"])


def models(database):
    with database.reading() as session:
        return list(session.scalars(select(RankingModel)))


def test_a_dry_run_prints_the_figures_and_keeps_nothing(database, call):
    done = run("--dry-run")

    assert done.exit_code == 0
    assert "decisions on 100 challenges" in done.stdout
    for word in ("Text alone", "Measured weights", "This model", "capability"):
        assert word in done.stdout
    assert "Nothing was kept." in done.stdout
    assert "Step 4 of 4" in done.stderr
    assert models(database) == []


def test_a_model_of_the_site_is_kept_and_used_when_asked(database, call):
    done = run("--activate")

    assert "It won on later challenges" in done.stdout
    assert "Kept as model 1." in done.stdout
    assert "New runs use it from now on." in done.stdout
    with database.reading() as session:
        model = queries.active_model(session, call.program_id)
        assert model is not None
        assert model.program_id is None


def test_without_being_asked_it_is_not_used(database, call):
    assert run("--program", call.program.slug).exit_code == 0

    assert [(m.state.value, m.program_id) for m in models(database)] == [
        ("candidate", call.program_id)
    ]


def test_a_model_that_does_not_win_says_why_and_is_not_used(database):
    done = run("--activate")

    assert done.exit_code == 0
    assert "- Fewer than 200 decisions" in done.stdout
    assert "New runs use it" not in done.stdout
    assert models(database)[0].state.value == "rejected"


def test_an_unknown_programme_is_named(database):
    done = run("--program", "nowhere")

    assert done.exit_code == 2
    assert "nowhere" in done.stderr


def test_it_speaks_chinese(database, call):
    done = CliRunner().invoke(train, ["--dry-run", "--lang", "zh-TW"])

    assert "沒有保留任何東西。" in done.stdout
