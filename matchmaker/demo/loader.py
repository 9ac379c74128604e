"""Loads the demo programme through the verbs that people use; a second run finds it there."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from matchmaker.accounts.models import Grant, User
from matchmaker.demo import (
    accounts,
    matching,
    plan,
    plans,
    post,
    problems,
    programme,
    proposals,
    records,
    teams,
    timeline,
)
from matchmaker.demo.accounts import DemoAccount, Seat
from matchmaker.demo.cohort import cases, cohort
from matchmaker.kernel.actor import SYSTEM, Role, Scope
from matchmaker.kernel.database import Database
from matchmaker.kernel.files import FileStore
from matchmaker.kernel.localized import Localized
from matchmaker.notifications import subscriptions as _subscriptions  # noqa: F401 - they listen
from matchmaker.organizations import service as organizations
from matchmaker.organizations.models import Organization
from matchmaker.showcase import service as showcase

REPORT = Localized(
    zh_TW="國家科學及技術委員會《AI產業及AI法制推動報告》，2024 年 1 月 24 日",
    en="Report on promoting the AI industry and AI law, National Science and Technology "
    "Council, 24 January 2024",
)


def load(database: Database, *, home: Path, now: datetime) -> list[DemoAccount]:
    """Make the demo complete and return how to sign in to it.

    Everything is loaded in one transaction, so an interrupted run leaves nothing behind but files
    that nobody refers to.
    """
    password = accounts.passphrase(home / "demo-passphrase")
    with database.transaction() as session:
        if not is_loaded(session):
            _load_cases(session, now)
            seats = _load_cohort(session, FileStore(home / "uploads"), password, now)
        else:
            seats = seats_held(session)
            accounts.fill(session, seats, password=password, now=now)
    return [
        DemoAccount(seat.role.value, seat.name, accounts.address(seat.role), password)
        for seat in seats
    ]


def is_loaded(session: Session) -> bool:
    """Whether a demo is there already."""
    return session.scalar(select(User.id).where(User.is_demo).limit(1)) is not None


def _load_cases(session: Session, now: datetime) -> None:
    """The true cases, each with the organisation that the report names as owner."""
    owners: dict[str, Organization] = {}
    for facts in cases():
        owner = facts["owner"] or {}
        name = owner.get("name")
        if name and name["zh_TW"] not in owners:
            owners[name["zh_TW"]] = organizations.register(
                session, records.organization(owner), actor=SYSTEM, now=now, provenance="report"
            )
        showcase.enter(
            session,
            facts,
            source=REPORT,
            owner=owners.get(name["zh_TW"]) if name else None,
            team=None,
            actor=SYSTEM,
            now=now,
        )


def _load_cohort(session: Session, store: FileStore, password: str, now: datetime) -> list[Seat]:
    """The invented programme in full swing; who can sign in is there from its beginning."""
    all_of_it = cohort()
    scene = programme.build(session, now=now)
    owners = {
        row["id"]: organizations.register(
            session,
            records.organization(row),
            actor=SYSTEM,
            now=programme.at(now, -200),
            provenance="fictional",
        )
        for row in all_of_it.owners
    }
    by_id = {row["id"]: row for row in (*all_of_it.challenges, *all_of_it.teams)}
    writers = {
        key: proposals.Writer(team, lead, by_id[key])
        for key, (team, lead) in teams.build(session, all_of_it.teams, now=now).items()
    }
    owner, team = owners[by_id[plan.STAR_CHALLENGE]["owner"]], writers[plan.STAR_TEAM].team
    seats = seats_of(owner.id, team.id, scene.program.id)
    accounts.fill(session, seats, password=password, now=programme.at(now, -190))
    stages = plan.challenges(all_of_it)
    posted, posting = problems.scripts(session, all_of_it, stages, owners, scene, now=now)
    proposing = proposals.scripts(
        session, plan.proposals(all_of_it, stages), posted, by_id, writers, store, now=now
    )
    pairing = matching.scripts(matching.Scene(session, scene, posted, writers, now))
    planning = plans.scripts(matching.Scene(session, scene, posted, writers, now))
    timeline.play([*posting, *proposing, *pairing, *planning])
    post.settle(session, now=now)
    return seats


def seats_held(session: Session) -> list[Seat]:
    """Who sits where in a demo that was loaded before."""
    held = {
        seat.role: _first(
            session,
            select(Grant.scope_id)
            .join(User, User.id == Grant.user_id)
            .where(User.email == accounts.address(seat.role), Grant.role == seat.role),
        )
        for seat in seats_of(0, 0, 0)
    }
    return seats_of(held[Role.OWNER_LEAD], held[Role.TEAM_LEAD], held[Role.PM])


def seats_of(owner: int, team: int, program: int) -> list[Seat]:
    """One seat for each role: with one owner, in one team, in the programme."""
    return [
        Seat(Role.ADMIN, Scope.PLATFORM, 0, "方系統"),
        Seat(Role.AUDITOR, Scope.PLATFORM, 0, "季稽核"),
        Seat(Role.PM, Scope.PROGRAM, program, "江專案"),
        Seat(Role.FINANCE, Scope.PROGRAM, program, "顏會計"),
        Seat(Role.REVIEWER, Scope.PROGRAM, program, "陸委員"),
        Seat(Role.REVIEW_CHAIR, Scope.PROGRAM, program, "戴召集"),
        Seat(Role.OWNER_LEAD, Scope.ORGANIZATION, owner, "林廠務"),
        Seat(Role.OWNER_MEMBER, Scope.ORGANIZATION, owner, "吳品管"),
        Seat(Role.TEAM_LEAD, Scope.TEAM, team, "蕭隊長"),
        Seat(Role.TEAM_MEMBER, Scope.TEAM, team, "沈工程"),
    ]


def _first(session: Session, ids: Select[int]) -> int:
    return int(session.scalar(ids.limit(1)) or 0)
