"""The team list as a file: the same filter, the same order, the fields that are public."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from flask import Response
from flask_babel import gettext as _

from matchmaker.audit.service import record as write_down
from matchmaker.kernel.tabular import write_rows
from matchmaker.teams import queries
from matchmaker.teams.records import COLUMNS, FIELDS, flat, record
from matchmaker.web import door
from matchmaker.web.downloads import name_file
from matchmaker.web.teams import filtering
from matchmaker.web.teams.blueprint import bp

KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json; charset=utf-8",
}


@bp.get("/teams.<any(csv, xlsx, json):kind>")
def export(kind: str) -> Response:
    """Exactly the teams that the list shows under this filter."""
    teams = queries.exported(door.db(), door.actor(), filtering.asked(), sort=filtering.sort())
    _note(kind, len(teams))
    if kind == "json":
        body = _text(kind, [record(team) for team in teams], FIELDS)
    elif kind == "csv":
        body = b"\xef\xbb\xbf" + _text(kind, [flat(team) for team in teams], COLUMNS)
    else:
        body = _workbook([flat(team) for team in teams])
    name = _("Teams %(day)s", day=f"{door.now():%Y-%m-%d}")
    answer = Response(body, content_type=KINDS[kind])
    return name_file(answer, f"{name}.{kind}")


def _text(kind: str, rows: list[dict[str, object]], columns: tuple[str, ...]) -> bytes:
    stream = io.StringIO(newline="")
    write_rows(stream, rows, columns, kind=f".{kind}")
    return stream.getvalue().encode()


def _workbook(rows: list[dict[str, object]]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "teams.xlsx"
        write_rows(path, rows, COLUMNS)
        return path.read_bytes()


def _note(kind: str, rows: int) -> None:
    """Keep who took the list away; visitors took what everybody may read anyway."""
    if not door.actor().is_signed_in:
        return
    with door.database().transaction() as own:
        write_down(
            own, "team.export", actor=door.actor(), now=door.now(), kind="team",
            after={"format": kind, "rows": rows},
        )  # fmt: skip
