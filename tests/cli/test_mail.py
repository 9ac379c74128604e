"""``matchmaker mail``: the outbox in the hands of whoever runs the machine."""

from __future__ import annotations

import smtplib
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from matchmaker.audit.models import AuditEntry
from matchmaker.cli.mail import mail
from matchmaker.cli.migrate import prepared
from matchmaker.config import Settings
from matchmaker.kernel import clock
from matchmaker.kernel.i18n import Lang, msg
from matchmaker.notifications.letters import Letter
from matchmaker.notifications.models import Mail
from matchmaker.notifications.outbox import Recipient, queue

SERVER = {"SMTP_URL": "smtp://mail.invalid:2525"}


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("MATCHMAKER_HOME", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return tmp_path


@pytest.fixture
def outbox(home):
    database = prepared(Settings())
    yield database
    database.close()


@pytest.fixture
def server(monkeypatch):
    """A mail server that keeps what it is given; ``server.is_away`` lets it refuse."""

    class Server:
        is_away = False
        taken = []

        def __init__(self, *_args, **_options):
            if Server.is_away:
                raise ConnectionRefusedError("nobody there")

        def __enter__(self):
            return self

        def __exit__(self, *_error):
            return None

        def ehlo(self):
            return None

        def has_extn(self, _name):
            return False

        def send_message(self, message):
            Server.taken.append((message["To"], message.get_content()))

    Server.taken = []
    monkeypatch.setattr(smtplib, "SMTP", Server)
    return Server


def put(database, number=1, *, is_secret=False):
    letter = Letter(msg("Confirm your address"), (), msg("Sent"), "/verify/the-secret")
    now = clock.now()
    with database.transaction() as session:
        added = queue(
            session, "confirm_address", letter, to=Recipient(f"p{number}@example.org", Lang.EN),
            unique_key=f"test:{number}", now=now,
            dies_at=now + timedelta(days=1) if is_secret else None,
        )  # fmt: skip
    return added.public_id


def run(*options, **env):
    return CliRunner().invoke(
        mail, list(options), env={"LC_ALL": "en_US.UTF-8", "SMTP_URL": ""} | env
    )


def said(result):
    return " ".join(result.stderr.replace("│", " ").split())


def test_it_sends_what_is_due_however_much(outbox, server):
    for number in range(60):
        put(outbox, number)

    result = run(**SERVER)

    assert (result.exit_code, result.stdout) == (
        0, "Sent: 60. Not taken by the server: 0.\n",
    )  # fmt: skip
    assert len(server.taken) == 60
    assert "http://127.0.0.1:5000/verify/the-secret" in server.taken[0][1]
    assert run(**SERVER).stdout.startswith("Sent: 0.")


def test_a_server_that_is_away_is_asked_once_and_said_so(outbox, server):
    put(outbox)
    server.is_away = True

    result = run(**SERVER)
    server.is_away = False

    assert result.exit_code == 1
    assert "Not taken by the server: 1." in result.stdout
    assert "matchmaker mail list" in said(result)
    listed = run("list").stdout
    assert "Waiting" in listed
    assert "nobody there" in listed


def test_without_a_server_nothing_is_sent(outbox):
    put(outbox)

    result = run()

    assert (result.exit_code, "Set SMTP_URL first" in said(result)) == (1, True)


def test_the_list_names_what_waits_and_can_name_all(outbox, server):
    put(outbox, 1)
    run(**SERVER)
    waiting = put(outbox, 2)

    assert waiting in run("list").stdout
    assert "p1@example.org" not in run("list").stdout
    assert "p1@example.org" in run("list", "--all").stdout
    assert "等待中" in run("--lang", "zh-TW", "list").stdout


def test_an_empty_outbox_says_so(outbox):
    assert run("list").stdout == "Nothing waits to be sent.\n"
    assert run("list", "--all").stdout == "No mail yet.\n"


def test_the_operator_can_hand_a_link_on_and_the_record_keeps_that(outbox, server):
    name = put(outbox, is_secret=True)

    shown = run("show", name)

    assert "http://127.0.0.1:5000/verify/the-secret" in shown.stdout
    with outbox.reading() as session:
        entries = [(e.action, e.actor_name, e.object_name) for e in session.query(AuditEntry)]
    assert entries == [("mail.show", "system", "confirm_address")]

    run(**SERVER)
    assert "wiped" in run("show", name).stdout


def test_what_was_given_up_can_be_tried_again(outbox, server):
    name = put(outbox)
    with outbox.transaction() as session:
        found = session.scalar(select(Mail))
        found.failed_at, found.next_try_at, found.attempts = clock.now(), None, 9

    result = run("retry", "--failed", **SERVER)

    assert result.stdout.startswith("Sent: 1.")
    assert run("retry", name, **SERVER).exit_code == 1
    with outbox.reading() as session:
        assert [(e.action, e.actor_name) for e in session.query(AuditEntry)] == [
            ("mail.retry", "system")
        ]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("show", "nothing"), "no such mail"),
        (("retry", "nothing"), "no such mail"),
        (("retry",), "Name the mail"),
    ],
)
def test_what_does_not_exist_is_refused_in_a_sentence(outbox, options, sentence):
    result = run(*options, **SERVER)

    assert result.exit_code in {1, 2}
    assert sentence in said(result)


def test_a_database_that_was_never_made_is_named(home):
    result = run("list")

    assert (result.exit_code, "Run: matchmaker migrate" in said(result)) == (1, True)
