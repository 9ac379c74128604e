"""Who may do what to a reported case."""

from matchmaker.kernel.actor import Actor, Role
from matchmaker.kernel.permissions import YES, Verdict, allow_if, rule
from matchmaker.showcase.models import ReportedCase


@rule("reported_case.view")
def may_view(_actor: Actor, _case: ReportedCase) -> Verdict:
    """Cases of a published report are public."""
    return YES


@rule("reported_case.enter")
def may_enter(actor: Actor, _nothing: None) -> Verdict:
    """Programme managers and administrators enter cases."""
    return allow_if(actor.is_system or actor.holds_any({Role.PM, Role.ADMIN}))
