"""What is wrong with a file, said so that the person who made it can find the place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matchmaker.kernel.errors import Refusal
from matchmaker.kernel.i18n import Message, msg

MOST_PROBLEMS = 50


@dataclass(frozen=True)
class Limits:
    """What is still read; beyond it a file is refused before it costs memory or time."""

    size: int = 20_000_000
    rows: int = 100_000
    cells: int = 3_000_000
    columns: int = 500
    text: int = 100_000
    archive_entries: int = 1_000
    archive_size: int = 200_000_000
    archive_ratio: int = 200


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        line: 1 is the first line of the file, or the first row of the sheet; None when the whole
            file is meant.
        column: the name of the column or key, or None.
        reason: a whole sentence.
    """

    file: str
    line: int | None
    column: str | None
    reason: Message

    @property
    def message(self) -> Message:
        """Place and reason in one line."""
        if self.line is None:
            return msg("%(file)s: %(reason)s", file=self.file, reason=self.reason)
        if self.column is None:
            return msg(
                "%(file)s, line %(line)s: %(reason)s",
                file=self.file,
                line=self.line,
                reason=self.reason,
            )
        return msg(
            "%(file)s, line %(line)s, column %(column)s: %(reason)s",
            file=self.file,
            line=self.line,
            column=self.column,
            reason=self.reason,
        )

    def __str__(self) -> str:
        return str(self.message)


class BadTable(Refusal):
    """A file that cannot be taken as it is; ``problems`` in file order, at most fifty."""

    status = 422

    def __init__(self, problems: Sequence[Problem]):
        super().__init__(problems[0].message)
        self.problems = tuple(problems[:MOST_PROBLEMS])


class Findings:
    """Problems collected while a file is read.

    Args:
        file: the name people know the file by.
    """

    def __init__(self, file: str):
        self.file = file
        self.problems: list[Problem] = []

    def add(self, reason: Message, line: int | None = None, column: str | None = None) -> None:
        """Note a problem and go on, unless there are enough.

        Raises:
            BadTable: fifty problems have been found.
        """
        self.problems.append(Problem(self.file, line, column, reason))
        if len(self.problems) >= MOST_PROBLEMS:
            raise BadTable(self.problems)

    def fail(self, reason: Message, line: int | None = None, column: str | None = None) -> BadTable:
        """The refusal to raise when reading on makes no sense."""
        self.problems.append(Problem(self.file, line, column, reason))
        return BadTable(self.problems)

    def settle(self) -> None:
        """Refuse the file if anything was found.

        Raises:
            BadTable: there is at least one problem.
        """
        if self.problems:
            raise BadTable(self.problems)
