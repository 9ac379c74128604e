"""Refusals and failures become pages in this one place."""

from __future__ import annotations

import structlog
from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from matchmaker.kernel.database import refusal_of
from matchmaker.kernel.errors import Refusal
from matchmaker.kernel.i18n import translate
from matchmaker.web import door, languages

log = structlog.get_logger()


def install(app: Flask) -> None:
    """Answer every refusal and every failure with a page that says what to do next."""
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(CSRFError, forged)
    app.register_error_handler(HTTPException, answered)
    app.register_error_handler(Exception, failed)


def refused(error: Refusal) -> Response:
    """A verb would not do what was asked."""
    return _page(error.status, translate(error.message, languages.current()))


def forged(_error: CSRFError) -> Response:
    """The form was not ours, or is too old."""
    return _page(400, _("This form has expired. Go back, reload the page and send it again."))


def answered(error: HTTPException) -> Response:
    """Flask refused by itself: no such page, wrong method, body too large."""
    if error.response is not None or (error.code or 500) < 400:
        return error.get_response()  # type: ignore[return-value]
    return _page(error.code or 500, None)


def failed(error: Exception) -> Response:
    """Something broke. The reader gets a reference number, the log gets the cause."""
    refusal = refusal_of(error)
    if refusal is not None:
        return refused(refusal)
    log.error("request failed", request_id=g.get("request_id"), path=request.path, exc_info=error)
    return _page(500, None)


def _page(status: int, message: str | None) -> Response:
    session = g.get("session")
    if session is not None:
        session.rollback()
    if request.accept_mimetypes.best == "application/json":
        return make_response(jsonify(error=message or "", request_id=g.get("request_id")), status)
    known = (
        status if status in {400, 403, 404, 409, 413, 429, 503} else (500 if status >= 500 else 400)
    )
    body = render_template(f"errors/{known}.html", message=message, request_id=g.get("request_id"))
    response = make_response(body, status)
    if door.actor().is_signed_in:
        response.headers["Cache-Control"] = "no-store"
    return response
