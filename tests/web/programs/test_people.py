"""The people of a programme: listed, and their roles ended."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matchmaker.accounts.models import Grant
from matchmaker.audit.models import AuditEntry
from matchmaker.kernel.actor import Role, Scope
from matchmaker.notifications.models import Mail


@pytest.fixture
def program(people):
    return people.program()


@pytest.fixture
def manager(people, program):
    return people.pm(program)


@pytest.fixture
def reviewer(people, program):
    return people.user("Rea Reviewer", (Role.REVIEWER, Scope.PROGRAM, program.id))


def grant_of(session, user):
    return session.scalars(select(Grant).where(Grant.user_id == user.id)).one()


def end(browser, program, grant, reason="Moved abroad"):
    return browser.post(f"/programs/{program.slug}/people/{grant.id}/end", data={"reason": reason})


def test_a_manager_sees_who_holds_which_role(browse_as, people, program, manager, reviewer):
    elsewhere = people.user(
        "Else Where", (Role.REVIEWER, Scope.PROGRAM, people.program("Another").id)
    )

    page = browse_as(manager).get(f"/programs/{program.slug}/people").get_data(as_text=True)

    for words in ("Rea Reviewer", reviewer.email, "Programme manager", "End the role"):
        assert words in page
    assert elsewhere.name not in page
    assert page.count('/end"') == 1, "staff roles are ended by administrators"


def test_an_auditor_reads_no_addresses_and_ends_nothing(
    browse_as, people, program, reviewer, session
):
    browser = browse_as(people.auditor())

    page = browser.get(f"/programs/{program.slug}/people").get_data(as_text=True)

    assert "Rea Reviewer" in page
    assert reviewer.email not in page
    assert '/end"' not in page
    assert end(browser, program, grant_of(session, reviewer)).status_code == 403


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.MENTOR, Role.COORDINATOR, Role.INVESTOR])
def test_a_manager_ends_every_role_that_people_are_invited_to(
    browse_as, people, program, manager, session, role
):
    person = people.user("Per Son", (role, Scope.PROGRAM, program.id))
    theirs, grant = browse_as(person), grant_of(session, person)

    answer = end(browse_as(manager), program, grant)

    assert answer.headers["Location"] == f"/programs/{program.slug}/people"
    assert session.scalars(select(Grant).where(Grant.user_id == person.id)).all() == []
    assert theirs.get("/settings/profile").status_code == 302, "the sessions end"
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.action, entry.before["role"], entry.reason, entry.program_id) == (
        "role.take", role.value, "Moved abroad", program.id,
    )  # fmt: skip
    [mail] = session.scalars(select(Mail))
    assert (mail.kind, mail.to_address) == ("role_ended", person.email)
    assert "Moved abroad" not in mail.body


def test_an_administrator_finds_the_end_of_staff_roles(
    browse_as, people, program, manager, session
):
    page = browse_as(people.admin()).get(f"/programs/{program.slug}/people")

    grant = grant_of(session, manager)
    assert f"/admin/accounts/{manager.public_id}/roles/{grant.id}/end" in page.get_data(
        as_text=True
    )


def test_ending_needs_a_reason(browse_as, program, manager, reviewer, session):
    answer = end(browse_as(manager), program, grant_of(session, reviewer), "  ")

    assert answer.status_code == 422
    assert grant_of(session, reviewer).role is Role.REVIEWER


def test_staff_roles_are_for_administrators(browse_as, people, program, manager, session):
    other = people.pm(program)
    answer = end(browse_as(manager), program, grant_of(session, other))

    assert answer.status_code == 422
    assert "Administrators decide about staff roles." in answer.get_data(as_text=True)
    assert grant_of(session, other).role is Role.PM


def test_a_role_of_another_programme_is_not_there(browse_as, people, program, manager, session):
    theirs = people.user("Else Where", (Role.MENTOR, Scope.PROGRAM, people.program("Other").id))
    grant = grant_of(session, theirs)

    assert end(browse_as(manager), program, grant).status_code == 404
    assert grant_of(session, theirs).id == grant.id


def test_the_list_costs_the_same_for_many_people(browse_as, people, program, manager, session):
    def statements():
        answer = browse_as(manager).get(f"/programs/{program.slug}/people")
        return int(answer.headers["X-Statements"])

    before = statements()
    for number in range(8):
        people.user(f"Person {number}", (Role.MENTOR, Scope.PROGRAM, program.id))
    session.commit()
    assert statements() <= before
