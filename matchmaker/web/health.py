"""Two answers for machines that watch: is the process alive, can it do its work."""

from __future__ import annotations

import structlog
from flask import Blueprint, Response, jsonify, make_response

from matchmaker.kernel import schema
from matchmaker.kernel.database import refusal_of
from matchmaker.web import door

bp = Blueprint("health", __name__)
log = structlog.get_logger()


@bp.get("/healthz")
def alive() -> Response:
    """The process answers; nothing else is looked at."""
    return _answer(200, status="alive")


@bp.get("/readyz")
def ready() -> Response:
    """The database is reachable and has the tables of this version."""
    try:
        is_current = schema.is_current(door.database())
    except Exception as error:
        if refusal_of(error) is None:
            raise
        log.warning("database out of reach", exc_info=error)
        return _answer(503, status="not ready", database="out of reach")
    if not is_current:
        return _answer(503, status="not ready", database="reachable", schema="not current")
    return _answer(200, status="ready", database="reachable", schema="current")


def _answer(code: int, **facts: str) -> Response:
    answer = make_response(jsonify(facts), code)
    answer.headers["Cache-Control"] = "no-store"
    return answer
