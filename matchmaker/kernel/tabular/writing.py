"""Rows into JSONL, CSV and XLSX files that are whole or not there."""

from __future__ import annotations

import csv
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import xlsxwriter

GUARDED = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
EXCEL_TEXT = 32_767  # characters that an Excel cell holds
Rows = Iterable[Mapping[str, Any]]
TextWriter = Callable[[TextIO, Rows, Sequence[str]], None]


def guarded(value: Any) -> Any:
    """A text that an office program would run as a formula, made harmless by an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.startswith(GUARDED) else value


def unguarded(text: str) -> str:
    """The text before it was guarded, so that what was exported reads the same again."""
    return text[1:] if text.startswith("'") and text[1:].startswith(GUARDED) else text


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary file beside ``path`` that takes its place when the block ends well."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o644 if not path.exists() else path.stat().st_mode & 0o777)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_rows(
    target: Path | TextIO, rows: Rows, columns: Sequence[str], *, kind: str | None = None
) -> None:
    """Write rows to a file, whole or not at all, or to an open text stream.

    Args:
        target: a file, or a stream that is not closed; XLSX needs a file.
        kind: a key of ``WRITERS``; None takes the ending of the file.

    Raises:
        KeyError: the kind of file is not written.
        ValueError: a text is too long for an XLSX cell.
    """
    if not isinstance(target, Path):
        TEXT_WRITERS[kind or ".jsonl"](target, rows, columns)
        return
    writer = WRITERS[kind or target.suffix.lower()]
    with replacing(target) as temporary:
        writer(temporary, rows, columns)


def _to_file(write: TextWriter, encoding: str) -> Callable[[Path, Rows, Sequence[str]], None]:
    """A writer of text streams as a writer of files."""

    def write_file(path: Path, rows: Rows, columns: Sequence[str]) -> None:
        with path.open("w", encoding=encoding, newline="") as file:
            write(file, rows, columns)

    return write_file


def _write_jsonl(file: TextIO, rows: Rows, columns: Sequence[str]) -> None:
    file.writelines(json.dumps(_chosen(row, columns), ensure_ascii=False) + "\n" for row in rows)


def _write_json(file: TextIO, rows: Rows, columns: Sequence[str]) -> None:
    before = "[\n"
    for row in rows:
        file.write(before + json.dumps(_chosen(row, columns), ensure_ascii=False))
        before = ",\n"
    file.write("\n]\n" if before != "[\n" else "[\n\n]\n")


def _chosen(row: Mapping[str, Any], columns: Sequence[str]) -> dict[str, Any]:
    return {column: row.get(column) for column in columns}


def _write_csv(file: TextIO, rows: Rows, columns: Sequence[str], delimiter: str = ",") -> None:
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerow([guarded(column) for column in columns])
    for row in rows:
        writer.writerow([guarded(_cell(row.get(column))) for column in columns])


def _write_tsv(file: TextIO, rows: Rows, columns: Sequence[str]) -> None:
    _write_csv(file, rows, columns, "\t")


def _cell(value: Any) -> Any:
    """A value that a cell can hold: lists of texts with semicolons, deeper things as JSON."""
    if value is None:
        return ""
    if isinstance(value, list | tuple) and all(isinstance(part, str) for part in value):
        return ";".join(value)
    if isinstance(value, list | tuple | dict):
        return json.dumps(value, ensure_ascii=False)
    return value


def _write_xlsx(path: Path, rows: Rows, columns: Sequence[str]) -> None:
    """Texts are written as texts, never as formulas or links; numbers stay numbers."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
        "remove_timezone": True,
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        bold = book.add_format({"bold": True})
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column, bold)
        for line, row in enumerate(rows, 1):
            for place, column in enumerate(columns):
                _write_cell(sheet, line, place, _cell(row.get(column)))


def _write_cell(sheet: Any, line: int, place: int, value: Any) -> None:
    if value == "":
        return
    if isinstance(value, str):
        if len(value) > EXCEL_TEXT:
            raise ValueError(f"row {line + 1}: a text is longer than an XLSX cell holds")
        sheet.write_string(line, place, value)
    else:
        sheet.write(line, place, value)


TEXT_WRITERS: dict[str, TextWriter] = {
    ".jsonl": _write_jsonl,
    ".json": _write_json,
    ".csv": _write_csv,
    ".tsv": _write_tsv,
}
WRITERS = {
    ".jsonl": _to_file(_write_jsonl, "utf-8"),
    ".json": _to_file(_write_json, "utf-8"),
    ".csv": _to_file(_write_csv, "utf-8-sig"),  # with BOM, so that Excel in Taiwan opens it right
    ".tsv": _to_file(_write_tsv, "utf-8-sig"),
    ".xlsx": _write_xlsx,
}
