"""Decisions on pairs: each side for itself, once, and in the record."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from matchmaker.audit.queries import of_object
from matchmaker.challenges.lifecycle import ChallengeState
from matchmaker.kernel.errors import Invalid, NotAllowed, NotFound, Stale, WrongState
from matchmaker.kernel.events import subscribe
from matchmaker.matching import candidacies, invitations
from matchmaker.matching.candidacies import Refused
from matchmaker.matching.constraints import rules_for
from matchmaker.matching.events import TeamInvited
from matchmaker.matching.lifecycle import CandidacyState, DismissReason, Obstacle, Side
from matchmaker.organizations.models import OrganizationTie, TieKind
from tests.factories.matching import make_cast

FIELD = Refused(DismissReason.WRONG_DOMAIN)


@pytest.fixture
def cast(session, people):
    return make_cast(session, people)


@pytest.fixture
def pm(cast):
    return cast.actor(cast.pm)


@pytest.fixture
def owner(cast):
    return cast.actor(cast.owners[0])


@pytest.fixture
def lead(cast):
    return cast.actor(cast.leads[0])


def invited(cast, pm, *, now=None):
    """A released invitation of the first team to the first challenge."""
    moment = now or cast.now
    queued = invitations.queue(cast.session, cast.pair(), version=0, actor=pm, now=moment)
    invitations.release(cast.session, cast.call, [queued.public_id], actor=pm, now=moment)
    return queued


def rules(cast):
    return rules_for(cast.session, cast.call, cast.challenges, cast.teams)


def test_a_pinned_pair_comes_first_whatever_it_scores(cast, pm, session):
    run = cast.run()
    last = max(range(3), key=lambda n: row_of(session, run, cast.challenges[0], cast.teams[n]).rank)
    candidacies.pin(session, cast.pair(0, last), version=0, actor=pm, now=cast.now)
    session.commit()

    again = cast.run()

    assert row_of(session, again, cast.challenges[0], cast.teams[last]).rank == 1
    assert row_of(session, again, cast.challenges[0], cast.teams[last]).team_rank == 1


def row_of(session, run, challenge, team):
    from sqlalchemy import select

    from matchmaker.matching.models import Recommendation

    return session.scalar(
        select(Recommendation).where(
            Recommendation.run_id == run.id,
            Recommendation.challenge_id == challenge.id,
            Recommendation.team_id == team.id,
        )
    )


def test_a_pin_is_taken_off_again(cast, pm, session):
    candidacies.pin(session, cast.pair(), version=0, actor=pm, now=cast.now)
    candidacies.unpin(session, cast.pair(), version=1, actor=pm, now=cast.now)

    assert candidacies.find(session, cast.pair()).state is CandidacyState.SUGGESTED
    assert rules(cast).pinned == frozenset()


def test_a_decision_on_what_somebody_else_changed_is_refused(cast, pm, session):
    candidacies.pin(session, cast.pair(), version=0, actor=pm, now=cast.now)

    with pytest.raises(Stale):
        candidacies.unpin(session, cast.pair(), version=0, actor=pm, now=cast.now)


def test_nobody_pins_or_invites_across_a_conflict_of_interest(cast, pm, session):
    cast.teams[0].organization_id = cast.challenges[0].organization_id
    session.commit()

    with pytest.raises(WrongState):
        candidacies.pin(session, cast.pair(), version=0, actor=pm, now=cast.now)
    with pytest.raises(WrongState):
        invitations.queue(session, cast.pair(), version=0, actor=pm, now=cast.now)

    assert candidacies.find(session, cast.pair()) is None


def test_a_manager_with_a_hat_of_the_owner_cannot_pin(cast, session):
    from matchmaker.accounts import service as accounts
    from matchmaker.kernel.actor import SYSTEM, Role, Scope

    accounts.give_role(
        session, cast.pm, Role.OWNER_MEMBER, Scope.ORGANIZATION,
        cast.challenges[0].organization_id, actor=SYSTEM, now=cast.now,
    )  # fmt: skip

    with pytest.raises(NotAllowed):
        candidacies.pin(session, cast.pair(), version=0, actor=cast.actor(cast.pm), now=cast.now)


def test_each_side_puts_aside_for_itself_and_takes_back_for_itself(cast, pm, owner, lead, session):
    pair, now = cast.pair(), cast.now
    candidacies.dismiss(session, pair, FIELD, side=Side.OWNER, version=0, actor=owner, now=now)
    candidacies.dismiss(session, pair, FIELD, side=Side.TEAM, version=None, actor=lead, now=now)
    found = candidacies.dismiss(session, pair, FIELD, side=Side.PM, version=2, actor=pm, now=now)
    assert {each.side for each in found.dismissals} == {Side.OWNER, Side.TEAM, Side.PM}

    candidacies.reconsider(session, pair, side=Side.TEAM, version=None, actor=lead, now=now)
    candidacies.reconsider(session, pair, side=Side.OWNER, version=4, actor=owner, now=now)
    assert found.state is CandidacyState.DISMISSED
    candidacies.reconsider(session, pair, side=Side.PM, version=5, actor=pm, now=now)

    assert (found.state, found.dismissals) == (CandidacyState.SUGGESTED, [])


def test_nobody_puts_aside_for_another_side(cast, pm, owner, lead, session):
    for actor, side in ((pm, Side.OWNER), (owner, Side.TEAM), (lead, Side.PM)):
        with pytest.raises(NotAllowed):
            candidacies.dismiss(
                session, cast.pair(), FIELD, side=side, version=0, actor=actor, now=cast.now
            )


def test_the_same_side_does_not_put_aside_twice(cast, owner, session):
    candidacies.dismiss(
        session, cast.pair(), FIELD, side=Side.OWNER, version=0, actor=owner, now=cast.now
    )

    with pytest.raises(WrongState):
        candidacies.dismiss(
            session, cast.pair(), FIELD, side=Side.OWNER, version=1, actor=owner, now=cast.now
        )


def test_another_reason_needs_words(cast, owner, session):
    with pytest.raises(Invalid) as refusal:
        candidacies.dismiss(
            session, cast.pair(), Refused(DismissReason.OTHER, "  "), side=Side.OWNER, version=0,
            actor=owner, now=cast.now,
        )  # fmt: skip

    assert set(refusal.value.fields) == {"note"}


def test_a_team_may_be_interested_although_the_owner_put_it_aside(cast, owner, lead, session):
    candidacies.dismiss(
        session, cast.pair(), FIELD, side=Side.OWNER, version=0, actor=owner, now=cast.now
    )

    found = candidacies.show_interest(session, cast.pair(), actor=lead, now=cast.now)

    assert found.state is CandidacyState.INTERESTED
    assert found.dismissal(Side.OWNER) is not None


def test_interest_is_shown_once(cast, lead, session):
    candidacies.show_interest(session, cast.pair(), actor=lead, now=cast.now)

    with pytest.raises(WrongState):
        candidacies.show_interest(session, cast.pair(), actor=lead, now=cast.now)


def test_nobody_can_be_interested_in_what_is_not_public(cast, lead, session):
    cast.challenges[0].state = ChallengeState.APPROVED
    session.commit()

    with pytest.raises(NotFound):
        candidacies.show_interest(session, cast.pair(), actor=lead, now=cast.now)


def test_a_wish_of_the_owner_counts_in_later_runs(cast, owner, session):
    candidacies.shortlist(session, cast.pair(), version=0, actor=owner, now=cast.now)

    assert rules(cast).opinions == {(cast.challenges[0].id, cast.teams[0].id): 0.5}


def test_gathered_invitations_send_nothing_until_they_are_released(cast, pm, session, told):
    queued = invitations.queue(session, cast.pair(), version=0, actor=pm, now=cast.now)
    assert (queued.state, told) == (CandidacyState.SUGGESTED, [])

    invitations.release(session, cast.call, [queued.public_id], actor=pm, now=cast.now)

    assert queued.state is CandidacyState.INVITED
    assert queued.answer_by == cast.now + timedelta(days=14)
    assert [(event.team_id, event.answer_by) for event in told] == [
        (cast.teams[0].id, cast.now + timedelta(days=14))
    ]


@pytest.fixture
def told(monkeypatch):
    """Invitations that listeners heard of."""
    from matchmaker.kernel import events

    heard = []
    kept = list(events._LISTENERS[TeamInvited])
    subscribe(TeamInvited)(lambda _session, event: heard.append(event))
    yield heard
    events._LISTENERS[TeamInvited][:] = kept


def test_the_time_to_answer_ends_with_the_challenge(cast, pm, session):
    cast.challenges[0].closes_at = cast.now + timedelta(days=3)
    session.commit()

    assert invited(cast, pm).answer_by == cast.now + timedelta(days=3)


def test_a_release_is_refused_when_the_list_is_not_the_one_that_was_previewed(cast, pm, session):
    first = invitations.queue(session, cast.pair(), version=0, actor=pm, now=cast.now)
    invitations.queue(session, cast.pair(0, 1), version=0, actor=pm, now=cast.now)

    with pytest.raises(WrongState):
        invitations.release(session, cast.call, [first.public_id], actor=pm, now=cast.now)

    assert first.state is CandidacyState.SUGGESTED


def test_a_conflict_that_arose_meanwhile_stops_the_whole_release(cast, pm, session, people, told):
    both = [
        invitations.queue(session, cast.pair(0, n), version=0, actor=pm, now=cast.now)
        for n in (0, 1)
    ]
    company = people.organization("Company")
    cast.teams[1].organization_id = company.id
    session.add(
        OrganizationTie(
            from_id=company.id, to_id=cast.challenges[0].organization_id,
            kind=TieKind.INVESTMENT, declared_at=cast.now,
        )
    )  # fmt: skip
    session.commit()

    with pytest.raises(WrongState):
        invitations.release(
            session, cast.call, [each.public_id for each in both], actor=pm, now=cast.now
        )


def test_an_invitation_is_answered_once(cast, pm, lead, session):
    invitation = invited(cast, pm)

    invitations.accept(session, invitation, actor=lead, now=cast.now)

    assert invitation.state is CandidacyState.INTERESTED
    for again in (
        lambda: invitations.accept(session, invitation, actor=lead, now=cast.now),
        lambda: invitations.decline(session, invitation, FIELD, actor=lead, now=cast.now),
    ):
        with pytest.raises(WrongState):
            again()
    assert [entry.action for entry in of_object(session, "candidacy", invitation.id)] == [
        "candidacy.show_interest",
        "candidacy.invite",
        "candidacy.queue",
    ]


def test_declining_keeps_the_reason_and_rules_the_pair_out(cast, pm, lead, session):
    invitation = invited(cast, pm)

    invitations.decline(session, invitation, FIELD, actor=lead, now=cast.now)

    assert (invitation.state, invitation.reason) == (
        CandidacyState.DECLINED,
        DismissReason.WRONG_DOMAIN,
    )
    assert rules(cast).forbidden == {(cast.challenges[0].id, cast.teams[0].id): Obstacle.DECLINED}


def test_an_answer_at_the_last_minute_is_too_late(cast, pm, lead, session):
    invitation = invited(cast, pm)

    with pytest.raises(WrongState):
        invitations.accept(session, invitation, actor=lead, now=cast.now + timedelta(days=14))


def test_an_expired_invitation_can_be_sent_again(cast, pm, session):
    invitation = invited(cast, pm)
    later = cast.now + timedelta(days=14)
    assert invitations.expire_due(session, now=later) == 1
    assert invitations.expire_due(session, now=later) == 0

    queued = invitations.queue(
        session, cast.pair(), version=invitation.version, actor=pm, now=later
    )

    assert queued.queued_at == later


def test_an_invitation_taken_off_the_list_is_not_sent(cast, pm, session):
    invitations.queue(session, cast.pair(), version=0, actor=pm, now=cast.now)
    invitations.unqueue(session, cast.pair(), version=1, actor=pm, now=cast.now)

    assert invitations.waiting(session, cast.call.id) == []


def test_conflicts_come_from_organisations_ties_and_people(cast, session, people):
    from matchmaker.accounts import service as accounts
    from matchmaker.kernel.actor import SYSTEM, Role, Scope

    owned = cast.challenges[0].organization_id
    supplier = people.organization("Supplier")
    cast.teams[0].organization_id = owned
    cast.teams[1].organization_id = supplier.id
    session.add(
        OrganizationTie(
            from_id=supplier.id, to_id=owned, kind=TieKind.SUPPLIER, declared_at=cast.now
        )
    )
    accounts.give_role(
        session, cast.leads[2], Role.OWNER_MEMBER, Scope.ORGANIZATION, owned,
        actor=SYSTEM, now=cast.now,
    )  # fmt: skip
    session.commit()

    assert rules(cast).forbidden == {
        (cast.challenges[0].id, cast.teams[0].id): Obstacle.SAME_ORGANIZATION,
        (cast.challenges[0].id, cast.teams[1].id): Obstacle.TIED,
        (cast.challenges[0].id, cast.teams[2].id): Obstacle.SHARED_PERSON,
    }


def test_a_member_who_left_makes_no_conflict(cast, session):
    from matchmaker.accounts import service as accounts
    from matchmaker.kernel.actor import SYSTEM, Role, Scope

    accounts.give_role(
        session, cast.leads[0], Role.OWNER_MEMBER, Scope.ORGANIZATION,
        cast.challenges[0].organization_id, actor=SYSTEM, now=cast.now,
    )  # fmt: skip
    cast.teams[0].members[0].left_on = date(2026, 11, 1)
    session.commit()

    assert rules(cast).forbidden == {}


def test_teams_that_are_full_or_not_free_in_time_are_absent(cast, session):
    cast.teams[0].capacity = 0
    cast.call.decision_on = date(2027, 1, 15)
    cast.teams[1].free_from = date(2027, 1, 15)
    cast.teams[2].free_from = date(2027, 1, 16)
    session.commit()

    assert rules(cast).absent == {
        cast.teams[0].id: Obstacle.FULL,
        cast.teams[2].id: Obstacle.NOT_FREE,
    }


def test_a_pin_outranks_capacity_but_only_for_its_pair(cast, pm, session):
    cast.teams[0].free_from = date(2099, 1, 1)
    candidacies.pin(session, cast.pair(), version=0, actor=pm, now=cast.now)
    session.commit()

    run = cast.run()

    assert row_of(session, run, cast.challenges[0], cast.teams[0]).rank == 1
    other = row_of(session, run, cast.challenges[1], cast.teams[0])
    assert (other.rank, other.held_back) == (None, "capacity.not_free")


def test_a_handed_in_proposal_converts_the_pair_however_it_came_about(cast, session):
    found = candidacies.convert(session, cast.pair(), now=cast.now)
    assert found.state is CandidacyState.CONVERTED
    version = found.version

    candidacies.convert(session, cast.pair(), now=cast.now)

    assert found.version == version
