"""``matchmaker account``: help for the last administrator."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from matchmaker.accounts import queries, second_factor
from matchmaker.accounts.models import RecoveryCode
from matchmaker.accounts.second_factor import Authenticator
from matchmaker.audit.models import AuditEntry
from matchmaker.cli.account import account
from matchmaker.cli.init import init
from matchmaker.kernel import clock
from matchmaker.kernel.database import Database
from matchmaker.notifications.models import Mail

EMAIL = "mei@example.org"


@pytest.fixture
def run(tmp_path):
    env = {
        "MATCHMAKER_HOME": str(tmp_path / "home"), "PASSWORD_COST": "low", "DATABASE_URL": "",
        "LC_ALL": "en_US.UTF-8",
    }  # fmt: skip

    def run(command, *options):
        return CliRunner().invoke(
            command, list(options), input="three grey herons at noon\n", env=env
        )

    made = run(init, "--email", EMAIL, "--name", "Mei Lin", "--password-stdin")
    assert made.exit_code == 0, made.stderr
    return run


@pytest.fixture
def database(run, tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'home' / 'matchmaker.db'}")
    yield database
    database.close()


def switch_on(database):
    app = Authenticator("a key", is_duty_of_staff=True)
    with database.transaction() as session:
        user = queries.user_by_email(session, EMAIL)
        actor, now = queries.actor_of(session, user), clock.now()
        row = second_factor.begin(session, user, in_session=1, actor=actor, now=now)
        code = second_factor.pyotp.TOTP(app.seed(row.pending_salt)).at(now)
        second_factor.confirm(session, user, code, app, in_session=1, actor=actor, now=now)


def test_whoever_runs_the_machine_helps_the_last_administrator(run, database):
    switch_on(database)

    result = run(account, "reset-factor", EMAIL.upper(), "--reason", "phone in the river")

    assert result.exit_code == 0, result.stderr
    assert "is reset" in result.stdout
    with database.reading() as session:
        assert queries.user_by_email(session, EMAIL).second_factor_at is None
        assert session.scalars(select(RecoveryCode)).all() == []
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert (entry.action, entry.actor_name, entry.reason) == (
            "account.reset_second_factor", "system", "phone in the river",
        )  # fmt: skip
        kinds = [mail.kind for mail in session.scalars(select(Mail))]
        assert kinds == ["second_factor_on", "second_factor_reset"]


@pytest.mark.parametrize(
    ("email", "words"),
    [("nobody@example.org", "no account with this address"), (EMAIL, "switched off already")],
)
def test_it_says_why_it_cannot(run, email, words):
    result = run(account, "reset-factor", email)

    assert result.exit_code == 1
    assert words in " ".join(result.stderr.replace("│", " ").split())
