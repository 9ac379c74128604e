"""What an assignment starts from: scores, demands, capacities and fixed or forbidden pairs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.cli.match_files import LIMITS, Names
from matchmaker.kernel.i18n import Message, msg
from matchmaker.kernel.tabular import Findings, Limits, read_rows

MATRIX = Limits(size=LIMITS.size, rows=LIMITS.rows, cells=LIMITS.cells, columns=100_000)
YES = {"yes", "true", "1", "x", "是"}
RESERVE = "reserve"
Bools = NDArray[np.bool_]


@dataclass
class Stated:
    """Everything that decides an assignment, by place; names are looked up by id.

    Attributes:
        scores: shape (n_challenges, n_teams); NaN where none is stated.
        left_out: pairs of an earlier plan that name nobody who takes part.
    """

    challenges: Sequence[str]
    teams: Sequence[str]
    titles: Names
    names: Names
    scores: NDArray[np.float64]
    least: NDArray[np.int64] = field(init=False)
    most: NDArray[np.int64] = field(init=False)
    room: NDArray[np.int64] = field(init=False)
    forbidden: Bools = field(init=False)
    statutory: Bools = field(init=False)
    pinned: Bools = field(init=False)
    previous: Bools | None = None
    left_out: int = 0

    def __post_init__(self) -> None:
        many, teams = self.scores.shape
        self.least = np.ones(many, np.int64)
        self.most = np.ones(many, np.int64)
        self.room = np.ones(teams, np.int64)
        self.forbidden, self.statutory, self.pinned = (
            np.zeros(self.scores.shape, bool) for _ in range(3)
        )
        self._row = {key: place for place, key in enumerate(self.challenges)}
        self._column = {key: place for place, key in enumerate(self.teams)}

    def read_demands(self, path: Path) -> None:
        """Least and most teams of some challenges: ``challenge_id``, ``min``, ``max``.

        Raises:
            BadTable: the file or one of its rows cannot be used.
        """
        findings = Findings(path.name)
        for line, cells in read_rows(path, required=["challenge_id", "min", "max"], limits=LIMITS):
            row = self._place(cells, "challenge_id", line, findings)
            least, most = (_whole(cells[name], name, line, findings) for name in ("min", "max"))
            if row is not None and least is not None and most is not None:
                self.least[row], self.most[row] = least, most
        findings.settle()

    def read_room(self, path: Path) -> None:
        """How many challenges some teams can take on: ``team_id``, ``capacity``.

        Raises:
            BadTable: the file or one of its rows cannot be used.
        """
        findings = Findings(path.name)
        for line, cells in read_rows(path, required=["team_id", "capacity"], limits=LIMITS):
            column = self._place(cells, "team_id", line, findings)
            room = _whole(cells["capacity"], "capacity", line, findings)
            if column is not None and room is not None:
                self.room[column] = room
        findings.settle()

    def read_forbidden(self, path: Path) -> None:
        """Pairs that must not be; a column ``statutory`` says which no repair may offer.

        Raises:
            BadTable: the file or one of its rows cannot be used.
        """
        for pair, cells in self._pairs(path):
            self.forbidden[pair] = True
            if str(cells.get("statutory") or "").strip().lower() in YES:
                self.statutory[pair] = True

    def read_pinned(self, path: Path) -> None:
        """Pairs that must be.

        Raises:
            BadTable: the file or one of its rows cannot be used.
        """
        for pair, _cells in self._pairs(path):
            self.pinned[pair] = True

    def read_previous(self, path: Path) -> None:
        """An earlier plan; reserves are passed over, and so is who does not take part any more.

        Raises:
            BadTable: the file or one of its rows cannot be used.
        """
        self.previous = np.zeros(self.scores.shape, bool)
        for _line, cells in read_rows(path, required=["challenge_id", "team_id"], limits=LIMITS):
            if cells.get("role") == RESERVE:
                continue
            row = self._row.get(str(cells["challenge_id"]).strip())
            column = self._column.get(str(cells["team_id"]).strip())
            if row is None or column is None:
                self.left_out += 1
            else:
                self.previous[row, column] = True

    def place_of(self, challenge: str, team: str) -> tuple[int, int] | Message:
        """The place of a pair, or which of the two is not known."""
        if challenge not in self._row:
            return msg("No challenge has the id %(id)s.", id=challenge)
        if team not in self._column:
            return msg("No team has the id %(id)s.", id=team)
        return self._row[challenge], self._column[team]

    def _pairs(self, path: Path) -> Iterator[tuple[tuple[int, int], dict[str, Any]]]:
        """The pairs of a file, all of them known."""
        findings = Findings(path.name)
        found = []
        for line, cells in read_rows(path, required=["challenge_id", "team_id"], limits=LIMITS):
            row = self._place(cells, "challenge_id", line, findings)
            column = self._place(cells, "team_id", line, findings)
            if row is not None and column is not None:
                found.append(((row, column), cells))
        findings.settle()
        yield from found

    def _place(self, cells: dict[str, Any], name: str, line: int, findings: Findings) -> int | None:
        """The place of the id in a cell; an unknown one is noted."""
        key = str(cells[name]).strip()
        places = self._row if name == "challenge_id" else self._column
        if key not in places:
            what = (
                msg("No challenge has the id %(id)s.", id=key)
                if name == "challenge_id"
                else msg("No team has the id %(id)s.", id=key)
            )
            findings.add(what, line, name)
        return places.get(key)


def read_matrix(path: Path) -> Stated:
    """Scores as a table: a row for each challenge, its id first, then a column for each team.

    An empty cell is a pair without a score.

    Raises:
        BadTable: the file or one of its cells cannot be used.
    """
    findings = Findings(path.name)
    teams: list[str] = []
    rows: dict[str, list[float]] = {}
    for line, cells in read_rows(path, limits=MATRIX):
        first, *named = cells
        teams = teams or named
        key = str(cells[first]).strip()
        if not key:
            findings.add(msg("The id of the challenge is missing."), line, first)
        elif key in rows:
            findings.add(msg("This id stands twice."), line, first)
        rows[key] = [_score(cells.get(team), team, line, findings) for team in teams]
    findings.settle()
    if not rows or not teams:
        raise findings.fail(msg("The table holds no scores."))
    scores = np.array(list(rows.values()), dtype=np.float64)
    return Stated(list(rows), teams, _by_id(rows), _by_id(teams), scores)


def _by_id(keys: Iterable[str]) -> Names:
    return {key: {"id": key} for key in keys}


def _score(value: Any, team: str, line: int, findings: Findings) -> float:
    """A score; NaN for an empty cell and for one that is noted as wrong."""
    text = str("" if value is None else value).strip()
    if not text:
        return math.nan
    try:
        score = math.nan if isinstance(value, bool) else float(text)
    except ValueError:
        score = math.nan
    if not math.isfinite(score):
        findings.add(msg("A number is expected here."), line, team)
        return math.nan
    return score


def _whole(value: Any, name: str, line: int, findings: Findings) -> int | None:
    """A whole number from 0 on; anything else is noted."""
    try:
        number = float(str(value).strip())
    except ValueError:
        number = -1.0
    if not math.isfinite(number) or number < 0 or number != int(number):
        findings.add(msg("A whole number from 0 on is expected here."), line, name)
        return None
    return int(number)
