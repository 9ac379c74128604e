"""What is known of earlier loads."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload, undefer

from matchmaker.challenges.models import Challenge
from matchmaker.kernel.localized import Localized
from matchmaker.kernel.text import clean, fold
from matchmaker.organizations.models import Organization
from matchmaker.programs.models import Call, Program
from matchmaker.teams.models import Team
from matchmaker.transfer.models import ImportedRecord

TEXTS = (
    "background", "pain", "current_way", "wanted", "data_description", "data_access", "ip_wishes",
    "confidential",
)  # fmt: skip


def imported_program(session: Session, name: str) -> Program | None:
    """The programme of this name that an earlier load set up. One statement."""
    stmt = select(Program).where(Program.provenance == "imported").order_by(Program.id)
    return next((each for each in session.scalars(stmt) if _is_called(each.name, name)), None)


def call_named(session: Session, program_id: int, name: str) -> Call | None:
    """The call of this name in a programme. One statement."""
    stmt = select(Call).where(Call.program_id == program_id).order_by(Call.id)
    return next((each for each in session.scalars(stmt) if _is_called(each.name, name)), None)


def records_of(session: Session, program_id: int) -> dict[tuple[str, str], ImportedRecord]:
    """Every record loaded into a programme, by kind and the id of the file. One statement."""
    stmt = select(ImportedRecord).where(ImportedRecord.program_id == program_id)
    return {(each.kind, each.external_id): each for each in session.scalars(stmt)}


def challenge(session: Session, challenge_id: int) -> Challenge:
    """A challenge with all its texts. Up to three statements."""
    texts = [undefer(getattr(Challenge, name)) for name in TEXTS]
    options = [*texts, selectinload(Challenge.kpis), selectinload(Challenge.tags)]
    return session.get_one(Challenge, challenge_id, options=options)


def team(session: Session, team_id: int) -> Team:
    """A team with its parts. Up to four statements."""
    options = [selectinload(each) for each in (Team.projects, Team.certificates, Team.tags)]
    return session.get_one(Team, team_id, options=options)


def organization(session: Session, organization_id: int) -> Organization:
    """An organisation. One statement."""
    return session.get_one(Organization, organization_id)


def _is_called(names: Localized, name: str) -> bool:
    wanted = fold(clean(name, single_line=True))
    return any(side is not None and fold(side) == wanted for side in (names.zh_TW, names.en))
