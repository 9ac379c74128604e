"""The team list as a file: the same filter, the same order, the fields that are public."""

from __future__ import annotations

from flask import Response
from flask_babel import gettext as _

from matchmaker.audit.service import record as write_down
from matchmaker.teams import queries
from matchmaker.teams.records import COLUMNS, FIELDS, flat, record
from matchmaker.web import door
from matchmaker.web.downloads import as_file
from matchmaker.web.teams import filtering
from matchmaker.web.teams.blueprint import bp


@bp.get("/teams.<any(csv, xlsx, json):kind>")
def export(kind: str) -> Response:
    """Exactly the teams that the list shows under this filter."""
    teams = queries.exported(door.db(), door.actor(), filtering.asked(), sort=filtering.sort())
    _note(kind, len(teams))
    name = _("Teams %(day)s", day=f"{door.now():%Y-%m-%d}")
    if kind == "json":
        return as_file(kind, [record(team) for team in teams], FIELDS, name)
    return as_file(kind, [flat(team) for team in teams], COLUMNS, name)


def _note(kind: str, rows: int) -> None:
    """Keep who took the list away; visitors took what everybody may read anyway."""
    if not door.actor().is_signed_in:
        return
    with door.database().transaction() as own:
        write_down(
            own, "team.export", actor=door.actor(), now=door.now(), kind="team",
            after={"format": kind, "rows": rows},
        )  # fmt: skip
