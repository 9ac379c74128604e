"""Who may see and change a team: each action for each role."""

from __future__ import annotations

import pytest

from matchmaker.kernel.actor import PUBLIC, SYSTEM, Actor, Hat, Role, Scope
from matchmaker.kernel.permissions import Answer, can
from matchmaker.organizations.models import Organization
from matchmaker.teams.models import Team, TeamMember
from matchmaker.teams.policy import Membership, Roster

OWN, OTHER = 7, 8
LISTED, HIDDEN = Team(id=OWN, is_listed=True), Team(id=OWN, is_listed=False)
ACTORS = {
    "public": PUBLIC,
    "team_lead": Actor(1, hats=frozenset({Hat(Role.TEAM_LEAD, Scope.TEAM, OWN)})),
    "team_member": Actor(2, hats=frozenset({Hat(Role.TEAM_MEMBER, Scope.TEAM, OWN)})),
    "team_lead:other": Actor(3, hats=frozenset({Hat(Role.TEAM_LEAD, Scope.TEAM, OTHER)})),
    "owner_lead": Actor(4, hats=frozenset({Hat(Role.OWNER_LEAD, Scope.ORGANIZATION, OWN)})),
    "owner_member": Actor(5, hats=frozenset({Hat(Role.OWNER_MEMBER, Scope.ORGANIZATION, OWN)})),
    "pm": Actor(6, hats=frozenset({Hat(Role.PM, Scope.PROGRAM, 1)})),
    "reviewer": Actor(7, hats=frozenset({Hat(Role.REVIEWER, Scope.PANEL, OWN)})),
    "review_chair": Actor(8, hats=frozenset({Hat(Role.REVIEW_CHAIR, Scope.PANEL, OWN)})),
    "finance": Actor(9, hats=frozenset({Hat(Role.FINANCE, Scope.PROGRAM, OWN)})),
    "investor": Actor(10, hats=frozenset({Hat(Role.INVESTOR, Scope.PLATFORM)})),
    "mentor": Actor(11, hats=frozenset({Hat(Role.MENTOR, Scope.PROGRAM, OWN)})),
    "coordinator": Actor(12, hats=frozenset({Hat(Role.COORDINATOR, Scope.ORGANIZATION, OWN)})),
    "auditor": Actor(13, hats=frozenset({Hat(Role.AUDITOR, Scope.PLATFORM)})),
    "admin": Actor(14, hats=frozenset({Hat(Role.ADMIN, Scope.PLATFORM)})),
    "suspended_lead": Actor(
        15, hats=frozenset({Hat(Role.TEAM_LEAD, Scope.TEAM, OWN)}), is_suspended=True
    ),
}
INSIDE = {"team_lead", "team_member", "pm", "auditor", "admin"}
OPENLY_REFUSED = {"pm", "auditor", "admin"}


def answers(action, thing):
    return {name: can(actor, action, thing).answer for name, actor in ACTORS.items()}


def expected(*, yes, denied=frozenset()):
    return {
        name: Answer.YES if name in yes else Answer.DENY if name in denied else Answer.HIDE
        for name in ACTORS
    }


def test_a_listed_team_is_public():
    assert answers("team.view", LISTED) == expected(yes=set(ACTORS) - {"suspended_lead"})


def test_an_unlisted_team_exists_for_itself_and_for_staff():
    assert answers("team.view", HIDDEN) == expected(yes=INSIDE)


@pytest.mark.parametrize("team", [LISTED, HIDDEN])
def test_only_the_inner_circle_reads_people_wishes_and_history(team):
    assert answers("team.view_inside", team) == expected(yes=INSIDE)


@pytest.mark.parametrize("team", [LISTED, HIDDEN])
def test_every_member_edits_the_profile_and_nobody_else(team):
    assert answers("team.edit_profile", team) == expected(
        yes={"team_lead", "team_member"}, denied=OPENLY_REFUSED
    )


@pytest.mark.parametrize("action", ["team.manage_members", "team.set_listed"])
def test_only_the_lead_manages_members_and_visibility(action):
    assert answers(action, LISTED) == expected(
        yes={"team_lead"}, denied=OPENLY_REFUSED | {"team_member"}
    )


def test_while_people_may_change_the_lead_changes_them():
    assert answers("team.change_members", Roster(LISTED, is_fixed=False)) == expected(
        yes={"team_lead"}, denied=OPENLY_REFUSED | {"team_member"}
    )


def test_after_a_call_has_closed_nobody_changes_the_people():
    assert answers("team.change_members", Roster(LISTED, is_fixed=True)) == expected(
        yes=set(), denied=OPENLY_REFUSED | {"team_lead", "team_member"}
    )


def test_a_membership_is_ended_by_the_lead_or_by_oneself():
    of_a_member = Membership(LISTED, TeamMember(user_id=ACTORS["team_member"].user_id))

    assert answers("team.end_membership", of_a_member) == expected(
        yes={"team_lead", "team_member"}, denied=OPENLY_REFUSED
    )


def test_a_place_without_account_is_nobodys_own():
    nameless = Membership(LISTED, TeamMember(user_id=None))

    assert can(PUBLIC, "team.end_membership", nameless).answer is Answer.HIDE


def test_whoever_is_signed_in_founds_a_team_but_only_for_the_own_organisation():
    organization = Organization(id=OWN)
    signed_in = set(ACTORS) - {"public", "suspended_lead"}

    assert answers("team.create", None) == expected(yes=signed_in, denied={"public"})
    assert answers("team.create", organization) == expected(
        yes={"owner_lead", "owner_member"}, denied=signed_in | {"public"}
    )
    assert can(SYSTEM, "team.create", organization)


def test_what_has_no_rule_is_denied():
    assert not can(ACTORS["admin"], "team.delete", LISTED)
