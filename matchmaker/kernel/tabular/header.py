"""The header row of a table, and rows measured against it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from matchmaker.kernel.i18n import msg
from matchmaker.kernel.tabular.problems import Findings, Limits


class Header:
    """Takes the first row as column names and every later one as a record.

    Args:
        required: columns that must be there.
        known: all columns there may be; None accepts any.
    """

    def __init__(
        self,
        findings: Findings,
        required: Sequence[str],
        known: Collection[str] | None,
        limits: Limits,
    ):
        self.findings, self.limits = findings, limits
        self.required, self.known = required, known
        self.columns: list[str] | None = None

    def take(self, line: int, cells: Sequence[Any]) -> dict[str, Any] | None:
        """The record of a row; None for the header row itself and for a row too long.

        Raises:
            BadTable: the header row cannot serve.
        """
        if self.columns is None:
            self.columns = self._named(line, cells)
            return None
        cells = _trimmed(cells)
        if len(cells) > len(self.columns):
            self.findings.add(
                msg(
                    "The row has %(cells)s cells, the header only %(columns)s.",
                    cells=len(cells),
                    columns=len(self.columns),
                ),
                line,
            )
            return None
        filled = [*cells, *[""] * (len(self.columns) - len(cells))]
        return dict(zip(self.columns, filled, strict=True))

    def _named(self, line: int, cells: Sequence[Any]) -> list[str]:
        """The column names, or a refusal that names everything wrong with them."""
        names = [str(cell).strip() for cell in _trimmed(cells)]
        if len(names) > self.limits.columns:
            raise self.findings.fail(
                msg("There are more than %(most)s columns.", most=self.limits.columns), line
            )
        for place, name in enumerate(names, 1):
            if not name:
                self.findings.add(msg("Column %(place)s has no name.", place=place), line)
            elif name in names[: place - 1]:
                self.findings.add(msg("This column stands twice."), line, name)
            elif self.known is not None and name not in self.known:
                self.findings.add(msg("This column is not known."), line, name)
        for name in self.required:
            if name not in names:
                self.findings.add(msg("This column is missing."), line, name)
        self.findings.settle()
        return names


def _trimmed(cells: Sequence[Any]) -> list[Any]:
    """The cells without the empty ones at the end."""
    last = max((n for n, cell in enumerate(cells, 1) if str(cell).strip()), default=0)
    return list(cells[:last])
