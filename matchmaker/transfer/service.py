"""The verb that loads files into a programme: all of it, or nothing.

Everything goes through the verbs that people use; the system acts in the place of those who would
(the manager of the new programme, a lead of the organisation or team), and the record says so.
Nobody is told: there is nobody behind an imported record yet.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.accounts import queries as accounts
from matchmaker.accounts import service as roles
from matchmaker.accounts import sessions
from matchmaker.accounts.lifecycle import AccountState
from matchmaker.audit.service import record
from matchmaker.challenges.models import ChallengeKind
from matchmaker.kernel.actor import SYSTEM, Actor, Hat, Role, Scope
from matchmaker.kernel.errors import Invalid, Refusal
from matchmaker.kernel.formats import TAIPEI
from matchmaker.kernel.i18n import Message, msg
from matchmaker.kernel.tabular import Problem
from matchmaker.kernel.text import HAN, clean
from matchmaker.programs import service as programs
from matchmaker.programs.content import CallContent, ProgramContent
from matchmaker.programs.models import Call, Program
from matchmaker.transfer import queries
from matchmaker.transfer.entries import Left
from matchmaker.transfer.files import LONGEST_ID, Kind, Row
from matchmaker.transfer.models import ImportedRecord

PROVENANCE = "imported"
OPEN_FOR = timedelta(days=90)
Progress = Callable[[int, int], None]

ABOUT_ZH = (
    "本次徵件的題目與團隊由既有檔案匯入，內容依原檔呈現；原檔未載明的項目一律標示「未載明」。"
)
ABOUT_EN = (
    "The challenges and teams of this call were imported from existing files and are shown as they "
    "stand there; what the files leave open is marked “not stated”."
)
TERMS_ZH = "匯入的檔案未載明參與條款，請洽計畫辦公室。"
TERMS_EN = "The imported files state no terms of taking part. Ask the programme office."


class Outcome(StrEnum):
    """What became of one record."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    KEPT = "kept"


@dataclass(frozen=True)
class Plan:
    """Where records go and what holds where they do not say it.

    Attributes:
        closes_at: when the call closes, if it has to be made; None for ninety days from now.
        kind: of challenges whose record does not say.
        managers: addresses of accounts that become managers of the programme.
    """

    program_name: str
    call_name: str
    closes_at: datetime | None = None
    kind: ChallengeKind = ChallengeKind.INDUSTRY
    managers: Sequence[str] = ()


@dataclass
class Report:
    """What a load did."""

    program: Program
    call: Call
    is_new: bool
    outcomes: Counter[tuple[Kind, Outcome]] = field(default_factory=Counter)
    left: Left = field(default_factory=Left)
    ownerless: int = 0
    managers: list[str] = field(default_factory=list)

    def of(self, kind: Kind) -> Mapping[Outcome, int]:
        """How many records of a kind came off how."""
        return {outcome: self.outcomes[kind, outcome] for outcome in Outcome}


class BadRecords(Refusal):
    """Records that cannot be taken as they are, each named by file, line and column."""

    status = 422

    def __init__(self, problems: Sequence[Problem]):
        super().__init__(problems[0].message)
        self.problems = tuple(problems)


@dataclass
class Load:
    """One load under way: where it goes, what is known, and what was found wrong."""

    session: Session
    plan: Plan
    now: datetime
    report: Report
    known: dict[tuple[str, str], ImportedRecord]
    problems: list[Problem] = field(default_factory=list)

    @property
    def program(self) -> Program:
        """The programme that takes the records."""
        return self.report.program

    def acting(self, *hats: Hat) -> Actor:
        """The system in the place of who would do this."""
        return replace(SYSTEM, hats=frozenset(hats))

    def find(self, kind: Kind, external_id: str) -> ImportedRecord | None:
        """What a record became in an earlier load."""
        return self.known.get((kind.value, external_id))

    def remember(
        self, kind: Kind, external_id: str, object_id: int, *, source: str, digest: str
    ) -> None:
        """Keep which record became which thing."""
        known = self.find(kind, external_id)
        if known is None:
            known = ImportedRecord(
                program_id=self.program.id, kind=kind.value, external_id=external_id,
                object_id=object_id, digest=digest, source=source[-200:], first_at=self.now,
                last_at=self.now,
            )  # fmt: skip
            self.session.add(known)
            self.known[kind.value, external_id] = known
            return
        known.digest, known.source, known.last_at = digest, source[-200:], self.now

    def count(self, kind: Kind, outcome: Outcome) -> None:
        """One more record came off so."""
        self.report.outcomes[kind, outcome] += 1


def begin(session: Session, plan: Plan, *, now: datetime) -> Load:
    """Find or set up the programme and its call, and give its managers their role.

    Raises:
        Invalid: no name, no such account, a call that is closed, or a name that a programme made
            by people bears already.
    """
    program = queries.imported_program(session, plan.program_name)
    is_new = program is None
    if program is None:
        program = programs.create_program(
            session, ProgramContent(**_named(plan.program_name)), actor=SYSTEM, now=now,
            provenance=PROVENANCE,
        )  # fmt: skip
    call = queries.call_named(session, program.id, plan.call_name) or _open_call(
        session, program, plan, now
    )
    report = Report(program, call, is_new)
    load = Load(session, plan, now, report, queries.records_of(session, program.id))
    _give_managers(load)
    return load


def finish(load: Load, files: Mapping[str, str]) -> Report:
    """Close a load with one entry in the record.

    Args:
        files: names of the files with their digests.

    Raises:
        BadRecords: a record could not be taken; the caller lets go of everything.
    """
    if load.problems:
        raise BadRecords(load.problems)
    load.session.flush()
    program, outcomes = load.program, load.report.outcomes
    record(
        load.session, "program.import", actor=SYSTEM, now=load.now, kind="program",
        object_id=program.id, name=program.slug, program_id=program.id,
        after={
            "files": dict(files),
            **{f"{kind}.{outcome}": many for (kind, outcome), many in sorted(outcomes.items())},
        },
    )  # fmt: skip
    return load.report


def digest_of(row: Row) -> str:
    """SHA-256 over what a record says, whatever order it says it in."""
    text = json.dumps(row.record, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def checked_id(row: Row) -> Problem | None:
    """What is wrong with the id of a record, if anything."""
    if len(row.id) <= LONGEST_ID:
        return None
    reason = msg("Use at most %(n)s characters.", n=str(LONGEST_ID))
    return Problem(row.file, row.line, "id", reason)


def _open_call(session: Session, program: Program, plan: Plan, now: datetime) -> Call:
    """A call that opens now; its text says what is known of it, and that is little."""
    closes_at = plan.closes_at or _end_of_day(now + OPEN_FOR)
    manager = replace(SYSTEM, hats=frozenset({Hat(Role.PM, Scope.PROGRAM, program.id)}))
    content = CallContent(
        opens_at=now.replace(second=0, microsecond=0),
        closes_at=closes_at,
        **_named(plan.call_name),
        about_zh=ABOUT_ZH,
        about_en=ABOUT_EN,
        terms_zh=TERMS_ZH,
        terms_en=TERMS_EN,
    )
    call = programs.create_call(session, program, content, actor=manager, now=now)
    programs.publish_call(session, call, version=call.version, actor=manager, now=now)
    return call


def _give_managers(load: Load) -> None:
    """Make existing accounts managers; their sessions end, as with every change of staff roles."""
    problems: dict[str, Message] = {}
    for email in load.plan.managers:
        user = accounts.user_by_email(load.session, email)
        if user is None or user.state is not AccountState.ACTIVE:
            problems["manager"] = msg("There is no active account with the address %(email)s.",
                                      email=email)  # fmt: skip
            continue
        held = accounts.actor_of(load.session, user)
        if not held.holds(Role.PM, load.program.id):
            roles.give_role(
                load.session, user, Role.PM, Scope.PROGRAM, load.program.id,
                actor=SYSTEM, now=load.now,
            )  # fmt: skip
            sessions.end_all(load.session, user.id)
        load.report.managers.append(user.email)
    if problems:
        raise Invalid(problems)


def _named(name: str) -> dict[str, Any]:
    """A name on the side of its language."""
    text = clean(name, single_line=True)
    return {"name_zh": text} if HAN.search(text) else {"name_en": text}


def _end_of_day(moment: datetime) -> datetime:
    day = moment.astimezone(TAIPEI).replace(hour=18, minute=0, second=0, microsecond=0)
    return day.astimezone(moment.tzinfo)
