"""The cohort's teams, entered by their representatives."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from matchmaker.demo import people, records
from matchmaker.demo.cohort import Record
from matchmaker.demo.programme import at
from matchmaker.kernel.actor import Actor, Role, Scope
from matchmaker.organizations import service as organizations
from matchmaker.teams import membership, portfolio, service
from matchmaker.teams.entries import Person
from matchmaker.teams.models import Team
from matchmaker.transfer.records import TeamContent

JOINED = -180


def build(session: Session, rows: list[Record], *, now: datetime) -> dict[str, tuple[Team, Actor]]:
    """Every team with its representative, by the cohort's id."""
    return {row["id"]: _team(session, row, now) for row in rows}


def _team(session: Session, row: Record, now: datetime) -> tuple[Team, Actor]:
    since = at(now, JOINED)
    lead = next(member for member in row["members"] if member["role"] == "lead")
    person = people.enter(session, row["id"], lead["name"], now=since)
    founder = people.acting(session, person, now=since)
    said = records.team(row)
    behind = organizations.register(
        session, records.organization(row), actor=founder, now=since, provenance="fictional"
    )
    founder = people.acting(session, person, now=since)
    team = service.create(
        session, said.profile, actor=founder, now=since, organization=behind,
        provenance="fictional",
    )  # fmt: skip
    actor = people.acting(session, person, (Role.TEAM_LEAD, Scope.TEAM, team.id), now=since)
    _describe(session, team, said, actor, since)
    for member in row["members"]:
        if member is not lead:
            membership.add_member(
                session, team, Person(member["name"], member["title"]), actor=actor, now=since
            )
    return team, actor


def _describe(session: Session, team: Team, said: TeamContent, actor: Actor, now: datetime) -> None:
    """What the team can do, with proof."""
    service.set_capabilities(
        session, team, said.capabilities, version=team.version, actor=actor, now=now
    )
    service.set_capacity(session, team, said.capacity, version=team.version, actor=actor, now=now)
    for project, _part in said.projects:
        portfolio.add_project(session, team, project, version=team.version, actor=actor, now=now)
    for held, _part in said.certificates:
        portfolio.add_certificate(session, team, held, version=team.version, actor=actor, now=now)
