"""Rows out of an XLSX file, checked as an archive before anything is unpacked."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from matchmaker.kernel.i18n import msg
from matchmaker.kernel.tabular.header import Header
from matchmaker.kernel.tabular.problems import Findings, Limits

PASSWORD_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # an old Office container: locked, or XLS


def read_sheet(
    content: bytes, sheet: str | None, header: Header, limits: Limits
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Row number and record of each row that is not blank.

    Raises:
        BadTable: the file is no sound XLSX, too large inside, or lacks the sheet.
    """
    findings = header.findings
    _check_archive(content, findings, limits)
    book = _open(content, findings)
    try:
        names = [page.title for page in book.worksheets]
        if not names or (sheet is not None and sheet not in names):
            raise findings.fail(msg("There is no sheet %(name)s.", name=sheet or "1"))
        yield from _rows(book[sheet or names[0]], header, findings, limits)
    finally:
        book.close()


def _check_archive(content: bytes, findings: Findings, limits: Limits) -> None:
    if content.startswith(PASSWORD_FILE):
        raise findings.fail(
            msg("The file is locked by a password or of an old kind. Save it as plain XLSX.")
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            unpacked = sum(entry.file_size for entry in entries)
            swollen = any(
                entry.file_size > limits.archive_ratio * max(entry.compress_size, 1_000)
                for entry in entries
            )
            if len(entries) > limits.archive_entries or unpacked > limits.archive_size or swollen:
                raise findings.fail(msg("The file is too large once unpacked."))
            if any(b"<!DOCTYPE" in archive.read(entry) for entry in entries if _is_xml(entry)):
                raise findings.fail(msg("The file holds declarations that are not allowed."))
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise findings.fail(msg("The file is damaged or no XLSX file.")) from error


def _is_xml(entry: zipfile.ZipInfo) -> bool:
    return entry.filename.lower().endswith((".xml", ".rels"))


def _open(content: bytes, findings: Findings) -> Any:
    openpyxl = import_module("openpyxl")  # brings NumPy along, which web start-up does without
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    except Exception as error:
        raise findings.fail(msg("The file is damaged or no XLSX file.")) from error


def _rows(
    page: Any, header: Header, findings: Findings, limits: Limits
) -> Iterator[tuple[int, dict[str, Any]]]:
    page.reset_dimensions()
    cells_read = 0
    for line, cells in enumerate(page.iter_rows(), 1):
        cells_read += len(cells)
        if cells_read > limits.cells or line > 2 * limits.rows:
            raise findings.fail(msg("The sheet has too many cells."), line)
        values = [_value(cell, line, header, findings) for cell in cells]
        if any(value != "" for value in values):
            record = header.take(line, values)
            if record is not None:
                yield line, record


def _value(cell: Any, line: int, header: Header, findings: Findings) -> Any:
    """The typed value of a cell; an empty one is an empty text."""
    if cell.value is None:
        return ""
    if cell.data_type in ("f", "e"):
        column = cell.column_letter if header.columns is None else _name(header, cell.column)
        reason = (
            msg("There is a formula here. Paste its value instead.")
            if cell.data_type == "f"
            else msg("The cell shows an error value.")
        )
        findings.add(reason, line, column)
        return ""
    return cell.value


def _name(header: Header, place: int) -> str:
    columns = header.columns or []
    return columns[place - 1] if place <= len(columns) else str(place)
