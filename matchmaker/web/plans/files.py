"""A plan as a file: what its list holds under the filter, one row for each pair."""

from __future__ import annotations

from flask import Response
from flask_babel import gettext as _
from flask_login import login_required

from matchmaker.kernel.errors import NotFound
from matchmaker.plans import queries, records, service, sheet
from matchmaker.plans.lifecycle import SOLVED
from matchmaker.web import door
from matchmaker.web.downloads import as_file
from matchmaker.web.plans.blueprint import bp, open_plan, sight
from matchmaker.web.plans.pages import asked_only


@bp.get("/matching/plans/<plan_id>.<any(csv, xlsx, json):kind>")
@login_required
def export(plan_id: str, kind: str) -> Response:
    """The challenges of a plan with their teams and reserves."""
    found = open_plan(plan_id)
    if found.state not in SOLVED:
        raise NotFound
    wishes = {(w.challenge_id, w.team_id): w for w in queries.wishes(door.db(), found.id)}
    listed = sheet.rows(door.db(), found, sight(), only=asked_only(), size=None).rows
    rows = list(records.of_plan(found, listed, wishes))
    with door.database().transaction() as own:  # what is in the file leaves the platform
        service.note(
            own, found, "export", actor=door.actor(), now=door.now(),
            after={"format": kind, "rows": len(rows)},
        )  # fmt: skip
    name = _("Plan %(number)s, %(call)s", number=found.number, call=found.call.slug)
    return as_file(kind, rows, records.COLUMNS, name)
