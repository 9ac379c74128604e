"""Who may do what to a proposal; the table of permissions as sentences.

A draft belongs to its team alone. Once handed in, the programme manager and auditors may read it;
review chairs and the problem owner only after the challenge has closed, the owner's lead after
promising confidentiality. For everybody else it does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, false, or_, true

from matchmaker.challenges.models import Challenge
from matchmaker.kernel.actor import Actor, Role, Scope
from matchmaker.kernel.i18n import msg
from matchmaker.kernel.permissions import DENY, HIDE, YES, Answer, Verdict, allow_if, deny, rule
from matchmaker.programs.models import Call
from matchmaker.proposals.lifecycle import WITHDRAWABLE, ProposalState
from matchmaker.proposals.models import ConfidentialityAcceptance, Proposal
from matchmaker.proposals.sealing import closed_at, has_closed
from matchmaker.teams.models import Team

_S = ProposalState
TEAM = frozenset({Role.TEAM_LEAD, Role.TEAM_MEMBER})
OWNERS = frozenset({Role.OWNER_LEAD, Role.OWNER_MEMBER})
READING_STAFF = frozenset({Role.PM, Role.REVIEW_CHAIR, Role.AUDITOR})
KNOWING_STAFF = frozenset({Role.ADMIN, Role.FINANCE})

ONLY_THE_LEAD = deny(msg("Only the representative of the team may do this."))
ONLY_THE_TEAM = deny(msg("Only members of the team may do this."))
ONLY_OWNER_LEAD = deny(
    msg("Only a lead of the organisation reads proposals, after promising confidentiality.")
)
PROMISE_FIRST = deny(msg("Promise confidentiality first; then you can read the proposals."))
NOT_YET_CLOSED = deny(msg("Proposals stay sealed until the challenge has closed."))
SEALED_COUNT = deny(msg("The number of proposals is sealed until the closing time."))
IN_CONFLICT = deny(
    msg("You have a conflict of interest with a part of this, so somebody else has to decide.")
)
WRONG_STATE = deny(msg("This is not possible any more: the state has changed. Reload the page."))
HANDED_IN = deny(msg("The proposal is handed in. Take it back to a draft to change it."))
NOT_REQUESTED = deny(msg("Only the parts that the programme office asked for can be changed."))


@dataclass(frozen=True)
class Sight:
    """A proposal at an instant, as somebody looks at it.

    ``has_promised`` says whether they promised confidentiality for its challenge.
    """

    proposal: Proposal
    now: datetime
    has_promised: bool = False


@dataclass(frozen=True)
class Intake:
    """The proposals to a challenge as a whole, at an instant."""

    challenge: Challenge
    now: datetime


@rule("proposal.start")
def may_start(actor: Actor, team: Team) -> Verdict:
    """Every member of a team may begin an answer in its name."""
    return allow_if(actor.holds_any(TEAM, team.id), ONLY_THE_TEAM)


@rule("proposal.view")
def may_view(actor: Actor, sight: Sight) -> Verdict:
    """Who may read a proposal, and who may know that there is one."""
    proposal = sight.proposal
    if is_own(actor, proposal):
        return YES
    if not was_seen(proposal):
        return HIDE
    if _reads_as_staff(actor, sight):
        return HIDE if is_conflicted(actor, proposal) else YES
    if actor.scopes(*OWNERS) & {proposal.challenge.organization_id}:
        return _view_as_owner(actor, sight)
    return allow_if(False, DENY if actor.holds_any(KNOWING_STAFF) else HIDE)


def visible_to(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """The proposals that ``proposal.view`` allows, for statements that join challenge and call."""
    if actor.is_suspended:
        return false()
    own = Proposal.team_id.in_(actor.scopes(*TEAM))
    closed = closed_at(now)
    staff = or_(
        true() if actor.holds(Role.AUDITOR) else false(),
        Call.program_id.in_(actor.scopes(Role.PM)),
        and_(Call.program_id.in_(_chaired(actor)), closed),
    )
    promised = exists().where(
        ConfidentialityAcceptance.challenge_id == Proposal.challenge_id,
        ConfidentialityAcceptance.user_id == actor.user_id,
    )
    owner = and_(
        Challenge.organization_id.in_(actor.scopes(Role.OWNER_LEAD)),
        Proposal.state != _S.WITHDRAWN,
        closed,
        promised,
    )
    seen = and_(Proposal.state != _S.DRAFT, Proposal.submitted_at.is_not(None))
    return or_(own, and_(seen, _unconflicted(actor), or_(staff, owner)))


@rule("proposal.view_history")
def may_view_history(actor: Actor, sight: Sight) -> Verdict:
    """The team compares its versions; the programme manager and auditors those handed in."""
    verdict = may_view(actor, sight)
    is_owner = not is_own(actor, sight.proposal) and not _reads_as_staff(actor, sight)
    return DENY if verdict and is_owner else verdict


@rule("proposal.promise_confidentiality")
def may_promise(actor: Actor, intake: Intake) -> Verdict:
    """A lead of the problem owner, once the challenge has closed."""
    organization = intake.challenge.organization_id
    if actor.holds(Role.OWNER_LEAD, organization):
        return allow_if(has_closed(intake.challenge, intake.now), NOT_YET_CLOSED)
    return ONLY_OWNER_LEAD if actor.holds(Role.OWNER_MEMBER, organization) else HIDE


@rule("proposal.view_count")
def may_view_count(actor: Actor, intake: Intake) -> Verdict:
    """The number of proposals: programme manager and auditors always, the owner after closing."""
    challenge = intake.challenge
    if _is_touched(actor, ("challenge", challenge.id)):
        return SEALED_COUNT
    if actor.holds(Role.AUDITOR) or actor.holds(Role.PM, challenge.call.program_id):
        return YES
    knows_later = actor.holds_any(OWNERS, challenge.organization_id) or (
        challenge.call.program_id in _chaired(actor)
    )
    return allow_if(knows_later and has_closed(challenge, intake.now), SEALED_COUNT)


@rule("proposal.edit")
def may_edit(actor: Actor, sight: Sight) -> Verdict:
    """Every member of the team works on the draft; nobody else ever does."""
    if not is_own(actor, sight.proposal):
        return refused_outside(actor, sight, manager=True)
    return allow_if(sight.proposal.state is _S.DRAFT, HANDED_IN)


@rule("proposal.edit_after_close")
def may_edit_after_close(actor: Actor, sight: Sight) -> Verdict:
    """Nobody changes what was handed in."""
    return refused_outside(actor, sight)


@rule("proposal.edit_content")
def may_edit_content(actor: Actor, sight: Sight) -> Verdict:
    """Nobody outside the team touches its words."""
    return refused_outside(actor, sight)


@rule("proposal.edit_listed_fields")
def may_edit_listed(actor: Actor, sight: Sight) -> Verdict:
    """The team completes the parts that the programme office asked for."""
    if not is_own(actor, sight.proposal):
        return refused_outside(actor, sight)
    return allow_if(sight.proposal.state is _S.MORE_INFO_REQUESTED, HANDED_IN)


@rule("proposal.edit_other_fields")
def may_edit_others(actor: Actor, sight: Sight) -> Verdict:
    """Parts that nobody asked for stay as they were handed in."""
    return NOT_REQUESTED if is_own(actor, sight.proposal) else refused_outside(actor, sight)


@rule("proposal.submit_before_close")
def may_submit(actor: Actor, sight: Sight) -> Verdict:
    """Only the representative of the team hands a proposal in."""
    return by_the_lead(actor, sight, of={_S.DRAFT, _S.MORE_INFO_REQUESTED})


@rule("proposal.submit_at_or_after_close")
def may_submit_late(actor: Actor, sight: Sight) -> Verdict:
    """Nobody hands a proposal in late."""
    return refused_outside(actor, sight)


@rule("proposal.return_to_draft_before_close")
def may_return(actor: Actor, sight: Sight) -> Verdict:
    """The representative takes back what was handed in, while the challenge is open."""
    return by_the_lead(actor, sight, of={_S.SUBMITTED})


@rule("proposal.withdraw")
def may_withdraw(actor: Actor, sight: Sight) -> Verdict:
    """The representative gives the proposal up, until finalists are decided on."""
    return by_the_lead(actor, sight, of=WITHDRAWABLE)


@rule("attachment.download")
def may_download(actor: Actor, sight: Sight) -> Verdict:
    """Whoever may read the proposal at this moment."""
    return may_view(actor, sight)


@rule("attachment.download_after_role_removed")
def may_download_later(_actor: Actor, _sight: Sight) -> Verdict:
    """A link outlives nobody's role."""
    return HIDE


def is_own(actor: Actor, proposal: Proposal) -> bool:
    """Whether the actor is in the team at this moment."""
    return actor.holds_any(TEAM, proposal.team_id)


def was_seen(proposal: Proposal) -> bool:
    """Whether anybody outside the team may have seen it: it was handed in and not taken back."""
    return proposal.state is not _S.DRAFT and proposal.submitted_at is not None


def knows_decisions(actor: Actor, proposal: Proposal) -> bool:
    """Whether the actor reads decisions before they are released: manager and auditors do."""
    manages = actor.holds(Role.PM, proposal.challenge.call.program_id)
    return (manages or actor.holds(Role.AUDITOR)) and not is_own(actor, proposal)


def is_conflicted(actor: Actor, proposal: Proposal) -> bool:
    """Whether the actor has a conflict of interest with the proposal or either side of it."""
    return _is_touched(
        actor,
        ("proposal", proposal.id),
        ("team", proposal.team_id),
        ("challenge", proposal.challenge_id),
    )


def _is_touched(actor: Actor, *things: tuple[str, int]) -> bool:
    return not actor.conflicts.isdisjoint(things)


def _unconflicted(actor: Actor) -> ColumnElement[bool]:
    """The condition that :func:`is_conflicted` is false."""
    column = {
        "proposal": Proposal.id,
        "team": Proposal.team_id,
        "challenge": Proposal.challenge_id,
    }
    return and_(
        true(),
        *(
            column[kind].not_in([key for other, key in actor.conflicts if other == kind])
            for kind in column
        ),
    )


def _chaired(actor: Actor) -> frozenset[int]:
    """Programmes whose reviews the actor chairs."""
    return frozenset(
        hat.scope_id
        for hat in actor.hats
        if hat.role is Role.REVIEW_CHAIR and hat.scope is Scope.PROGRAM
    )


def _reads_as_staff(actor: Actor, sight: Sight) -> bool:
    program = sight.proposal.challenge.call.program_id
    if actor.holds(Role.AUDITOR) or actor.holds(Role.PM, program):
        return True
    return program in _chaired(actor) and has_closed(sight.proposal.challenge, sight.now)


def _view_as_owner(actor: Actor, sight: Sight) -> Verdict:
    proposal = sight.proposal
    if proposal.state is _S.WITHDRAWN or not has_closed(proposal.challenge, sight.now):
        return HIDE
    if not actor.holds(Role.OWNER_LEAD, proposal.challenge.organization_id):
        return ONLY_OWNER_LEAD
    if is_conflicted(actor, proposal):
        return IN_CONFLICT
    return allow_if(sight.has_promised, PROMISE_FIRST)


def refused_outside(actor: Actor, sight: Sight, *, manager: bool = False) -> Verdict:
    """A refusal: open to those who may know of the proposal, otherwise as if there were none.

    ``manager``: the programme manager is refused openly even while it is a draft.
    """
    if may_view(actor, sight).answer is not Answer.HIDE:
        return DENY
    program = sight.proposal.challenge.call.program_id
    is_manager = manager and actor.holds(Role.PM, program)
    return DENY if is_manager and not is_conflicted(actor, sight.proposal) else HIDE


def by_the_lead(actor: Actor, sight: Sight, *, of: set[_S] | frozenset[_S]) -> Verdict:
    """The representative acts while the proposal is in one of these states, as the team sees it."""
    if actor.holds(Role.TEAM_LEAD, sight.proposal.team_id):
        return allow_if(sight.proposal.shown_state in of, WRONG_STATE)
    return ONLY_THE_LEAD if is_own(actor, sight.proposal) else refused_outside(actor, sight)
