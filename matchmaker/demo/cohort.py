"""The invented cohort as it lies in ``data/cohort``: owners, problems, teams and who suits whom."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from matchmaker.kernel.resources import folder

Record = dict[str, Any]


@dataclass(frozen=True)
class Cohort:
    """All records of the cohort; ``fit`` maps (challenge, team) to a grade from 1 to 3."""

    owners: list[Record]
    challenges: list[Record]
    teams: list[Record]
    fit: dict[tuple[str, str], int]


@cache
def cohort() -> Cohort:
    """The cohort, read once."""
    place = folder("data") / "cohort"
    return Cohort(
        owners=json.loads((place / "owners.json").read_text(encoding="utf-8")),
        challenges=_lines("challenges.jsonl"),
        teams=_lines("teams.jsonl"),
        fit={(row["challenge"], row["team"]): row["grade"] for row in _lines("fit.jsonl")},
    )


def cases() -> list[Record]:
    """The true cases of the report; None means that the report does not say."""
    text = (folder("data") / "demo_cases.json").read_text(encoding="utf-8")
    found: list[Record] = json.loads(text)["cases"]
    return found


def _lines(name: str) -> list[Record]:
    text = (folder("data") / "cohort" / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line.strip()]
