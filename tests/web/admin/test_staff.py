"""Staff roles: one administrator proposes, another one confirms, and neither gets the role."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matchmaker.accounts import queries
from matchmaker.accounts.models import StaffProposal
from matchmaker.audit.models import AuditEntry
from matchmaker.kernel.actor import Role, Scope


@pytest.fixture
def first(people):
    return people.admin()


@pytest.fixture
def second(people):
    return people.admin()


@pytest.fixture
def program(people):
    return people.program()


def propose(browser, email, role="auditor", program="", **entry):
    data = {"email": email, "role": role, "program": program, "lang": "en", "reason": "needed"}
    return browser.post("/admin/invitations/staff", data=data | entry)


def decide(browser, proposal, verb):
    return browser.post(f"/admin/invitations/staff/{proposal.public_id}/{verb}")


def newest(session):
    session.expire_all()
    return session.scalar(select(StaffProposal).order_by(StaffProposal.id.desc()).limit(1))


def hats(session, user):
    session.expire_all()
    return {(hat.role, hat.scope, hat.scope_id) for hat in queries.actor_of(session, user).hats}


def test_two_administrators_give_a_role(browse_as, first, second, people, program, session, mails):
    mei = people.user("Mei Lin")
    theirs = browse_as(mei)
    done = propose(browse_as(first), mei.email, "pm", program.public_id)
    assert done.headers["Location"] == "/admin/invitations/staff"
    assert hats(session, mei) == set()
    assert mails() == [("staff_role_proposed", second.email)]

    other = browse_as(second)
    page = other.get("/admin/invitations/staff").get_data(as_text=True)
    assert mei.email in page
    assert program.name.en in page
    assert "needed" in page
    decide(other, newest(session), "confirm")

    assert hats(session, mei) == {(Role.PM, Scope.PROGRAM, program.id)}
    assert theirs.get("/settings/profile").status_code == 302
    assert mails()[1:] == [("staff_role_given", mei.email)]
    assert decide(other, newest(session), "confirm").status_code == 409
    actions = [
        entry.action
        for entry in session.query(AuditEntry).filter(AuditEntry.action.startswith("staff_role"))
    ]
    assert actions == ["staff_role.propose", "staff_role.confirm"]


def test_the_proposer_cannot_confirm_but_take_back(browse_as, first, second, people, session):
    mei = people.user()
    browser = browse_as(first)
    propose(browser, mei.email)

    assert decide(browser, newest(session), "confirm").status_code == 403
    assert decide(browser, newest(session), "refuse").status_code == 403
    assert decide(browse_as(second), newest(session), "withdraw").status_code == 403
    assert decide(browser, newest(session), "withdraw").status_code == 302
    assert decide(browse_as(second), newest(session), "confirm").status_code == 409
    assert hats(session, mei) == set()


def test_nobody_gets_a_role_from_oneself(browse_as, first, second, session):
    assert propose(browse_as(first), first.email.upper()).status_code == 403

    propose(browse_as(first), second.email)
    assert decide(browse_as(second), newest(session), "confirm").status_code == 403
    assert hats(session, second) == {(Role.ADMIN, Scope.PLATFORM, 0)}


def test_a_refused_proposal_gives_nothing_and_can_be_made_again(
    browse_as, first, second, people, session
):
    mei = people.user()
    propose(browse_as(first), mei.email)
    assert propose(browse_as(first), mei.email).status_code == 422
    decide(browse_as(second), newest(session), "refuse")

    assert hats(session, mei) == set()
    assert "Refused" in browse_as(first).get("/admin/invitations/staff").get_data(as_text=True)
    assert propose(browse_as(first), mei.email).status_code == 302


def test_who_has_no_account_is_invited_to_the_role(
    client, browse_as, first, second, session, link, mails
):
    propose(browse_as(first), "an@example.org")
    assert ("invitation", "an@example.org") not in mails()
    decide(browse_as(second), newest(session), "confirm")
    page = browse_as(second).get("/admin/invitations/staff").get_data(as_text=True)
    assert "an@example.org" in page.split("Open invitations", 1)[1]

    client.post(link("invitation"), data={"name": "An", "password": "three grey herons at noon"})

    user = queries.user_by_email(session, "an@example.org")
    assert hats(session, user) == {(Role.AUDITOR, Scope.PLATFORM, 0)}


def test_an_open_invitation_to_staff_is_revoked_by_administrators_only(
    client, browse_as, first, second, people, program, session, link
):
    propose(browse_as(first), "an@example.org", "finance", program.public_id)
    decide(browse_as(second), newest(session), "confirm")
    row = queries.open_staff_invitations(session, now=people.now)[0]
    path = f"/invitations/{row.public_id}/revoke"

    assert browse_as(people.pm(program)).post(path).status_code in {403, 404}
    assert browse_as(first).post(path).headers["Location"] == "/admin/invitations/staff"
    assert client.get(link("invitation")).status_code == 409


@pytest.mark.parametrize(
    "entry",
    [
        {"role": "pm"},
        {"role": "team_lead"},
        {"role": ""},
        {"reason": " "},
        {"email": "no address"},
        {"lang": ""},
    ],
)
def test_what_is_no_staff_role_is_not_proposed(browse_as, first, session, entry):
    answer = propose(browse_as(first), **({"email": "an@example.org"} | entry))

    assert answer.status_code == 422
    assert newest(session) is None


def test_only_administrators_come_here(browse_as, first, people, program, session):
    propose(browse_as(first), "an@example.org")
    for user in (people.auditor(), people.pm(program), people.user()):
        browser = browse_as(user)
        assert browser.get("/admin/invitations/staff").status_code in {403, 404}
        assert propose(browser, "third@example.org").status_code in {403, 404}
        for verb in ("confirm", "refuse", "withdraw"):
            assert decide(browser, newest(session), verb).status_code in {403, 404}
    assert newest(session).outcome is None
    assert browse_as(first).post("/admin/invitations/staff/nothing/confirm").status_code == 404
