"""The cohort's proposals: begun, written section by section, handed in, some taken back."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from matchmaker.challenges.models import Challenge
from matchmaker.demo import answers, documents
from matchmaker.demo.cohort import Record
from matchmaker.demo.plan import ProposalPlan
from matchmaker.demo.problems import Problems
from matchmaker.demo.programme import at
from matchmaker.demo.timeline import Script
from matchmaker.kernel.actor import Actor
from matchmaker.kernel.files import FileStore
from matchmaker.programs.rules import checklist_of
from matchmaker.proposals import attaching, service
from matchmaker.proposals.attaching import Upload
from matchmaker.proposals.models import Proposal
from matchmaker.teams.models import Team

SECTIONS_OF_A_DRAFT = 4
PAUSE = timedelta(minutes=20)


@dataclass(frozen=True)
class Writer:
    """A team that proposes: its row, who leads it, and its record of the cohort."""

    team: Team
    lead: Actor
    record: Record


def scripts(
    session: Session,
    plans: Iterable[ProposalPlan],
    problems: Problems,
    records: dict[str, Record],
    writers: dict[str, Writer],
    store: FileStore,
    *,
    now: datetime,
) -> list[Script]:
    """One script for each proposal. ``records`` holds the problems by the cohort's ids."""
    return [
        _play(
            _Desk(session, store, writers[plan.team]),
            plan,
            problems,
            records[plan.challenge],
            number,
            now,
        )
        for number, plan in enumerate(plans)
    ]


@dataclass(frozen=True)
class _Desk:
    """What a writer works with."""

    session: Session
    store: FileStore
    writer: Writer


def _play(
    desk: _Desk,
    plan: ProposalPlan,
    problems: Problems,
    record: Record,
    number: int,
    now: datetime,
) -> Script:
    began = at(now, plan.started, hour=9 + number % 9) + timedelta(minutes=7 * number % 60)
    yield began
    challenge = problems.posted[plan.challenge]
    proposal = service.start(
        desk.session, challenge, desk.writer.team, actor=desk.writer.lead, now=began,
        provenance="fictional",
    )  # fmt: skip
    day = began if plan.handed_in is None else at(now, plan.handed_in, hour=9 + number % 8)
    day = max(day, began) + PAUSE
    yield day
    is_whole = plan.handed_in is not None
    _write(desk, proposal, challenge, record, number, day, is_whole=is_whole)
    if not is_whole:
        return
    _attach(desk, proposal, challenge, day)
    day += PAUSE
    yield day
    service.submit(
        desk.session, proposal, version=proposal.version, accepts_terms=True,
        actor=desk.writer.lead, now=day,
    )  # fmt: skip
    if plan.withdrawn is not None:
        day = max(at(now, plan.withdrawn, hour=17), day + PAUSE)
        yield day
        service.withdraw(
            desk.session, proposal, reason="本季人力已排滿，無法投入足夠的工程師。",
            actor=desk.writer.lead, now=day,
        )  # fmt: skip


def _write(
    desk: _Desk,
    proposal: Proposal,
    challenge: Challenge,
    record: Record,
    number: int,
    day: datetime,
    *,
    is_whole: bool,
) -> None:
    """All sections, or the first few of a draft that is still being written."""
    writer = desk.writer
    names = [member.name for member in writer.team.members if member.left_on is None]
    parts = answers.sections(challenge, record, writer.record, names, seed=number)
    for part in parts if is_whole else parts[: 1 + number % SECTIONS_OF_A_DRAFT]:
        service.save(
            desk.session, proposal, part, version=proposal.edition(part.section),
            actor=writer.lead, now=day,
        )  # fmt: skip


def _attach(desk: _Desk, proposal: Proposal, challenge: Challenge, day: datetime) -> None:
    """Every document that the call asks for."""
    for item in checklist_of(challenge.call.checklist):
        content = documents.pdf(
            [
                "Fictional document of the demo",
                item.label.en or item.id,
                f"Team {proposal.team.ref}",
            ]
        )
        upload = Upload(io.BytesIO(content), f"{item.label.zh_TW}.pdf", item.id)
        attaching.attach(
            desk.session, proposal, upload, desk.store, actor=desk.writer.lead, now=day
        )
