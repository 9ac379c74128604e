"""Who may do what to a proposal: every role, every state, before and after closing.

The rows of data/permissions.csv that speak of proposals and attachments are read here, each role
in a cell as one case; what no row allows is refused.
"""

from __future__ import annotations

import csv
from dataclasses import replace

import pytest
from sqlalchemy import select

from matchmaker.kernel.actor import PUBLIC, Actor
from matchmaker.kernel.errors import NotAllowed, NotFound
from matchmaker.kernel.permissions import Answer, can
from matchmaker.kernel.resources import folder
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
NAMES = {
    "team_lead": "lead", "team_member": "member", "team_lead:other": "other_lead",
    "owner_lead": "owner_lead", "owner_member": "owner_member", "pm": "pm",
    "review_chair": "review_chair", "reviewer": "reviewer", "finance": "finance",
    "auditor": "auditor", "admin": "admin", "investor": "investor", "public": "public",
    "team_lead:no_consent": "lead", "reviewer:removed": "signed_in",
    "team_member:removed": "signed_in",
}  # fmt: skip
CONFLICTED = {"pm:conflicted": "pm", "review_chair:conflicted": "review_chair",
              "reviewer:conflicted": "reviewer", "owner_lead:conflicted": "owner_lead"}  # fmt: skip
LATER_ROOMS = {"reviewer:coi_signed", "reviewer:coi_unsigned"}
PLAIN_OTHERS = {"team_lead", "team_member"}
STATES = {
    "draft": "draft", "submitted": "submitted", "submitted_before_close": "submitted",
    "more_info_requested": "more_info_requested", "under_review": "under_review",
    "shortlisted": "shortlisted", "selected_unreleased": "selected",
    "selected_released": "selected", "not_selected_released": "not_selected",
    "released": "not_selected", "any": "submitted", "": "submitted",
}  # fmt: skip
BEFORE_CLOSE = {"submitted_before_close"}
OPEN_ACTIONS = {"edit", "submit_before_close", "return_to_draft_before_close"}


def rows() -> list[tuple[str, str, str, str, str]]:
    """(role, object, state, action, expected answer) of every case in the table."""
    found = []
    with (folder("data") / "permissions.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            kind = row["object"].partition(":")[0]
            if kind not in {"proposal", "attachment"}:
                continue
            found += [
                (role, row["object"], row["state"], row["action"], _expected(row))
                for role in row["role"].split(";")
            ]
    return found


def _expected(row: dict[str, str]) -> str:
    if row["allowed"] == "yes":
        return "yes"
    return "hide" if row["note"].startswith("404 hide") else "deny"


def cases() -> list[tuple[str, str, str, str, str]]:
    return [case for case in rows() if case[0] not in LATER_ROOMS]


def test_the_table_speaks_of_proposals_and_files():
    assert len(cases()) > 90
    assert {role for role, *_rest in cases()} <= {*NAMES, *CONFLICTED}


@pytest.mark.parametrize(("role", "thing", "state", "action", "expected"), cases())
def test_every_cell_of_the_table(stage, role, thing, state, action, expected):
    name = NAMES.get(role) or CONFLICTED[role]
    if thing.endswith(":other") and role in PLAIN_OTHERS:
        name = "other_lead"
    proposal = put_in_state(stage, stage.handed_in(), ProposalState(STATES[state]))
    if state.endswith("_released") or state == "released":
        proposal.released_at = stage.after
        proposal.shows_summary = expected == "yes" and action == "view_public_summary"
    is_open = state in BEFORE_CLOSE or state == "draft" or action in OPEN_ACTIONS
    now = stage.now if is_open else stage.after
    if not is_open and role.startswith("owner_lead"):
        stage.promise()
    actor = _actor(stage, name)
    if role in CONFLICTED:
        actor = replace(actor, conflicts=frozenset({("proposal", proposal.id)}))
    sight = queries.sight_of(stage.session, proposal, actor=actor, now=now)

    kind = thing.partition(":")[0]
    assert can(actor, f"{kind}.{action}", sight).answer == Answer(expected)


def test_what_no_row_allows_is_refused_to_every_role(stage):
    allowed: dict[tuple[str, str], set[str]] = {}
    for role, thing, state, action, expected in rows():
        kind = thing.partition(":")[0]
        if expected == "yes" and role in NAMES:
            allowed.setdefault((f"{kind}.{action}", state), set()).add(NAMES[role])
    stage.promise()
    for (action, state), names in allowed.items():
        if "view_public_summary" in action:
            continue
        proposal = put_in_state(stage, _fresh(stage), ProposalState(STATES[state]))
        if state.endswith("_released"):
            proposal.released_at = stage.after
        now = stage.now if state == "draft" or action.endswith("before_close") else stage.after
        for name in EVERYBODY:
            actor = _actor(stage, name)
            verdict = can(
                actor, action, queries.sight_of(stage.session, proposal, actor=actor, now=now)
            )
            if not names & {name}:
                also = _also_readers(action, state)
                assert name in also or not verdict, (action, state, name)
        proposal.state = ProposalState.WITHDRAWN
        stage.session.commit()


def _also_readers(action: str, state: str) -> set[str]:
    """Readers that another row for the same state allows."""
    if action == "proposal.view" and state != "draft":
        return {"lead", "member", "pm", "auditor", "review_chair", "owner_lead"}
    if action == "attachment.download":
        return {"lead", "member", "pm", "auditor", "review_chair", "owner_lead"}
    if action == "proposal.view_count":
        return {"pm", "auditor"}
    return set()


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
    [row] = queries.intake_of_call(stage.session, stage.call, seen_by=actor, now=stage.after)
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
