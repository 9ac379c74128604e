"""Mail leaves the outbox once, comes back when the server refuses, and forgets its secrets."""

from __future__ import annotations

import smtplib
from datetime import timedelta

import pytest
from sqlalchemy import select

from matchmaker.kernel.i18n import Lang, msg
from matchmaker.notifications import letters, sending
from matchmaker.notifications.letters import Letter, harmless
from matchmaker.notifications.models import Mail
from matchmaker.notifications.outbox import Recipient, queue
from matchmaker.notifications.sending import PAUSES, WIPED, Delivered, Envelope, NotSent, deliver
from matchmaker.notifications.smtp import Smtp, transport
from tests.conftest import NOON

LETTER = Letter(msg("Confirm your address"), (), msg("Nothing new."), "/verify/the-secret")


class Server:
    """A mail server in memory; ``refusal`` is what it answers instead of taking a mail."""

    def __init__(self):
        self.taken = []
        self.refusal = None
        self.asked = 0

    def send(self, envelope):
        self.asked += 1
        if self.refusal is not None:
            raise self.refusal
        self.taken.append(envelope)


@pytest.fixture
def server():
    return Server()


@pytest.fixture
def put(session):
    def put(key="a", *, dies_in=None):
        found = queue(
            session, "confirm_address", LETTER, to=Recipient("an@example.org", Lang.EN),
            unique_key=key, now=NOON, dies_at=NOON + dies_in if dies_in else None,
        )  # fmt: skip
        session.commit()
        return found

    return put


@pytest.fixture
def send(database, server, session):
    def send(after=timedelta(0), through=None):
        done = deliver(
            database, now=NOON + after, transport=through or server, site_url="https://m.example/"
        )
        session.expire_all()
        return done

    return send


def test_a_mail_is_sent_once_with_the_address_of_the_site(put, send, server):
    mail = put()

    assert (send(), send()) == (Delivered(sent=1), Delivered())
    assert [(each.to, each.name) for each in server.taken] == [("an@example.org", mail.public_id)]
    assert "https://m.example/verify/the-secret" in server.taken[0].body
    assert letters.SITE not in server.taken[0].body
    assert mail.sent_at == NOON


def test_the_same_message_is_queued_once(put, session):
    assert put("same") is not None
    assert put("same") is None
    assert len(session.scalars(select(Mail)).all()) == 1


def test_a_server_that_is_down_is_asked_again_after_longer_and_longer_pauses(put, send, server):
    mail = put()
    server.refusal = NotSent("ConnectionRefusedError: nobody there")
    tries, after = [], timedelta(0)
    while mail.failed_at is None:
        asked = server.asked
        send(after)
        if server.asked > asked:
            tries.append(after)
        after += timedelta(seconds=30)

    pauses = [later - earlier for earlier, later in zip(tries, tries[1:], strict=False)]
    assert pauses == PAUSES
    assert (mail.attempts, mail.error) == (9, "ConnectionRefusedError: nobody there")
    assert send(after + timedelta(days=9)) == Delivered()


def test_a_server_that_comes_back_gets_the_mail(put, send, server):
    mail = put()
    server.refusal = NotSent("away")
    assert send() == Delivered(refused=1)
    server.refusal = None

    assert send(timedelta(seconds=59)) == Delivered()
    assert send(timedelta(seconds=60)) == Delivered(sent=1)
    assert (mail.attempts, mail.error) == (2, None)
    assert len({envelope.name for envelope in server.taken}) == 1


def test_a_final_refusal_is_not_tried_again(put, send, server):
    mail = put(dies_in=timedelta(days=1))
    server.refusal = NotSent("recipient refused: [550]", is_final=True)

    assert (send(), send(timedelta(hours=2))) == (Delivered(refused=1), Delivered())
    assert (mail.failed_at, mail.body) == (NOON, WIPED)


def test_a_secret_is_wiped_once_sent_and_other_text_is_kept(put, send):
    secret, plain = put("secret", dies_in=timedelta(days=1)), put("plain")
    send()

    assert (secret.is_secret, secret.body) == (True, WIPED)
    assert "/verify/the-secret" in plain.body


def test_a_secret_dies_with_its_link_even_without_a_server(put, database, session):
    mail = put(dies_in=timedelta(minutes=30))

    deliver(database, now=NOON + timedelta(minutes=29), transport=None, site_url="")
    session.refresh(mail)
    assert mail.body != WIPED
    deliver(database, now=NOON + timedelta(minutes=30), transport=None, site_url="")

    session.refresh(mail)
    assert (mail.body, mail.sent_at) == (WIPED, None)
    assert mail.failed_at == NOON + timedelta(minutes=30)
    assert sending.can_retry(mail) is False


def test_without_a_server_mail_waits(put, database, session):
    mail = put()

    assert deliver(database, now=NOON, transport=None, site_url="") == Delivered()
    session.refresh(mail)
    assert (mail.attempts, mail.failed_at) == (0, None)


def test_one_bad_mail_does_not_keep_the_others(put, send, server):
    put("first"), put("second"), put("third")

    def refuse_the_second(envelope):
        if server.asked == 1:
            server.asked += 1
            raise NotSent("not this one")
        server.asked += 1
        server.taken.append(envelope)

    server.send = refuse_the_second
    assert send() == Delivered(sent=2, refused=1)


def test_another_worker_does_not_send_what_is_claimed(put, database, session, server):
    put()

    class Slow:
        def send(self, envelope):
            inner = deliver(database, now=NOON, transport=server, site_url="")
            assert inner == Delivered()

    assert deliver(database, now=NOON, transport=Slow(), site_url="") == Delivered(sent=1)
    assert server.taken == []


class Wire:
    """Stands for smtplib.SMTP and keeps what is said on it."""

    said = []
    extensions = {"starttls"}
    refuses = None

    def __init__(self, host, port, **_options):
        Wire.said = [("connect", host, port)]

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        return None

    def ehlo(self):
        return None

    def has_extn(self, name):
        return name in Wire.extensions

    def starttls(self, context):
        Wire.said.append(("starttls", context.check_hostname))

    def login(self, user, password):
        Wire.said.append(("login", user, password))

    def close(self):
        return None

    def send_message(self, message):
        if Wire.refuses is not None:
            raise Wire.refuses
        Wire.said.append(message)


@pytest.fixture
def wire(monkeypatch):
    monkeypatch.setattr(smtplib, "SMTP", Wire)
    monkeypatch.setattr(Wire, "refuses", None)
    monkeypatch.setattr(Wire, "extensions", {"starttls"})
    return Wire


ENVELOPE = Envelope("name", "an@example.org", "題目已公開 🦉", "內文\n")


def smtp(url="smtp://user:p%40ss@mail.example"):
    return Smtp(url, "Matchmaker <m@m.example>", "https://m.example")


def test_a_password_goes_through_an_encrypted_line_only(wire, monkeypatch):
    smtp().send(ENVELOPE)
    assert wire.said[:3] == [
        ("connect", "mail.example", 587), ("starttls", True), ("login", "user", "p@ss"),
    ]  # fmt: skip

    monkeypatch.setattr(wire, "extensions", set())
    with pytest.raises(NotSent, match="no encryption"):
        smtp().send(ENVELOPE)
    assert not [each for each in wire.said if each[0] == "login"]


def test_the_headers_say_who_what_and_that_a_machine_wrote(wire):
    smtp().send(ENVELOPE)
    message = wire.said[-1]

    assert (message["From"], message["To"]) == ("Matchmaker <m@m.example>", "an@example.org")
    assert (message["Subject"], message["Auto-Submitted"]) == ("題目已公開 🦉", "auto-generated")
    assert message["Message-ID"] == "<name@m.example>"
    assert message.get_content() == "內文\n"


@pytest.mark.parametrize(
    "envelope",
    [
        Envelope("name", "an@example.org\nBcc: x@evil.example", "Subject", "Text"),
        Envelope("name", "an@example.org", "Subject\r\nBcc: x@evil.example", "Text"),
    ],
)
def test_a_line_break_never_becomes_a_header(wire, envelope):
    with pytest.raises(NotSent) as refused:
        smtp().send(envelope)

    assert refused.value.is_final


@pytest.mark.parametrize(
    ("error", "is_final"),
    [
        (smtplib.SMTPRecipientsRefused({"an@example.org": (550, b"no such user")}), True),
        (smtplib.SMTPRecipientsRefused({"an@example.org": (450, b"mailbox busy")}), False),
        (smtplib.SMTPServerDisconnected("gone"), False),
        (ConnectionResetError("reset"), False),
        (TimeoutError("slow"), False),
    ],
)
def test_what_the_server_says_decides_whether_to_ask_again(wire, monkeypatch, error, is_final):
    monkeypatch.setattr(wire, "refuses", error)

    with pytest.raises(NotSent) as refused:
        smtp().send(ENVELOPE)

    assert refused.value.is_final is is_final


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://"])
def test_an_address_that_is_no_mail_server_is_refused(url):
    with pytest.raises(ValueError, match="SMTP_URL looks like"):
        transport(url, sender="m@m.example", site_url="")


def test_no_address_means_no_server():
    assert transport("", sender="m@m.example", site_url="") is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Mei Lin", "Mei Lin"),
        ("Win\r\nBcc: x@evil.example", "Win Bcc: x @ evil. example"),
        ("see http://evil.example/x", "see http: //evil. example/x"),
        ("\u202egpj.exe", "gpj. exe"),
        ("V1.2 und 3.5", "V1.2 und 3.5"),
        ("梅" * 200, "梅" * 119 + "…"),
    ],
)
def test_what_people_type_cannot_become_a_link_or_a_line(typed, kept):
    assert harmless(typed) == kept


def test_a_subject_stays_on_one_line_and_within_its_column():
    letter = Letter(msg("%(ref)s: %(what)s", ref="x\ny", what="z" * 300), (), msg("Sent"))

    subject = letters.subject(letter, Lang.EN)
    assert (subject[:6], len(subject)) == ("x y: z", 200)
