"""The people of a team: joining, leaving, handing over."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from matchmaker.kernel.actor import PUBLIC, SYSTEM, Role, Scope
from matchmaker.kernel.errors import Invalid, NotAllowed, NotFound, WrongState
from matchmaker.teams import engagement, queries, service
from matchmaker.teams.engagement import members_are_fixed
from matchmaker.teams.entries import Person
from matchmaker.teams.models import MemberRole, TeamMember
from tests.conftest import NOON, actor_of
from tests.factories.teams import make_member, make_team

LATER = NOON + timedelta(days=3)


@pytest.fixture
def lead(people):
    return people.user("王小明")


@pytest.fixture
def team(session, lead):
    return make_team(session, NOON, lead=lead)


@pytest.fixture
def actor(session, lead, team):
    return actor_of(session, lead)


@pytest.fixture
def fixed(monkeypatch):
    """As if a call with a proposal of every team were closed."""
    monkeypatch.setattr(engagement, "_QUESTIONS", [lambda *_asked: True])


def names(session, team):
    return [member.name for member in queries.people(session, team.id)]


def test_members_are_named_with_or_without_an_account(session, people, team, actor):
    user = people.user("林佳慧")

    service.add_member(session, team, Person("O'Brien", "Engineer"), actor=actor, now=LATER)
    service.add_member(session, team, Person("林佳慧"), actor=actor, now=LATER, user=user)

    assert names(session, team) == ["王小明", "O'Brien", "林佳慧"]
    assert people.actor(user).holds(Role.TEAM_MEMBER, team.id)
    assert queries.person_ids(session, team.id) == {actor.user_id, user.id}


def test_only_the_lead_names_members(session, people, team):
    refusals = {
        people.actor(make_member(session, NOON, team, people.user())): NotAllowed,
        people.actor(people.pm(people.program())): NotAllowed,
        people.actor(people.admin()): NotAllowed,
        people.actor(people.auditor()): NotAllowed,
        people.actor(people.user("", (Role.TEAM_LEAD, Scope.TEAM, team.id + 1))): NotFound,
        people.actor(people.owner_lead(people.organization())): NotFound,
        PUBLIC: NotFound,
        SYSTEM: NotFound,
    }
    for stranger, refusal in refusals.items():
        with pytest.raises(refusal):
            service.add_member(session, team, Person("X"), actor=stranger, now=LATER)
    assert queries.size(session, team.id) == 2


def test_the_eleventh_person_finds_no_place(session, people, team, actor):
    for number in range(9):
        service.add_member(session, team, Person(f"P{number}"), actor=actor, now=LATER)

    with pytest.raises(Invalid):
        service.add_member(session, team, Person("Eleventh"), actor=actor, now=LATER)
    with pytest.raises(Invalid):
        service.join(session, team, people.user("Other"), actor=SYSTEM, now=LATER)
    assert queries.size(session, team.id) == 10


@pytest.mark.parametrize("name", ["", "  ", "\u202e", "x" * 121])
def test_a_person_needs_a_name(session, team, actor, name):
    with pytest.raises(Invalid) as refusal:
        service.add_member(session, team, Person(name), actor=actor, now=LATER)
    assert set(refusal.value.fields) == {"name"}


def test_nobody_is_named_twice_by_account(session, lead, team, actor):
    with pytest.raises(Invalid):
        service.add_member(session, team, Person("Again"), actor=actor, now=LATER, user=lead)


def test_joining_twice_changes_nothing(session, people, team):
    user = people.user()

    first = service.join(session, team, user, actor=people.actor(user), now=LATER)
    second = service.join(session, team, user, actor=people.actor(user), now=LATER)

    assert first is second
    assert queries.size(session, team.id) == 2


def test_who_was_named_before_is_recognised_on_joining(session, people, team, actor):
    named = service.add_member(
        session, team, Person("ＡＮＮ Lee", "Chemist"), actor=actor, now=NOON
    )
    user = people.user("Ann Lee")

    joined = service.join(session, team, user, actor=people.actor(user), now=LATER)

    assert joined is named
    assert (joined.user_id, joined.title) == (user.id, "Chemist")
    assert queries.size(session, team.id) == 2


def test_a_second_lead_cannot_come_in_by_invitation(session, people, team):
    user = people.user()

    with pytest.raises(WrongState):
        service.join(session, team, user, MemberRole.LEAD, actor=SYSTEM, now=LATER)


def test_the_database_holds_that_there_is_one_lead(session, team):
    session.add(
        TeamMember(team_id=team.id, name="Usurper", role=MemberRole.LEAD, joined_on=NOON.date())
    )
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_handing_over_swaps_roles_and_rights(session, people, lead, team, actor):
    heir = make_member(session, NOON, team, people.user("Heir"))

    service.make_lead(
        session, queries.membership(session, team.id, heir.id), actor=actor, now=LATER
    )

    assert [(m.name, m.role.value) for m in queries.people(session, team.id)] == [
        ("Heir", "lead"), ("王小明", "member"),
    ]  # fmt: skip
    assert people.actor(heir).scopes(Role.TEAM_LEAD) == {team.id}
    assert people.actor(heir).scopes(Role.TEAM_MEMBER) == frozenset()
    assert people.actor(lead).scopes(Role.TEAM_MEMBER) == {team.id}
    assert people.actor(lead).scopes(Role.TEAM_LEAD) == frozenset()


def test_who_has_no_account_or_has_left_cannot_lead(session, people, team, actor):
    named = service.add_member(session, team, Person("Named"), actor=actor, now=NOON)
    gone = queries.membership(session, team.id, make_member(session, NOON, team, people.user()).id)
    service.end_membership(session, gone, actor=actor, now=LATER)

    for member in (named, gone):
        with pytest.raises(WrongState):
            service.make_lead(session, member, actor=actor, now=LATER)


def test_leaving_ends_the_rights_and_keeps_the_name(session, people, team):
    user = make_member(session, NOON, team, people.user("Ann"))
    member = queries.membership(session, team.id, user.id)

    service.end_membership(session, member, actor=people.actor(user), now=LATER)

    assert people.actor(user).hats == frozenset()
    assert queries.teams_of_person(session, user.id) == []
    assert [(m.name, m.left_on) for m in queries.former(session, team.id)] == [
        ("Ann", date(2026, 11, 27))
    ]
    with pytest.raises(NotFound):
        service.end_membership(
            session, queries.lead(session, team.id), actor=people.actor(user), now=LATER
        )


def test_a_membership_ends_once(session, people, team, actor):
    member = service.add_member(session, team, Person("Ann"), actor=actor, now=NOON)
    service.end_membership(session, member, actor=actor, now=LATER)

    with pytest.raises(WrongState):
        service.end_membership(session, member, actor=actor, now=LATER)


def test_the_lead_cannot_leave_before_handing_over(session, team, actor):
    with pytest.raises(Invalid):
        service.end_membership(session, queries.lead(session, team.id), actor=actor, now=LATER)

    assert queries.size(session, team.id) == 1


def test_coming_back_is_a_new_membership(session, people, team, actor):
    user = make_member(session, NOON, team, people.user("Ann"))
    service.end_membership(
        session, queries.membership(session, team.id, user.id), actor=actor, now=LATER
    )

    service.join(session, team, user, actor=people.actor(user), now=LATER)

    assert names(session, team) == ["王小明", "Ann"]
    assert len(queries.former(session, team.id)) == 1


def test_a_closed_call_lets_nobody_in_or_out(session, people, team, actor, fixed):
    user = people.user()
    member = TeamMember(name="Ann", joined_on=NOON.date(), user_id=user.id)
    team.members.append(member)
    session.flush()

    with pytest.raises(NotAllowed):
        service.add_member(session, team, Person("Late"), actor=actor, now=LATER)
    with pytest.raises(NotAllowed):
        service.make_lead(session, member, actor=actor, now=LATER)
    with pytest.raises(WrongState):
        service.join(session, team, people.user(), actor=SYSTEM, now=LATER)
    with pytest.raises(WrongState):
        service.end_membership(session, member, actor=actor, now=LATER)
    assert names(session, team) == ["王小明", "Ann"]


def test_names_are_corrected_even_then(session, team, actor, fixed):
    member = queries.lead(session, team.id)

    service.edit_member(session, member, Person("王曉明", "執行長"), actor=actor, now=LATER)

    assert (member.name, member.title) == ("王曉明", "執行長")


def test_one_room_is_enough_to_fix_the_people(session, team, monkeypatch):
    asked = []

    def question(_session, team_id, now):
        asked.append((team_id, now))
        return False

    monkeypatch.setattr(engagement, "_QUESTIONS", [])
    engagement.fixes_members(question)
    assert members_are_fixed(session, team, LATER) is False
    engagement.fixes_members(lambda *_asked: True)
    assert members_are_fixed(session, team, LATER) is True
    assert asked == [(team.id, LATER)] * 2
