"""Challenges and teams out of record files, checked as far as matching needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from matchmaker.kernel.i18n import msg
from matchmaker.kernel.tabular import Findings, Limits
from matchmaker.recommender import ChallengeProfile, TeamProfile
from matchmaker.recommender.shelf import Shelf
from matchmaker.transfer.files import Check, each_record, is_list_of

Record = Mapping[str, Any]
Names = dict[str, Record]
LIMITS = Limits(size=2_000_000_000, rows=1_000_000, cells=100_000_000)  # one's own files


def read_challenges(path: Path) -> tuple[list[ChallengeProfile], Names]:
    """Profiles in file order, and what the challenges are called, by id.

    Raises:
        BadTable: the file or one of its rows cannot be used.
    """
    names: Names = {}
    return [
        ChallengeProfile.from_record(record)
        for record in _records(path, _check_challenge, names, ("title",))
    ], names


def read_teams(path: Path) -> tuple[Sequence[TeamProfile], Names]:
    """Profiles in file order, packed, and what the teams are called, by id.

    Raises:
        BadTable: the file or one of its rows cannot be used.
    """
    names: Names = {}
    records = _records(path, _check_team, names, ("name", "title"))
    return Shelf(TeamProfile.from_record(record) for record in records), names


def _records(path: Path, check: Check, names: Names, called: Sequence[str]) -> Iterator[Record]:
    for row in each_record(path, check, limits=LIMITS):
        names[row.id] = {"id": row.id} | {key: row.record.get(key) for key in called}
        yield row.record


def _check_challenge(record: Record, findings: Findings, line: int) -> None:
    if not findings.problems and not ChallengeProfile.from_record(record).passages:
        findings.add(msg("The challenge has no text to match."), line)


def _check_team(record: dict[str, Any], findings: Findings, line: int) -> None:
    if not is_list_of(Mapping, record.get("projects") or []):
        findings.add(msg("A list of projects is expected here."), line, "projects")
    capacity = record.get("capacity")
    if capacity in ("", None):
        record["capacity"] = None
        return
    try:
        record["capacity"] = int(str(capacity))
    except ValueError:
        findings.add(msg("A whole number is expected here."), line, "capacity")


def label(record: Record, names: Sequence[str], lang: str) -> str:
    """What a record is called, in the reader's language if it can be."""
    for name in names:
        text = record.get(name)
        if isinstance(text, Mapping):
            text = text.get(lang) or text.get("en") or text.get("zh_TW")
        if text:
            return str(text)
    return str(record["id"])
