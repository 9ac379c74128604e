"""Record files as people have them: found in folders, read whole, every bad row named."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from matchmaker.kernel.i18n import msg
from matchmaker.kernel.tabular import SUFFIXES, BadTable, Findings, Limits, nested, read_rows

LISTS = ("domains", "technologies", "modalities", "use_cases", "deployment", "languages", "tech")
ALSO_SPLIT = ("regions", "certificates")  # lists of texts in a table, lists of records elsewhere
LONGEST_ID = 200
Record = dict[str, Any]
Check = Callable[[Record, Findings, int], None]


class Kind(StrEnum):
    """What the records of a file are."""

    ORGANIZATION = "organization"
    CHALLENGE = "challenge"
    TEAM = "team"


NAMES: Mapping[Kind, tuple[str, ...]] = {
    Kind.ORGANIZATION: ("owners", "organizations", "organisations", "agencies"),
    Kind.CHALLENGE: ("challenges", "topics", "problems"),
    Kind.TEAM: ("teams", "firms", "solvers"),
}


@dataclass(frozen=True)
class Row:
    """One record with the place it stands in; ``columns`` are its names as the file has them."""

    file: str
    line: int
    record: Record
    columns: frozenset[str]

    @property
    def id(self) -> str:
        """What the file calls it."""
        return str(self.record["id"])

    @property
    def source(self) -> str:
        """File and line."""
        return f"{self.file}:{self.line}"


@dataclass
class Files:
    """The files of a load by what they hold, and those of a folder that were passed over."""

    by_kind: dict[Kind, list[Path]] = field(default_factory=lambda: {kind: [] for kind in Kind})
    passed_over: list[Path] = field(default_factory=list)

    def add(self, path: Path) -> None:
        """Take a file if its name says what it holds."""
        kind = kind_of(path)
        if kind is None:
            self.passed_over.append(path)
        elif path not in self.by_kind[kind]:
            self.by_kind[kind].append(path)

    def __iter__(self) -> Iterator[tuple[Kind, Path]]:
        for kind in Kind:
            for path in self.by_kind[kind]:
                yield kind, path


def find(places: Sequence[Path]) -> Files:
    """The record files among files and in folders, by their names, in alphabetical order.

    Raises:
        BadTable: a place is not there, or the name of a file does not say what it holds.
    """
    found = Files()
    for place in places:
        if place.is_dir():
            for path in sorted(place.iterdir()):
                if path.is_file() and not path.name.startswith("."):
                    found.add(path)
        elif kind_of(place) is None:
            raise Findings(place.name).fail(
                msg(
                    "The name of the file does not say what it holds. Use --challenges, --teams "
                    "or --organizations."
                )
            )
        else:
            found.add(place)
    return found


def kind_of(path: Path) -> Kind | None:
    """What a file holds by its name: ``challenges.jsonl``, ``2026-teams.xlsx``."""
    if path.suffix.lower() not in SUFFIXES:
        return None
    stem = path.stem.lower()
    return next((kind for kind, names in NAMES.items() if stem.endswith(names)), None)


def read_records(path: Path, check: Check | None = None) -> list[Row]:
    """The records of a file in its order; every problem of the file is named, not only the first.

    Args:
        check: looks further into each record and notes what is wrong with it.

    Raises:
        BadTable: the file or one of its rows cannot be used.
    """
    return list(each_record(path, check))


def each_record(
    path: Path | bytes,
    check: Check | None = None,
    *,
    name: str | None = None,
    limits: Limits | None = None,
) -> Iterator[Row]:
    """The sound records one after the other; what is wrong is told after the last, so use nothing
    that was made of them before the end is reached.

    Args:
        path: a file, or its content together with ``name``.
        check: looks further into each record and notes what is wrong with it.
        limits: how large the file may be.

    Raises:
        BadTable: the file or one of its rows cannot be used.
    """
    called = name or (path.name if isinstance(path, Path) else "?")
    findings = Findings(called)
    known: set[str] = set()
    try:
        for line, cells in read_rows(path, name=name, required=["id"], limits=limits):
            before = len(findings.problems)
            record = nested(cells, lists=(*LISTS, *ALSO_SPLIT), findings=findings, line=line)
            row = Row(called, line, record, frozenset(cells))
            if row.id in known:
                findings.add(msg("This id stands twice."), line, "id")
            _check_lists(record, findings, line)
            if check is not None:
                check(record, findings, line)
            known.add(row.id)
            if len(findings.problems) == before:
                yield row
    except BadTable as refusal:
        problems = [*findings.problems, *refusal.problems]
        raise BadTable(sorted(problems, key=lambda problem: problem.line or 0)) from refusal
    findings.settle()


def _check_lists(record: Record, findings: Findings, line: int) -> None:
    for name in LISTS:
        if not is_list_of(str, record.get(name, [])):
            findings.add(msg("A list of texts is expected here."), line, name)


def is_list_of(kind: type, value: Any) -> bool:
    """Whether a value is a list of such things, and not a text."""
    return (
        isinstance(value, Sequence)
        and not isinstance(value, str)
        and all(isinstance(item, kind) for item in value)
    )
