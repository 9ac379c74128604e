"""How a row of the permission table is put before the rule that answers it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from matchmaker.accounts.policy import Protected
from matchmaker.challenges import queries as challenges
from matchmaker.challenges.policy import NewChallenge
from matchmaker.kernel.actor import Actor, Scope
from matchmaker.matching.policy import Sheet
from matchmaker.plans.policy import PlannedPair
from matchmaker.proposals import queries as proposals
from matchmaker.proposals.policy import Intake
from matchmaker.teams import engagement
from matchmaker.teams.models import TeamMember
from matchmaker.teams.policy import Membership, Roster
from tests.factories.world import World
from tests.permissions.table import Key

STATES = {
    "challenge": {"": "challenge_published", "new": "challenge_published"},
    "proposal": {
        "draft": "proposal_draft",
        "submitted": "proposal_closed",
        "submitted_before_close": "proposal_submitted",
        "more_info_requested": "proposal_more_info",
        "under_review": "under_review+promised",
        "shortlisted": "shortlisted",
        "selected_unreleased": "selected+promised",
        "selected_released": "selected_released+promised",
        "not_selected_released": "not_selected_released",
        "released": "not_selected_released+summary_shown",
        "closed": "proposal_closed",
        "new": "free_team",
    },
    "attachment": {"any": "proposal_closed", "under_review": "under_review+promised"},
    "recommendation": {
        "published_run": "run_published",
        "suggested": "run_published+suggested",
    },
    "ranking_model": {"active": "model_active"},
    "invitation": {"used": "answered", "queued": "queued"},
    "team": {"unlisted": "unlisted", "call_closed": "under_review"},
}
ACTIONS = {
    "proposal:own/draft/submit_at_or_after_close": "draft_closed",
    "proposal:own/submitted/return_to_draft_before_close": "proposal_submitted",
    "proposal:own/submitted/view": "proposal_submitted",
    "proposal/submitted/view_count": "proposal_submitted",
    "challenge/published/withdraw": "challenge_published+asked_to_withdraw",
}


def scene_of(key: Key) -> str:
    """The scene in which a row holds."""
    if str(key) in ACTIONS:
        return ACTIONS[str(key)]
    states = STATES.get(key.kind, {})
    if key.kind == "challenge" and key.state not in states:
        return f"challenge_{key.state}"
    return states.get(key.state, "")


def subject(world: World, key: Key, actor: Actor) -> Any:
    """What the rule is asked about."""
    special = SPECIAL.get(str(key)) or SPECIAL.get(key.rule)
    if special is not None:
        return special(world, actor)
    return KINDS[key.kind](world, actor)


def _sight(world: World, actor: Actor) -> Any:
    return proposals.sight_of(world.session, world.proposal, actor=actor, now=world.now)


def _intake(world: World, _actor: Actor) -> Any:
    return Intake(world.challenge, world.now)


def _sheet(*, published: bool, of: str = "") -> Callable[[World, Actor], Any]:
    def sheet(world: World, _actor: Actor) -> Any:
        return Sheet(
            world.program.id,
            published,
            world.organization.id if of == "challenge" else None,
            world.team.id if of == "team" else None,
        )

    return sheet


def _nothing(_world: World, _actor: Actor) -> Any:
    return None


def _own_account(world: World, actor: Actor) -> Any:
    found = [user for user in world.users.values() if user.id == actor.user_id]
    return found[0] if found else world.account


def _member(world: World, _actor: Actor) -> Any:
    return Membership(world.team, world.session.get_one(TeamMember, world.member.id))


KINDS: dict[str, Callable[[World, Actor], Any]] = {
    "account": lambda world, _actor: world.account,
    "attachment": _sight,
    "audit_log": _nothing,
    "call": lambda world, _actor: world.call,
    "challenge": lambda world, _actor: world.challenge,
    "invitation": lambda world, _actor: world.candidacy,
    "mail": lambda world, _actor: world.mail,
    "notification": lambda world, _actor: world.notice,
    "organization": lambda world, _actor: world.organization,
    "plan": lambda world, _actor: world.plan,
    "program": lambda world, _actor: world.program,
    "proposal": _sight,
    "ranking_model": lambda world, _actor: world.model,
    "recommendation": lambda world, _actor: world.pair(),
    "recommendation_run": lambda world, _actor: world.run,
    "reported_case": lambda world, _actor: world.showcase,
    "team": lambda world, _actor: world.team,
}
SPECIAL: dict[str, Callable[[World, Actor], Any]] = {
    "account.change_email": _own_account,
    "account.grant_staff_role": lambda world, _actor: world.staff_proposal,
    "account.list": _nothing,
    "account.use_second_factor": _own_account,
    "account.view_edit_profile": _own_account,
    "account:own/any/reset_second_factor": _own_account,
    "account:own/any/switch_off_second_factor": lambda world, actor: Protected(
        _own_account(world, actor), is_duty=False
    ),
    "account:own/second_factor_required/switch_off_second_factor": lambda world, actor: Protected(
        _own_account(world, actor), is_duty=True
    ),
    "audit_log.view_own_security_events": lambda world, actor: actor.user_id or 0,
    "call/draft/edit": lambda world, _actor: world.draft_call,
    "call/draft/publish": lambda world, _actor: world.draft_call,
    "call/draft/view": lambda world, _actor: world.draft_call,
    "call.create": lambda world, _actor: world.program,
    "challenge.create": lambda world, _actor: NewChallenge(world.organization, world.call),
    "challenge.view_gated_fields": lambda world, actor: challenges.gated(
        world.session, world.challenge, actor
    ),
    "invitation.release": lambda world, _actor: world.program.id,
    "mail/secret/read_text": lambda world, _actor: world.secret_mail,
    "mail.list": _nothing,
    "organization.register": _nothing,
    "plan.request": lambda world, _actor: world.program.id,
    "plan.view": lambda world, _actor: world.program.id,
    "plan.wish": lambda world, _actor: PlannedPair(world.plan, world.pair()),
    "program.create": _nothing,
    "proposal.promise_confidentiality": _intake,
    "proposal.start": lambda world, _actor: world.team,
    "proposal.view_count": _intake,
    "recommendation/unpublished_run/view": _sheet(published=False),
    "recommendation:own_challenge/published_run/view": _sheet(published=True, of="challenge"),
    "recommendation:own_team/published_run/view": _sheet(published=True, of="team"),
    "ranking_model.train": lambda world, _actor: world.program.id,
    "ranking_model.view": lambda world, _actor: world.program.id,
    "ranking_model:of_site/any/train": _nothing,
    "ranking_model:of_site/any/view": _nothing,
    "recommendation_run.request": lambda world, _actor: world.program.id,
    "recommendation_run.view": lambda world, _actor: world.program.id,
    "reported_case.enter": _nothing,
    "team.change_members": lambda world, _actor: Roster(
        world.team, engagement.members_are_fixed(world.session, world.team, world.now)
    ),
    "team.create": _nothing,
    "team.end_membership": _member,
}


def in_condition(world: World, role: str, actor: Actor) -> Actor:
    """The person under the condition that follows the colon, and the world made to fit."""
    condition = role.partition(":")[2]
    if condition == "conflicted":
        return replace(actor, conflicts=everything(world))
    if condition == "author":
        world.challenge.edited_by = actor.user_id
    if condition == "nda_signed":
        world.put_up("signed")
    if condition == "self":
        world.staff_proposal.email = actor.email
    if condition == "no_consent":
        world.proposal.shows_summary = False
    if condition == "removed":
        return replace(actor, hats=frozenset(h for h in actor.hats if h.scope is Scope.PLATFORM))
    return actor


def everything(world: World) -> frozenset[tuple[str, int]]:
    """A conflict of interest with all that the tables speak of."""
    return frozenset(
        {
            ("challenge", world.challenge.id),
            ("challenge", world.matched.id),
            ("organization", world.organization.id),
            ("plan", world.plan.id),
            ("program", world.program.id),
            ("proposal", world.proposal.id),
            ("run", world.run.id),
            ("team", world.team.id),
        }
    )
