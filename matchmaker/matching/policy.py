"""Who may compute, read and decide about pairs."""

from __future__ import annotations

from dataclasses import dataclass

from matchmaker.challenges.models import Challenge
from matchmaker.kernel.actor import Actor, Role
from matchmaker.kernel.i18n import msg
from matchmaker.kernel.permissions import DENY, HIDE, YES, Verdict, deny, rule
from matchmaker.matching.lifecycle import Side
from matchmaker.matching.models import Candidacy, RecommendationRun
from matchmaker.teams.models import Team

OWNERS = (Role.OWNER_LEAD, Role.OWNER_MEMBER)
TEAM_ROLES = (Role.TEAM_LEAD, Role.TEAM_MEMBER)
ONLY_PM = deny(msg("Only the programme office may do this."))
ONLY_LEAD = deny(msg("Only the lead of the team may do this."))
IN_CONFLICT = deny(
    msg("You have a conflict of interest with a part of this, so somebody else has to decide.")
)


@dataclass(frozen=True)
class Sheet:
    """Recommendations as one side reads them: those of a challenge, of a team, or of both.

    ``organization_id`` is set on the sheet of a challenge, ``team_id`` on that of a team.
    """

    program_id: int
    is_published: bool
    organization_id: int | None = None
    team_id: int | None = None


@dataclass(frozen=True)
class Pair:
    """A challenge and a team, whatever anybody decided about them so far."""

    challenge: Challenge
    team: Team

    @property
    def program_id(self) -> int:
        """The programme that the challenge was posted in."""
        return self.challenge.call.program_id


@rule("recommendation_run.request")
def may_request(actor: Actor, program_id: int) -> Verdict:
    """A programme manager has pairs computed."""
    if actor.holds(Role.PM, program_id) or actor.is_system:
        return YES
    return ONLY_PM if actor.is_signed_in else HIDE


@rule("recommendation_run.view")
def may_view_run(actor: Actor, program_id: int) -> Verdict:
    """Runs, published or not, are read by the programme manager and by auditors."""
    if actor.holds(Role.PM, program_id) or actor.holds(Role.AUDITOR):
        return YES
    return DENY if actor.holds(Role.REVIEWER) else HIDE


@rule("recommendation_run.publish")
def may_publish(actor: Actor, run: RecommendationRun) -> Verdict:
    """A programme manager without a conflict of interest shows a run to owners and teams."""
    if not (actor.holds(Role.PM, run.program_id) or actor.is_system):
        return ONLY_PM if actor.is_signed_in else HIDE
    touched = {("program", run.program_id), ("call", run.call_id), ("run", run.id)}
    return IN_CONFLICT if touched & actor.conflicts else YES


@rule("recommendation_run.cancel")
def may_cancel(actor: Actor, run: RecommendationRun) -> Verdict:
    """Whoever may ask for a run may stop it."""
    return may_request(actor, run.program_id)


@rule("recommendation.view")
def may_view(actor: Actor, sheet: Sheet) -> Verdict:
    """Owners read those of their challenge and teams their own, once the run is published."""
    if actor.holds(Role.PM, sheet.program_id) or actor.holds(Role.AUDITOR):
        return YES
    if not sheet.is_published:
        return DENY if actor.holds(Role.REVIEWER) else HIDE
    if sheet.organization_id is not None and actor.scopes(*OWNERS) & {sheet.organization_id}:
        return YES
    if sheet.team_id is not None and actor.scopes(*TEAM_ROLES) & {sheet.team_id}:
        return YES
    return _closed(actor)


@rule("recommendation.pin")
def may_pin(actor: Actor, pair: Pair) -> Verdict:
    """A programme manager fixes a pair, without a conflict of interest in it."""
    if actor.holds(Role.PM, pair.program_id) or actor.is_system:
        return IN_CONFLICT if is_conflicted(actor, pair) else YES
    return ONLY_PM if actor.is_signed_in else HIDE


@rule("recommendation.invite")
def may_invite(actor: Actor, pair: Pair) -> Verdict:
    """A programme manager asks a team, without a conflict of interest in the pair."""
    return may_pin(actor, pair)


@rule("recommendation.dismiss")
def may_dismiss(actor: Actor, pair: Pair) -> Verdict:
    """Programme manager, owner lead and team lead put a pair aside, each for the own side."""
    if side_of(actor, pair) is not None:
        return YES
    if actor.holds(Role.TEAM_MEMBER, pair.team.id):
        return ONLY_LEAD
    if actor.holds(Role.OWNER_MEMBER, pair.challenge.organization_id):
        return deny(msg("Only a lead of the organisation may do this."))
    return _closed(actor)


@rule("recommendation.shortlist")
def may_shortlist(actor: Actor, pair: Pair) -> Verdict:
    """A lead of the problem owner wishes for a team."""
    if actor.holds(Role.OWNER_LEAD, pair.challenge.organization_id):
        return YES
    if actor.holds(Role.OWNER_MEMBER, pair.challenge.organization_id):
        return deny(msg("Only a lead of the organisation may do this."))
    return _closed(actor)


@rule("recommendation.show_interest")
def may_show_interest(actor: Actor, pair: Pair) -> Verdict:
    """The lead of a team says that it would answer a problem."""
    if actor.holds(Role.TEAM_LEAD, pair.team.id):
        return YES
    return ONLY_LEAD if actor.holds(Role.TEAM_MEMBER, pair.team.id) else _closed(actor)


@rule("invitation.view")
def may_view_invitation(actor: Actor, candidacy: Candidacy) -> Verdict:
    """An invitation is read in the team it was sent to."""
    return YES if candidacy.team_id in actor.scopes(*TEAM_ROLES) else HIDE


@rule("invitation.accept")
def may_accept(actor: Actor, candidacy: Candidacy) -> Verdict:
    """The lead of the invited team answers; for everybody else there is no such invitation."""
    if candidacy.invited_at is None:
        return HIDE
    if actor.holds(Role.TEAM_LEAD, candidacy.team_id):
        return YES
    return ONLY_LEAD if actor.holds(Role.TEAM_MEMBER, candidacy.team_id) else HIDE


@rule("invitation.decline")
def may_decline(actor: Actor, candidacy: Candidacy) -> Verdict:
    """Who may accept may also decline."""
    return may_accept(actor, candidacy)


@rule("invitation.release")
def may_release(actor: Actor, program_id: int) -> Verdict:
    """A programme manager sends the invitations that were gathered."""
    return may_request(actor, program_id)


def side_of(actor: Actor, pair: Pair) -> Side | None:
    """The side on which somebody decides about a pair; None for bystanders."""
    if actor.holds(Role.OWNER_LEAD, pair.challenge.organization_id):
        return Side.OWNER
    if actor.holds(Role.TEAM_LEAD, pair.team.id):
        return Side.TEAM
    if actor.holds(Role.PM, pair.program_id) and not is_conflicted(actor, pair):
        return Side.PM
    return None


def is_conflicted(actor: Actor, pair: Pair) -> bool:
    """Whether somebody belongs to either side of a pair, or declared a conflict with it."""
    if ("challenge", pair.challenge.id) in actor.conflicts:
        return True
    if ("team", pair.team.id) in actor.conflicts:
        return True
    return pair.challenge.organization_id in actor.scopes(*OWNERS) or pair.team.id in actor.scopes(
        *TEAM_ROLES
    )


def _closed(actor: Actor) -> Verdict:
    """Staff may know that recommendations exist; for everybody else there are none."""
    staff = {Role.REVIEWER, Role.REVIEW_CHAIR, Role.FINANCE, Role.ADMIN, Role.AUDITOR, Role.PM}
    return DENY if actor.holds_any(staff) else HIDE
