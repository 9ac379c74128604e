"""Challenges and teams out of record files, checked as far as matching needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matchmaker.kernel.i18n import msg
from matchmaker.kernel.tabular import Findings
from matchmaker.recommender import ChallengeProfile, TeamProfile
from matchmaker.transfer.files import Check, is_list_of, read_records

Record = Mapping[str, Any]
Profiles = list[ChallengeProfile] | list[TeamProfile]


def read_challenges(path: Path) -> tuple[list[ChallengeProfile], dict[str, Record]]:
    """Profiles in file order, and the records by id.

    Raises:
        BadTable: the file or one of its rows cannot be used.
    """
    records = _records(path, _check_challenge)
    return [ChallengeProfile.from_record(record) for record in records.values()], records


def read_teams(path: Path) -> tuple[list[TeamProfile], dict[str, Record]]:
    """Profiles in file order, and the records by id.

    Raises:
        BadTable: the file or one of its rows cannot be used.
    """
    records = _records(path, _check_team)
    return [TeamProfile.from_record(record) for record in records.values()], records


def _records(path: Path, check: Check) -> dict[str, Record]:
    return {row.id: row.record for row in read_records(path, check)}


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
