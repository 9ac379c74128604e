"""``matchmaker demo`` from nothing, and again."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from sqlalchemy import distinct, func, select

from matchmaker.app import create_app
from matchmaker.audit.service import first_broken
from matchmaker.challenges.models import Challenge
from matchmaker.config import Settings
from matchmaker.kernel.database import Database
from matchmaker.showcase.models import ReportedCase
from matchmaker.teams.models import Team, TeamMember


def run(home, *options):
    environment = {
        name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "DEMO"}
    }
    return subprocess.run(
        [sys.executable, "-m", "matchmaker", "demo", "--no-serve", *options],
        env=environment | {"MATCHMAKER_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    home = tmp_path_factory.mktemp("demo")
    accounts = home / "accounts.json"
    first = run(home, "--accounts-json", str(accounts))
    assert first.returncode == 0, first.stderr
    return home, first.stdout, json.loads(accounts.read_text(encoding="utf-8"))


def test_the_demo_holds_the_cases_and_the_owners(loaded):
    home, _output, _accounts = loaded
    database = Database(f"sqlite:///{home / 'matchmaker.db'}")
    with database.reading() as session:
        cases = session.scalar(select(func.count(ReportedCase.id)))
        owners = session.scalar(select(func.count(distinct(Challenge.organization_id))))
        challenges = session.scalar(select(func.count(Challenge.id)))
        teams = session.scalar(select(func.count(Team.id)))
        members = session.scalar(select(func.count(TeamMember.id)))
        broken = first_broken(session)
    database.close()

    assert (cases, owners, challenges, teams, members, broken) == (29, 74, 77, 172, 769, None)


def test_every_printed_account_signs_in(loaded):
    home, output, accounts = loaded
    settings = Settings(MATCHMAKER_HOME=home, demo=True, limits_on=False)
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    landed = {}
    for account in accounts:
        browser = app.test_client()
        browser.post("/login", data={k: account[k] for k in ("email", "password")})
        page = browser.get("/").get_data(as_text=True)
        landed[account["role"]] = account["name"] in page and account["email"] in output
    app.extensions["matchmaker.database"].close()

    assert landed == {
        "admin": True, "auditor": True, "pm": True, "finance": True, "reviewer": True,
        "review_chair": True, "owner_lead": True, "owner_member": True, "team_lead": True,
        "team_member": True,
    }  # fmt: skip


def test_a_second_start_keeps_the_data_and_the_passphrase(loaded):
    home, output, _accounts = loaded
    before = (home / "matchmaker.db").stat().st_size

    again = run(home)

    assert again.returncode == 0
    assert again.stdout == output
    assert (home / "matchmaker.db").stat().st_size == before
