"""What lies on a person's desk, gathered over all hats they wear."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from matchmaker.challenges import desk as challenges
from matchmaker.kernel.actor import Actor, Role
from matchmaker.programs import queries as programs
from matchmaker.programs.models import Window
from matchmaker.proposals import desk as proposals
from matchmaker.web import door
from matchmaker.web.home import managers, owners, platform, teams
from matchmaker.web.home.items import Item, Line, lines
from matchmaker.web.home.things import Thing, of_call, of_challenge, of_proposal

MOST = 5


@dataclass
class Desk:
    """What needs attention, what is mine, and where to go when nothing waits."""

    items: list[Item] = field(default_factory=list)
    calls: list[Thing] = field(default_factory=list)
    challenges: list[Thing] = field(default_factory=list)
    proposals: list[Thing] = field(default_factory=list)
    next_pages: list[tuple[str, str]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


def desk_of(actor: Actor, now: datetime) -> Desk:
    """Everything on the desk of a person. At most eight statements, three for each hat."""
    desk = Desk()
    if program_ids := actor.scopes(Role.PM):
        _of_manager(desk, program_ids, now)
    if organization_ids := actor.scopes(Role.OWNER_LEAD, Role.OWNER_MEMBER):
        _of_owner(desk, actor, organization_ids, now)
    if team_ids := actor.scopes(Role.TEAM_LEAD, Role.TEAM_MEMBER):
        _of_team(desk, team_ids, now)
    if actor.holds(Role.ADMIN):
        _of_admin(desk)
    if not actor.hats:
        desk.next_pages += [
            (_("Post a problem"), url_for("challenges.new")),
            (_("Enter a team"), url_for("teams.new")),
        ]
    if actor.holds(Role.AUDITOR):
        desk.next_pages.append((_("Audit log"), url_for("audit.index")))
    if len(desk.next_pages) < 2:
        desk.next_pages += [
            (_("See open challenges"), url_for("challenges.index")),
            (_("See teams"), url_for("teams.index")),
        ]
    desk.lines = lines(desk.items, now)
    return desk


def _of_manager(desk: Desk, program_ids: frozenset[int], now: datetime) -> None:
    calls = programs.calls_of(door.db(), program_ids)
    desk.items += managers.approvals(program_ids)
    desk.items += managers.matching_runs(program_ids, now)
    desk.items += managers.cohort_plans(program_ids, now)
    desk.items += managers.screening(program_ids, now)
    desk.items += managers.calls(calls, now)
    running = [call for call in calls if call.window(now) is not Window.CLOSED]
    desk.calls = [of_call(call, now) for call in (running or calls)[:MOST]]
    desk.next_pages += [
        (_("See the match board"), url_for("matching.index")),
        (_("See the calls"), url_for("programs.index")),
    ]


def _of_owner(desk: Desk, actor: Actor, organization_ids: frozenset[int], now: datetime) -> None:
    own = challenges.of_owners(door.db(), organization_ids, seen_by=actor)
    desk.items += owners.own_challenges(own)
    desk.items += owners.fitting_teams(organization_ids, now)
    if led := actor.scopes(Role.OWNER_LEAD):
        desk.items += owners.closed_challenges(actor, led, now)
    desk.challenges = [of_challenge(challenge) for challenge in own[:MOST]]
    desk.next_pages += [
        (_("Post a problem"), url_for("challenges.new")),
        (_("See teams"), url_for("teams.index")),
    ]


def _of_team(desk: Desk, team_ids: frozenset[int], now: datetime) -> None:
    own = proposals.of_teams(door.db(), team_ids)
    desk.items += teams.invitations(team_ids, now)
    desk.items += teams.own_proposals(own, now)
    desk.items += teams.recommendations(team_ids, now)
    desk.proposals = [of_proposal(proposal) for proposal in own[:MOST]]
    desk.next_pages += [
        (_("Find challenges"), url_for("matching.for_my_team")),
        (_("Complete the profile"), url_for("teams.mine")),
    ]


def _of_admin(desk: Desk) -> None:
    desk.items += platform.failed_mails()
    desk.next_pages += [
        (_("See accounts"), url_for("admin.accounts")),
        (_("See programmes"), url_for("programs.index")),
    ]
