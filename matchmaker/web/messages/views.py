"""The outbox: what was sent, what waits, what the mail server refused."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.kernel.permissions import can, require
from matchmaker.notifications import letters, queries, sending
from matchmaker.notifications.queries import Fate
from matchmaker.web import door
from matchmaker.web.accounts.links import sends_mail

bp = Blueprint("messages", __name__, url_prefix="/messages")
FATES = {
    Fate.WAITING: (_l("Waiting"), "caution"),
    Fate.SENT: (_l("Sent"), "proof"),
    Fate.FAILED: (_l("Not sent"), "refused"),
}


@bp.get("")
@login_required
def index() -> str:
    """The outbox, newest first."""
    actor = door.actor()
    require(actor, "mail.list", None)
    chosen = request.args.get("fate", "")
    page = queries.listing(
        door.db(),
        seen_by=actor,
        fate=Fate(chosen) if chosen in set(Fate) else None,
        before_id=request.args.get("before", type=int),
    )
    return render_template(
        "messages/index.html", page=page, chosen=chosen, fates=FATES, fate=queries.fate,
        options=[(fate.value, word) for fate, (word, _tone) in FATES.items()],
        sends_mail=sends_mail(),
    )  # fmt: skip


@bp.get("/<public_id>")
@login_required
def detail(public_id: str) -> str:
    """One mail; its text unless it holds a secret link."""
    mail = queries.get(door.db(), public_id, seen_by=door.actor())
    may_read = bool(can(door.actor(), "mail.read_text", mail))
    site = current_app.extensions["matchmaker.settings"].site_url
    return render_template(
        "messages/detail.html",
        mail=mail,
        text=letters.addressed(mail.body, site) if may_read else None,
        fates=FATES,
        fate=queries.fate(mail),
        may_retry=bool(can(door.actor(), "mail.retry", mail)) and sending.can_retry(mail),
    )


@bp.post("/<public_id>/retry")
@login_required
def retry(public_id: str) -> Response:
    """Have a mail tried once more."""
    mail = queries.get(door.db(), public_id, seen_by=door.actor())
    sending.retry(door.db(), mail, actor=door.actor(), now=door.now())
    flash(_("The mail is tried again within a minute."), "success")
    return redirect(url_for(".detail", public_id=public_id))
