"""The permission table and what stands beside it, read as cells.

``data/permissions.csv`` is the table of the product. ``beyond.csv`` has the same columns and says
who may do what the product does besides, so that no rule stands without a row.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from matchmaker.kernel.permissions import Answer
from matchmaker.kernel.resources import folder
from tests.factories.world import ROLES, VISITOR

BEYOND = Path(__file__).parent / "beyond.csv"
LATER = {
    "api_token": "there is no interface for programs yet",
    "assignment": "reviews are not built yet",
    "backup": "made on the command line; no role of the site is asked",
    "case_study": "showcases after a PoC are not built yet",
    "coi": "declarations of interest are not built yet",
    "consent": "the investor view is not built yet",
    "decision_batch": "releasing decisions is not built yet",
    "evidence_file": "KPI claims are not built yet",
    "export_file": "exports are answered at once and never kept",
    "indicator": "indicators are not built yet",
    "introduction": "the investor view is not built yet",
    "investor_view": "the investor view is not built yet",
    "kpi_claim": "KPI claims are not built yet",
    "match": "PoC projects are not built yet",
    "milestone": "PoC projects are not built yet",
    "payee_account": "money is not built yet",
    "review": "reviews are not built yet",
    "settings": "settings are files of the operator; no page changes them",
    "stage_gate": "PoC projects are not built yet",
    "tranche": "money is not built yet",
}
"""Objects of the table that do not exist so far. Whoever builds one covers its rows here."""

LATER_QUALIFIERS = {"coi_signed", "coi_unsigned"}
OWN_NAMES = {"public": VISITOR, "owner_lead:other": "owner_other", "team_lead:other": "team_other",
             "team_lead:addressee": "team_lead", "pm:other": "pm_other"}  # fmt: skip
OF_OTHERS = {"team_lead": "team_other", "team_member": "team_other"}


@dataclass(frozen=True)
class Key:
    """What a group of rows speaks of."""

    object: str
    state: str
    action: str

    @property
    def kind(self) -> str:
        """The object without whose it is."""
        return self.object.partition(":")[0]

    @property
    def rule(self) -> str:
        """The name of the rule that answers."""
        return f"{self.kind}.{self.action}"

    def __str__(self) -> str:
        return f"{self.object}/{self.state}/{self.action}"


@dataclass(frozen=True)
class Cell:
    """One role in one row."""

    key: Key
    role: str
    answer: Answer


def _cells(path: Path) -> Iterator[Cell]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for role in row["role"].split(";"):
                yield Cell(Key(row["object"], row["state"], row["action"]), role, _answer(row))


def _answer(row: dict[str, str]) -> Answer:
    if row["allowed"] == "yes":
        return Answer.YES
    return Answer.HIDE if row["note"].startswith("404") else Answer.DENY


@cache
def cells() -> list[Cell]:
    """Every cell of the table and of what stands beside it, as far as its object exists."""
    every = [*_cells(folder("data") / "permissions.csv"), *_cells(BEYOND)]
    return [cell for cell in every if cell.key.kind not in LATER]


@cache
def groups() -> dict[Key, dict[str, Answer]]:
    """The cells by what they speak of."""
    found: dict[Key, dict[str, Answer]] = {}
    for cell in cells():
        found.setdefault(cell.key, {})[cell.role] = cell.answer
    return found


@cache
def kinds_of_the_table() -> set[str]:
    """Every kind of object that the product's own table names."""
    return {cell.key.kind for cell in _cells(folder("data") / "permissions.csv")}


def somebody(key: Key, role: str) -> str | None:
    """The person of the world that a role in the table means; None for special conditions."""
    if key.object.endswith(":other") and role in OF_OTHERS:
        return OF_OTHERS[role]
    found = OWN_NAMES.get(role, role)
    return found if found in ROLES else None


def answers(key: Key) -> dict[str, Answer | None]:
    """What the rows say for every person of the world; None for those they do not name.

    What the public may do, everybody may.
    """
    named: dict[str, Answer | None] = dict.fromkeys(ROLES)
    for role, answer in groups()[key].items():
        if role == "any_user" or (role == "public" and answer is Answer.YES):
            named.update({each: answer for each in ROLES if each != VISITOR or role == "public"})
    for role, answer in groups()[key].items():
        person = somebody(key, role)
        if person is not None:
            named[person] = answer
    if key.kind == "challenge":  # no team is nearer to a challenge than another
        named["team_other"] = named["team_other"] or named["team_lead"]
    return named
