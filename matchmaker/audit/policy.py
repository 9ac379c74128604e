"""Who may read the record. Nobody may change it: there is no verb for that."""

from matchmaker.kernel.actor import Actor, Role
from matchmaker.kernel.permissions import DENY, HIDE, YES, Verdict, rule


@rule("audit.view")
def may_view(actor: Actor, _thing: object) -> Verdict:
    """Auditors and administrators read all of it; a programme manager the own programme's part."""
    if actor.holds_any({Role.ADMIN, Role.AUDITOR, Role.PM}):
        return YES
    return DENY if actor.holds(Role.FINANCE) else HIDE


def readable_programs(actor: Actor) -> frozenset[int] | None:
    """The programmes whose entries the actor may read; None means everything."""
    if actor.holds_any({Role.ADMIN, Role.AUDITOR}):
        return None
    return actor.scopes(Role.PM)
