"""What waits for the administrators of the platform."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from matchmaker.notifications import desk as notifications
from matchmaker.web import door
from matchmaker.web.home.items import Item


def failed_mails() -> list[Item]:
    """Messages that could not be delivered."""
    many = notifications.failed(door.db())
    if not many:
        return []
    sentence = ngettext(
        "%(num)s message could not be delivered.", "%(num)s messages could not be delivered.", many
    )
    return [Item(sentence, _("See which"), url_for("messages.index"), many=many)]
