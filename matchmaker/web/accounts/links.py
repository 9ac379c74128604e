"""What all mailed links have in common: the page of a dead one, and whether mail is sent at all."""

from __future__ import annotations

from flask import current_app, render_template
from werkzeug.wrappers import Response

from matchmaker.accounts.models import MailToken

Answer = Response | tuple[str, int]


def dead_link(row: MailToken) -> tuple[str, int]:
    """A link that opens nothing any more, and where to get a new one."""
    return render_template("accounts/dead_link.html", purpose=row.purpose.value), 409


def sends_mail() -> bool:
    """Whether this installation has a mail server; otherwise its operator passes links on."""
    return bool(current_app.extensions["matchmaker.settings"].smtp_url)
