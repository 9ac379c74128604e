"""Lists that follow the rules, and rules across states; the table itself: tests/permissions."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from matchmaker.challenges import queries, service
from matchmaker.challenges.lifecycle import CHALLENGE, ChallengeState
from matchmaker.challenges.models import Challenge
from matchmaker.kernel.actor import PUBLIC, SYSTEM, Actor, Hat, Role, Scope
from matchmaker.kernel.permissions import Answer, can
from tests.factories.challenges import PATHS

S = ChallengeState
ROLES = [role.value for role in Role]
NOWHERE = 4711


def hat_of(role: str, challenge: Challenge) -> Hat:
    """The hat of a role that concerns this challenge."""
    scope, scope_id = {
        "owner_lead": (Scope.ORGANIZATION, challenge.organization_id),
        "owner_member": (Scope.ORGANIZATION, challenge.organization_id),
        "pm": (Scope.PROGRAM, challenge.call.program_id),
        "finance": (Scope.PROGRAM, challenge.call.program_id),
        "team_lead": (Scope.TEAM, NOWHERE),
        "team_member": (Scope.TEAM, NOWHERE),
        "reviewer": (Scope.PANEL, NOWHERE),
        "review_chair": (Scope.PANEL, NOWHERE),
    }.get(role, (Scope.PLATFORM, 0))
    return Hat(Role(role), scope, scope_id)


def actor_as(role: str, challenge: Challenge) -> Actor:
    """Somebody in a role of the table, with its qualifier."""
    name, _colon, qualifier = role.partition(":")
    if name == "public":
        return PUBLIC
    actor = Actor(user_id=99, name=role, hats=frozenset({hat_of(name, challenge)}))
    if qualifier == "other":
        return replace(actor, hats=frozenset({Hat(Role(name), Scope.ORGANIZATION, NOWHERE)}))
    return actor


def test_people_of_another_organisation_or_programme_may_nothing(challenges):
    wide = {"view", "view_public_fields", "follow", "ask_question", "sign_terms"}
    leaks = []
    for state in PATHS:
        challenge = challenges.make(state)
        strangers = [
            Actor(user_id=98, hats=frozenset({Hat(Role.PM, Scope.PROGRAM, NOWHERE)})),
            Actor(user_id=97, hats=frozenset({Hat(Role.OWNER_LEAD, Scope.ORGANIZATION, NOWHERE)})),
        ]
        for action in ACTIONS:
            if challenge.is_public and action in wide:
                continue
            leaks += [
                (state, action)
                for stranger in strangers
                if can(stranger, f"challenge.{action}", challenge)
            ]
    assert leaks == []


ACTIONS = [
    "view", "view_public_fields", "view_gated_fields", "view_history", "view_proposal_count",
    "edit", "edit_terms", "submit", "request_changes", "approve", "reject", "publish", "pause",
    "resume", "extend_close", "shorten_close", "ask_withdrawal", "withdraw", "evaluate", "follow",
    "sign_terms", "ask_question",
]  # fmt: skip


@pytest.mark.parametrize("state", list(PATHS))
def test_a_verb_is_never_offered_in_a_state_that_has_no_such_move(challenges, state):
    challenge = challenges.make(state)
    verbs = {move.verb for move in CHALLENGE.moves} & set(ACTIONS)
    everyone = [SYSTEM, *(actor_as(role, challenge) for role in ROLES)]

    offered = {v for v in verbs for who in everyone if can(who, f"challenge.{v}", challenge)}

    assert offered <= {v for v in verbs if CHALLENGE.allows(state, v)}


def test_the_list_holds_exactly_what_may_be_viewed(challenges, people, session):
    made = [challenges.make(state) for state in PATHS]
    own = made[0]
    for each in made[1:5]:
        each.organization_id = own.organization_id
        each.call = own.call
    session.flush()
    people_of_all_roles = [
        PUBLIC, SYSTEM, *(actor_as(role, own) for role in ROLES),
        actor_as("owner_lead:other", own),
        replace(actor_as("owner_lead", own), is_suspended=True),
        Actor(user_id=5, hats=frozenset({hat_of("owner_member", own), hat_of("pm", made[7])})),
    ]  # fmt: skip

    for actor in people_of_all_roles:
        listed = set(session.scalars(select(Challenge.id).where(queries.visible_to(actor))))
        viewable = {each.id for each in made if can(actor, "challenge.view", each)}
        assert listed == viewable, actor.hats


def test_a_hidden_challenge_is_not_found_in_the_public_list(challenges, session):
    hidden = challenges.make(S.APPROVED)
    public = challenges.make(S.PUBLISHED)

    page = queries.listing(session, seen_by=PUBLIC, now=challenges.now)
    searched = queries.listing(
        session, queries.Filters(query=hidden.title.en), seen_by=PUBLIC, now=challenges.now
    )

    assert [row.challenge.id for row in page.rows] == [public.id]
    assert [row.challenge.id for row in searched.rows] == []


def test_signing_opens_the_gate_for_all_challenges_of_the_call(challenges, session):
    first = challenges.make(S.PUBLISHED)
    second = challenges.make(S.PUBLISHED, call=first.call)
    other_call = challenges.make(S.PUBLISHED)
    lead = actor_as("team_lead", first)
    _enter_team(session, NOWHERE)
    lead = replace(lead, user_id=challenges.lead_user.id)

    before = queries.gated(session, first, lead)
    service.sign_terms(session, first, NOWHERE, actor=lead, now=challenges.now)
    service.sign_terms(session, first, NOWHERE, actor=lead, now=challenges.now)
    after = [queries.gated(session, each, lead) for each in (first, second, other_call)]

    seen = [can(lead, "challenge.view_gated_fields", gate).answer for gate in (before, *after)]
    assert seen == [Answer.DENY, Answer.YES, Answer.YES, Answer.DENY]


def _enter_team(session, number):  # type: ignore[no-untyped-def]
    from matchmaker.kernel.localized import Localized
    from matchmaker.teams.models import Team
    from tests.conftest import NOON

    session.add(
        Team(id=number, ref="TM-4711", name=Localized(en="Team"), created_at=NOON, edited_at=NOON)
    )
    session.flush()
