"""A team that changes after a run is computed beside it, and the run stays what it was."""

from __future__ import annotations

from sqlalchemy import func, select

from matchmaker.audit.models import AuditEntry
from matchmaker.kernel.actor import SYSTEM
from matchmaker.matching.models import Recommendation, RecommendationRun
from matchmaker.supplements import execution, queries, service
from matchmaker.supplements.lifecycle import SupplementState
from matchmaker.supplements.models import RunStatistics, Supplement, SupplementPair
from matchmaker.teams import service as teams
from matchmaker.teams.service import Profile
from tests.factories.matching import make_team

BETTER = "We find scratches in AOI images of panels; the miss rate of operators is no longer high."


def rows(cast, run):
    found = cast.session.scalars(
        select(Recommendation).where(Recommendation.run_id == run.id).order_by(Recommendation.id)
    )
    return [
        (r.challenge_id, r.team_id, r.rank, r.score, r.team_version, dict(r.parts)) for r in found
    ]


def edit(cast, team=0, text=BETTER, name="Keen Eye"):
    changed = cast.teams[team]
    teams.edit_profile(
        cast.session, changed, Profile(name_en=name, profile_en=text),
        version=changed.version, actor=cast.actor(cast.leads[team]), now=cast.now,
    )  # fmt: skip
    cast.session.flush()
    return changed


def computed(cast):
    for number in queries.waiting(cast.session):
        supplement = cast.session.get_one(Supplement, number)
        execution.compute_within(cast.session, supplement, clock=lambda: cast.now)
    return list(cast.session.scalars(select(Supplement).order_by(Supplement.id)))


def pairs(cast, supplement):
    stmt = select(SupplementPair).where(SupplementPair.supplement_id == supplement.id)
    return {pair.challenge_id: pair for pair in cast.session.scalars(stmt)}


def test_an_unchanged_team_keeps_its_numbers(cast):
    run = cast.run(published=True)
    before = {(r[0], r[1]): r for r in rows(cast, run)}
    service.ask(cast.session, cast.teams[0], now=cast.now)
    (supplement,) = computed(cast)

    for challenge_id, pair in pairs(cast, supplement).items():
        _, _, rank, score, _, parts = before[challenge_id, cast.teams[0].id]
        assert abs(pair.score - score) < 1e-6
        assert pair.parts.keys() == parts.keys()
        assert max(abs(pair.parts[name] - parts[name]) for name in parts) < 1e-6
        assert (pair.score_before, pair.rank_before) == (score, rank)


def test_a_change_is_computed_beside_the_run_and_the_run_stays(cast):
    run = cast.run(published=True)
    then, digest = rows(cast, run), run.input_digest
    team = edit(cast)
    (supplement,) = computed(cast)

    assert (rows(cast, run), run.input_digest) == (then, digest)
    assert (supplement.state, supplement.team_version) == (SupplementState.DONE, team.version)
    assert supplement.computed_at == cast.now
    pair = pairs(cast, supplement)[cast.challenges[0].id]
    assert pair.score > pair.score_before
    assert pair.reasons
    assert not supplement.is_new


def test_the_place_is_that_among_the_teams_of_the_run(cast):
    run = cast.run(published=True)
    edit(cast)
    (supplement,) = computed(cast)

    for challenge_id, pair in pairs(cast, supplement).items():
        others = [
            score for c, t, rank, score, *_ in rows(cast, run)
            if c == challenge_id and t != cast.teams[0].id and rank is not None
        ]  # fmt: skip
        assert pair.place == 1 + sum(score > pair.score for score in others)


def test_a_team_that_came_after_the_run_appears(cast):
    cast.run(published=True)
    team = make_team(cast.session, name="Late", profile=BETTER, now=cast.now)
    service.ask(cast.session, team, now=cast.now)
    (supplement,) = computed(cast)

    assert supplement.is_new
    pair = pairs(cast, supplement)[cast.challenges[0].id]
    assert (pair.score_before, pair.rank_before) == (None, None)
    assert pair.place is not None


def test_founding_a_team_asks_by_itself(cast):
    cast.run(published=True)
    team = teams.create(
        cast.session, Profile(name_en="Late", profile_en=BETTER), actor=SYSTEM, now=cast.now
    )

    wanted = cast.session.scalars(select(Supplement.team_id)).all()
    assert list(wanted) == ([team.id] if team.is_listed else [])


def test_several_changes_before_a_worker_comes_are_one(cast):
    cast.run(published=True)
    edit(cast, text="First.")
    team = edit(cast, text=BETTER)

    assert len(queries.waiting(cast.session)) == 1
    (supplement,) = computed(cast)
    assert supplement.team_version == team.version
    assert queries.waiting(cast.session) == []


def test_a_change_later_puts_the_new_outcome_in_the_place_of_the_old(cast):
    cast.run(published=True)
    edit(cast)
    (first,) = computed(cast)
    score = pairs(cast, first)[cast.challenges[0].id].score
    edit(cast, text="We bake bread.")
    (second,) = computed(cast)

    assert second.id == first.id
    assert pairs(cast, second)[cast.challenges[0].id].score < score


def test_a_team_taken_off_the_list_has_no_supplements(cast):
    cast.run(published=True)
    edit(cast)
    computed(cast)
    team = cast.teams[0]
    teams.set_listed(
        cast.session,
        team,
        False,
        version=team.version,
        actor=cast.actor(cast.leads[0]),
        now=cast.now,
    )

    assert cast.session.scalar(select(func.count()).select_from(Supplement)) == 0
    assert cast.session.scalar(select(func.count()).select_from(SupplementPair)) == 0


def test_nothing_is_computed_where_no_run_has_results(cast):
    edit(cast)

    assert queries.waiting(cast.session) == []


def test_only_the_newest_and_the_published_run_keep_their_statistics(cast):
    first = cast.run(published=True)
    cast.run()
    third = cast.run()
    kept = cast.session.scalars(select(RunStatistics.run_id).order_by(RunStatistics.run_id))

    assert list(kept) == [first.id, third.id]
    edit(cast)
    assert {s.run_id for s in computed(cast)} == {first.id, third.id}


def test_a_run_of_another_version_is_left_alone(cast):
    run = cast.run(published=True)
    run.code_version = "older"
    edit(cast)
    (number,) = queries.waiting(cast.session)
    found = execution._found(cast.session, number)

    assert found == execution.OUTDATED


def test_a_rule_holds_the_team_back_as_in_a_run(cast):
    cast.run(published=True)
    team = cast.teams[0]
    team.capacity = 0
    edit(cast)
    (supplement,) = computed(cast)
    pair = pairs(cast, supplement)[cast.challenges[0].id]

    assert (pair.held_back, pair.place, pair.team_rank) == ("capacity.full", None, None)


def test_what_was_computed_is_on_record(cast):
    run = cast.run(published=True)
    team = edit(cast)
    computed(cast)
    entry = cast.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "recommendation_run.supplement")
    ).one()

    assert (entry.object_kind, entry.object_id) == ("recommendation_run", run.id)
    assert entry.after["team"] == team.ref
    assert entry.after["team_version"] == team.version


def test_a_published_run_counts_as_before_after_a_supplement(cast):
    run = cast.run(published=True)
    outcome = dict(run.outcome)
    edit(cast)
    computed(cast)

    assert cast.session.get_one(RecommendationRun, run.id).outcome == outcome
