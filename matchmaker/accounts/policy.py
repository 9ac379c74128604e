"""Who may see and change accounts. Nobody acts as another person: there is no rule for that."""

from __future__ import annotations

from typing import NamedTuple

from matchmaker.accounts.models import StaffProposal, User
from matchmaker.kernel.actor import Actor, Role
from matchmaker.kernel.i18n import msg
from matchmaker.kernel.permissions import DENY, HIDE, YES, Verdict, allow_if, deny, rule

READS_ALL = frozenset({Role.ADMIN, Role.AUDITOR})
KNOWS_THE_OFFICE = frozenset(
    {Role.PM, Role.AUDITOR, Role.FINANCE, Role.REVIEWER, Role.REVIEW_CHAIR}
)
ONLY_ADMINS = deny(msg("Only an administrator may do this."))
NOT_TO_ONESELF = deny(msg("Nobody gives a staff role to themselves."))
ANOTHER_ADMIN = deny(msg("Another administrator has to confirm what you proposed."))
NOT_ONESELF = deny(msg("You cannot suspend your own account."))
NEEDED_BY_ROLE = deny(msg("Your role asks for the second step. It cannot be switched off."))
NOT_OWN_FACTOR = deny(msg("Another administrator has to do this for you."))


class Protected(NamedTuple):
    """An account, and whether the roles held make the second step a duty."""

    user: User
    is_duty: bool


@rule("account.view_edit_profile")
def may_edit_profile(actor: Actor, user: User) -> Verdict:
    """Everybody sees and changes the own profile, and nobody another's."""
    return allow_if(actor.is_signed_in and actor.user_id == user.id, HIDE)


@rule("account.change_email")
def may_change_email(actor: Actor, user: User) -> Verdict:
    """Everybody changes the own address."""
    return may_edit_profile(actor, user)


@rule("account.use_second_factor")
def may_use_second_factor(actor: Actor, user: User) -> Verdict:
    """Everybody may protect the own account by an app, and nobody another's."""
    return may_edit_profile(actor, user)


@rule("account.switch_off_second_factor")
def may_switch_off_second_factor(actor: Actor, account: Protected) -> Verdict:
    """Everybody whose roles do not ask for the second step may do without it."""
    own = may_edit_profile(actor, account.user)
    return NEEDED_BY_ROLE if own and account.is_duty else own


@rule("account.reset_second_factor")
def may_reset_second_factor(actor: Actor, user: User) -> Verdict:
    """An administrator helps who lost the app; oneself is helped by another one.

    Whoever runs the machine may as well: the last administrator can lose an app too.
    """
    if actor.is_system:
        return YES
    if not actor.holds(Role.ADMIN):
        return _only_admins(actor)
    return NOT_OWN_FACTOR if actor.user_id == user.id else YES


@rule("account.list")
def may_list(actor: Actor, _nothing: None) -> Verdict:
    """Administrators and auditors list all accounts, a programme manager those of the programme."""
    if actor.holds_any({Role.ADMIN, Role.AUDITOR, Role.PM}):
        return YES
    return DENY if actor.holds_any(KNOWS_THE_OFFICE) else HIDE


@rule("account.view")
def may_view(actor: Actor, user: User) -> Verdict:
    """Whose row is in the list may be opened; a programme manager sees who works in the own one."""
    if actor.holds_any(READS_ALL):
        return YES
    own = actor.scopes(Role.PM)
    if own and any(grant.scope_id in own and grant.scope == "program" for grant in user.grants):
        return YES
    return HIDE


@rule("account.view_email")
def may_view_email(actor: Actor, user: User) -> Verdict:
    """Only the person, administrators and the managers of the person's programme see an address."""
    if actor.is_signed_in and actor.user_id == user.id:
        return YES
    if actor.holds(Role.ADMIN) or (actor.holds(Role.PM) and may_view(actor, user)):
        return YES
    return DENY if actor.holds_any(KNOWS_THE_OFFICE) else HIDE


@rule("account.suspend")
def may_suspend(actor: Actor, user: User) -> Verdict:
    """An administrator suspends and restores accounts, but not the own one."""
    if not actor.holds(Role.ADMIN):
        return _only_admins(actor)
    return NOT_ONESELF if actor.user_id == user.id else YES


@rule("account.grant_staff_role")
def may_grant_staff_role(actor: Actor, proposal: StaffProposal | None) -> Verdict:
    """An administrator proposes a staff role, another one confirms, and neither gets it."""
    if not actor.holds(Role.ADMIN):
        return _only_admins(actor)
    if proposal is None:
        return YES
    if actor.email == proposal.email:
        return NOT_TO_ONESELF
    return ANOTHER_ADMIN if actor.user_id == proposal.proposed_by else YES


@rule("account.end_staff_role")
def may_end_staff_role(actor: Actor, _user: User) -> Verdict:
    """One administrator is enough to take a staff role away."""
    return YES if actor.holds(Role.ADMIN) else _only_admins(actor)


def _only_admins(actor: Actor) -> Verdict:
    return ONLY_ADMINS if actor.holds_any(KNOWS_THE_OFFICE) else HIDE
