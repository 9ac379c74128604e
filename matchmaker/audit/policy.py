"""Who may read the record. Nobody may change it: there is no verb for that."""

from matchmaker.kernel.actor import Actor, Role
from matchmaker.kernel.permissions import DENY, HIDE, YES, Verdict, rule


@rule("audit_log.view")
def may_view(actor: Actor, _thing: object) -> Verdict:
    """Auditors and administrators read all of it; a programme manager the own programme's part."""
    if actor.holds_any({Role.ADMIN, Role.AUDITOR, Role.PM}):
        return YES
    return DENY if actor.holds(Role.FINANCE) else HIDE


@rule("audit_log.check")
def may_check(actor: Actor, _thing: object) -> Verdict:
    """Whoever reads the whole record may have its chain of hashes checked."""
    if actor.holds_any({Role.ADMIN, Role.AUDITOR}):
        return YES
    return DENY if actor.holds(Role.PM) else may_view(actor, None)


@rule("audit_log.view_own_security_events")
def may_view_own(actor: Actor, user_id: int) -> Verdict:
    """Everybody reads what happened to the own account."""
    return YES if actor.is_signed_in and actor.user_id == user_id else HIDE


def readable_programs(actor: Actor) -> frozenset[int] | None:
    """The programmes whose entries the actor may read; None means everything."""
    if actor.holds_any({Role.ADMIN, Role.AUDITOR}):
        return None
    return actor.scopes(Role.PM)
