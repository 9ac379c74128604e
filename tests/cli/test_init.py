"""``matchmaker init``: the database, and the only administrators that no page can make."""

from __future__ import annotations

import os
import pty
import sys

import pytest
from click.testing import CliRunner

from matchmaker.accounts import queries
from matchmaker.accounts.passwords import Passwords
from matchmaker.audit.models import AuditEntry
from matchmaker.audit.service import first_broken
from matchmaker.cli.init import init
from matchmaker.kernel.actor import Role
from matchmaker.kernel.database import Database
from matchmaker.kernel.i18n import Lang

PASSWORD = "three grey herons at noon"


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def run(home):
    def run(*options, typed=PASSWORD + "\n", **env):
        known = {"MATCHMAKER_HOME": str(home), "PASSWORD_COST": "low", "DATABASE_URL": ""}
        return CliRunner().invoke(
            init, list(options), input=typed, env=known | {"LC_ALL": "en_US.UTF-8"} | env
        )

    return run


def said(result):
    """What stands on the error stream, its frame taken away."""
    return " ".join(result.stderr.replace("│", " ").split())


def person(email="mei@example.org", name="Mei Lin"):
    return ("--email", email, "--name", name, "--password-stdin")


def administrators(home):
    database = Database(f"sqlite:///{home / 'matchmaker.db'}")
    with database.reading() as session:
        found = [
            user
            for user in (queries.user_by_email(session, email) for email in EVERYBODY)
            if user and queries.actor_of(session, user).holds(Role.ADMIN)
        ]
        for user in found:
            assert Passwords("low").matches(user.password_hash, PASSWORD)
    database.close()
    return [(user.email, user.name, user.lang) for user in found]


EVERYBODY = ("mei@example.org", "an@example.org", "third@example.org")


def test_it_makes_the_database_and_the_first_administrator(run, home):
    result = run(*person("MEI@example.org"))

    assert result.exit_code == 0, result.output
    assert "matchmaker serve" in result.stdout
    assert "127.0.0.1:5000/login" in result.stdout
    assert administrators(home) == [("mei@example.org", "Mei Lin", Lang.EN)]


def test_what_it_did_is_in_the_record(run, home):
    run(*person())

    database = Database(f"sqlite:///{home / 'matchmaker.db'}")
    with database.reading() as session:
        entries = [
            (e.action, e.actor_name, e.roles, e.after) for e in session.query(AuditEntry).all()
        ]
        broken = first_broken(session)
    database.close()
    assert entries == [
        ("account.create", "system", "system", {"state": "active"}),
        ("role.give", "system", "system", {"role": "admin", "scope": "platform", "scope_id": 0}),
    ]
    assert broken is None


def test_the_first_one_is_made_once_and_the_second_on_request(run, home):
    assert run(*person()).exit_code == 0

    again = run(*person("an@example.org"))
    second = run(*person("an@example.org"), "--second", "--lang", "zh-TW")
    third = run(*person("third@example.org"), "--second")

    assert (again.exit_code, second.exit_code, third.exit_code) == (1, 0, 1)
    assert "matchmaker init --second" in said(again)
    assert "an@example.org 已成為系統管理員" in second.stdout
    assert "two administrators already" in said(third)
    assert [email for email, _name, _lang in administrators(home)] == list(EVERYBODY[:2])


def test_the_second_needs_a_first(run, home):
    result = run(*person(), "--second")

    assert (result.exit_code, "no administrator yet" in said(result)) == (1, True)
    assert administrators(home) == []


@pytest.mark.parametrize(
    ("options", "typed", "sentence"),
    [
        (person(), "short\n", "at least 15 characters"),
        (person(), "passwordpassword\n", "among the first"),
        (person(), "mei lin mei lin mei lin\n", "too close to a name"),
        (person("no address"), PASSWORD, "does not look like an address"),
        (person("mei@example.org\nBcc: an@example.org"), PASSWORD, "does not look like"),
        (person(name="   "), PASSWORD, "Please fill this in"),
        (person(name="梅" * 121), PASSWORD, "at most 120 characters"),
        (("--email", "mei@example.org"), PASSWORD, "--password-stdin"),
    ],
)
def test_what_cannot_be_accepted_is_refused_in_a_sentence(run, home, options, typed, sentence):
    result = run(*options, typed=typed)

    assert (result.exit_code, sentence in said(result)) == (1, True), result.output
    assert not (home / "matchmaker.db").exists() or administrators(home) == []


def test_a_known_address_is_not_taken_over(run, home):
    run(*person())

    result = run(*person(), "--second")

    assert (result.exit_code, "account with this address already" in said(result)) == (1, True)


def test_a_newer_database_is_not_touched(run, home):
    run(*person())
    database = Database(f"sqlite:///{home / 'matchmaker.db'}")
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'from_the_future'")
    database.close()

    result = run(*person("an@example.org"), "--second")

    assert (result.exit_code, "newer than this version" in said(result)) == (1, True)


def test_on_a_terminal_it_asks_and_never_shows_the_password(home):
    answers = ["mei@example.org", "Mei Lin", "short", PASSWORD, "something else", PASSWORD]
    answers += [PASSWORD]
    child, terminal = pty.fork()
    if child == 0:  # pragma: no cover - another process
        os.environ.update(
            MATCHMAKER_HOME=str(home), PASSWORD_COST="low", DATABASE_URL="", LC_ALL="en_US.UTF-8"
        )
        os.execv(sys.executable, [sys.executable, "-m", "matchmaker", "init"])
    shown = b""
    for answer in answers:
        while not shown.rstrip(b" ").endswith(b":"):
            shown += os.read(terminal, 1)
        shown += b"\n"
        os.write(terminal, answer.encode() + b"\n")
    try:
        while piece := os.read(terminal, 4096):
            shown += piece
    except OSError:  # the other end is closed
        pass
    _pid, status = os.waitpid(child, 0)

    text = shown.decode()
    assert os.waitstatus_to_exitcode(status) == 0, text
    assert "at least 15 characters" in text
    assert "not the same" in text
    assert PASSWORD not in text
    assert [email for email, _name, _lang in administrators(home)] == ["mei@example.org"]
