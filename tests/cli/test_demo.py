"""``matchmaker demo`` from nothing, and again."""

from __future__ import annotations

import hashlib
import json
import shutil

import pytest
from sqlalchemy import distinct, func, select

from matchmaker.accounts.models import Grant, User
from matchmaker.app import create_app
from matchmaker.audit.models import AuditEntry
from matchmaker.audit.service import first_broken
from matchmaker.challenges.lifecycle import ChallengeState
from matchmaker.challenges.models import Challenge
from matchmaker.config import Settings
from matchmaker.kernel import clock
from matchmaker.kernel.actor import Role
from matchmaker.kernel.database import Database
from matchmaker.matching.lifecycle import CandidacyState, RunState
from matchmaker.matching.models import Candidacy, RecommendationRun
from matchmaker.proposals.lifecycle import ProposalState
from matchmaker.proposals.models import Proposal, ProposalVersion
from matchmaker.showcase.models import ReportedCase
from matchmaker.teams.models import Team, TeamMember
from tests.demo import run

pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture(scope="module")
def loaded(demo, tmp_path_factory):
    home = tmp_path_factory.mktemp("own") / "instance"
    shutil.copytree(demo, home)
    accounts = json.loads((home / "accounts.json").read_text(encoding="utf-8"))
    return home, (home / "demo.out").read_text(encoding="utf-8"), accounts


@pytest.fixture(scope="module")
def content(loaded):
    home, _output, _accounts = loaded
    database = Database(f"sqlite:///{home / 'matchmaker.db'}")
    with database.reading() as session:
        yield session
    database.close()


def count(session, what):
    return session.scalar(select(func.count()).select_from(what))


def states(session, column):
    return dict(session.execute(select(column, func.count()).group_by(column)).all())


def test_the_demo_holds_the_cases_and_the_cohort(content):
    owners = content.scalar(select(func.count(distinct(Challenge.organization_id))))
    held = [count(content, kind) for kind in (ReportedCase, Challenge, Team, TeamMember)]

    assert (*held, owners) == (29, 77, 172, 769, 74)


def test_the_demo_shows_every_stage_that_there_is_so_far(content):
    assert set(states(content, Challenge.state)) == {
        ChallengeState.DRAFT, ChallengeState.SUBMITTED, ChallengeState.CHANGES_REQUESTED,
        ChallengeState.APPROVED, ChallengeState.PUBLISHED, ChallengeState.PAUSED,
        ChallengeState.EVALUATING, ChallengeState.WITHDRAWN,
    }  # fmt: skip
    assert set(states(content, Proposal.state)) == {
        ProposalState.DRAFT, ProposalState.SUBMITTED, ProposalState.WITHDRAWN,
    }  # fmt: skip
    assert set(states(content, RecommendationRun.state)) == {
        RunState.PUBLISHED, RunState.COMPLETED,
    }  # fmt: skip
    assert set(states(content, Candidacy.state)) >= {
        CandidacyState.INVITED, CandidacyState.INTERESTED, CandidacyState.DECLINED,
        CandidacyState.DISMISSED, CandidacyState.PINNED, CandidacyState.CONVERTED,
    }  # fmt: skip


def test_the_record_of_the_demo_is_whole_and_lies_in_the_past(content):
    newest = content.scalar(select(func.max(AuditEntry.at)))

    assert first_broken(content) is None
    assert newest <= clock.now()
    for column in (Proposal.submitted_at, Challenge.published_at, Candidacy.changed_at):
        assert content.scalar(select(func.max(column))) <= newest


def test_what_the_demo_handed_in_is_sealed(content):
    versions = content.scalars(select(ProposalVersion).where(ProposalVersion.was_submitted)).all()
    handed_in = states(content, Proposal.state)

    assert len(versions) == sum(handed_in.values()) - handed_in[ProposalState.DRAFT]
    for version in versions:
        assert hashlib.sha256(version.sealed_bytes).hexdigest() == version.digest


def test_the_accounts_of_owner_and_team_have_something_to_decide(content):
    invited = content.scalars(
        select(Candidacy)
        .join(Grant, (Grant.scope_id == Candidacy.team_id) & (Grant.role == Role.TEAM_LEAD))
        .join(User, User.id == Grant.user_id)
        .where(User.email == "team-lead@demo.example")
    ).all()

    assert [each.state for each in invited if each.invited_at] == [CandidacyState.INVITED]


def test_every_printed_account_signs_in(loaded):
    home, output, accounts = loaded
    settings = Settings(
        MATCHMAKER_HOME=home, demo=True, limits_on=False, staff_second_factor="optional"
    )
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
