"""Lists that follow the rules of proposals, sealing, and conflicts.

The permission table itself is asked in tests/permissions.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from matchmaker.kernel.actor import PUBLIC, Actor
from matchmaker.kernel.errors import NotAllowed, NotFound
from matchmaker.kernel.permissions import Answer, can
from matchmaker.proposals import policy, queries
from matchmaker.proposals.lifecycle import ProposalState
from matchmaker.proposals.models import Proposal
from matchmaker.proposals.policy import Intake, Sight
from tests.factories.proposals import put_in_state

EVERYBODY = [
    "lead", "member", "other_lead", "owner_lead", "owner_member", "other_owner", "pm", "other_pm",
    "review_chair", "reviewer", "finance", "auditor", "admin", "investor", "mentor",
    "coordinator", "signed_in", "public",
]  # fmt: skip


def _fresh(stage):
    for other in queries.living(stage.session, stage.challenge.id, [stage.team.id]):
        other.state = ProposalState.WITHDRAWN
    stage.session.commit()
    return stage.handed_in()


def _actor(stage, name: str) -> Actor:
    user = stage.person(name)
    return stage.actor(user) if user else PUBLIC


@pytest.mark.parametrize("name", EVERYBODY)
@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("promised", [False, True])
@pytest.mark.parametrize("conflict", [None, "proposal", "team", "challenge"])
def test_a_list_holds_exactly_what_may_be_viewed(stage, name, late, promised, conflict):
    everything = {}
    for state in ProposalState:
        everything[state] = put_in_state(stage, _fresh(stage), state)
    withdrawn_draft = stage.started()
    withdrawn_draft.state = ProposalState.WITHDRAWN
    stage.session.commit()
    if promised:
        stage.promise()
    now = stage.after if late else stage.now
    actor = _actor(stage, name)
    some = everything[ProposalState.UNDER_REVIEW]
    key = {"proposal": some.id, "team": some.team_id, "challenge": some.challenge_id}
    if conflict:
        actor = replace(actor, conflicts=frozenset({(conflict, key[conflict])}))

    stmt = select(Proposal.id).join(Proposal.challenge).join(policy.Challenge.call)
    listed = set(stage.session.scalars(stmt.where(policy.visible_to(actor, now))))

    everybody = stage.session.scalars(select(Proposal)).all()
    viewable = {
        p.id
        for p in everybody
        if can(
            actor,
            "proposal.view",
            queries.sight_of(stage.session, p, actor=actor, now=now),
        )  # fmt: skip
    }
    assert listed == viewable
    assert len(everybody) == len(ProposalState) + 1


def test_the_owner_reads_after_closing_and_promising_only(stage):
    proposal = stage.handed_in()
    actor = stage.actor(stage.owner_lead)
    answers = []
    for now, promised in [
        (stage.now, False), (stage.now, True), (stage.closing, False), (stage.closing, True),
    ]:  # fmt: skip
        answers.append(can(actor, "proposal.view", Sight(proposal, now, promised)).answer)
    assert answers == [Answer.HIDE, Answer.HIDE, Answer.DENY, Answer.YES]


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [("pm", True, True), ("auditor", True, True), ("review_chair", False, True),
     ("owner_lead", False, True), ("owner_member", False, True), ("lead", False, False),
     ("member", False, False), ("other_pm", False, False), ("admin", False, False),
     ("finance", False, False), ("reviewer", False, False), ("public", False, False),
     ("other_owner", False, False)],
)  # fmt: skip
def test_the_number_is_sealed_until_the_closing_instant(stage, name, before, after):
    actor = _actor(stage, name)
    seen = [
        bool(can(actor, "proposal.view_count", Intake(stage.challenge, now)))
        for now in (stage.now, stage.closing)
    ]
    assert seen == [before, after]


def test_a_conflicted_manager_finds_no_such_proposal(stage):
    proposal = stage.handed_in()
    actor = replace(stage.actor(stage.pm), conflicts=frozenset({("team", stage.team.id)}))

    with pytest.raises(NotFound):
        queries.get(stage.session, proposal.key, seen_by=actor, now=stage.after)
    found = queries.intake_of_call(stage.session, stage.call, seen_by=actor, now=stage.after)
    [row] = found.rows
    assert row.handed_in == 0


def test_a_manager_who_is_in_the_team_decides_nothing(stage):
    from matchmaker.kernel.actor import Role, Scope
    from tests.factories.proposals import give

    proposal = put_in_state(stage, stage.handed_in(), ProposalState.UNDER_REVIEW)
    give(stage.people, stage.member, Role.PM, Scope.PROGRAM, stage.call.program_id)
    actor = stage.actor(stage.member)
    sight = Sight(proposal, stage.after)

    assert not can(actor, "proposal.select_pending", sight)
    assert not policy.knows_decisions(actor, proposal)


def test_a_suspended_person_sees_nothing(stage):
    proposal = stage.handed_in()
    actor = replace(stage.actor(stage.lead), is_suspended=True)
    page = queries.listing(stage.session, seen_by=actor, now=stage.now)
    with pytest.raises(NotFound):
        queries.get(stage.session, proposal.key, seen_by=actor, now=stage.now)
    assert page.rows == []


@pytest.mark.parametrize("state", ["selected", "reserve", "not_selected", "conditional"])
def test_a_pending_decision_looks_like_the_review_to_its_team(stage, state):
    proposal = put_in_state(stage, stage.handed_in(), ProposalState(state))
    assert proposal.shown_state is ProposalState.UNDER_REVIEW
    proposal.released_at = stage.after
    assert proposal.shown_state is ProposalState(state)


def test_require_tells_a_wrong_state_from_a_missing_right(stage):
    from matchmaker.kernel.errors import WrongState
    from matchmaker.proposals import guards

    sight = Sight(stage.handed_in(), stage.now)
    with pytest.raises(WrongState):
        guards.require(stage.actor(stage.lead), "proposal.submit_before_close", sight)
    with pytest.raises(NotAllowed):
        guards.require(stage.actor(stage.member), "proposal.submit_before_close", sight)
