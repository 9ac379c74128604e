"""Runs: asked for, computed, followed, shown, taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from matchmaker.audit.queries import of_object
from matchmaker.kernel import work
from matchmaker.kernel.errors import Invalid, NotAllowed, WrongState
from matchmaker.kernel.localized import Localized
from matchmaker.matching import board, execution, service
from matchmaker.matching.lifecycle import RunState
from matchmaker.matching.models import Recommendation, RecommendationRun, RunChallenge
from matchmaker.matching.service import Parameters
from tests.factories.matching import add_team, make_cast


@pytest.fixture
def cast(session, people):
    return make_cast(session, people)


def request(cast, **values):
    return service.request_run(
        cast.session, cast.call, Parameters(**values), actor=cast.actor(cast.pm), now=cast.now
    )


def rows(session, run):
    stmt = select(Recommendation).where(Recommendation.run_id == run.id)
    found = session.scalars(stmt.order_by(Recommendation.challenge_id, Recommendation.team_id))
    return [
        (r.challenge_id, r.team_id, r.rank, r.team_rank, r.score, r.parts, r.reasons, r.counter)
        for r in found
    ]


def test_a_run_is_numbered_from_one_within_its_programme(cast, people, session):
    first = cast.run()
    second = cast.run()
    other = make_cast(session, people).run()

    assert [first.number, second.number, other.number] == [1, 2, 1]


def test_a_second_run_of_a_programme_is_refused_while_one_is_under_way(cast):
    request(cast)

    with pytest.raises(WrongState):
        request(cast)


def test_the_database_itself_allows_one_run_under_way(cast, session):
    run = request(cast)
    session.add(
        RecommendationRun(
            number=9, program_id=run.program_id, call_id=run.call_id, requested_at=cast.now
        )
    )

    with pytest.raises(IntegrityError):
        session.flush()


def test_a_weight_out_of_range_is_refused_at_its_field(cast):
    with pytest.raises(Invalid) as refusal:
        request(cast, weights={"text": 11.0})

    assert set(refusal.value.fields) == {"text"}


def test_a_completed_run_keeps_what_makes_it_reproducible(cast, session):
    run = cast.run(seed=7)

    assert run.state is RunState.COMPLETED
    assert (run.seed, len(run.input_digest), run.pairs_total, run.pairs_done) == (7, 64, 6, 6)
    assert run.code_version.startswith("text ")
    assert run.inputs == {
        "challenges": {str(c.id): c.version for c in cast.challenges},
        "teams": {str(t.id): t.version for t in cast.teams},
    }
    assert run.duration_ms is not None
    assert len(rows(session, run)) == 6


def test_the_parts_of_each_score_add_up_to_it(cast, session):
    for *_, score, parts, _reasons, _counter in rows(session, cast.run()):
        assert sum(parts.values()) == pytest.approx(score)


def test_ranks_count_from_one_on_both_sides(cast, session):
    found = rows(session, cast.run())

    for challenge in cast.challenges:
        assert sorted(r[2] for r in found if r[0] == challenge.id) == [1, 2, 3]
    for team in cast.teams:
        assert sorted(r[3] for r in found if r[1] == team.id) == [1, 2]


def test_same_inputs_seed_and_version_give_the_same_results(cast, session):
    first, second = cast.run(seed=3), cast.run(seed=3)

    assert first.input_digest == second.input_digest
    assert first.code_version == second.code_version
    assert rows(session, first) == rows(session, second)


def test_a_changed_profile_changes_the_digest(cast, session):
    first = cast.run()
    cast.teams[0].profile = Localized(en="We bake bread.")
    cast.teams[0].version += 1
    session.commit()

    assert cast.run().input_digest != first.input_digest


def test_a_better_text_ranks_higher(cast, session):
    baker = add_team(
        cast, name="Bakers", profile="We bake bread.", technologies=[], domains=["food"]
    )
    baker.projects.clear()
    session.commit()

    run = cast.run()

    last = {r[1]: r[2] for r in rows(session, run) if r[0] == cast.challenges[0].id}
    assert last.get(baker.id) in {None, 4}


def test_reasons_quote_both_texts_in_both_languages(cast, session):
    best = next(r for r in rows(session, cast.run()) if r[2] == 1)
    reason = best[6][0]

    assert set(reason["says"]) == {"zh_TW", "en"}
    assert {quote["side"] for quote in reason["evidence"]} == {"challenge", "team"}
    for quote in reason["evidence"]:
        assert quote["context"][quote["start"] : quote["end"]] == quote["quote"]


def test_a_run_counts_gaps_for_each_challenge(cast, session):
    cast.challenges[0].k_poc = 5
    session.commit()

    run = cast.run()

    found = session.scalars(select(RunChallenge).where(RunChallenge.run_id == run.id)).all()
    gaps = {each.challenge_id: each.is_gap for each in found}
    assert gaps[cast.challenges[0].id] is True
    assert run.outcome["challenges"] == 2
    assert run.outcome["gaps"] == sum(gaps.values())


def test_changes_since_a_run_name_what_changed_came_and_went(cast, session):
    run = cast.run()
    assert board.changes_since(session, run).profiles == 0
    cast.teams[0].version += 1
    cast.teams[1].is_listed = False
    newcomer = add_team(cast, name="Newcomer")
    cast.challenges[0].version += 1
    session.commit()

    changes = board.changes_since(session, run)

    assert changes.teams == {cast.teams[0].id, cast.teams[1].id, newcomer.id}
    assert changes.challenges == {cast.challenges[0].id}
    assert changes.profiles == 4


def test_a_waiting_run_is_cancelled_at_once(cast):
    run = request(cast)

    service.cancel(cast.session, run, actor=cast.actor(cast.pm), now=cast.now)

    assert run.state is RunState.CANCELLED
    assert execution.compute_within(cast.session, run, now=cast.now) is None


def test_a_running_run_stops_at_its_next_sign_of_life(stage, real, monkeypatch):
    run = request(stage)
    stage.session.commit()
    monkeypatch.setattr(work, "BEAT", 0.0)
    original = execution.computing.compute

    def cancelled_midway(inputs, **hooks):
        with real.transaction() as other:
            taken = other.get_one(RecommendationRun, run.id)
            service.cancel(other, taken, actor=stage.actor(stage.pm), now=stage.now)
        return original(inputs, **hooks)

    monkeypatch.setattr(execution.computing, "compute", cancelled_midway)

    state = execution.execute(real, run.id, clock=lambda: stage.now)

    assert state is RunState.CANCELLED
    stage.session.expire_all()
    assert rows(stage.session, run) == []


def test_progress_and_heartbeat_are_visible_while_it_computes(stage, real, monkeypatch):
    run = request(stage)
    stage.session.commit()
    monkeypatch.setattr(work, "BEAT", 0.0)
    seen = []
    original = work.Pulse.beat

    def watched(pulse, done, total):
        original(pulse, done, total)
        with real.reading() as other:
            row = other.get_one(RecommendationRun, run.id)
            seen.append((row.state, row.pairs_done, row.pairs_total, row.heartbeat_at))

    monkeypatch.setattr(work.Pulse, "beat", watched)

    execution.execute(real, run.id, clock=lambda: stage.now)

    assert {state for state, *_ in seen} == {RunState.RUNNING}
    assert [done for _, done, *_ in seen] == sorted(done for _, done, *_ in seen)
    assert seen[-1] == (RunState.RUNNING, 6, 6, stage.now)


def test_only_one_worker_can_start_a_run(stage, real):
    run = request(stage)
    stage.session.commit()

    assert execution.execute(real, run.id, clock=lambda: stage.now) is RunState.COMPLETED
    assert execution.execute(real, run.id, clock=lambda: stage.now) is None


def test_a_failure_is_kept_with_the_run_and_can_be_tried_again(stage, real, monkeypatch):
    run = request(stage)
    stage.session.commit()

    def broken(*_args, **_kwargs):
        raise RuntimeError("no memory")

    with monkeypatch.context() as patched:
        patched.setattr(execution.computing, "compute", broken)
        assert execution.execute(real, run.id, clock=lambda: stage.now) is RunState.FAILED
    stage.session.expire_all()

    assert run.failure == "RuntimeError"
    assert stage.run().state is RunState.COMPLETED


def test_the_sweep_ends_runs_without_a_sign_of_life(cast, session):
    run = request(cast)
    run.state, run.started_at, run.heartbeat_at = RunState.RUNNING, cast.now, cast.now
    session.commit()

    assert execution.sweep(session, now=cast.now + timedelta(seconds=119)) == 0
    assert execution.sweep(session, now=cast.now + timedelta(seconds=121)) == 1
    assert (run.state, run.failure) == (RunState.FAILED, "worker_stopped")


def test_results_of_a_run_given_up_are_thrown_away(stage, real, monkeypatch):
    run = request(stage)
    stage.session.commit()
    original = execution.computing.compute

    def swept_midway(inputs, **hooks):
        results = original(inputs, **hooks)
        with real.transaction() as other:
            execution.sweep(other, now=stage.now + timedelta(hours=1))
        return results

    monkeypatch.setattr(execution.computing, "compute", swept_midway)

    assert execution.execute(real, run.id, clock=lambda: stage.now) is RunState.FAILED
    assert rows(stage.session, run) == []


def test_a_pinned_pair_that_became_a_conflict_makes_the_run_infeasible(cast, session):
    from matchmaker.matching import candidacies

    candidacies.pin(session, cast.pair(), version=0, actor=cast.actor(cast.pm), now=cast.now)
    cast.teams[0].organization_id = cast.challenges[0].organization_id
    session.commit()

    run = cast.run()

    assert (run.state, run.failure) == (RunState.INFEASIBLE, "clash")
    assert run.outcome == {
        "challenge": cast.challenges[0].ref,
        "team": cast.teams[0].ref,
        "obstacle": "conflict.same_organization",
    }


def test_publishing_replaces_the_run_published_before(cast):
    first = cast.run(published=True)
    second = cast.run(published=True)

    assert (first.state, second.state) == (RunState.SUPERSEDED, RunState.PUBLISHED)
    assert second.published_at == cast.now


def test_a_manager_who_owns_a_challenge_of_the_run_cannot_publish_it(cast, session, people):
    from matchmaker.accounts import service as accounts
    from matchmaker.kernel.actor import SYSTEM, Role, Scope

    run = cast.run()
    accounts.give_role(
        session, cast.pm, Role.OWNER_MEMBER, Scope.ORGANIZATION,
        cast.challenges[0].organization_id, actor=SYSTEM, now=cast.now,
    )  # fmt: skip

    with pytest.raises(NotAllowed):
        service.publish_run(session, run, actor=cast.actor(cast.pm), now=cast.now)

    assert run.state is RunState.COMPLETED


def test_a_run_is_withdrawn_with_a_reason_while_nobody_acted_on_it(cast, session):
    run = cast.run(published=True)
    actor = cast.actor(cast.pm)

    with pytest.raises(Invalid):
        service.withdraw_run(session, run, reason=" ", actor=actor, now=cast.now)
    service.withdraw_run(session, run, reason="wrong weights", actor=actor, now=cast.now)

    assert run.state is RunState.WITHDRAWN
    assert of_object(session, "recommendation_run", run.id)[0].reason == "wrong weights"


def test_a_run_whose_teams_answered_cannot_be_withdrawn(cast, session):
    from matchmaker.matching import candidacies

    run = cast.run(published=True)
    candidacies.show_interest(session, cast.pair(), actor=cast.actor(cast.leads[0]), now=cast.now)

    with pytest.raises(WrongState):
        service.withdraw_run(session, run, reason="late", actor=cast.actor(cast.pm), now=cast.now)


def test_every_verb_on_a_run_is_in_the_record(cast, session):
    run = cast.run(published=True)

    actions = [entry.action for entry in reversed(of_object(session, "recommendation_run", run.id))]

    assert actions == [
        "recommendation_run.request",
        "recommendation_run.complete",
        "recommendation_run.publish",
    ]
