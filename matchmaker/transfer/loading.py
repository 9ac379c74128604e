"""Records into rows, one by one, through the verbs that people use."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from matchmaker.challenges import importing
from matchmaker.kernel.actor import SYSTEM, Actor, Hat, Role, Scope
from matchmaker.kernel.business_number import normalise
from matchmaker.kernel.errors import Invalid, WrongState
from matchmaker.kernel.i18n import msg
from matchmaker.kernel.tabular import BadTable, Problem
from matchmaker.kernel.text import fold
from matchmaker.organizations import queries as organization_queries
from matchmaker.organizations import service as organizations
from matchmaker.organizations.models import Organization
from matchmaker.organizations.service import Profile
from matchmaker.programs.models import Window
from matchmaker.teams import portfolio
from matchmaker.teams import service as teams
from matchmaker.teams.models import EvidenceKind, Team
from matchmaker.transfer import queries, records
from matchmaker.transfer.entries import Entry, Left
from matchmaker.transfer.files import Files, Kind, Row, read_records
from matchmaker.transfer.records import OwnerWord, TeamContent
from matchmaker.transfer.service import (
    PROVENANCE,
    BadRecords,
    Load,
    Outcome,
    Plan,
    Progress,
    Report,
    begin,
    checked_id,
    digest_of,
    finish,
)

NOBODY = "nobody"  # the one owner of challenges whose records name none
NOBODY_ZH, NOBODY_EN = "出題單位未載明", "Owner not stated"


@dataclass(frozen=True)
class Content:
    """The rows of all files by what they are, and the digests of the files."""

    rows: Mapping[Kind, Sequence[Row]]
    files: Mapping[str, str]

    @property
    def size(self) -> int:
        """How many records there are."""
        return sum(len(rows) for rows in self.rows.values())


def read(files: Files) -> Content:
    """Read all files; what is wrong with one does not hide what is wrong with the next.

    Raises:
        BadRecords: a file or one of its rows cannot be used, or an id stands in two files.
    """
    rows: dict[Kind, list[Row]] = {kind: [] for kind in Kind}
    problems: list[Problem] = []
    digests = {}
    for kind, path in files:
        try:
            found = read_records(path)
        except BadTable as refusal:
            problems += refusal.problems
            continue
        digests[path.name] = _digest(path)
        taken = {row.id for row in rows[kind]}
        twice = msg("This id stands in another file, too.")
        problems += [Problem(r.file, r.line, "id", twice) for r in found if r.id in taken]
        problems += [problem for row in found if (problem := checked_id(row))]
        rows[kind] += found
    if problems:
        raise BadRecords(problems)
    return Content(rows, digests)


def load(
    session: Session,
    content: Content,
    plan: Plan,
    *,
    now: datetime,
    on_progress: Progress | None = None,
) -> Report:
    """Load everything into the programme of the plan. The caller commits, or lets go of it.

    Raises:
        BadRecords: records that cannot be taken, all of them named.
        Invalid: the plan itself cannot be followed.
    """
    under_way = begin(session, plan, now=now)
    steps = {
        Kind.ORGANIZATION: _organization,
        Kind.CHALLENGE: _challenge,
        Kind.TEAM: _team,
    }
    done = 0
    for kind, step in steps.items():
        for row in content.rows[kind]:
            step(under_way, row)
            done += 1
            if on_progress is not None:
                on_progress(done, content.size)
    return finish(under_way, content.files)


def _organization(load: Load, row: Row) -> None:
    entry = Entry(row, load.report.left)
    profile = records.organization(entry)
    if entry.problems:
        load.problems += entry.problems
        return
    try:
        load.count(Kind.ORGANIZATION, _place_organization(load, row, profile))
    except Invalid as refusal:
        load.problems += entry.refused(refusal.fields)


def _place_organization(load: Load, row: Row, profile: Profile) -> Outcome:
    known, digest = load.find(Kind.ORGANIZATION, row.id), digest_of(row)
    outcome = Outcome.NEW
    if known is None:
        made = _registered(load, profile)
        object_id = made.id
        outcome = Outcome.NEW if made.created_at == load.now else Outcome.KEPT
    elif known.digest == digest:
        return Outcome.UNCHANGED
    else:
        object_id = known.object_id
        organization = queries.organization(load.session, object_id)
        if organization.provenance != PROVENANCE or _is_touched(organization):
            return Outcome.KEPT
        lead = load.acting(Hat(Role.OWNER_LEAD, Scope.ORGANIZATION, organization.id))
        organizations.edit(
            load.session, organization, profile, version=organization.version,
            actor=lead, now=load.now,
        )  # fmt: skip
        outcome = Outcome.CHANGED
    load.remember(Kind.ORGANIZATION, row.id, object_id, source=row.source, digest=digest)
    return outcome


def _is_touched(organization: Organization) -> bool:
    """Whether people have said something about the organisation since."""
    texts = (organization.name, organization.about)
    return any(by is not None for text in texts for by in (text.zh_by, text.en_by))


def _registered(load: Load, profile: Profile) -> Organization:
    """The organisation with this business number, or a new one."""
    number = normalise(profile.business_number)
    known = organization_queries.by_business_number(load.session, number) if number else None
    return known or organizations.register(
        load.session, profile, actor=SYSTEM, now=load.now, provenance=PROVENANCE
    )


def _challenge(load: Load, row: Row) -> None:
    entry = Entry(row, load.report.left)
    owner = records.owner(entry)
    said = records.challenge(entry, kind=load.plan.kind)
    if entry.problems:
        load.problems += entry.problems
        return
    known, digest = load.find(Kind.CHALLENGE, row.id), digest_of(row)
    if not owner.word:
        load.report.ownerless += 1
    if known is not None and known.digest == digest:
        load.count(Kind.CHALLENGE, Outcome.UNCHANGED)
        return
    outcome = Outcome.NEW
    try:
        if known is None:
            _refuse_closed(load)
            object_id = importing.bring_in(
                load.session, load.report.call, _owner(load, owner, row), said,
                source=row.source, actor=SYSTEM, now=load.now,
            ).id  # fmt: skip
        else:
            object_id = known.object_id
            changed = importing.renew(
                load.session, queries.challenge(load.session, object_id), said,
                source=row.source, actor=SYSTEM, now=load.now,
            )  # fmt: skip
            outcome = Outcome.CHANGED if changed else Outcome.UNCHANGED
    except WrongState:
        load.count(Kind.CHALLENGE, Outcome.KEPT)
        return
    except Invalid as refusal:
        load.problems += entry.refused(refusal.fields)
        return
    load.remember(Kind.CHALLENGE, row.id, object_id, source=row.source, digest=digest)
    load.count(Kind.CHALLENGE, outcome)


def _refuse_closed(load: Load) -> None:
    """One refusal for the whole load, where each record would be refused for the same reason."""
    call = load.report.call
    if call.window(load.now) not in {Window.UPCOMING, Window.OPEN}:
        reason = msg("The call “%(call)s” has closed. Give another --call-name.", call=call.name)
        raise BadRecords([Problem(call.slug, None, None, reason)])


def _owner(load: Load, owner: OwnerWord, row: Row) -> Organization:
    """The organisation a challenge names by id or name; one that stands for nobody otherwise."""
    by_id = load.find(Kind.ORGANIZATION, owner.word)
    key = f"name:{fold(owner.word)}" if owner.word else NOBODY
    known = by_id or load.find(Kind.ORGANIZATION, key[:200])
    if known is not None:
        return queries.organization(load.session, known.object_id)
    profile = Profile(type=owner.type, name_zh=owner.name_zh, name_en=owner.name_en)
    if not owner.word:
        names = load.program.name
        profile = Profile(
            type=None,
            name_zh=f"{NOBODY_ZH}（{names.zh_TW or names.en}）",
            name_en=f"{NOBODY_EN} ({names.en or names.zh_TW})",
        )
    return _remembered(load, profile, key[:200], row)


def _remembered(load: Load, profile: Profile, key: str, row: Row) -> Organization:
    """An organisation that a record of another kind speaks of."""
    made = _registered(load, profile)
    load.remember(Kind.ORGANIZATION, key, made.id, source=row.source, digest="")
    if made.created_at == load.now:
        load.count(Kind.ORGANIZATION, Outcome.NEW)
    return made


def _team(load: Load, row: Row) -> None:
    entry, behind = Entry(row, load.report.left), Entry(row, Left())
    said, profile = records.team(entry), records.organization_of_team(behind)
    if entry.problems or behind.problems:
        load.problems += [*entry.problems, *behind.problems]
        return
    known, digest = load.find(Kind.TEAM, row.id), digest_of(row)
    if known is not None and known.digest == digest:
        load.count(Kind.TEAM, Outcome.UNCHANGED)
        return
    try:
        if known is None:
            team = _new_team(load, row, said, profile)
        else:
            team = queries.team(load.session, known.object_id)
            if team.edited_by is not None:
                load.count(Kind.TEAM, Outcome.KEPT)
                return
        before = team.version
        lead = load.acting(Hat(Role.TEAM_LEAD, Scope.TEAM, team.id))
        _describe(load, team, said, lead)
    except Invalid as refusal:
        load.problems += entry.refused(refusal.fields)
        return
    load.remember(Kind.TEAM, row.id, team.id, source=row.source, digest=digest)
    changed = Outcome.CHANGED if team.version != before else Outcome.UNCHANGED
    load.count(Kind.TEAM, Outcome.NEW if known is None else changed)


def _new_team(load: Load, row: Row, said: TeamContent, profile: Profile | None) -> Team:
    organization = None
    if profile is not None:
        word = profile.name_zh or profile.name_en
        key = f"name:{fold(word)}"[:200]
        known = load.find(Kind.ORGANIZATION, word) or load.find(Kind.ORGANIZATION, key)
        organization = (
            queries.organization(load.session, known.object_id)
            if known is not None
            else _remembered(load, profile, key, row)
        )
    return teams.create(
        load.session, said.profile, organization=organization, actor=SYSTEM, now=load.now,
        provenance=PROVENANCE,
    )  # fmt: skip


def _describe(load: Load, team: Team, said: TeamContent, lead: Actor) -> None:
    """Bring everything a team says of itself to what the record says; equal parts stay."""
    session, now = load.session, load.now
    teams.edit_profile(session, team, said.profile, version=team.version, actor=lead, now=now)
    teams.set_capabilities(
        session, team, said.capabilities, version=team.version, actor=lead, now=now
    )
    teams.set_capacity(session, team, said.capacity, version=team.version, actor=lead, now=now)
    _projects(load, team, said, lead)
    _certificates(load, team, said, lead)


def _projects(load: Load, team: Team, said: TeamContent, lead: Actor) -> None:
    """Past projects in the order of the record; a verified one stays as it is."""
    session, now = load.session, load.now
    own = [each for each in team.projects if each.evidence is not EvidenceKind.VERIFIED]
    for place, (content, part) in enumerate(said.projects):
        try:
            if place < len(own):
                portfolio.edit_project(
                    session, own[place], content, version=team.version, actor=lead, now=now
                )
            else:
                portfolio.add_project(
                    session, team, content, version=team.version, actor=lead, now=now
                )
        except Invalid as refusal:
            load.problems += part.refused(refusal.fields)
    for surplus in own[len(said.projects) :]:
        portfolio.remove_project(session, surplus, version=team.version, actor=lead, now=now)


def _certificates(load: Load, team: Team, said: TeamContent, lead: Actor) -> None:
    session, now = load.session, load.now
    own = list(team.certificates)
    for place, (content, part) in enumerate(said.certificates):
        try:
            if place < len(own):
                portfolio.edit_certificate(
                    session, own[place], content, version=team.version, actor=lead, now=now
                )
            else:
                portfolio.add_certificate(
                    session, team, content, version=team.version, actor=lead, now=now
                )
        except Invalid as refusal:
            load.problems += part.refused(refusal.fields)
    for surplus in own[len(said.certificates) :]:
        portfolio.remove_certificate(session, surplus, version=team.version, actor=lead, now=now)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
