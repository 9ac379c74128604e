"""Which things people are invited into, and how each of them lets people in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from matchmaker.accounts import service as accounts
from matchmaker.accounts.invitations import Host
from matchmaker.accounts.models import User
from matchmaker.kernel.actor import STAFF_ROLES, Actor, Role, Scope
from matchmaker.kernel.database import Session
from matchmaker.kernel.errors import NotFound
from matchmaker.kernel.localized import Localized
from matchmaker.organizations import queries as organizations
from matchmaker.organizations.models import Organization
from matchmaker.programs import queries as programs
from matchmaker.programs.models import Program
from matchmaker.teams import engagement, membership
from matchmaker.teams import queries as teams
from matchmaker.teams.models import MemberRole, Team
from matchmaker.teams.policy import Roster


def _existing(kind: type[Any]) -> Any:
    """A finder of things by internal number."""

    def by_id(session: Session, thing_id: int) -> Any:
        found = session.get(kind, thing_id)
        if found is None:
            raise NotFound
        return found

    return by_id


def _own_name(thing: Any) -> Localized:
    name: Localized = thing.name
    return name


def _itself(_session: Session, thing: Any, _now: datetime) -> Any:
    return thing


def _roster(session: Session, team: Team, now: datetime) -> Roster:
    return Roster(team, engagement.members_are_fixed(session, team, now))


def _give(scope: Scope) -> Any:
    """Let somebody in by the role alone."""

    def admit(
        session: Session, thing: Any, user: User, role: Role, actor: Actor, now: datetime
    ) -> None:
        accounts.give_role(session, user, role, scope, thing.id, actor=actor, now=now)

    return admit


def _join_team(
    session: Session, team: Team, user: User, _role: Role, actor: Actor, now: datetime
) -> None:
    membership.join(session, team, user, MemberRole.MEMBER, actor=actor, now=now)


HOSTS = {
    Scope.ORGANIZATION: Host(
        Scope.ORGANIZATION,
        (Role.OWNER_MEMBER, Role.OWNER_LEAD),
        "organization.manage_members",
        organizations.get,
        _existing(Organization),
        _own_name,
        _itself,
        _give(Scope.ORGANIZATION),
    ),
    Scope.TEAM: Host(
        Scope.TEAM,
        (Role.TEAM_MEMBER,),
        "team.change_members",
        teams.get,
        _existing(Team),
        _own_name,
        _roster,
        _join_team,
    ),
    Scope.PROGRAM: Host(
        Scope.PROGRAM,
        (Role.REVIEWER, Role.MENTOR, Role.COORDINATOR, Role.INVESTOR),
        "program.edit",
        programs.get_program,
        _existing(Program),
        _own_name,
        _itself,
        _give(Scope.PROGRAM),
    ),
}
PAGES = {
    Scope.ORGANIZATION: "organizations.detail",
    Scope.TEAM: "teams.detail",
    Scope.PROGRAM: "programs.people",
}


def host_of(scope: str) -> Host:
    """How things of a kind let people in.

    Raises:
        NotFound: nobody is invited into such things.
    """
    if scope not in set(Scope) or Scope(scope) not in HOSTS:
        raise NotFound
    return HOSTS[Scope(scope)]


def host_for(scope: Scope | None, role: Role | None) -> Host | None:
    """The host of a sent invitation; None for staff roles, which administrators decided on.

    Raises:
        NotFound: nobody is invited into such things.
    """
    if role in STAFF_ROLES:
        return None
    if scope not in HOSTS:
        raise NotFound
    return HOSTS[scope]
