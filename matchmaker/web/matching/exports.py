"""The match board as a file: the same run and filter, one row for each pair."""

from __future__ import annotations

from flask import Response, request
from flask_babel import gettext as _
from flask_login import login_required

from matchmaker.audit.service import record as write_down
from matchmaker.kernel.errors import NotFound
from matchmaker.matching import board, records
from matchmaker.matching.models import RecommendationRun
from matchmaker.web import door
from matchmaker.web.downloads import as_file
from matchmaker.web.matching.asking import maybe
from matchmaker.web.matching.blueprint import bp
from matchmaker.web.matching.board import asked, chosen_call, readable_programs


@bp.get("/matching.<any(csv, xlsx):kind>")
@login_required
def export(kind: str) -> Response:
    """The pairs of a run: all that the board holds under its filter."""
    run = _shown_run()
    rows = list(records.of_board(door.db(), run, seen_by=door.actor(), wanted=asked()))
    _note(run, kind, len(rows))
    name = _("Matches of run %(number)s, %(call)s", number=run.number, call=run.call.slug)
    return as_file(kind, rows, records.COLUMNS, name)


def _shown_run() -> RecommendationRun:
    """The run that the board with this address shows.

    Raises:
        NotFound: no call, or no run with results.
    """
    programs = readable_programs(door.actor())
    standings = board.standings(door.db(), programs, number=maybe("run"))
    calls = [each.call for each in standings]
    call = chosen_call(calls, request.args.get("call", ""), door.now())
    shown = next((each.shown for each in standings if each.call is call), None)
    if shown is None:
        raise NotFound
    return shown


def _note(run: RecommendationRun, kind: str, rows: int) -> None:
    """Keep who took the pairs away: what is in the file leaves the platform."""
    with door.database().transaction() as own:
        write_down(
            own, "recommendation_run.export", actor=door.actor(), now=door.now(),
            kind="recommendation_run", object_id=run.id, name=f"#{run.number}",
            program_id=run.program_id, after={"format": kind, "rows": rows},
        )  # fmt: skip
