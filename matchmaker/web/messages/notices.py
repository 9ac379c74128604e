"""One's own notices."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from matchmaker.notifications import notices
from matchmaker.web import door, languages

bp = Blueprint("notifications", __name__, url_prefix="/notifications")


@bp.get("")
@login_required
def index() -> str:
    """What happened since, newest first, worded by the rights of now."""
    page = notices.listing(
        door.db(),
        actor=door.actor(),
        lang=languages.current(),
        now=door.now(),
        before_id=request.args.get("before", type=int),
    )
    return render_template("messages/notices.html", page=page)


@bp.post("/<public_id>/open")
@login_required
def open_notice(public_id: str) -> Response:
    """Mark a notice as read and go to what it is about."""
    path = notices.open_one(door.db(), public_id, actor=door.actor(), now=door.now())
    return redirect(path, 303)


@bp.post("/read")
@login_required
def mark_all_read() -> Response:
    """Mark all notices as read."""
    notices.mark_all_read(door.db(), actor=door.actor(), now=door.now())
    flash(_("All notices are marked as read."), "success")
    return redirect(url_for(".index"))


def unread() -> int:
    """How many notices the reader has not opened, for the bell. No statement of its own."""
    return current_user.user.unread_notices if door.actor().is_signed_in else 0
