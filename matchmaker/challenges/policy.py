"""Who may do what to a challenge; the table of permissions as sentences.

A verb that is allowed by role but impossible in the present state is answered with
``WRONG_STATE``, which services turn into a conflict instead of a refusal.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from matchmaker.challenges.lifecycle import (
    CHALLENGE,
    EDITABLE_STATES,
    PUBLIC_STATES,
    ChallengeState,
)
from matchmaker.challenges.models import Challenge
from matchmaker.kernel.actor import Actor, Role
from matchmaker.kernel.i18n import msg
from matchmaker.kernel.permissions import DENY, HIDE, YES, Verdict, allow_if, deny, rule
from matchmaker.organizations.models import Organization
from matchmaker.programs.models import Call

OWNERS = frozenset({Role.OWNER_LEAD, Role.OWNER_MEMBER})
TEAM_ROLES = frozenset({Role.TEAM_LEAD, Role.TEAM_MEMBER})
KNOWING_STAFF = frozenset({Role.ADMIN, Role.FINANCE, Role.REVIEW_CHAIR})
SEALED = frozenset({ChallengeState.PUBLISHED, ChallengeState.PAUSED})
EXTENDABLE = SEALED

WRONG_STATE = deny(msg("This is not possible any more: the state has changed. Reload the page."))
ONLY_LEADS = deny(msg("Only a lead of the organisation may do this."))
ONLY_MANAGERS = deny(msg("Only a manager of this programme may do this."))
ONLY_OWNERS = deny(msg("Only people of the organisation that posts the problem may edit it."))
FROZEN = deny(msg("The text is frozen: it can be edited before it is handed in only."))
UNTIL_PUBLIC = deny(
    msg("Once approved, only a lead of your organisation reads it until it is public.")
)
AUTHOR = deny(msg("You wrote or last edited this text, so another manager has to approve it."))
IN_CONFLICT = deny(
    msg("You have a conflict of interest with a part of this, so somebody else has to decide.")
)
SIGN_FIRST = deny(msg("Sign the confidentiality terms of the call to read this part."))
ONLY_TEAMS = deny(msg("Only teams may do this."))
NEVER_EARLIER = deny(msg("A closing time that was announced is never moved forward."))
SEALED_COUNT = deny(msg("The number of proposals is sealed until the closing time."))


@dataclass(frozen=True)
class NewChallenge:
    """A challenge that somebody wants to post: whose it will be, and in which call."""

    organization: Organization
    call: Call


@dataclass(frozen=True)
class Gated:
    """A challenge with the teams that signed the confidentiality terms of its call."""

    challenge: Challenge
    signed_teams: frozenset[int] = field(default_factory=frozenset)


@rule("challenge.create")
def may_create(actor: Actor, new: NewChallenge) -> Verdict:
    """People of the organisation post problems; the programme office may enter one for them."""
    if actor.is_system or actor.holds_any(OWNERS, new.organization.id):
        return YES
    return allow_if(actor.holds(Role.PM, new.call.program_id), ONLY_OWNERS)


@rule("challenge.bring_in")
def may_bring_in(actor: Actor, thing: NewChallenge | Challenge) -> Verdict:
    """Only the system takes records over from elsewhere; what people touched since is theirs."""
    if isinstance(thing, NewChallenge):
        return allow_if(actor.is_system)
    if not actor.is_system:
        return _refusal(actor, thing, DENY)
    untouched = thing.provenance == "imported" and thing.edited_by is None
    return allow_if(untouched and thing.state is ChallengeState.PUBLISHED, WRONG_STATE)


@rule("challenge.view")
def may_view(actor: Actor, challenge: Challenge) -> Verdict:
    """Public ones are for everybody; others for their owner, the programme office and auditors."""
    if challenge.is_public or _reads_all(actor) or _manages(actor, challenge):
        return YES
    if actor.holds(Role.OWNER_LEAD, challenge.organization_id):
        return YES
    if actor.holds(Role.OWNER_MEMBER, challenge.organization_id):
        return allow_if(challenge.state is not ChallengeState.APPROVED, UNTIL_PUBLIC)
    return DENY if actor.holds_any(KNOWING_STAFF) else HIDE


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The challenges that the actor may view: the sentence of ``challenge.view``, for lists."""
    if actor.is_suspended:
        return false()
    if _reads_all(actor):
        return true()
    mine: list[ColumnElement[bool]] = [Challenge.state.in_(PUBLIC_STATES)]
    if leads := actor.scopes(Role.OWNER_LEAD):
        mine.append(Challenge.organization_id.in_(leads))
    if member_of := actor.scopes(Role.OWNER_MEMBER):
        own = Challenge.organization_id.in_(member_of)
        mine.append(and_(own, Challenge.state != ChallengeState.APPROVED))
    if manages := actor.scopes(Role.PM):
        calls = select(Call.id).where(Call.program_id.in_(manages))
        mine.append(Challenge.call_id.in_(calls))
    return or_(*mine)


@rule("challenge.view_public_fields")
def may_view_public_fields(actor: Actor, challenge: Challenge) -> Verdict:
    """What stands on the public page is for whoever may see the page."""
    return may_view(actor, challenge)


@rule("challenge.view_gated_fields")
def may_view_gated_fields(actor: Actor, thing: Challenge | Gated) -> Verdict:
    """Confidential parts are for the owner lead, the office, auditors and teams that signed."""
    gated = thing if isinstance(thing, Gated) else Gated(thing)
    challenge = gated.challenge
    seen = may_view(actor, challenge)
    if not seen:
        return seen
    if _reads_all(actor) or _manages(actor, challenge):
        return YES
    if actor.holds(Role.OWNER_LEAD, challenge.organization_id):
        return YES
    if actor.holds(Role.OWNER_MEMBER, challenge.organization_id):
        return allow_if(challenge.state in EDITABLE_STATES, ONLY_LEADS)
    if actor.scopes(Role.TEAM_LEAD):
        return allow_if(bool(actor.scopes(Role.TEAM_LEAD) & gated.signed_teams), SIGN_FIRST)
    return HIDE if {hat.role for hat in actor.hats} <= {Role.INVESTOR} else DENY


@rule("challenge.view_history")
def may_view_history(actor: Actor, challenge: Challenge) -> Verdict:
    """What happened is read by the owner, the programme office and auditors."""
    seen = may_view(actor, challenge)
    if not seen:
        return seen
    if _reads_all(actor) or _manages(actor, challenge):
        return YES
    return allow_if(actor.holds_any(OWNERS, challenge.organization_id), HIDE)


@rule("challenge.view_proposal_count")
def may_view_proposal_count(actor: Actor, challenge: Challenge) -> Verdict:
    """Until the closing time only the programme office and auditors; then the owner, too."""
    seen = may_view(actor, challenge)
    if not seen:
        return seen
    if _manages(actor, challenge):
        return IN_CONFLICT if is_conflicted(actor, challenge) else YES
    if _reads_all(actor):
        return YES
    closed = challenge.state not in SEALED
    return allow_if(closed and actor.holds_any(OWNERS, challenge.organization_id), SEALED_COUNT)


@rule("challenge.edit")
def may_edit(actor: Actor, challenge: Challenge) -> Verdict:
    """People of the organisation, while it is a draft or changes are requested."""
    if not actor.holds_any(OWNERS, challenge.organization_id) and not actor.is_system:
        return _refusal(actor, challenge, ONLY_OWNERS)
    return allow_if(challenge.state in EDITABLE_STATES, FROZEN)


@rule("challenge.edit_terms")
def may_edit_terms(actor: Actor, challenge: Challenge) -> Verdict:
    """Terms, weights and data class are frozen with the rest of the text."""
    return may_edit(actor, challenge)


@rule("challenge.submit")
def may_submit(actor: Actor, challenge: Challenge) -> Verdict:
    """A lead of the organisation hands it in for approval."""
    return _of_owner_lead(actor, challenge, "submit")


@rule("challenge.request_changes")
def may_request_changes(actor: Actor, challenge: Challenge) -> Verdict:
    """The programme office sends it back with a comment."""
    return _of_manager(actor, challenge, "request_changes")


@rule("challenge.approve")
def may_approve(actor: Actor, challenge: Challenge) -> Verdict:
    """The programme office approves; not by the one who wrote or last edited it."""
    verdict = _of_manager(actor, challenge, "approve")
    written_by = {challenge.created_by, challenge.edited_by}
    return AUTHOR if verdict and actor.user_id in written_by else verdict


@rule("challenge.reject")
def may_reject(actor: Actor, challenge: Challenge) -> Verdict:
    """The programme office does not take it on, and says why."""
    return _of_manager(actor, challenge, "reject")


@rule("challenge.publish")
def may_publish(actor: Actor, challenge: Challenge) -> Verdict:
    """The programme office makes it public, or the clock at the planned time."""
    if actor.is_system:
        return _if_possible(challenge, "publish")
    return _of_manager(actor, challenge, "publish")


@rule("challenge.pause")
def may_pause(actor: Actor, challenge: Challenge) -> Verdict:
    """The programme office stops the taking of proposals for a while."""
    return _of_manager(actor, challenge, "pause")


@rule("challenge.resume")
def may_resume(actor: Actor, challenge: Challenge) -> Verdict:
    """The programme office lets it go on."""
    return _of_manager(actor, challenge, "resume")


@rule("challenge.extend_close")
def may_extend_close(actor: Actor, challenge: Challenge) -> Verdict:
    """The programme office lets it stay open longer than announced."""
    verdict = _of_manager(actor, challenge, None)
    return WRONG_STATE if verdict and challenge.state not in EXTENDABLE else verdict


@rule("challenge.shorten_close")
def may_shorten_close(actor: Actor, challenge: Challenge) -> Verdict:
    """Nobody: a closing time that was announced is never moved forward."""
    return _refusal(actor, challenge, NEVER_EARLIER)


@rule("challenge.ask_withdrawal")
def may_ask_withdrawal(actor: Actor, challenge: Challenge) -> Verdict:
    """A lead of the organisation asks to withdraw it, before anything is awarded."""
    verdict = _of_owner_lead(actor, challenge, "withdraw")
    return WRONG_STATE if verdict and challenge.withdrawal_asked_at is not None else verdict


@rule("challenge.withdraw")
def may_withdraw(actor: Actor, challenge: Challenge) -> Verdict:
    """The programme office consents to what the owner asked for."""
    return _of_manager(actor, challenge, "withdraw")


@rule("challenge.evaluate")
def may_evaluate(actor: Actor, challenge: Challenge) -> Verdict:
    """Only the clock: evaluation begins at the closing time."""
    if actor.is_system:
        return _if_possible(challenge, "evaluate")
    return _refusal(actor, challenge, DENY)


@rule("challenge.follow")
def may_follow(actor: Actor, challenge: Challenge) -> Verdict:
    """Whoever is signed in follows what they may view."""
    seen = may_view(actor, challenge)
    return allow_if(actor.is_signed_in) if seen else seen


@rule("challenge.sign_terms")
def may_sign_terms(actor: Actor, challenge: Challenge) -> Verdict:
    """The lead of a team signs the confidentiality terms, while the challenge is public."""
    if not challenge.is_public:
        return _refusal(actor, challenge, WRONG_STATE)
    return allow_if(bool(actor.scopes(Role.TEAM_LEAD)), ONLY_TEAMS)


@rule("challenge.ask_question")
def may_ask_question(actor: Actor, challenge: Challenge) -> Verdict:
    """People of teams ask while it is public; nobody learns who asked."""
    if not challenge.is_public:
        return _refusal(actor, challenge, WRONG_STATE)
    if not actor.is_signed_in:
        return HIDE
    return allow_if(bool(actor.scopes(*TEAM_ROLES)), ONLY_TEAMS)


def is_conflicted(actor: Actor, challenge: Challenge) -> bool:
    """Whether the actor belongs to the owner, or has a conflict of interest with either."""
    touched = {("challenge", challenge.id), ("organization", challenge.organization_id)}
    return bool(touched & actor.conflicts) or actor.holds_any(OWNERS, challenge.organization_id)


def _reads_all(actor: Actor) -> bool:
    return actor.is_system or actor.holds(Role.AUDITOR)


def _manages(actor: Actor, challenge: Challenge) -> bool:
    return actor.holds(Role.PM, challenge.call.program_id)


def _if_possible(challenge: Challenge, verb: str) -> Verdict:
    return allow_if(CHALLENGE.allows(challenge.state, verb), WRONG_STATE)


def _of_manager(actor: Actor, challenge: Challenge, verb: str | None) -> Verdict:
    """A manager of the programme without a conflict of interest, when the state allows it."""
    if not _manages(actor, challenge):
        return _refusal(actor, challenge, ONLY_MANAGERS)
    if is_conflicted(actor, challenge):
        return IN_CONFLICT
    return _if_possible(challenge, verb) if verb else YES


def _of_owner_lead(actor: Actor, challenge: Challenge, verb: str) -> Verdict:
    """A lead of the organisation, when the state allows it."""
    if not actor.holds(Role.OWNER_LEAD, challenge.organization_id):
        return _refusal(actor, challenge, ONLY_LEADS)
    return _if_possible(challenge, verb)


def _refusal(actor: Actor, challenge: Challenge, openly: Verdict) -> Verdict:
    """An open refusal for those who may know of the challenge; for others there is none."""
    return HIDE if may_view(actor, challenge).answer is HIDE.answer else openly
