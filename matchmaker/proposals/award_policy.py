"""Who may decide about proposals, and who may know of a decision and answer it.

Decisions are pending until they are released together; until then they are known to the programme
manager and auditors only.
"""

from __future__ import annotations

from matchmaker.kernel.actor import Actor, Role
from matchmaker.kernel.permissions import DENY, HIDE, YES, Verdict, allow_if, rule
from matchmaker.proposals.lifecycle import DECIDED, GONE, ProposalState
from matchmaker.proposals.policy import (
    IN_CONFLICT,
    OWNERS,
    Sight,
    by_the_lead,
    is_conflicted,
    is_own,
    knows_decisions,
    may_view,
    refused_outside,
    was_seen,
)

_S = ProposalState


@rule("proposal.view_decision")
def may_view_decision(actor: Actor, sight: Sight) -> Verdict:
    """A decision is known to programme manager and auditors until it is released to the team."""
    verdict = may_view(actor, sight)
    if sight.proposal.state not in DECIDED:
        return HIDE
    if sight.proposal.released_at is not None or knows_decisions(actor, sight.proposal):
        return verdict
    return DENY if actor.holds(Role.REVIEWER) else HIDE


@rule("proposal.view_feedback")
def may_view_feedback(actor: Actor, sight: Sight) -> Verdict:
    """The team reads what it was told about a refusal, once it is released."""
    is_told = sight.proposal.state is _S.NOT_SELECTED and sight.proposal.released_at is not None
    return allow_if(is_told and is_own(actor, sight.proposal), HIDE)


@rule("proposal.view_public_summary")
def may_view_summary(actor: Actor, sight: Sight) -> Verdict:
    """Everybody reads the summary of a released decision, if the team agreed."""
    if sight.proposal.released_at is not None and sight.proposal.shows_summary:
        return YES
    return DENY if is_own(actor, sight.proposal) else HIDE


@rule("proposal.confirm")
def may_confirm(actor: Actor, sight: Sight) -> Verdict:
    """The representative takes the award, once it is released."""
    return _answer_to_award(actor, sight)


@rule("proposal.decline")
def may_decline(actor: Actor, sight: Sight) -> Verdict:
    """The representative leaves the award to the next in line."""
    return _answer_to_award(actor, sight)


@rule("proposal.mark_ineligible")
def may_mark_ineligible(actor: Actor, sight: Sight) -> Verdict:
    """The programme manager, citing each rule that is not met."""
    return _by_the_manager(actor, sight, of={_S.SUBMITTED})


@rule("proposal.shortlist")
def may_shortlist(actor: Actor, sight: Sight) -> Verdict:
    """The programme manager, for the pitch round."""
    return _by_the_manager(actor, sight, of={_S.UNDER_REVIEW})


@rule("proposal.select_pending")
def may_select(actor: Actor, sight: Sight) -> Verdict:
    """The programme manager, pending until the release."""
    return _by_the_manager(actor, sight, of={_S.UNDER_REVIEW, _S.SHORTLISTED})


@rule("proposal.set_reserve_rank")
def may_rank(actor: Actor, sight: Sight) -> Verdict:
    """The programme manager orders the reserve."""
    return _by_the_manager(actor, sight, of={_S.UNDER_REVIEW, _S.SHORTLISTED, _S.RESERVE})


def _answer_to_award(actor: Actor, sight: Sight) -> Verdict:
    proposal = sight.proposal
    if proposal.state is not _S.SELECTED or proposal.released_at is None:
        return refused_outside(actor, sight)
    return by_the_lead(actor, sight, of={_S.SELECTED})


def _by_the_manager(actor: Actor, sight: Sight, *, of: set[_S]) -> Verdict:
    """The programme manager acts on a proposal that was handed in, without a conflict.

    Whoever belongs to the owner of the challenge has one.
    """
    proposal = sight.proposal
    if not was_seen(proposal) or proposal.state in GONE:
        return refused_outside(actor, sight)
    if actor.holds(Role.PM, proposal.challenge.call.program_id) and not is_own(actor, proposal):
        of_the_owner = actor.holds_any(OWNERS, proposal.challenge.organization_id)
        if of_the_owner or is_conflicted(actor, proposal):
            return IN_CONFLICT
        return allow_if(proposal.state in of)
    return refused_outside(actor, sight)
