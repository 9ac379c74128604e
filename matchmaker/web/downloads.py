"""Lists that a browser keeps as a file, under a name that may be Chinese."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Response

from matchmaker.kernel.tabular import write_rows

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json; charset=utf-8",
}
MARK = b"\xef\xbb\xbf"  # tells Excel that a CSV is UTF-8


def as_file(
    kind: str, rows: Sequence[Mapping[str, Any]], columns: Sequence[str], name: str
) -> Response:
    """Rows as a CSV, XLSX or JSON file of this name, without the ending."""
    answer = Response(_written(kind, rows, columns), content_type=TYPES[kind])
    return name_file(answer, f"{name}.{kind}")


def name_file(answer: Response, name: str) -> Response:
    """Have the answer kept as a file of this name.

    A header holds Latin letters only, so that another name goes beside it, encoded as RFC 6266
    says, and old browsers read the part of it that they can.
    """
    plain = name.encode("ascii", "ignore").decode().strip() or "file"
    encoded = {} if plain == name else {"filename*": f"UTF-8''{quote(name, safe='')}"}
    answer.headers.set("Content-Disposition", "attachment", filename=plain, **encoded)
    return answer


def _written(kind: str, rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> bytes:
    if kind == "xlsx":
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "rows.xlsx"
            write_rows(path, rows, columns)
            return path.read_bytes()
    stream = io.StringIO(newline="")
    write_rows(stream, rows, columns, kind=f".{kind}")
    return (MARK if kind == "csv" else b"") + stream.getvalue().encode()
