"""What teams do with proposals, and what they are refused."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import timedelta

import pytest
from sqlalchemy import select

from matchmaker.audit.models import AuditEntry
from matchmaker.challenges.lifecycle import ChallengeState
from matchmaker.kernel.errors import Invalid, NotAllowed, NotFound, Stale, WrongState
from matchmaker.kernel.events import _LISTENERS
from matchmaker.kernel.localized import Localized
from matchmaker.proposals import events, queries, service
from matchmaker.proposals.content import Answer, Budget, BudgetLine, Content, Plan, Section
from matchmaker.proposals.guards import Late
from matchmaker.proposals.lifecycle import ProposalState
from matchmaker.proposals.models import ProposalVersion
from matchmaker.teams.engagement import members_are_fixed
from tests.factories.proposals import (
    another_team,
    hand_in,
    make_challenge,
    make_proposal,
    make_team,
    put_in_state,
)

SECOND = timedelta(microseconds=1)


@pytest.fixture
def heard():
    """Every event about a proposal, in order."""
    kinds = [
        events.ProposalStarted, events.ProposalSubmitted, events.ProposalReturned,
        events.ProposalWithdrawn,
    ]  # fmt: skip
    told = []
    listeners = [(kind, lambda _session, event: told.append(event)) for kind in kinds]
    for kind, listener in listeners:
        _LISTENERS[kind].append(listener)
    yield told
    for kind, listener in listeners:
        _LISTENERS[kind].remove(listener)


def entries(session, proposal):
    stmt = select(AuditEntry).where(
        AuditEntry.object_kind == "proposal", AuditEntry.object_id == proposal.id
    )
    return list(session.scalars(stmt.order_by(AuditEntry.id)))


def test_a_member_starts_a_draft_with_the_people_of_the_team(session, stage, heard):
    proposal = service.start(
        session, stage.challenge, stage.team, actor=stage.actor(stage.member), now=stage.now
    )

    content = Content.of(proposal.content)
    assert proposal.state is ProposalState.DRAFT
    assert (proposal.ref, proposal.submitted_at) == (None, None)
    assert [share.name for share in content.people.shares] == ["Lin Lead", "Mei Member"]
    assert heard == [
        events.ProposalStarted(
            proposal.id, stage.challenge.id, stage.team.id, stage.member.id, stage.now
        )
    ]


def test_nobody_outside_the_team_starts_in_its_name(session, stage):
    for name in ("owner_lead", "pm", "other_lead", "admin", "auditor"):
        with pytest.raises(NotAllowed):
            service.start(
                session, stage.challenge, stage.team, actor=stage.actor(stage.person(name)),
                now=stage.now,
            )  # fmt: skip


@pytest.mark.parametrize(
    "state",
    [ChallengeState.PAUSED, ChallengeState.EVALUATING, ChallengeState.DRAFT,
     ChallengeState.WITHDRAWN],
)  # fmt: skip
def test_a_challenge_that_is_not_open_takes_no_proposal(session, stage, state):
    stage.challenge.state = state
    with pytest.raises(WrongState):
        service.start(
            session, stage.challenge, stage.team, actor=stage.actor(stage.lead), now=stage.now
        )


def test_a_second_living_proposal_is_refused_in_words(session, stage):
    first = stage.started()

    with pytest.raises(WrongState) as refusal:
        stage.started()

    assert "has a proposal for this challenge already" in str(refusal.value)
    service.withdraw(session, first, actor=stage.actor(stage.lead), now=stage.now)
    assert stage.started().id != first.id


def test_a_team_of_the_owner_cannot_start(session, stage):
    stage.team.organization_id = stage.organization.id
    with pytest.raises(Invalid) as refusal:
        stage.started()
    assert "does not belong to the organisation" in str(refusal.value)


def test_two_people_write_on_different_sections_at_once(session, stage):
    proposal = stage.started()
    plan, budget = proposal.edition("plan"), proposal.edition("budget")

    service.save(
        session, proposal, Plan(), version=plan, actor=stage.actor(stage.lead), now=stage.now
    )
    service.save(
        session, proposal, Budget((BudgetLine("Staff", 5),)), version=budget,
        actor=stage.actor(stage.member), now=stage.now,
    )  # fmt: skip

    content = Content.of(proposal.content)
    assert content.plan == Plan()
    assert content.budget.total_twd == 5
    assert proposal.edited_by == stage.member.id


def test_saving_over_a_later_save_is_refused(session, stage):
    proposal = stage.started()
    old = proposal.edition("plan")
    actor = stage.actor(stage.lead)
    service.save(session, proposal, Plan(), version=old, actor=actor, now=stage.now)

    with pytest.raises(Stale):
        service.save(session, proposal, Plan(), version=old, actor=actor, now=stage.now)


def test_a_section_keeps_author_and_time_of_each_language(session, stage):
    proposal = stage.started()
    answer = Content.of(proposal.content).answer
    later = stage.now + timedelta(hours=1)
    changed = Answer(
        title=Localized(zh_TW=answer.title.zh_TW, en="New title"),
        summary=answer.summary,
        approach=answer.approach,
    )

    service.save(
        session, proposal, changed, version=proposal.edition("answer"),
        actor=stage.actor(stage.member), now=later,
    )  # fmt: skip

    assert (proposal.title.zh_by, proposal.title.zh_at) == (stage.lead.id, stage.now)
    assert (proposal.title.en_by, proposal.title.en_at) == (stage.member.id, later)


def test_entries_that_cannot_be_accepted_are_named_by_field(session, stage):
    proposal = stage.started()
    wrong = Budget((BudgetLine("Staff", 10, 20), BudgetLine("x" * 201, -1)))

    with pytest.raises(Invalid) as refusal:
        service.save(
            session, proposal, wrong, version=proposal.edition("budget"),
            actor=stage.actor(stage.lead), now=stage.now,
        )  # fmt: skip

    assert set(refusal.value.fields) == {"lines-0-own_twd", "lines-1-item", "lines-1-amount_twd"}


def test_handing_in_freezes_text_and_people_under_a_hash(session, stage, heard):
    proposal = stage.handed_in()

    version = queries.version(session, proposal, proposal.submitted_version)
    assert proposal.state is ProposalState.SUBMITTED
    assert (proposal.submitted_at, proposal.submitted_by) == (stage.now, stage.lead.id)
    assert (proposal.terms_accepted_at, proposal.terms_accepted_by) == (stage.now, stage.lead.id)
    assert proposal.ref is None
    assert version.was_submitted
    assert [person["name"] for person in version.people] == ["Lin Lead", "Mei Member"]
    assert version.digest == hashlib.sha256(version.sealed_bytes).hexdigest()
    assert json.loads(version.sealed_bytes)["content"]["plan"] == proposal.content["plan"]
    assert heard[-1] == events.ProposalSubmitted(
        proposal.id, stage.challenge.id, stage.team.id, stage.lead.id, stage.now, version.number
    )


def test_only_the_lead_hands_in(session, stage):
    proposal = stage.started()
    for name, refusal in [("member", NotAllowed), ("other_lead", NotFound), ("pm", NotFound)]:
        with pytest.raises(refusal):
            service.submit(
                session, proposal, version=proposal.version, accepts_terms=True,
                actor=stage.actor(stage.person(name)), now=stage.now,
            )  # fmt: skip
    assert proposal.state is ProposalState.DRAFT


def submit_at(session, stage, proposal, now):
    service.submit(
        session, proposal, version=proposal.version, accepts_terms=True,
        actor=stage.actor(stage.lead), now=now,
    )  # fmt: skip


def test_one_microsecond_before_the_closing_time_is_in_time(session, stage):
    proposal = stage.started()
    submit_at(session, stage, proposal, stage.closing - SECOND)
    assert proposal.state is ProposalState.SUBMITTED


@pytest.mark.parametrize("late_by", [timedelta(0), SECOND, timedelta(days=1)])
def test_the_closing_time_itself_and_all_after_it_is_late(session, stage, late_by):
    proposal = stage.started()

    with pytest.raises(Late) as refusal:
        submit_at(session, stage, proposal, stage.closing + late_by)

    assert proposal.state is ProposalState.DRAFT
    assert "Closed at 2026/12/24 12:00:00; the server" in str(refusal.value)


def test_an_extension_saved_by_another_session_counts(session, stage, database):
    proposal = stage.started()
    with database.session(writes=True) as other:
        challenge = other.get_one(type(stage.challenge), stage.challenge.id)
        challenge.closes_at += timedelta(days=1)
        other.commit()

    submit_at(session, stage, proposal, stage.now + timedelta(days=30, hours=1))

    assert proposal.state is ProposalState.SUBMITTED


def test_handing_in_twice_is_refused_and_keeps_one_version(session, stage):
    proposal = stage.handed_in()
    with pytest.raises(WrongState):
        submit_at(session, stage, proposal, stage.now)
    assert len(queries.versions(session, proposal, handed_in=True)) == 1


def test_a_colleagues_later_change_stops_the_hand_in(session, stage):
    proposal = stage.started()
    seen = proposal.version
    service.save(
        session, proposal, Plan(), version=proposal.edition("plan"),
        actor=stage.actor(stage.member), now=stage.now,
    )  # fmt: skip
    with pytest.raises(Stale):
        service.submit(
            session, proposal, version=seen, accepts_terms=True,
            actor=stage.actor(stage.lead), now=stage.now,
        )  # fmt: skip


def test_an_incomplete_proposal_is_refused_by_section(session, stage):
    proposal = stage.started(plan=Plan(), answer=Answer())
    with pytest.raises(Invalid) as refusal:
        submit_at(session, stage, proposal, stage.now)
    assert set(refusal.value.fields) == {"answer", "plan"}


def test_the_terms_have_to_be_accepted(session, stage):
    proposal = stage.started()
    with pytest.raises(Invalid) as refusal:
        service.submit(
            session, proposal, version=proposal.version, accepts_terms=False,
            actor=stage.actor(stage.lead), now=stage.now,
        )  # fmt: skip
    assert set(refusal.value.fields) == {"accepts_terms"}


def test_a_proposal_taken_back_keeps_its_versions_and_is_seen_by_nobody(session, stage, heard):
    proposal = stage.handed_in()

    service.return_to_draft(session, proposal, actor=stage.actor(stage.lead), now=stage.now)

    assert proposal.state is ProposalState.DRAFT
    assert (proposal.submitted_at, proposal.submitted_version) == (None, None)
    assert [v.number for v in queries.versions(session, proposal, handed_in=True)] == [1]
    assert isinstance(heard[-1], events.ProposalReturned)
    hand_in(stage, proposal)
    assert proposal.submitted_version == 2


@pytest.mark.parametrize("late_by", [timedelta(0), SECOND])
def test_nothing_is_taken_back_at_or_after_the_closing_time(session, stage, late_by):
    proposal = stage.handed_in()
    with pytest.raises(Late):
        service.return_to_draft(
            session, proposal, actor=stage.actor(stage.lead), now=stage.closing + late_by
        )
    assert proposal.state is ProposalState.SUBMITTED


def test_what_is_handed_in_cannot_be_edited(session, stage):
    proposal = stage.handed_in()
    with pytest.raises(WrongState):
        service.save(
            session, proposal, Plan(), version=proposal.edition("plan"),
            actor=stage.actor(stage.lead), now=stage.now,
        )  # fmt: skip


def test_a_draft_is_not_edited_after_the_closing_time(session, stage):
    proposal = stage.started()
    with pytest.raises(Late):
        service.save(
            session, proposal, Plan(), version=proposal.edition("plan"),
            actor=stage.actor(stage.lead), now=stage.closing,
        )  # fmt: skip


def test_only_the_requested_sections_are_open_again(session, stage):
    proposal = put_in_state(stage, stage.handed_in(), ProposalState.MORE_INFO_REQUESTED)
    proposal.requested, proposal.info_due_at = ["plan"], stage.after + timedelta(days=5)
    session.commit()
    plan = Content.of(proposal.content).plan
    actor = stage.actor(stage.member)

    service.save(
        session, proposal, plan, version=proposal.edition("plan"), actor=actor, now=stage.after
    )
    with pytest.raises(NotAllowed) as refusal:
        service.save(
            session, proposal, Budget(), version=proposal.edition("budget"), actor=actor,
            now=stage.after,
        )  # fmt: skip
    assert "asked for" in str(refusal.value)
    submit_at(session, stage, proposal, stage.after)

    assert (proposal.state, proposal.submitted_version) == (ProposalState.SUBMITTED, 2)
    assert (proposal.requested, proposal.info_due_at) == ([], None)


def test_requested_information_is_late_at_its_due_time(session, stage):
    proposal = put_in_state(stage, stage.handed_in(), ProposalState.MORE_INFO_REQUESTED)
    proposal.requested, proposal.info_due_at = ["plan"], stage.after
    session.commit()
    with pytest.raises(Late):
        submit_at(session, stage, proposal, stage.after)


@pytest.mark.parametrize(
    "state", ["draft", "submitted", "more_info_requested", "under_review", "shortlisted"]
)
def test_the_lead_withdraws_until_finalists_are_decided_on(session, stage, state):
    proposal = put_in_state(stage, stage.handed_in(), ProposalState(state))

    service.withdraw(
        session, proposal, reason="No people", actor=stage.actor(stage.lead), now=stage.after
    )

    assert proposal.state is ProposalState.WITHDRAWN
    assert (proposal.withdrawn_at, proposal.withdrawn_reason) == (stage.after, "No people")


@pytest.mark.parametrize("state", ["selected", "reserve", "not_selected"])
def test_a_pending_decision_is_not_told_by_the_refusal_to_withdraw(session, stage, state):
    proposal = put_in_state(stage, stage.handed_in(), ProposalState(state))
    with pytest.raises(WrongState) as refusal:
        service.withdraw(session, proposal, actor=stage.actor(stage.lead), now=stage.after)
    assert str(refusal.value) == (
        "The decision is being prepared. Ask the programme office instead."
    )


def test_a_snapshot_is_numbered_and_not_repeated(session, stage):
    proposal = stage.started()
    actor = stage.actor(stage.member)

    first = service.snapshot(session, proposal, actor=actor, now=stage.now)
    with pytest.raises(WrongState):
        service.snapshot(session, proposal, actor=actor, now=stage.now)
    service.save(
        session, proposal, Plan(), version=proposal.edition("plan"), actor=actor, now=stage.now
    )
    second = service.snapshot(session, proposal, actor=actor, now=stage.now)

    assert (first.number, second.number, first.was_submitted) == (1, 2, False)
    assert first.content["plan"]["milestones"] != second.content["plan"]["milestones"]


def test_the_database_refuses_to_number_two_versions_alike(session, stage):
    from sqlalchemy.exc import IntegrityError

    proposal = stage.handed_in()
    session.add(
        ProposalVersion(
            proposal_id=proposal.id,
            number=1,
            content={},
            people=[],
            digest="0" * 64,
            saved_at=stage.now,
        )  # fmt: skip
    )
    with pytest.raises(IntegrityError):
        session.flush()


def test_the_record_names_every_move_but_no_word_of_the_proposal(session, stage):
    proposal = stage.handed_in()
    service.return_to_draft(session, proposal, actor=stage.actor(stage.lead), now=stage.now)
    service.withdraw(session, proposal, actor=stage.actor(stage.lead), now=stage.now)

    found = entries(session, proposal)
    assert [entry.action for entry in found] == [
        "proposal.start", "proposal.submit", "proposal.return_to_draft", "proposal.withdraw",
    ]  # fmt: skip
    text = json.dumps([[e.before, e.after, e.reason, e.object_name] for e in found])
    assert "Few-shot" not in text
    assert "Label, train" not in text


def test_what_only_the_team_knows_is_kept_from_the_programmes_record(session, stage):
    draft = stage.started()
    service.withdraw(session, draft, actor=stage.actor(stage.lead), now=stage.now)
    handed_in = stage.handed_in()

    assert {entry.program_id for entry in entries(session, draft)} == {None}
    told = json.dumps([[e.before, e.after, e.object_name] for e in entries(session, draft)])
    assert stage.team.ref not in told
    assert stage.challenge.ref not in told
    assert {e.action: e.program_id for e in entries(session, handed_in)} == {
        "proposal.start": None,
        "proposal.submit": stage.call.program_id,
    }


def test_confidentiality_is_promised_by_the_lead_after_closing_and_once(session, stage):
    lead, challenge = stage.actor(stage.owner_lead), stage.challenge
    with pytest.raises(NotAllowed):
        service.promise_confidentiality(session, challenge, actor=lead, now=stage.now)
    with pytest.raises(NotAllowed):
        service.promise_confidentiality(
            session, challenge, actor=stage.actor(stage.owner_member), now=stage.after
        )
    with pytest.raises(NotFound):
        service.promise_confidentiality(
            session, challenge, actor=stage.actor(stage.lead), now=stage.after
        )

    service.promise_confidentiality(session, challenge, actor=lead, now=stage.after)
    service.promise_confidentiality(session, challenge, actor=lead, now=stage.after)

    [row] = queries.closed_challenges(session, [stage.organization.id], actor=lead, now=stage.after)
    assert row.has_promised


def test_the_people_of_a_team_are_fixed_once_its_challenge_has_closed(session, stage):
    stage.started()
    assert not members_are_fixed(session, stage.team, stage.after)
    proposal = queries.living(session, stage.challenge.id, [stage.team.id])[0]
    hand_in(stage, proposal)
    assert not members_are_fixed(session, stage.team, stage.now)
    assert members_are_fixed(session, stage.team, stage.after)


def test_a_pause_holds_the_closing_time(session, stage):
    proposal = stage.handed_in()
    stage.challenge.state = ChallengeState.PAUSED
    stage.challenge.paused_at = stage.closing - timedelta(hours=1)
    session.commit()
    stage_lead = stage.actor(stage.owner_lead)
    with pytest.raises(NotAllowed):
        service.promise_confidentiality(session, stage.challenge, actor=stage_lead, now=stage.after)
    with pytest.raises(WrongState):
        service.return_to_draft(session, proposal, actor=stage.actor(stage.lead), now=stage.after)


def test_a_team_answers_several_challenges_within_its_capacity(session, stage):
    stage.handed_in()
    second = make_challenge(stage.people, stage.call, stage.organization)
    third = make_challenge(stage.people, stage.call, stage.organization)
    hand_in(stage, make_proposal(stage, challenge=second))
    last = make_proposal(stage, challenge=third)
    with pytest.raises(Invalid) as refusal:
        submit_at(session, stage, last, stage.now)
    assert "PoCs that it can run at a time: 2" in str(refusal.value)


def test_nobody_stands_in_two_teams_of_a_call(session, stage):
    stage.handed_in()
    newcomer = stage.people.user("New Lead")
    from matchmaker.kernel.actor import Role, Scope
    from tests.factories.proposals import give

    team = make_team(stage.people, newcomer, stage.member)
    give(stage.people, newcomer, Role.TEAM_LEAD, Scope.TEAM, team.id)
    proposal = make_proposal(stage, team=team, lead=newcomer)
    with pytest.raises(Invalid) as refusal:
        service.submit(
            session, proposal, version=proposal.version, accepts_terms=True,
            actor=stage.actor(newcomer), now=stage.now,
        )  # fmt: skip
    assert str(refusal.value) == (
        "The team does not meet a rule of the call: Nobody may stand in two teams of this call."
    )


def test_different_people_may_stand_in_different_teams(session, stage):
    stage.handed_in()
    team, lead = another_team(stage)
    rival = hand_in(stage, make_proposal(stage, team=team, lead=lead), lead=lead)
    assert rival.state is ProposalState.SUBMITTED


def test_every_section_of_the_content_survives_storing(session, stage):
    proposal = stage.started()
    content = Content.of(proposal.content)
    again = Content.of(json.loads(json.dumps(content.to_json())))
    assert asdict(again) == asdict(content)
    assert [s.value for s in Section][:6] == list(content.to_json())
