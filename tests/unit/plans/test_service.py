"""Plans: asked for, computed, wished about, put in force, invited from."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from matchmaker.audit.queries import of_object
from matchmaker.kernel import work
from matchmaker.kernel.errors import Invalid, NotAllowed, NotFound, WrongState
from matchmaker.matching import candidacies, invitations
from matchmaker.matching.candidacies import Refused
from matchmaker.matching.lifecycle import CandidacyState, DismissReason, Side
from matchmaker.plans import (
    comparison,
    execution,
    freshness,
    inviting,
    queries,
    repairs,
    service,
    sheet,
)
from matchmaker.plans.lifecycle import Cause, Objective, Places, PlanState, Role, WishKind
from matchmaker.plans.models import Plan, PlanPair
from matchmaker.plans.numbers import Numbers
from matchmaker.plans.policy import Sight
from matchmaker.plans.repairs import Kind
from tests.factories.matching import add_team, make_cast
from tests.factories.plans import ask, solve

ALL = Sight(frozenset(), frozenset(), frozenset())
ONE_EACH = Numbers(places=Places.SAME, least=1, most=1)


@pytest.fixture
def cast(session, people):
    return make_cast(session, people)


@pytest.fixture
def pm(cast):
    return cast.actor(cast.pm)


def pairs(cast, plan):
    """Planned pairs as places in the cast."""
    challenges = [each.id for each in cast.challenges]
    teams = [each.id for each in cast.teams]
    return {
        (challenges.index(c), teams.index(t))
        for c, t in queries.planned_pairs(cast.session, plan.id)
    }


def test_every_challenge_gets_a_team_and_no_team_more_than_it_can_take(cast, session):
    plan = solve(cast, cast.run(), ONE_EACH)

    assert plan.state is PlanState.COMPLETED
    found = pairs(cast, plan)
    assert sorted(challenge for challenge, _team in found) == [0, 1]
    assert len({team for _challenge, team in found}) == 2
    assert len(plan.input_digest) == 64
    assert plan.outcome["status"] == "optimal"
    assert [e.action for e in of_object(session, "plan", plan.id)] == [
        "plan.complete",
        "plan.request",
    ]


def test_the_same_question_has_the_same_answer(cast):
    run = cast.run()
    first, second = solve(cast, run), solve(cast, run)

    assert first.input_digest == second.input_digest
    assert pairs(cast, first) == pairs(cast, second)
    assert [first.number, second.number] == [1, 2]


def test_the_sum_of_a_challenge_is_the_sum_over_its_teams(cast, session):
    plan = solve(cast, cast.run(), Numbers(places=Places.SAME, least=1, most=2))

    found = sheet.rows(session, plan, ALL).rows
    for row in found:
        assert row.score == pytest.approx(sum(each.pair.score for each in row.planned))
        assert [each.pair.position for each in row.planned] == [*range(1, len(row.planned) + 1)]
    figures = sheet.figures(session, plan, ALL)
    assert figures.total == pytest.approx(sum(row.score for row in found))
    assert figures.total == pytest.approx(plan.outcome["total"])
    assert (figures.places, figures.filled, figures.unfilled) == (4, 3, 1)
    assert figures.worst.score == pytest.approx(min(row.score / 2 for row in found))


def test_one_plan_of_a_call_at_a_time(cast, session):
    run = cast.run()
    waiting = ask(cast, run)
    with pytest.raises(WrongState):
        ask(cast, run)
    session.add(
        Plan(number=9, program_id=run.program_id, call_id=run.call_id, run_id=run.id,
             requested_at=cast.now)
    )  # fmt: skip
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()
    assert waiting.number == 1


def test_a_plan_whose_worker_died_stands_in_nobodys_way(cast, session):
    run = cast.run()
    first = ask(cast, run)
    service.PLANS.take(session, first.id, now=cast.now - timedelta(hours=1))
    session.expire_all()

    second = ask(cast, run)

    session.refresh(first)
    assert (first.state, first.failure) == (PlanState.FAILED, work.WORKER_STOPPED)
    assert execution.solve_within(session, second, now=cast.now) is PlanState.COMPLETED


def test_the_sweeper_ends_what_is_silent(cast, session):
    plan = ask(cast, cast.run())
    service.PLANS.take(session, plan.id, now=cast.now)

    assert service.PLANS.sweep(session, now=cast.now + timedelta(seconds=119)) == 0
    assert service.PLANS.sweep(session, now=cast.now + timedelta(seconds=121)) == 1


def test_a_waiting_plan_is_cancelled_and_then_not_computed(cast, session, pm):
    plan = ask(cast, cast.run())

    service.cancel(session, plan, actor=pm, now=cast.now)

    assert plan.state is PlanState.CANCELLED
    assert execution.solve_within(session, plan, now=cast.now) is None


@pytest.mark.parametrize(
    ("numbers", "field"),
    [
        (Numbers(least=51), "least"),
        (Numbers(places=Places.SAME, least=3, most=2), "most"),
        (Numbers(capacity=99), "capacity"),
        (Numbers(challenges={1: (3, 2)}), "challenges"),
        (Numbers(teams={1: -1}), "teams"),
    ],
)
def test_numbers_without_meaning_are_refused_at_their_field(cast, numbers, field):
    with pytest.raises(Invalid) as refusal:
        ask(cast, cast.run(), numbers)
    assert set(refusal.value.fields) == {field}


def test_numbers_come_back_from_the_column_as_they_were():
    numbers = Numbers(Objective.FAIR, Places.SAME, 1, 4, {7: (0, 2)}, 3, {9: 5})

    assert Numbers.from_json(numbers.to_json(), Objective.FAIR) == numbers


@pytest.mark.parametrize(
    ("numbers", "wanted", "span"),
    [
        (Numbers(least=2), 3, (2, 3)),
        (Numbers(least=2), 1, (1, 1)),
        (Numbers(places=Places.SAME, least=2, most=3), 1, (2, 3)),
        (Numbers(challenges={1: (0, 5)}), 2, (0, 5)),
    ],
)
def test_how_many_teams_a_challenge_gets(numbers, wanted, span):
    assert numbers.span(1, wanted) == span


def test_a_team_that_does_not_say_gets_the_default(cast, session):
    cast.teams[0].capacity = None
    cast.teams[1].capacity = 0
    session.commit()

    plan = solve(cast, cast.run(), Numbers(places=Places.SAME, least=1, most=1, capacity=2))

    room = {t.team.id: (t.came_off.capacity, t.came_off.is_stated)
            for t in sheet.team_loads(session, plan, ALL).rows}  # fmt: skip
    assert [room[team.id] for team in cast.teams] == [(2, False), (0, True), (1, True)]
    assert not any(team == 1 for _challenge, team in pairs(cast, plan))


def test_pins_locks_and_accepted_invitations_stand_fast(cast, session, pm):
    for team in cast.teams:
        team.capacity = 2
    candidacies.pin(session, cast.pair(0, 2), version=0, actor=pm, now=cast.now)
    queued = invitations.queue(session, cast.pair(1, 2), version=0, actor=pm, now=cast.now)
    invitations.release(session, cast.call, [queued.public_id], actor=pm, now=cast.now)
    invitations.accept(session, queued, actor=cast.actor(cast.leads[2]), now=cast.now)
    session.commit()
    run = cast.run()

    first = solve(cast, run, ONE_EACH)
    assert pairs(cast, first) == {(0, 2), (1, 2)}
    service.lock_pair(session, first, cast.pair(0, 0), actor=pm, now=cast.now)
    second = solve(cast, run, Numbers(places=Places.SAME, least=1, most=2), base=first)

    causes = {
        (p.pair.challenge_id, p.pair.team_id): p.pair.cause
        for row in sheet.rows(session, second, ALL).rows
        for p in row.planned
    }
    ids = [team.id for team in cast.teams]
    assert causes[cast.challenges[0].id, ids[2]] is Cause.PINNED
    assert causes[cast.challenges[1].id, ids[2]] is Cause.ACCEPTED
    assert causes[cast.challenges[0].id, ids[0]] is Cause.LOCKED


def test_pairs_put_aside_and_conflicts_are_never_planned(cast, session, pm):
    owner = cast.actor(cast.owners[0])
    candidacies.dismiss(
        session, cast.pair(0, 0), Refused(DismissReason.WRONG_DOMAIN), side=Side.OWNER, version=0,
        actor=owner, now=cast.now,
    )  # fmt: skip
    run = cast.run()
    cast.teams[1].organization_id = cast.challenges[0].organization_id
    session.commit()

    plan = solve(cast, run, ONE_EACH)

    assert {team for challenge, team in pairs(cast, plan) if challenge == 0} == {2}


def test_an_excluded_pair_needs_a_reason_and_stays_out_of_the_next_version(cast, session, pm):
    run = cast.run()
    first = solve(cast, run, ONE_EACH)
    team = next(team for challenge, team in pairs(cast, first) if challenge == 0)
    with pytest.raises(Invalid):
        service.exclude_pair(session, first, cast.pair(0, team), reason=" ", actor=pm, now=cast.now)
    service.exclude_pair(session, first, cast.pair(0, team), reason="No.", actor=pm, now=cast.now)

    second = solve(cast, run, ONE_EACH, base=first)

    assert (0, team) not in pairs(cast, second)
    assert [(w.kind, w.reason) for w in queries.wishes(session, second.id)] == [
        (WishKind.EXCLUDE, "No.")
    ]
    assert pairs(cast, first) != pairs(cast, second)
    service.drop_wish(session, second, cast.pair(0, team), actor=pm, now=cast.now)
    assert queries.wishes(session, second.id) == []
    assert len(queries.wishes(session, first.id)) == 1
    with pytest.raises(WrongState):
        service.drop_wish(session, second, cast.pair(0, team), actor=pm, now=cast.now)


def test_a_conflict_of_interest_cannot_be_locked(cast, session, pm):
    plan = solve(cast, cast.run())
    cast.teams[0].organization_id = cast.challenges[0].organization_id
    session.commit()

    with pytest.raises(WrongState):
        service.lock_pair(session, plan, cast.pair(0, 0), actor=pm, now=cast.now)


def test_too_many_asked_for_is_named_with_a_repair_that_helps(cast, session):
    run = cast.run()
    plan = solve(cast, run, Numbers(places=Places.SAME, least=2, most=2))

    assert plan.state is PlanState.INFEASIBLE
    reasons = repairs.reasons_of(plan)
    assert reasons
    number = next(
        place
        for place, repair in enumerate(r for reason in reasons for r in reason.repairs)
        if repair.is_number
    )
    offered = repairs.numbered(plan, number, ALL, cast.challenges)
    asked = Numbers.from_json(plan.numbers, plan.objective)
    mended = repairs.mended(asked, offered)
    assert (offered.rule.kind, mended.least) == (Kind.DEMAND_MIN, 1)
    assert solve(cast, run, mended, base=plan).state is PlanState.COMPLETED


def test_a_conflict_is_named_but_never_offered_for_change(cast, session, pm):
    run = cast.run()
    for team in cast.teams:
        team.organization_id = cast.challenges[0].organization_id
    session.commit()

    plan = solve(cast, run, ONE_EACH)

    assert plan.state is PlanState.INFEASIBLE
    rules = {rule.kind for reason in repairs.reasons_of(plan) for rule in reason.rules}
    offered = {r.rule.kind for reason in repairs.reasons_of(plan) for r in reason.repairs}
    assert Kind.FORBIDDEN in rules
    assert Kind.FORBIDDEN not in offered
    assert Kind.DEMAND_MIN in offered


def test_a_lock_against_a_number_can_be_taken_back(cast, session, pm):
    run = cast.run()
    first = solve(cast, run, ONE_EACH)
    for team in (0, 1):
        service.lock_pair(session, first, cast.pair(0, team), actor=pm, now=cast.now)

    second = solve(cast, run, ONE_EACH, base=first)

    assert second.state is PlanState.INFEASIBLE
    [reason] = repairs.reasons_of(second)
    assert [rule.kind for rule in reason.rules].count(Kind.PINNED) == 2
    assert {rule.why for rule in reason.rules if rule.kind is Kind.PINNED} == {"locked"}
    service.drop_wish(session, second, cast.pair(0, 1), actor=pm, now=cast.now)
    assert solve(cast, run, ONE_EACH, base=second).state is PlanState.COMPLETED


def test_publishing_replaces_the_plan_before_and_withdrawing_needs_a_reason(cast, session, pm):
    run = cast.run()
    first, second = solve(cast, run, published=True), solve(cast, run, published=True)

    assert [first.state, second.state] == [PlanState.SUPERSEDED, PlanState.PUBLISHED]
    [challenge] = {c for c, _t in pairs(cast, second) if c == 0}
    planned = {t for c, t in pairs(cast, second) if c == challenge}
    assert queries.on_board(session, cast.call.id, cast.challenges[0].id).teams == {
        cast.teams[t].id for t in planned
    }
    with pytest.raises(WrongState):
        service.publish_plan(session, first, actor=pm, now=cast.now)
    with pytest.raises(Invalid):
        service.withdraw_plan(session, second, reason="", actor=pm, now=cast.now)
    session.refresh(second)
    service.withdraw_plan(session, second, reason="Numbers changed.", actor=pm, now=cast.now)
    assert second.state is PlanState.WITHDRAWN
    assert queries.on_board(session, cast.call.id, cast.challenges[0].id) == (True, frozenset())


def test_nobody_but_the_programme_office_knows_of_plans(cast, session, people):
    plan = solve(cast, cast.run())
    for user in (cast.owners[0], cast.leads[0], people.user()):
        with pytest.raises(NotFound):
            service.publish_plan(session, plan, actor=people.actor(user), now=cast.now)
    with pytest.raises(NotAllowed):
        service.publish_plan(session, plan, actor=people.actor(people.auditor()), now=cast.now)


def test_somebody_with_a_conflict_sees_counts_and_decides_nothing_of_it(cast, session, pm):
    run = cast.run()
    plan = solve(cast, run, ONE_EACH)
    team = next(team for challenge, team in pairs(cast, plan) if challenge == 1)
    biased = replace(pm, conflicts=frozenset({("challenge", cast.challenges[0].id)}))
    near = replace(pm, conflicts=frozenset({("team", cast.teams[team].id)}))

    whole = sheet.figures(session, plan, Sight.of(pm))
    less = sheet.figures(session, plan, Sight.of(biased))
    assert (whole.challenges, less.challenges, less.is_whole) == (2, 1, False)
    assert less.total < whole.total
    rows = sheet.rows(session, plan, Sight.of(near)).rows
    assert [(row.is_whole, len(row.planned)) for row in rows] == [(True, 1), (False, 0)]
    assert rows[1].score is None
    assert sheet.loads(session, plan, Sight.of(near)).teams == 2
    for actor in (biased, near):
        with pytest.raises(NotAllowed):
            service.publish_plan(session, plan, actor=actor, now=cast.now)
    with pytest.raises(NotAllowed):
        service.lock_pair(session, plan, cast.pair(0, 0), actor=biased, now=cast.now)
    with pytest.raises(NotAllowed):
        ask(cast, run, Numbers(challenges={cast.challenges[0].id: (0, 1)}), actor=biased)


def test_invitations_are_gathered_for_all_that_can_be_invited(cast, session, pm):
    plan = solve(cast, cast.run(), ONE_EACH, published=True)
    first = min(pairs(cast, plan))
    queued = invitations.queue(session, cast.pair(*first), version=0, actor=pm, now=cast.now)
    lines = inviting.preview(session, plan, actor=pm, now=cast.now)
    ready = [line.key for line in lines if line.why_not is None]
    assert len(ready) == 1
    with pytest.raises(WrongState):
        inviting.invite(session, plan, ["0-0"], actor=pm, now=cast.now)

    done = inviting.invite(session, plan, ready, actor=pm, now=cast.now)

    assert (done.queued, done.skipped) == (1, 1)
    assert len(invitations.waiting(session, cast.call.id)) == 2
    assert queued.state is CandidacyState.SUGGESTED
    again = inviting.preview(session, plan, actor=pm, now=cast.now)
    assert all(line.why_not for line in again)


def test_only_a_plan_in_force_invites(cast, session, pm):
    plan = solve(cast, cast.run(), ONE_EACH)

    with pytest.raises(WrongState):
        inviting.invite(session, plan, [], actor=pm, now=cast.now)


def test_what_became_impossible_since_is_told_and_not_invited(cast, session, pm):
    plan = solve(cast, cast.run(), ONE_EACH, published=True)
    assert freshness.troubles(freshness.standings(session, plan, ALL)) == {}
    one, two = sorted(pairs(cast, plan))
    cast.teams[one[1]].is_listed = False
    cast.teams[two[1]].capacity = 0
    session.commit()

    found = freshness.troubles(freshness.standings(session, plan, ALL))

    assert set(found) == {(cast.challenges[c].id, cast.teams[t].id) for c, t in (one, two)}
    assert all(line.why_not for line in inviting.preview(session, plan, actor=pm, now=cast.now))


def test_a_lock_on_a_team_that_left_is_told_and_left_out(cast, session, pm):
    run = cast.run()
    first = solve(cast, run, ONE_EACH)
    service.lock_pair(session, first, cast.pair(0, 0), actor=pm, now=cast.now)
    cast.teams[0].is_listed = False
    session.commit()

    second = solve(cast, run, ONE_EACH, base=first)

    assert second.state is PlanState.COMPLETED
    assert second.outcome["gone"] == [[cast.challenges[0].id, cast.teams[0].id]]


def test_a_pair_without_a_score_is_planned_only_if_it_stands_fast(cast, session, pm):
    run = cast.run()
    newcomer = add_team(cast, name="Newcomer", capacity=2)
    numbers = Numbers(places=Places.SAME, least=1, most=2)
    assert not any(team == 3 for _c, team in pairs(cast, solve(cast, run, numbers)))
    candidacies.pin(session, cast.pair(0, 3), version=0, actor=pm, now=cast.now)
    session.commit()

    plan = solve(cast, run, numbers)

    assert (0, 3) in pairs(cast, plan)
    assert session.get_one(PlanPair, (plan.id, cast.challenges[0].id, newcomer.id)).score is None


def test_two_plans_are_compared_pair_by_pair(cast, session, pm):
    run = cast.run()
    first = solve(cast, run, ONE_EACH)
    team = next(team for challenge, team in pairs(cast, first) if challenge == 0)
    service.exclude_pair(session, first, cast.pair(0, team), reason="No.", actor=pm, now=cast.now)
    second = solve(cast, run, ONE_EACH, base=first)

    found = comparison.compare(session, first, second, ALL)

    before, after = pairs(cast, first), pairs(cast, second)
    assert (found.kept, found.added, found.removed) == (
        len(before & after), len(after - before), len(before - after),
    )  # fmt: skip
    assert found.has_same_scores
    change = next(c for c in found.changes if c.challenge.id == cast.challenges[0].id)
    assert [each.ref for each in change.removed] == [cast.teams[team].ref]
    assert comparison.compare(session, first, first, ALL).changes == []


def test_reserves_have_room_and_are_ranked(cast, session):
    plan = solve(cast, cast.run(), ONE_EACH)

    for row in sheet.rows(session, plan, ALL).rows:
        planned = {each.team.id for each in row.planned}
        assert [each.pair.role for each in row.reserves] == [Role.RESERVE]
        assert not planned & {each.team.id for each in row.reserves}


def test_the_share_of_the_most_exposed_tenth(cast, session):
    for team in cast.teams:
        team.capacity = 2
    session.commit()
    plan = solve(cast, cast.run(), Numbers(places=Places.SAME, least=2, most=2))

    loads = sheet.loads(session, plan, ALL)

    assert loads.top_teams == 1
    assert loads.top_share == max(load for load, _teams in loads.by_load) / 4
    assert loads.none == sum(teams for load, teams in loads.by_load if load == 0)


@pytest.mark.parametrize("objective", list(Objective))
def test_a_plan_is_computed_by_a_worker_too(stage, real, objective):
    plan = ask(stage, stage.run(), Numbers(objective, least=1))
    stage.session.commit()

    assert execution.execute(real, plan.id, clock=lambda: stage.now) is PlanState.COMPLETED
    assert execution.execute(real, plan.id, clock=lambda: stage.now) is None


def test_a_plan_cancelled_while_it_is_solved_keeps_nothing(stage, real, monkeypatch):
    plan = ask(stage, stage.run())
    stage.session.commit()
    original = execution.solving.solve

    def cancelled_midway(problem, **hooks):
        with real.transaction() as other:
            taken = other.get_one(Plan, plan.id)
            service.cancel(other, taken, actor=stage.actor(stage.pm), now=stage.now)
        return original(problem, **hooks)

    monkeypatch.setattr(execution.solving, "solve", cancelled_midway)

    assert execution.execute(real, plan.id, clock=lambda: stage.now) is PlanState.CANCELLED
    stage.session.expire_all()
    assert queries.planned_pairs(stage.session, plan.id) == []


def test_an_error_ends_a_plan_with_its_name(cast, session, monkeypatch):
    plan = ask(cast, cast.run())

    def broken(_problem, **_hooks):
        raise ZeroDivisionError

    monkeypatch.setattr(execution.solving, "solve", broken)
    execution.solve_within(session, plan, now=cast.now)

    assert (plan.state, plan.failure) == (PlanState.FAILED, "ZeroDivisionError")
