"""Records of the cohort as what the verbs take, read in the way in which any import is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matchmaker.challenges.content import Content
from matchmaker.challenges.models import ChallengeKind
from matchmaker.organizations.service import Profile
from matchmaker.transfer import records
from matchmaker.transfer.entries import Entry, Left
from matchmaker.transfer.files import Row
from matchmaker.transfer.records import TeamContent

Record = Mapping[str, Any]


def organization(record: Record) -> Profile:
    """An owner, or the organisation behind a team."""
    return records.organization(_entry(record))


def challenge(record: Record) -> Content:
    """A problem with all its sections."""
    return records.challenge(_entry(record), kind=ChallengeKind.INDUSTRY)


def team(record: Record) -> TeamContent:
    """A team with its capabilities, past projects and certificates."""
    return records.team(_entry(record))


def _entry(record: Record) -> Entry:
    return Entry(Row("cohort", 0, dict(record), frozenset(record)), Left())
