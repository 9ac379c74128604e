"""Rows out of JSONL, JSON, CSV and TSV; XLSX stands in ``sheets``."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from matchmaker.kernel.i18n import msg
from matchmaker.kernel.tabular.encoding import decode
from matchmaker.kernel.tabular.header import Header
from matchmaker.kernel.tabular.problems import Findings, Limits
from matchmaker.kernel.tabular.sheets import read_sheet
from matchmaker.kernel.tabular.writing import unguarded

Row = tuple[int, dict[str, Any]]
DELIMITERS = ",\t;|"
BLANKS = re.compile(r"[ \t\n\r]*")
SUFFIXES = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "tsv",
    ".txt": "csv",
    ".xlsx": "xlsx",
}


def read_rows(
    source: Path | bytes,
    *,
    name: str | None = None,
    required: Sequence[str] = (),
    known: Collection[str] | None = None,
    sheet: str | None = None,
    limits: Limits | None = None,
) -> Iterator[Row]:
    """Line number and record of each row, in file order.

    Args:
        source: a file, or its content together with ``name``.
        required: columns or keys that must be there and filled.
        known: all columns a table may have; None accepts any.
        sheet: which sheet of an XLSX file; None takes the first.

    Raises:
        BadTable: at once when the file cannot be read, else after the last row.
    """
    limits = limits or Limits()
    findings = Findings(name or (source.name if isinstance(source, Path) else "?"))
    kind = SUFFIXES.get(Path(findings.file).suffix.lower())
    if kind is None:
        raise findings.fail(
            msg("This kind of file is not read. Use one of %(kinds)s.", kinds=", ".join(SUFFIXES))
        )
    if kind == "xlsx":
        content = _content(source, findings, limits)
        rows = read_sheet(content, sheet, Header(findings, required, known, limits), limits)
    else:  # the bytes are let go as soon as the text is there: a file may be large
        text = decode(_content(source, findings, limits), findings)
        rows = _text_rows(kind, text, findings, required, known, limits)
        del text
    yield from _checked(rows, findings, required, limits)


def _content(source: Path | bytes, findings: Findings, limits: Limits) -> bytes:
    """The bytes of a file that is there, not empty and not too large."""
    try:
        size = len(source) if isinstance(source, bytes) else source.stat().st_size
        if size > limits.size:
            raise findings.fail(
                msg("The file is larger than %(most)s MB.", most=limits.size // 1_000_000)
            )
        content = source if isinstance(source, bytes) else source.read_bytes()
    except OSError as error:
        raise findings.fail(
            msg("The file cannot be opened: %(why)s.", why=error.strerror or str(error))
        ) from error
    if not content.strip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"):
        raise findings.fail(msg("The file is empty."))
    return content


def _text_rows(
    kind: str,
    text: str,
    findings: Findings,
    required: Sequence[str],
    known: Collection[str] | None,
    limits: Limits,
) -> Iterator[Row]:
    if kind == "jsonl":
        return _jsonl(text, findings)
    if kind == "json":
        return _json(text, findings)
    header = Header(findings, required, known, limits)
    return _csv(text, "\t" if kind == "tsv" else _delimiter(text), header, findings, limits)


def _checked(
    rows: Iterator[Row], findings: Findings, required: Sequence[str], limits: Limits
) -> Iterator[Row]:
    """The rows within the limits whose required cells are filled and whose texts are sound."""
    count = cells = 0
    for line, record in rows:
        count, cells = count + 1, cells + len(record)
        if count > limits.rows or cells > limits.cells:
            raise findings.fail(
                msg(
                    "The file has more than %(rows)s rows or %(cells)s cells.",
                    rows=limits.rows,
                    cells=limits.cells,
                ),
                line,
            )
        before = len(findings.problems)
        for column in required:
            if record.get(column) in (None, ""):
                findings.add(msg("A value is needed here."), line, column)
        for column, value in record.items():
            _check_texts(value, line, column, findings, limits)
        if len(findings.problems) == before:
            yield line, record
    if not count and not findings.problems:
        raise findings.fail(msg("The file has no rows."))
    findings.settle()


def _check_texts(value: Any, line: int, column: str, findings: Findings, limits: Limits) -> None:
    """Refuse NUL, lone surrogates and texts without end, however deep they stand."""
    for text in _texts(value):
        if len(text) > limits.text:
            findings.add(
                msg("The text is longer than %(most)s characters.", most=limits.text), line, column
            )
        elif "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
            findings.add(
                msg("The text holds a broken character (NUL or half of a pair)."), line, column
            )


def _texts(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        here = waiting.pop()
        if isinstance(here, str):
            yield here
        elif isinstance(here, Mapping):
            waiting += [*here.keys(), *here.values()]
        elif isinstance(here, list):
            waiting += here


def _delimiter(text: str) -> str:
    """The delimiter that occurs most often in the header line, outside quotes."""
    header = re.sub(r'"[^"]*"', "", text.lstrip().split("\n", 1)[0])
    return max(DELIMITERS, key=lambda mark: (header.count(mark), -DELIMITERS.index(mark)))


def _csv(
    text: str, delimiter: str, header: Header, findings: Findings, limits: Limits
) -> Iterator[Row]:
    csv.field_size_limit(max(limits.text * 2, 131_072))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 0
    try:
        for cells in reader:
            here, line = line + 1, reader.line_num
            if any(cell.strip() for cell in cells):
                record = header.take(here, [unguarded(cell) for cell in cells])
                if record is not None:
                    yield here, record
    except csv.Error as error:
        raise findings.fail(_csv_reason(error), line + 1) from error


def _csv_reason(error: csv.Error) -> Any:
    if "field larger" in str(error):
        return msg("A cell is too long.")
    return msg("A quotation mark is not closed or stands in the wrong place.")


class _Twice(ValueError):
    """A key stands twice in one JSON object."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _Twice(next(key for key in keys if keys.count(key) > 1))
    return record


def _no_constant(name: str) -> Any:
    raise ValueError(name)


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant)


def _jsonl(text: str, findings: Findings) -> Iterator[Row]:
    for line, content in enumerate(_lines(text), 1):
        if not content.strip():
            continue
        try:
            value = _DECODER.decode(content)
        except (ValueError, RecursionError) as error:
            findings.add(_json_reason(error), line)
            continue
        if isinstance(value, dict):
            yield line, value
        else:
            findings.add(msg("A JSON object is expected here."), line)


def _lines(text: str) -> Iterator[str]:
    """The lines of a text one after the other, without a second copy of all of it."""
    at = 0
    while (end := text.find("\n", at)) >= 0:
        yield text[at:end]
        at = end + 1
    yield text[at:]


def _json(text: str, findings: Findings) -> Iterator[Row]:
    """The objects of a JSON list one after the other, each with the line it begins on."""
    at = _blanks(text, 0)
    if text[at : at + 1] != "[":
        raise findings.fail(msg("A list of JSON objects is expected."), 1)
    at, line, counted = _blanks(text, at + 1), 1, 0
    if text[at : at + 1] == "]":
        return
    while True:
        line, counted = line + text.count("\n", counted, at), at
        try:
            value, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            place = error.pos if isinstance(error, json.JSONDecodeError) else at
            raise findings.fail(_json_reason(error), text.count("\n", 0, place) + 1) from error
        if isinstance(value, dict):
            yield line, value
        else:
            findings.add(msg("A JSON object is expected here."), line)
        at = _blanks(text, at)
        if text[at : at + 1] == "]" and not text[at + 1 :].strip():
            return
        if text[at : at + 1] != ",":
            raise findings.fail(msg("This is not valid JSON."), text.count("\n", 0, at) + 1)
        at = _blanks(text, at + 1)


def _blanks(text: str, at: int) -> int:
    found = BLANKS.match(text, at)
    return found.end() if found else at


def _json_reason(error: Exception) -> Any:
    if isinstance(error, _Twice):
        return msg("The key %(key)s stands twice in one object.", key=str(error))
    if isinstance(error, json.JSONDecodeError):
        return msg("This is not valid JSON (at character %(place)s).", place=error.colno)
    return msg("This is not valid JSON.")
