"""The outbox: administrators see all of it, managers that of their programme, nobody a secret."""

from __future__ import annotations

from datetime import timedelta

import pytest

from matchmaker.audit.models import AuditEntry
from matchmaker.kernel import clock
from matchmaker.kernel.actor import Role, Scope
from matchmaker.kernel.i18n import Lang, msg
from matchmaker.notifications.letters import Letter
from matchmaker.notifications.models import Mail
from matchmaker.notifications.outbox import Recipient, queue
from matchmaker.notifications.sending import WIPED

LETTER = Letter(msg("Your problem is public"), (msg("Nothing new."),), msg("Sent"), "/challenges")


@pytest.fixture
def mail(session):
    """Puts a mail into the outbox."""

    def put(to="an@example.org", program=None, *, is_secret=False, **state):
        number = session.query(Mail).count()
        now = clock.now()
        found = queue(
            session, "challenge_published", LETTER, to=Recipient(to, Lang.EN), now=now,
            unique_key=f"test:{number}", program_id=program.id if program else None,
            dies_at=now + timedelta(days=1) if is_secret else None,
        )  # fmt: skip
        for name, value in state.items():
            setattr(found, name, value)
        session.commit()
        return found

    return put


@pytest.fixture
def admin(browse_as, people):
    return browse_as(people.admin())


def test_an_administrator_reads_all_mail(admin, mail):
    one, two = mail("one@example.org"), mail("two@example.org")

    page = admin.get("/messages").get_data(as_text=True)
    detail = admin.get(f"/messages/{one.public_id}").get_data(as_text=True)

    assert page.index("two@example.org") < page.index("one@example.org")
    assert two.public_id in page
    assert "http://localhost/challenges" in detail
    assert "Nothing new." in detail


def test_a_manager_reads_mail_of_the_own_programme(browse_as, people, mail):
    own, other = people.program(), people.program()
    mine, theirs, nobodys = mail(program=own), mail(program=other), mail()
    manager = browse_as(people.pm(own))

    page = manager.get("/messages").get_data(as_text=True)

    assert mine.public_id in page
    assert theirs.public_id not in page
    assert nobodys.public_id not in page
    assert manager.get(f"/messages/{mine.public_id}").status_code == 200
    for hidden in (theirs, nobodys):
        assert manager.get(f"/messages/{hidden.public_id}").status_code == 404
        assert manager.post(f"/messages/{hidden.public_id}/retry").status_code == 404


def test_others_do_not_read_mail(client, browse_as, people, mail):
    program = people.program()
    found = mail(program=program)
    finance = people.user("", (Role.FINANCE, Scope.PROGRAM, program.id))
    lead = people.owner_lead(people.organization())

    assert browse_as(finance).get("/messages").status_code == 403
    assert browse_as(people.auditor()).get("/messages").status_code == 403
    assert browse_as(lead).get("/messages").status_code == 404
    for user in (finance, lead, people.auditor()):
        assert browse_as(user).get(f"/messages/{found.public_id}").status_code == 404
    assert client.get("/messages").headers["Location"].startswith("/login")


def test_a_secret_link_is_shown_to_nobody(admin, browse_as, people, mail):
    program = people.program()
    secret = mail(program=program, is_secret=True)

    for browser in (admin, browse_as(people.pm(program))):
        text = browser.get(f"/messages/{secret.public_id}").get_data(as_text=True)
        assert "secret link for its recipient alone" in text
        assert "/challenges</pre>" not in text
        assert "http://localhost/challenges" not in text
        assert "Nothing new." not in text


def test_mail_is_narrowed_by_what_became_of_it(admin, mail):
    now = clock.now()
    found = {
        "waiting": mail(),
        "sent": mail(sent_at=now),
        "failed": mail(failed_at=now, attempts=9, error="mailbox full"),
    }

    for fate, wanted in found.items():
        page = admin.get(f"/messages?fate={fate}").get_data(as_text=True)
        assert [name for name, each in found.items() if each.public_id in page] == [fate]
        assert wanted.public_id in admin.get("/messages?fate=odd").get_data(as_text=True)
    detail = admin.get(f"/messages/{found['failed'].public_id}").get_data(as_text=True)
    assert "mailbox full" in detail


def test_what_failed_is_tried_again_on_request(admin, mail, session):
    failed = mail(failed_at=clock.now(), attempts=9, next_try_at=None)

    assert admin.post(f"/messages/{failed.public_id}/retry").status_code == 302

    session.refresh(failed)
    assert (failed.failed_at, failed.attempts) == (None, 0)
    assert failed.next_try_at is not None
    assert session.query(AuditEntry).filter_by(action="mail.retry").count() == 1


def test_what_is_sent_or_wiped_is_not_tried_again(admin, mail):
    now = clock.now()
    sent = mail(sent_at=now, attempts=1)
    wiped = mail(failed_at=now, attempts=1, body=WIPED, is_secret=True)

    for each in (sent, wiped):
        assert "Try again" not in admin.get(f"/messages/{each.public_id}").get_data(as_text=True)
        assert admin.post(f"/messages/{each.public_id}/retry").status_code == 409


def test_an_installation_without_a_mail_server_says_so(admin, mail):
    assert "SMTP_URL" in admin.get("/messages").get_data(as_text=True)


@pytest.mark.parametrize("path", ["?before=x", f"?before={'9' * 30}", "/nothing", "/%F0%9F%A6%89"])
def test_odd_questions_are_no_failure(admin, path):
    assert admin.get(f"/messages{path}").status_code in {200, 404}


def test_the_outbox_goes_on_on_further_pages(admin, mail):
    every = [mail().public_id for _ in range(55)]

    first = admin.get("/messages").get_data(as_text=True)
    older = first.split("before=")[1].split('"')[0]
    second = admin.get(f"/messages?before={older}").get_data(as_text=True)

    assert [name for name in every if name in first] == every[5:]
    assert [name for name in every if name in second] == every[:5]
