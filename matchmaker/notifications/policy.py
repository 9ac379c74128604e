"""Who may look into the outbox. Mail with a secret link is shown to nobody."""

from __future__ import annotations

from sqlalchemy import ColumnElement, false, true

from matchmaker.kernel.actor import Actor, Role
from matchmaker.kernel.permissions import DENY, HIDE, YES, Verdict, allow_if, rule
from matchmaker.notifications.models import Mail, Notice

STAFF = frozenset({Role.AUDITOR, Role.FINANCE, Role.REVIEWER, Role.REVIEW_CHAIR})


@rule("mail.list")
def may_list(actor: Actor, _nothing: None) -> Verdict:
    """Administrators look after all mail, programme managers after that of their programmes."""
    if actor.holds_any({Role.ADMIN, Role.PM}):
        return YES
    return DENY if actor.holds_any(STAFF) else HIDE


@rule("mail.view")
def may_view(actor: Actor, mail: Mail) -> Verdict:
    """Whose row is in the list may be opened."""
    if actor.holds(Role.ADMIN):
        return YES
    own = mail.program_id is not None and actor.holds(Role.PM, mail.program_id)
    return allow_if(own, HIDE)


@rule("mail.read_text")
def may_read_text(actor: Actor, mail: Mail) -> Verdict:
    """The text of a mail, unless it holds a secret link: that is for its recipient alone."""
    return DENY if mail.is_secret else may_view(actor, mail)


@rule("mail.retry")
def may_retry(actor: Actor, mail: Mail) -> Verdict:
    """Whoever looks after a mail may have it tried once more, the operator of the machine too."""
    return YES if actor.is_system else may_view(actor, mail)


@rule("notification.view")
def may_view_notice(actor: Actor, notice: Notice) -> Verdict:
    """Everybody reads the own notices only."""
    return allow_if(actor.is_signed_in and actor.user_id == notice.user_id, HIDE)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The mail that ``mail.view`` allows, as a condition for lists."""
    if actor.is_suspended:
        return false()
    if actor.holds(Role.ADMIN):
        return true()
    return Mail.program_id.in_(actor.scopes(Role.PM))
