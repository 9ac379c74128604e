"""Loads the demo programme through the verbs that people use; a second run finds it there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.accounts.models import User
from matchmaker.demo import accounts
from matchmaker.demo.accounts import DemoAccount, Seat
from matchmaker.demo.cohort import cases, cohort
from matchmaker.kernel.actor import SYSTEM, Role, Scope
from matchmaker.kernel.database import Database
from matchmaker.kernel.localized import Localized
from matchmaker.organizations import service as organizations
from matchmaker.organizations.models import Organization, OrgType
from matchmaker.showcase import service as showcase

REPORT = Localized(
    zh_TW="國家科學及技術委員會《AI產業及AI法制推動報告》，2024 年 1 月 24 日",
    en="Report on promoting the AI industry and AI law, National Science and Technology "
    "Council, 24 January 2024",
)


def load(database: Database, *, home: Path, now: datetime) -> list[DemoAccount]:
    """Make the demo complete and return how to sign in to it.

    Everything is loaded in one transaction, so an interrupted run leaves nothing behind.
    """
    password = accounts.passphrase(home / "demo-passphrase")
    with database.transaction() as session:
        if not _is_loaded(session):
            _load_cases(session, now)
            _load_owners(session, now)
        seats = _seats(session)
        accounts.fill(session, seats, password=password, now=now)
    return [
        DemoAccount(seat.role.value, seat.name, accounts.address(seat.role), password)
        for seat in seats
    ]


def _is_loaded(session: Session) -> bool:
    return session.scalar(select(User.id).where(User.is_demo).limit(1)) is not None


def _load_cases(session: Session, now: datetime) -> None:
    """The true cases, each with the organisation that the report names as owner."""
    owners: dict[str, Organization] = {}
    for facts in cases():
        owner = facts["owner"] or {}
        name = owner.get("name")
        if name and name["zh_TW"] not in owners:
            owners[name["zh_TW"]] = _organization(session, owner, "report", now)
        showcase.enter(
            session,
            facts,
            source=REPORT,
            owner=owners.get(name["zh_TW"]) if name else None,
            team=None,
            actor=SYSTEM,
            now=now,
        )


def _load_owners(session: Session, now: datetime) -> None:
    """The invented organisations of the cohort."""
    for record in cohort().owners:
        _organization(session, record, "fictional", now)


def _organization(
    session: Session, record: Mapping[str, Any], provenance: str, now: datetime
) -> Organization:
    profile = organizations.Profile(
        type=OrgType(record["type"]),
        name_zh=record["name"]["zh_TW"] or "",
        name_en=record["name"]["en"] or "",
        business_number=record.get("business_number") or "",
        region=record.get("region") or "",
        size=record.get("size") or "",
    )
    return organizations.register(session, profile, actor=SYSTEM, now=now, provenance=provenance)


def _seats(session: Session) -> list[Seat]:
    """Who sits where: the first invented organisation gets its lead and a member."""
    first = session.scalar(
        select(Organization.id)
        .where(Organization.provenance == "fictional")
        .order_by(Organization.id)
        .limit(1)
    )
    return [
        Seat(Role.ADMIN, Scope.PLATFORM, 0, "方系統"),
        Seat(Role.AUDITOR, Scope.PLATFORM, 0, "季稽核"),
        Seat(Role.OWNER_LEAD, Scope.ORGANIZATION, first or 0, "林廠務"),
        Seat(Role.OWNER_MEMBER, Scope.ORGANIZATION, first or 0, "吳品管"),
    ]
