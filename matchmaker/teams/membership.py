"""Verbs on the people of a team. A membership that ends stays in the table with its last day."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.accounts import service as accounts
from matchmaker.accounts.models import Grant, User
from matchmaker.kernel.actor import Actor, Role, Scope
from matchmaker.kernel.errors import Invalid, WrongState
from matchmaker.kernel.events import publish
from matchmaker.kernel.formats import TAIPEI
from matchmaker.kernel.i18n import msg
from matchmaker.kernel.permissions import require
from matchmaker.kernel.text import fold
from matchmaker.teams import queries, recording
from matchmaker.teams.engagement import members_are_fixed
from matchmaker.teams.entries import NAME, Check, Person
from matchmaker.teams.events import TeamMembersChanged
from matchmaker.teams.models import MemberRole, Team, TeamMember
from matchmaker.teams.policy import MEMBERS_ARE_FIXED, Membership, Roster

MOST_PEOPLE, FEWEST_PEOPLE = 10, 2
GRANTED = {MemberRole.LEAD: Role.TEAM_LEAD, MemberRole.MEMBER: Role.TEAM_MEMBER}


def enter_founder(session: Session, team: Team, *, actor: Actor, now: datetime) -> TeamMember:
    """Enter the person who founded a team as its representative."""
    founder = session.get_one(User, actor.user_id)
    return _enter(
        session, team, Person(founder.name), founder, MemberRole.LEAD, actor=actor, now=now
    )


def add_member(
    session: Session,
    team: Team,
    person: Person,
    *,
    actor: Actor,
    now: datetime,
    user: User | None = None,
) -> TeamMember:
    """Name somebody as a member, with or without an account of theirs.

    Raises:
        NotFound, NotAllowed: by the policy, or a closed call has fixed the people.
        Invalid: no name, or ten people already.
    """
    require(actor, "team.change_members", Roster(team, members_are_fixed(session, team, now)))
    person = _checked(person, now)
    if user is not None and queries.membership(session, team.id, user.id) is not None:
        raise Invalid({"": msg("This person is in the team already.")})
    return _enter(session, team, person, user, MemberRole.MEMBER, actor=actor, now=now)


def join(
    session: Session,
    team: Team,
    user: User,
    role: MemberRole = MemberRole.MEMBER,
    *,
    actor: Actor,
    now: datetime,
    title: str = "",
) -> TeamMember:
    """Let somebody in who accepted an invitation; the caller has checked that invitation.

    Whoever was named before without an account is recognised by the name. Joining twice changes
    nothing.

    Raises:
        WrongState: there is a representative already, a closed call has fixed the people, or the
            team is full.
    """
    require(actor, "team.join", team)
    present = queries.membership(session, team.id, user.id)
    if present is not None:
        return present
    if members_are_fixed(session, team, now):
        raise WrongState(MEMBERS_ARE_FIXED.reason or msg("Your role does not allow this."))
    people = queries.people(session, team.id)
    if role is MemberRole.LEAD and any(each.role is MemberRole.LEAD for each in people):
        raise WrongState(msg("The team has a representative. Only they can hand that role over."))
    known = next((each for each in people if _is_same(each, user)), None)
    if known is not None:
        return _link(session, team, known, user, role, actor=actor, now=now)
    person = _checked(Person(user.name, title), now)
    return _enter(session, team, person, user, role, actor=actor, now=now)


def edit_member(
    session: Session, member: TeamMember, person: Person, *, actor: Actor, now: datetime
) -> None:
    """Correct how a member is named and what they do in the team.

    Raises:
        NotFound, NotAllowed: by the policy.
        Invalid: no name.
    """
    team = member.team
    require(actor, "team.manage_members", team)
    person = _checked(person, now)
    before = {"name": member.name, "title": member.title}
    member.name, member.title = person.name, person.title
    recording.note(
        session, team, "team.edit_member", actor=actor, now=now,
        before=before, after={"name": person.name, "title": person.title},
    )  # fmt: skip


def make_lead(session: Session, member: TeamMember, *, actor: Actor, now: datetime) -> None:
    """Hand the representation of the team to another member, who needs an account for it.

    Raises:
        NotFound, NotAllowed: by the policy, or a closed call has fixed the people.
        WrongState: the member has no account or has left.
    """
    team = member.team
    require(actor, "team.change_members", Roster(team, members_are_fixed(session, team, now)))
    if member.left_on is not None:
        raise WrongState(msg("This person has left the team."))
    if member.user_id is None:
        raise WrongState(msg("This person has no account here yet. Invite them first."))
    before = queries.lead(session, team.id)
    if before is not None and before.id != member.id:
        before.role = MemberRole.MEMBER
        session.flush()  # the database holds that there is one representative at any moment
        _grant(session, before, actor=actor, now=now)
    member.role = MemberRole.LEAD
    _grant(session, member, actor=actor, now=now)
    recording.note(
        session, team, "team.make_lead", actor=actor, now=now,
        before={"lead": before.name if before else None}, after={"lead": member.name},
    )  # fmt: skip
    publish(session, TeamMembersChanged(team.id, member.user_id, now))


def end_membership(
    session: Session,
    member: TeamMember,
    *,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
) -> None:
    """End somebody's membership, with all rights that came from it.

    Raises:
        NotFound, NotAllowed: by the policy, or a closed call has fixed the people.
        WrongState: the person has left before.
        Invalid: it is the representative, who has to hand over first.
    """
    team = member.team
    require(actor, "team.end_membership", Membership(team, member))
    if members_are_fixed(session, team, now):
        raise WrongState(MEMBERS_ARE_FIXED.reason or msg("Your role does not allow this."))
    if member.left_on is not None:
        raise WrongState(msg("This person has left the team."))
    if member.role is MemberRole.LEAD:
        raise Invalid(
            {"": msg("A team needs a representative. Hand this role to somebody else first.")}
        )
    member.left_on = _today(now)
    _take_grants(session, member, actor=actor, now=now)
    recording.note(
        session, team, "team.end_membership", actor=actor, now=now,
        before={"name": member.name}, after={"left_on": member.left_on.isoformat()},
    )  # fmt: skip
    publish(session, TeamMembersChanged(team.id, member.user_id, now))


def _enter(
    session: Session,
    team: Team,
    person: Person,
    user: User | None,
    role: MemberRole,
    *,
    actor: Actor,
    now: datetime,
) -> TeamMember:
    if len(queries.people(session, team.id)) >= MOST_PEOPLE:
        raise Invalid({"": msg("A team has at most %(max)s people.", max=MOST_PEOPLE)})
    member = TeamMember(
        user_id=user.id if user else None, name=person.name, title=person.title, role=role,
        joined_on=_today(now),
    )  # fmt: skip
    team.members.append(member)
    session.flush()
    _arrived(session, team, member, actor=actor, now=now)
    return member


def _link(
    session: Session,
    team: Team,
    member: TeamMember,
    user: User,
    role: MemberRole,
    *,
    actor: Actor,
    now: datetime,
) -> TeamMember:
    """Bind somebody who was named before to the account they now have."""
    member.user_id, member.role = user.id, role
    _arrived(session, team, member, actor=actor, now=now)
    return member


def _arrived(
    session: Session, team: Team, member: TeamMember, *, actor: Actor, now: datetime
) -> None:
    _grant(session, member, actor=actor, now=now)
    recording.note(
        session, team, "team.join", actor=actor, now=now,
        after={"name": member.name, "title": member.title, "role": member.role.value},
    )  # fmt: skip
    publish(session, TeamMembersChanged(team.id, member.user_id, now))


def _grant(session: Session, member: TeamMember, *, actor: Actor, now: datetime) -> None:
    """Let the member's account hold exactly the role that the membership gives."""
    if member.user_id is None:
        return
    wanted = GRANTED[member.role]
    for grant in _grants(session, member):
        if grant.role is not wanted:
            accounts.take_role(session, grant, actor=actor, now=now)
    user = session.get_one(User, member.user_id)
    accounts.give_role(session, user, wanted, Scope.TEAM, member.team_id, actor=actor, now=now)


def _take_grants(session: Session, member: TeamMember, *, actor: Actor, now: datetime) -> None:
    for grant in _grants(session, member):
        accounts.take_role(session, grant, actor=actor, now=now)


def _grants(session: Session, member: TeamMember) -> list[Grant]:
    stmt = select(Grant).where(
        Grant.user_id == member.user_id,
        Grant.scope == Scope.TEAM,
        Grant.scope_id == member.team_id,
    )
    return list(session.scalars(stmt))


def _checked(person: Person, now: datetime) -> Person:
    check = Check(now)
    name = check.line("name", person.name, NAME, needed=True)
    title = check.line("title", person.title, NAME)
    check.settle()
    return Person(name, title)


def _is_same(member: TeamMember, user: User) -> bool:
    if member.user_id is not None:
        return False
    return fold(member.name) in {fold(user.name), fold(user.name_en or user.name)}


def _today(now: datetime) -> date:
    return now.astimezone(TAIPEI).date()
