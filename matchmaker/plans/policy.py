"""Who may make, read and decide about plans: the programme office alone, auditors read."""

from __future__ import annotations

from dataclasses import dataclass

from matchmaker.kernel.actor import Actor, Role
from matchmaker.kernel.permissions import HIDE, YES, Verdict, rule
from matchmaker.matching.policy import (
    IN_CONFLICT,
    ONLY_PM,
    OWNERS,
    TEAM_ROLES,
    Pair,
    is_conflicted,
)
from matchmaker.plans.models import Plan


@dataclass(frozen=True)
class PlannedPair:
    """A pair as a plan speaks of it."""

    plan: Plan
    pair: Pair


@rule("plan.view")
def may_view(actor: Actor, program_id: int) -> Verdict:
    """Plans are read by the managers of the programme and by auditors; for all others there are
    none."""
    if actor.holds(Role.PM, program_id) or actor.holds(Role.AUDITOR):
        return YES
    return HIDE


@rule("plan.request")
def may_request(actor: Actor, program_id: int) -> Verdict:
    """A programme manager has a plan made."""
    if actor.holds(Role.PM, program_id) or actor.is_system:
        return YES
    return ONLY_PM if may_view(actor, program_id) else HIDE


@rule("plan.cancel")
def may_cancel(actor: Actor, plan: Plan) -> Verdict:
    """Whoever may ask for a plan may stop it."""
    return may_request(actor, plan.program_id)


@rule("plan.publish")
def may_publish(actor: Actor, plan: Plan) -> Verdict:
    """A programme manager without a conflict of interest puts a plan in force or ends it."""
    verdict = may_request(actor, plan.program_id)
    touched = {("program", plan.program_id), ("call", plan.call_id), ("run", plan.run_id)}
    return IN_CONFLICT if verdict and touched & actor.conflicts else verdict


@rule("plan.wish")
def may_wish(actor: Actor, planned: PlannedPair) -> Verdict:
    """A programme manager locks or excludes a pair, without a conflict of interest in it."""
    verdict = may_request(actor, planned.plan.program_id)
    return IN_CONFLICT if verdict and is_conflicted(actor, planned.pair) else verdict


@rule("plan.invite")
def may_invite(actor: Actor, plan: Plan) -> Verdict:
    """A programme manager gathers invitations; each pair is asked about on its own as well."""
    return may_request(actor, plan.program_id)


@dataclass(frozen=True)
class Sight:
    """What a reader does not see, count or touch for a conflict of interest."""

    organizations: frozenset[int]
    challenges: frozenset[int]
    teams: frozenset[int]

    @classmethod
    def of(cls, actor: Actor) -> Sight:
        """The conflicts that somebody has by belonging to a side, or declared."""
        return cls(
            actor.scopes(*OWNERS),
            frozenset(key for kind, key in actor.conflicts if kind == "challenge"),
            actor.scopes(*TEAM_ROLES)
            | frozenset(key for kind, key in actor.conflicts if kind == "team"),
        )

    @property
    def is_whole(self) -> bool:
        """Whether nothing is kept from the reader."""
        return not (self.organizations or self.challenges or self.teams)

    def sees_challenge(self, challenge_id: int, organization_id: int) -> bool:
        """Whether the reader has no conflict with a challenge."""
        return challenge_id not in self.challenges and organization_id not in self.organizations

    def sees_team(self, team_id: int) -> bool:
        """Whether the reader has no conflict with a team."""
        return team_id not in self.teams
