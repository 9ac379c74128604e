"""Accounts as administrators, auditors and managers see them."""

from __future__ import annotations

import pytest

from matchmaker.accounts import queries
from matchmaker.accounts.lifecycle import AccountState
from matchmaker.accounts.models import Grant, SignInSession
from matchmaker.audit.models import AuditEntry
from matchmaker.kernel.actor import Role, Scope
from matchmaker.kernel.i18n import Lang
from tests.web.conftest import PASSWORD


@pytest.fixture
def admin(browse_as, people):
    """The browser of an administrator."""
    return browse_as(people.admin())


def act(browser, user, verb, reason="misuse"):
    return browser.post(f"/admin/accounts/{user.public_id}/{verb}", data={"reason": reason})


def test_an_administrator_finds_people_by_name_and_address(admin, people):
    mei, an = people.user("Mei Lin"), people.user("An Chen")

    def found(query):
        text = admin.get(f"/admin/accounts?q={query}").get_data(as_text=True)
        return [user.name for user in (mei, an) if f"/admin/accounts/{user.public_id}" in text]

    assert found("") == ["Mei Lin", "An Chen"]
    assert found("mei") == ["Mei Lin"]
    assert found(an.email) == ["An Chen"]
    assert found("%") == found("_") == found("nobody") == []


def test_an_auditor_reads_accounts_without_addresses(browse_as, people):
    mei = people.user("Mei Lin")
    auditor = browse_as(people.auditor())

    text = auditor.get("/admin/accounts").get_data(as_text=True)
    detail = auditor.get(f"/admin/accounts/{mei.public_id}").get_data(as_text=True)

    assert "Mei Lin" in text
    assert mei.email not in text + detail
    assert mei.public_id not in auditor.get(f"/admin/accounts?q={mei.email}").get_data(as_text=True)


def test_a_manager_sees_the_people_of_the_own_programme_only(browse_as, people):
    own, other = people.program(), people.program()
    reviewer = people.user("Own Reviewer", (Role.REVIEWER, Scope.PROGRAM, own.id))
    stranger = people.user("Other Reviewer", (Role.REVIEWER, Scope.PROGRAM, other.id))
    manager = browse_as(people.pm(own))

    text = manager.get("/admin/accounts").get_data(as_text=True)

    assert ("Own Reviewer" in text, "Other Reviewer" in text) == (True, False)
    assert reviewer.email in text
    assert manager.get(f"/admin/accounts/{reviewer.public_id}").status_code == 200
    assert manager.get(f"/admin/accounts/{stranger.public_id}").status_code == 404
    assert act(manager, reviewer, "suspend").status_code == 403


def test_others_find_nothing_here(client, browse_as, people):
    mei = people.user("Mei Lin")
    lead = browse_as(people.owner_lead(people.organization()))

    assert lead.get("/admin/accounts").status_code == 404
    assert lead.get(f"/admin/accounts/{mei.public_id}").status_code == 404
    assert lead.get("/admin/invitations/staff").status_code == 404
    assert act(lead, mei, "suspend").status_code == 404
    assert client.get("/admin/accounts").headers["Location"].startswith("/login")


def test_suspending_ends_everything_and_restoring_opens_again(
    app, admin, person, session, client, link
):
    browser = app.test_client()
    entry = {"email": person.email, "password": PASSWORD}
    browser.post("/login", data=entry)
    client.post("/password", data={"email": person.email})

    answer = act(admin, person, "suspend")

    assert answer.headers["Location"] == f"/admin/accounts/{person.public_id}"
    session.refresh(person)
    assert person.state is AccountState.SUSPENDED
    assert browser.get("/settings/profile").status_code == 302
    assert browser.post("/login", data=entry).status_code == 422
    assert client.get(link("reset_password")).status_code == 409
    assert act(admin, person, "suspend").status_code == 409

    act(admin, person, "restore", "cleared up")
    assert browser.post("/login", data=entry).status_code == 302
    entries = session.query(AuditEntry).filter(AuditEntry.reason.is_not(None))
    assert [(e.action, e.roles, e.reason) for e in entries] == [
        ("account.suspend", "admin", "misuse"),
        ("account.restore", "admin", "cleared up"),
    ]


@pytest.mark.parametrize("reason", ["", "   ", "x" * 1_001])
def test_a_reason_is_needed(admin, people, session, reason):
    mei = people.user()

    assert act(admin, mei, "suspend", reason).status_code == 422
    session.refresh(mei)
    assert mei.state is AccountState.ACTIVE


def test_nobody_suspends_oneself(browse_as, people, session):
    me = people.admin()

    browser = browse_as(me)
    assert "Suspend the account" not in browser.get(f"/admin/accounts/{me.public_id}").get_data(
        as_text=True
    )
    assert act(browser, me, "suspend").status_code == 403


def test_an_unconfirmed_account_stays_unconfirmed_when_restored(admin, people, session):
    mei = people.user()
    mei.state, mei.email_confirmed_at = AccountState.PENDING, None
    session.commit()
    act(admin, mei, "suspend")
    act(admin, mei, "restore")

    session.refresh(mei)
    assert mei.state is AccountState.PENDING


def test_a_staff_role_ends_with_a_reason_and_the_sessions(admin, browse_as, people, session):
    auditor = people.auditor()
    browser = browse_as(auditor)
    grant = session.query(Grant).filter_by(user_id=auditor.id).one()
    path = f"/admin/accounts/{auditor.public_id}/roles/{grant.id}/end"

    assert admin.get(path).status_code == 200
    assert admin.post(path, data={"reason": ""}).status_code == 422
    assert admin.post(path, data={"reason": "left us"}).status_code == 302

    assert queries.actor_of(session, auditor).hats == frozenset()
    assert browser.get("/audit").status_code == 302
    assert session.query(SignInSession).filter_by(user_id=auditor.id).count() == 0
    assert admin.post(path, data={"reason": "again"}).status_code == 404


def test_the_last_administrator_stays(browse_as, people, session):
    me = people.admin()
    grant = session.query(Grant).filter_by(user_id=me.id).one()

    answer = browse_as(me).post(
        f"/admin/accounts/{me.public_id}/roles/{grant.id}/end", data={"reason": "tired"}
    )

    assert answer.status_code == 422
    assert "last administrator" in answer.get_data(as_text=True)
    assert queries.actor_of(session, me).holds(Role.ADMIN)


def test_a_role_in_an_organisation_is_not_ended_here(admin, people, session):
    company = people.organization()
    lead = people.owner_lead(company)
    grant = session.query(Grant).filter_by(user_id=lead.id).one()

    page = admin.get(f"/admin/accounts/{lead.public_id}").get_data(as_text=True)
    answer = admin.post(
        f"/admin/accounts/{lead.public_id}/roles/{grant.id}/end", data={"reason": "because"}
    )

    assert company.name.en in page
    assert answer.status_code == 422
    assert queries.actor_of(session, lead).holds(Role.OWNER_LEAD)


def test_the_grant_of_another_person_is_not_found(admin, people, session):
    auditor, mei = people.auditor(), people.user()
    grant = session.query(Grant).filter_by(user_id=auditor.id).one()

    path = f"/admin/accounts/{mei.public_id}/roles/{grant.id}/end"
    assert admin.post(path, data={"reason": "because"}).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/admin/accounts?before=x", "/admin/accounts?before=-5", "/admin/accounts?state=odd",
        f"/admin/accounts?before={'9' * 30}", "/admin/accounts?q=%F0%9F%A6%89",
        f"/admin/accounts?q={'x' * 3_000}", "/admin/accounts/nothing", "/admin/accounts/%00",
        f"/admin/accounts/nothing/roles/{'9' * 30}/end", "/admin/accounts/nothing/roles/x/end",
    ],
)  # fmt: skip
def test_odd_questions_are_no_failure(admin, path):
    assert admin.get(path).status_code in {200, 400, 404}


@pytest.mark.parametrize(
    "name", ["🦉" * 60, "محمد علي", "<script>alert(1)</script>", "=1+1", "{{ 7*7 }}"]
)
def test_names_of_any_kind_are_shown_as_typed(admin, people, name):
    people.user(name)

    text = admin.get("/admin/accounts").get_data(as_text=True)

    assert "<script>alert" not in text
    assert name in text or "&lt;script&gt;" in text


def test_the_list_goes_on_on_further_pages(admin, people):
    for number in range(60):
        people.user(f"N{number:02}", lang=Lang.EN)

    first = admin.get("/admin/accounts").get_data(as_text=True)
    older = first.split("before=")[1].split('"')[0]
    second = admin.get(f"/admin/accounts?before={older}").get_data(as_text=True)

    shown = [name for number in range(60) for name in [f"N{number:02}"] if name in first + second]
    assert len(shown) == 60
    assert not [name for name in shown if name in first and name in second]
