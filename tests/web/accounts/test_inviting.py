"""Invitations: made by whoever may, accepted once, by whom they are for."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matchmaker.accounts import queries, service
from matchmaker.accounts.lifecycle import AccountState
from matchmaker.accounts.models import Grant, MailToken
from matchmaker.kernel.actor import SYSTEM, Role, Scope
from matchmaker.notifications.models import Mail, Notice
from matchmaker.teams.models import TeamMember
from tests.factories.teams import make_team

ARRIVAL = {"name": "An Chen", "password": "three grey herons at noon"}


@pytest.fixture
def company(people):
    return people.organization()


@pytest.fixture
def lead(people, company):
    return people.owner_lead(company)


@pytest.fixture
def host(browse_as, lead):
    """The browser of somebody who may invite into the company."""
    return browse_as(lead)


def invite(browser, company, email="an@example.org", role="owner_member", **entry):
    data = {
        "scope": "organization", "scope_id": company.public_id, "email": email,
        "role": role, "lang": "en",
    }  # fmt: skip
    return browser.post("/invitations/new", data=data | entry)


def invitation(session):
    return session.scalar(select(MailToken).order_by(MailToken.id.desc()).limit(1))


def held(session, email="an@example.org"):
    session.expire_all()
    user = queries.user_by_email(session, email)
    return (
        {(hat.role, hat.scope_id) for hat in queries.actor_of(session, user).hats} if user else None
    )


def test_an_invited_person_without_an_account_makes_one_and_is_in(
    client, host, company, lead, session, link
):
    client.set_cookie("lang", "en")
    page = host.get(f"/invitations/new?scope=organization&scope_id={company.public_id}")
    assert page.status_code == 200
    assert invite(host, company).headers["Location"] == f"/organizations/{company.ref}"

    path = link("invitation")
    text = client.get(path).get_data(as_text=True)
    assert company.name.en in text
    assert lead.name in text
    assert held(session) is None

    done = client.post(path, data=ARRIVAL, follow_redirects=True)
    assert "You accepted the invitation" in done.get_data(as_text=True)
    assert held(session) == {(Role.OWNER_MEMBER, company.id)}
    assert client.post(path, data=ARRIVAL).status_code == 409


def test_the_inviter_gets_a_notice(client, host, company, lead, session, link):
    invite(host, company)
    client.post(link("invitation"), data=ARRIVAL)

    notice = session.scalar(select(Notice))
    session.refresh(lead)
    assert (notice.user_id, notice.kind) == (lead.id, "invitation_accepted")
    assert lead.unread_notices == 1
    assert "An Chen accepted your invitation" in host.get("/notifications").get_data(as_text=True)


def test_somebody_with_an_account_signs_in_and_presses(
    app, client, browse_as, person, host, company, session, link
):
    invite(host, company, email=person.email)
    path = link("invitation")
    visitor = client.get(path).get_data(as_text=True)
    assert f"/login?next={path}" in visitor
    assert 'name="password"' not in visitor
    assert client.post(path, data=ARRIVAL).status_code == 200
    assert held(session, person.email) == set()

    answer = browse_as(person).post(path)

    assert answer.headers["Location"] == f"/organizations/{company.ref}"
    assert held(session, person.email) == {(Role.OWNER_MEMBER, company.id)}


def test_the_wrong_person_is_told_and_cannot_accept(
    browse_as, people, person, host, company, session, link
):
    invite(host, company, email=person.email)
    somebody = people.user("Somebody else")
    browser = browse_as(somebody)

    page = browser.get(link("invitation"))
    assert "signed in with another address" in page.get_data(as_text=True)
    assert browser.post(link("invitation")).status_code == 404
    assert held(session, person.email) == held(session, somebody.email) == set()
    assert browse_as(person).post(link("invitation")).status_code == 302


def test_a_pending_account_is_taken_over_by_whoever_holds_the_link(
    client, host, company, session, link
):
    client.post(
        "/register",
        data={"name": "A stranger", "email": "an@example.org", "password": "the stranger knows it"},
    )
    first = link("confirm_address")
    invite(host, company)
    client.post(link("invitation"), data=ARRIVAL)

    user = queries.user_by_email(session, "an@example.org")
    session.refresh(user)
    assert (user.name, user.state) == ("An Chen", AccountState.ACTIVE)
    assert client.post(first).status_code == 409


def test_a_revoked_invitation_opens_nothing(client, host, company, session, link):
    invite(host, company)
    path = link("invitation")

    answer = host.post(f"/invitations/{invitation(session).public_id}/revoke")

    assert answer.headers["Location"] == f"/organizations/{company.ref}"
    assert client.get(path).status_code == 409
    assert client.post(path, data=ARRIVAL).status_code == 409
    assert held(session) is None


def test_sending_again_replaces_the_link(
    client, browse_as, lead, host, company, session, link, later
):
    invite(host, company)
    first = link("invitation")
    later(days=13)
    browse_as(lead).post(f"/invitations/{invitation(session).public_id}/resend")
    later(days=13)

    assert link("invitation") != first
    assert client.get(first).status_code == 409
    assert client.get(link("invitation")).status_code == 200


def test_an_invitation_lasts_two_weeks(client, host, company, link, later, session):
    invite(host, company)
    later(days=14)

    assert client.get(link("invitation")).status_code == 409
    assert client.post(link("invitation"), data=ARRIVAL).status_code == 409
    assert held(session) is None


def test_an_invitation_ends_with_the_right_of_the_inviter(
    client, host, company, lead, session, link
):
    invite(host, company)
    grant = session.scalar(select(Grant).where(Grant.user_id == lead.id))
    service.take_role(session, grant, actor=SYSTEM, now=lead.created_at)
    session.commit()

    assert client.post(link("invitation"), data=ARRIVAL).status_code == 409
    assert held(session) is None


def test_known_and_unknown_addresses_get_the_same_answer(host, company, person):
    answers = [invite(host, company, email=email) for email in (person.email, "no@example.org")]

    assert {(answer.status_code, answer.headers["Location"]) for answer in answers} == {
        (302, f"/organizations/{company.ref}")
    }


def test_only_whoever_manages_the_people_may_invite(client, browse_as, people, company, session):
    member = people.owner_member(company)
    stranger = people.user()

    assert invite(browse_as(member), company).status_code in {403, 404}
    assert invite(browse_as(stranger), company).status_code in {403, 404}
    assert invite(client, company).headers["Location"].startswith("/login")
    assert session.scalar(select(MailToken)) is None


def test_others_can_neither_revoke_nor_resend(browse_as, people, host, company, session):
    invite(host, company)
    name = invitation(session).public_id
    other = browse_as(people.owner_lead(people.organization()))

    assert other.post(f"/invitations/{name}/revoke").status_code in {403, 404}
    assert other.post(f"/invitations/{name}/resend").status_code in {403, 404}
    assert host.post("/invitations/nothing/revoke").status_code == 404


@pytest.mark.parametrize(
    ("entry", "status"),
    [
        ({"role": "admin"}, 422),
        ({"role": "team_member"}, 422),
        ({"role": ""}, 422),
        ({"email": "no address"}, 422),
        ({"lang": "fr"}, 422),
        ({"scope": "platform"}, 404),
        ({"scope": "nothing"}, 404),
        ({"scope_id": "nothing"}, 404),
    ],
)
def test_what_cannot_be_offered_is_refused(host, company, session, entry, status):
    assert invite(host, company, **entry).status_code == status
    assert session.scalar(select(MailToken)) is None


def test_no_more_than_fifty_invitations_stand_open(host, company):
    answers = [invite(host, company, email=f"p{n}@example.org").status_code for n in range(51)]

    assert answers == [302] * 50 + [429]


def test_nobody_sends_more_than_two_hundred_a_day(browse_as, lead, host, company, session, later):
    invite(host, company)
    row = invitation(session)
    session.add_all(
        MailToken(
            token_hash=f"{number:064}", purpose=row.purpose, email=f"p{number}@example.org",
            role=row.role, scope=row.scope, scope_id=0, created_at=row.created_at,
            created_by=row.created_by, expires_at=row.expires_at, revoked_at=row.created_at,
        )
        for number in range(199)
    )  # fmt: skip
    session.commit()

    assert invite(host, company, email="late@example.org").status_code == 429
    assert host.post(f"/invitations/{row.public_id}/resend").status_code == 429
    later(days=1)
    assert (
        invite(browse_as(lead), company, email="late@example.org")
        .headers["Location"]
        .startswith("/organizations")
    )


def test_the_mail_calls_the_inviter_as_its_reader_does(host, company, lead, session):
    lead.name, lead.name_en = "林美玲", "Mei-Ling Lin"
    session.commit()
    invite(host, company, email="one@example.org", lang="en")
    invite(host, company, email="two@example.org", lang="zh_TW")

    bodies = {
        mail.to_address: mail.body for mail in session.scalars(select(Mail)) if mail.is_secret
    }
    assert "Mei-Ling Lin invites you" in bodies["one@example.org"]
    assert "林美玲 邀請您" in bodies["two@example.org"]


def test_a_team_takes_an_invited_person_in_as_a_member(client, browse_as, people, session, link):
    lead = people.user()
    team = make_team(session, people.now, lead=lead)
    invite(browse_as(lead), team, scope="team", scope_id=team.public_id, role="team_member")

    answer = client.post(link("invitation"), data=ARRIVAL)

    assert answer.headers["Location"] == f"/teams/{team.ref}"
    user = queries.user_by_email(session, "an@example.org")
    member = session.scalar(select(TeamMember).where(TeamMember.user_id == user.id))
    assert (member.team_id, member.name) == (team.id, "An Chen")
    assert held(session) == {(Role.TEAM_MEMBER, team.id)}


def test_a_programme_invites_reviewers(client, browse_as, people, session, link):
    program = people.program()
    invite(
        browse_as(people.pm(program)), program, scope="program", scope_id=program.public_id,
        role="reviewer",
    )  # fmt: skip

    client.post(link("invitation"), data=ARRIVAL)

    assert held(session) == {(Role.REVIEWER, program.id)}


def test_names_in_the_mail_are_harmless(people, browse_as, session):
    company = people.organization("Win http://evil.example now")
    lead = people.user("Bcc: x@evil.example", (Role.OWNER_LEAD, Scope.ORGANIZATION, company.id))
    invite(browse_as(lead), company)

    mail = session.scalar(select(Mail).where(Mail.kind == "invitation"))
    assert "http://evil.example" not in mail.body
    assert "x@evil.example" not in mail.body
    assert mail.body.count("://") == 1


def test_whoever_may_invite_sees_who_is_invited(browse_as, people, host, company, session):
    invite(host, company)
    name = invitation(session).public_id
    member = browse_as(people.owner_member(company))

    for path in (
        f"/organizations/{company.ref}",
        f"/invitations/new?scope=organization&scope_id={company.public_id}",
    ):
        assert f"/invitations/{name}/revoke" in host.get(path).get_data(as_text=True)
    assert "an@example.org" not in member.get(f"/organizations/{company.ref}").get_data(
        as_text=True
    )


def test_a_representative_sees_who_is_invited_into_the_team(browse_as, people, session):
    lead = people.user()
    team = make_team(session, people.now, lead=lead)
    browser = browse_as(lead)
    done = invite(browser, team, scope="team", scope_id=team.public_id, role="team_member")

    page = browser.get(done.headers["Location"]).get_data(as_text=True)

    assert f"/invitations/{invitation(session).public_id}/resend" in page
    answer = browser.post(f"/invitations/{invitation(session).public_id}/revoke")
    assert answer.headers["Location"] == done.headers["Location"]


def test_a_manager_comes_to_invite_from_the_list_of_programmes(browse_as, people, session):
    program = people.program()
    browser = browse_as(people.pm(program))
    people_page = f"/programs/{program.slug}/people"
    path = f"/invitations/new?scope=program&scope_id={program.public_id}"
    assert people_page in browser.get("/programs").get_data(as_text=True)
    assert path.replace("&", "&amp;") in browser.get(people_page).get_data(as_text=True)

    done = invite(browser, program, scope="program", scope_id=program.public_id, role="mentor")

    assert done.headers["Location"] == people_page
    assert "an@example.org" in browser.get(people_page).get_data(as_text=True)
