"""The first page: for everybody, or the list of what waits for a signed-in person."""

from __future__ import annotations

from flask import Blueprint, render_template

from matchmaker.challenges import queries as challenges
from matchmaker.challenges.queries import Filters, Stage
from matchmaker.programs import queries as programs
from matchmaker.proposals import tallies
from matchmaker.showcase import queries as showcase
from matchmaker.showcase.models import CaseGroup
from matchmaker.web import door
from matchmaker.web.home.desk import desk_of

bp = Blueprint("home", __name__)
SHOWN = 3


@bp.get("/")
def index() -> str:
    """What Matchmaker is for, or what waits for me."""
    return _desk() if door.actor().is_signed_in else _front()


def _front() -> str:
    session, now = door.db(), door.now()
    closing = challenges.listing(
        session, Filters(stages=[Stage.OPEN]), seen_by=door.actor(), now=now, size=SHOWN
    )
    return render_template(
        "home/public.html",
        closing=[row.challenge for row in closing.rows],
        calls=programs.calendar(session, now),
        cases=showcase.listing(session, group=CaseGroup.LANDED)[:SHOWN],
        figures=tallies.public_figures(session, now),
    )


def _desk() -> str:
    return render_template("home/mine.html", desk=desk_of(door.actor(), door.now()))
