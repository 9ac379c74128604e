"""Who may do what to an organisation."""

from matchmaker.kernel.actor import Actor, Role
from matchmaker.kernel.i18n import msg
from matchmaker.kernel.permissions import HIDE, YES, Verdict, allow_if, deny, rule
from matchmaker.organizations.models import Organization

MEMBERS = frozenset({Role.OWNER_LEAD, Role.OWNER_MEMBER})
ONLY_LEADS = deny(msg("Only a lead of the organisation may do this."))


@rule("organization.register")
def may_register(actor: Actor, _nothing: None) -> Verdict:
    """Whoever is signed in may register the organisation they speak for, and becomes its lead."""
    return allow_if(actor.is_signed_in or actor.is_system)


@rule("organization.view")
def may_view(_actor: Actor, _organization: Organization) -> Verdict:
    """Names and public facts of organisations are public."""
    return YES


@rule("organization.edit_profile")
def may_edit(actor: Actor, organization: Organization) -> Verdict:
    """A lead of the organisation changes what it says about itself."""
    if actor.holds(Role.OWNER_LEAD, organization.id):
        return YES
    return ONLY_LEADS if _knows(actor, organization) else HIDE


@rule("organization.manage_members")
def may_manage_members(actor: Actor, organization: Organization) -> Verdict:
    """A lead of the organisation invites people and ends their roles."""
    return may_edit(actor, organization)


@rule("organization.declare_tie")
def may_declare_tie(actor: Actor, organization: Organization) -> Verdict:
    """Leads, programme managers and administrators record ties that make conflicts of interest."""
    if actor.holds_any({Role.PM, Role.ADMIN}):
        return YES
    return may_edit(actor, organization)


def _knows(actor: Actor, organization: Organization) -> bool:
    """Whether a refusal may be open: members and staff see the page behind the form anyway."""
    return actor.holds_any(MEMBERS, organization.id) or actor.holds_any(
        {Role.PM, Role.ADMIN, Role.AUDITOR}
    )
