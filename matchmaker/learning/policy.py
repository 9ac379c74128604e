"""Who may have models trained, read their cards, and put them in use.

A model of a programme is the business of its managers; one of the whole site, of administrators.
"""

from __future__ import annotations

from matchmaker.kernel.actor import Actor, Role
from matchmaker.kernel.i18n import msg
from matchmaker.kernel.permissions import DENY, HIDE, YES, Verdict, deny, rule
from matchmaker.matching.models import RankingModel
from matchmaker.matching.policy import IN_CONFLICT

READERS = (Role.ADMIN, Role.AUDITOR)
ONLY_PM = deny(msg("Only managers of the programme may do this."))
ONLY_ADMIN = deny(msg("Only administrators may do this for the whole site."))


@rule("ranking_model.view")
def may_view(actor: Actor, program_id: int | None) -> Verdict:
    """Managers read the models that their runs may use; auditors and administrators read all."""
    if actor.holds_any(set(READERS)) or actor.is_system:
        return YES
    if actor.holds(Role.PM, program_id) if program_id is not None else actor.holds(Role.PM):
        return YES
    return DENY if actor.holds(Role.REVIEWER) else HIDE


@rule("ranking_model.train")
def may_train(actor: Actor, program_id: int | None) -> Verdict:
    """A manager for the programme, an administrator for the whole site."""
    if actor.is_system:
        return YES
    if program_id is None:
        return YES if actor.holds(Role.ADMIN) else _closed(actor, None)
    return YES if actor.holds(Role.PM, program_id) else _closed(actor, program_id)


@rule("ranking_model.activate")
def may_activate(actor: Actor, model: RankingModel) -> Verdict:
    """Who may have it trained puts it in use, unless in a conflict with the programme."""
    if model.program_id is not None and ("program", model.program_id) in actor.conflicts:
        return IN_CONFLICT
    return may_train(actor, model.program_id)


@rule("ranking_model.roll_back")
def may_roll_back(actor: Actor, model: RankingModel) -> Verdict:
    """Who may put it in use may take it out again."""
    return may_activate(actor, model)


def _closed(actor: Actor, program_id: int | None) -> Verdict:
    """An open refusal for whoever may read it, none for everybody else."""
    if may_view(actor, program_id):
        return ONLY_ADMIN if program_id is None else ONLY_PM
    return may_view(actor, program_id)
