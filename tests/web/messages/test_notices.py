"""Notices: one's own, worded by the rights of now, opened and marked as read."""

from __future__ import annotations

import pytest

from matchmaker.accounts import service
from matchmaker.accounts.models import Grant
from matchmaker.challenges.lifecycle import ChallengeState
from matchmaker.kernel import clock
from matchmaker.kernel.actor import SYSTEM
from matchmaker.kernel.i18n import Lang
from matchmaker.notifications import notices
from matchmaker.notifications.models import Notice
from tests.factories.challenges import Challenges


@pytest.fixture
def company(people):
    return people.organization()


@pytest.fixture
def me(people, company):
    return people.owner_lead(company)


@pytest.fixture
def tell(session, company):
    """Gives people a notice about the company."""

    def give(*users, person="An Chen"):
        notices.tell(
            session, [user.id for user in users], "invitation_accepted", "organization",
            company.id, now=clock.now(), person=person,
        )  # fmt: skip
        session.commit()
        return session.query(Notice).order_by(Notice.id.desc()).limit(len(users)).all()

    return give


def bell(browser):
    page = browser.get("/notifications").get_data(as_text=True)
    for number in range(5, 0, -1):
        if f"{number} unread notification" in page:
            return number
    return 0


def test_the_bell_counts_what_is_unread(browse_as, me, people, tell):
    other = people.user()
    for _ in range(3):
        tell(me)
    tell(other)

    assert (bell(browse_as(me)), bell(browse_as(other)), bell(browse_as(people.user()))) == (
        3,
        1,
        0,
    )


def test_opening_marks_as_read_and_leads_to_the_thing(browse_as, me, company, tell, session):
    notice, _other = tell(me)[0], tell(me)
    browser = browse_as(me)

    answer = browser.post(f"/notifications/{notice.public_id}/open")

    assert (answer.status_code, answer.headers["Location"]) == (
        303, f"/organizations/{company.ref}",
    )  # fmt: skip
    assert bell(browser) == 1
    browser.post(f"/notifications/{notice.public_id}/open")
    assert bell(browser) == 1


def test_reading_the_list_alone_marks_nothing(browse_as, me, tell):
    tell(me)
    browser = browse_as(me)

    assert (bell(browser), bell(browser)) == (1, 1)


def test_all_are_marked_at_once_and_only_the_own(browse_as, me, people, tell):
    other = people.user()
    tell(me, other)
    tell(me)
    browser = browse_as(me)

    browser.post("/notifications/read")

    assert (bell(browser), bell(browse_as(other))) == (0, 1)


def test_the_notice_of_another_is_not_found(browse_as, me, people, tell, session):
    notice = tell(me)[0]
    other = browse_as(people.user())

    assert other.post(f"/notifications/{notice.public_id}/open").status_code == 404
    assert "An Chen" not in other.get("/notifications").get_data(as_text=True)
    session.refresh(notice)
    assert notice.read_at is None
    assert other.post("/notifications/nothing/open").status_code == 404


def test_a_notice_is_worded_in_the_language_of_the_reader(browse_as, me, company, tell, session):
    tell(me)
    me.lang = Lang.ZH_TW
    session.commit()

    page = browse_as(me).get("/notifications").get_data(as_text=True)

    assert "An Chen 已接受您的邀請" in page
    assert company.name.en in page


def test_a_notice_says_nothing_more_once_the_right_has_ended(browse_as, people, session):
    made = Challenges(people)
    challenge = made.make(ChallengeState.SUBMITTED)
    manager = made.pm_user
    browser = browse_as(manager)
    page = browser.get("/notifications").get_data(as_text=True)
    assert f"“{challenge.title.en}” was handed in and waits for your decision." in page

    grant = session.query(Grant).filter_by(user_id=manager.id).one()
    service.take_role(session, grant, actor=SYSTEM, now=clock.now())
    session.commit()

    page = browser.get("/notifications").get_data(as_text=True)
    notice = session.query(Notice).filter_by(user_id=manager.id).one()
    assert challenge.title.en not in page
    assert "you may not see any more" in page
    assert browser.post(f"/notifications/{notice.public_id}/open").status_code == 404
    assert browser.post("/notifications/read").status_code == 302
    assert bell(browser) == 0


def test_text_of_people_is_shown_as_typed(browse_as, me, tell):
    tell(me, person="<b>🦉</b> %(thing)s محمد")

    page = browse_as(me).get("/notifications").get_data(as_text=True)

    assert "&lt;b&gt;🦉&lt;/b&gt; %(thing)s محمد accepted" in page


def test_the_list_goes_on_on_further_pages(browse_as, me, tell):
    for number in range(55):
        tell(me, person=f"P{number:02}")
    browser = browse_as(me)

    first = browser.get("/notifications").get_data(as_text=True)
    older = first.split("before=")[1].split('"')[0]
    second = browser.get(f"/notifications?before={older}").get_data(as_text=True)

    assert ("P54" in first, "P05" in first, "P04" in first) == (True, True, False)
    assert ("P04" in second, "P00" in second) == (True, True)


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30])
def test_odd_pages_are_no_failure(browse_as, me, before):
    assert browse_as(me).get(f"/notifications?before={before}").status_code in {200, 404}


def test_a_visitor_is_asked_to_sign_in(client):
    assert client.get("/notifications").headers["Location"].startswith("/login?next=")
    assert client.post("/notifications/read").headers["Location"].startswith("/login")
