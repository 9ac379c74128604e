"""Who may see and change a team.

Three circles: everybody reads what a listed team says it can do (name, profile, capabilities,
past projects, certificates, capacity, places, languages, the number of its people). Only the
team itself, programme managers, auditors and administrators read who its people are, what it
wishes for, and its history; problem owners and investors are outside of that circle like
everybody else. E-mail addresses of members are never part of a team page.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, or_, true

from matchmaker.kernel.actor import Actor, Role
from matchmaker.kernel.i18n import msg
from matchmaker.kernel.permissions import HIDE, YES, Verdict, allow_if, deny, rule
from matchmaker.organizations.models import Organization
from matchmaker.teams.models import Team, TeamMember

OWN = frozenset({Role.TEAM_LEAD, Role.TEAM_MEMBER})
STAFF = frozenset({Role.PM, Role.ADMIN, Role.AUDITOR})
OF_ORGANIZATION = frozenset({Role.OWNER_LEAD, Role.OWNER_MEMBER})
ONLY_THE_LEAD = deny(msg("Only the representative of the team may do this."))
ONLY_THE_TEAM = deny(msg("Only members of the team may do this."))
NOT_YOUR_ORGANIZATION = deny(msg("You do not speak for this organisation."))
MEMBERS_ARE_FIXED = deny(
    msg(
        "The team has a proposal in a call that is closed, so its people are fixed. "
        "Ask the programme office for a change."
    )
)


@dataclass(frozen=True)
class Roster:
    """A team whose people are about to change, and whether a closed call has fixed them."""

    team: Team
    is_fixed: bool


@dataclass(frozen=True)
class Membership:
    """One place in a team that is about to end."""

    team: Team
    member: TeamMember


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The teams that ``team.view`` allows, as a condition for every list, count and search."""
    if actor.is_suspended:
        return false()
    if actor.is_system or actor.holds_any(STAFF):
        return true()
    return or_(Team.is_listed.is_(True), Team.id.in_(actor.scopes(*OWN)))


@rule("team.create")
def may_create(actor: Actor, organization: Organization | None) -> Verdict:
    """Whoever is signed in may found a team, for an organisation only if they speak for it."""
    if actor.is_system:
        return YES
    if not actor.is_signed_in:
        return ONLY_THE_TEAM
    if organization is None or actor.holds_any(OF_ORGANIZATION, organization.id):
        return YES
    return NOT_YOUR_ORGANIZATION


@rule("team.view")
def may_view(actor: Actor, team: Team) -> Verdict:
    """Listed teams are public; the others exist for themselves and for staff only."""
    return allow_if(team.is_listed or actor.is_system or _is_inside(actor, team), HIDE)


@rule("team.view_inside")
def may_view_inside(actor: Actor, team: Team) -> Verdict:
    """Names of people, wishes, gaps and history are for the team itself and for staff."""
    return allow_if(_is_inside(actor, team), HIDE)


@rule("team.edit_profile")
def may_edit(actor: Actor, team: Team) -> Verdict:
    """Every member works on what the team says about itself; staff reads it only."""
    if actor.holds_any(OWN, team.id):
        return YES
    return ONLY_THE_TEAM if _is_inside(actor, team) else HIDE


@rule("team.set_listed")
def may_set_listed(actor: Actor, team: Team) -> Verdict:
    """The representative decides whether the team stands in the public list."""
    return may_manage_members(actor, team)


@rule("team.manage_members")
def may_manage_members(actor: Actor, team: Team) -> Verdict:
    """The representative, and nobody else, invites people and ends memberships."""
    if actor.holds(Role.TEAM_LEAD, team.id):
        return YES
    return ONLY_THE_LEAD if _is_inside(actor, team) else HIDE


@rule("team.change_members")
def may_change_members(actor: Actor, roster: Roster) -> Verdict:
    """As ``team.manage_members``, but not once a call with a proposal of the team is closed."""
    verdict = may_manage_members(actor, roster.team)
    return MEMBERS_ARE_FIXED if verdict and roster.is_fixed else verdict


@rule("team.end_membership")
def may_end_membership(actor: Actor, membership: Membership) -> Verdict:
    """The representative ends memberships; everybody may end the own one."""
    if actor.is_signed_in and membership.member.user_id == actor.user_id:
        return YES
    return may_manage_members(actor, membership.team)


@rule("team.join")
def may_join(actor: Actor, team: Team) -> Verdict:
    """Joining follows from an invitation that was checked before, by whoever it addressed."""
    return allow_if(actor.is_system or actor.is_signed_in, HIDE)


def _is_inside(actor: Actor, team: Team) -> bool:
    return actor.holds_any(OWN, team.id) or actor.holds_any(STAFF)
