"""Ranking models: trained from decisions, put in use by people, rolled back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from matchmaker.audit.queries import of_object
from matchmaker.kernel.actor import SYSTEM
from matchmaker.kernel.errors import NotAllowed, NotFound, WrongState
from matchmaker.learning import queries, service, training, upkeep
from matchmaker.matching import execution
from matchmaker.matching import queries as matching_queries
from matchmaker.matching import service as matching
from matchmaker.matching.lifecycle import CandidacyState, DismissReason, ModelState
from matchmaker.matching.models import Candidacy, RankingModel, Recommendation
from matchmaker.recommender import Weights, version
from matchmaker.recommender.learning import LEARNT
from tests.factories.decided import remember


@pytest.fixture
def call(people):
    return people.call()


@pytest.fixture
def pm(people, call):
    return people.actor(people.pm(call.program))


def trained(session, call, pm, now):
    model = service.request_training(session, call.program_id, actor=pm, now=now)
    training.train_within(session, model, now=now)
    return model


@pytest.fixture
def won(session, people, call, pm):
    """A model that won, from a history with a taste for capability."""
    remember(session, people, call)
    return trained(session, call, pm, people.now)


def test_a_taste_in_stored_decisions_is_learnt_and_offered(won):
    times = {part: won.weights[part] / won.measured[part] for part in LEARNT if won.measured[part]}

    assert (won.state, won.reasons, won.code_version) == (ModelState.CANDIDATE, [], version())
    assert max(times, key=times.__getitem__) == "capability"
    assert won.measured == {part: Weights().of(part) for part in won.measured}
    assert won.figures["gains"]["default"]["better_share"] >= 0.95


def test_the_card_says_what_the_model_rests_on(session, won):
    graded = won.data["grades"]

    assert won.data["challenges"] == 100
    assert won.data["decisions"] == sum(n for grade, n in graded.items() if grade != "ignored")
    assert won.data["shown"] == 1_000
    assert won.data["from"] < won.data["to"]
    assert won.data["left_out"] == {"gone": 0}
    assert won.figures["calibration"]["reliability"]["pairs"] == won.data["decisions"]


def test_few_decisions_are_measured_but_not_used(session, people, call, pm):
    remember(session, people, call, challenges=20)

    model = trained(session, call, pm, people.now)

    assert model.state is ModelState.REJECTED
    assert "few_decisions" in model.reasons
    assert model.figures["rows"]["model"]["agreement"]["mean"] >= 0
    assert "reliability" not in model.figures["calibration"]


def test_no_decisions_at_all_end_in_a_card_too(session, people, call, pm):
    model = trained(session, call, pm, people.now)

    assert (model.state, model.weights) == (ModelState.REJECTED, {})
    assert model.data["decisions"] == 0


def test_the_same_decisions_give_the_same_model(session, people, call, pm, won):
    again = trained(session, call, pm, people.now)

    assert (again.number, again.weights) == (won.number + 1, won.weights)
    assert again.data["digest"] == won.data["digest"]
    assert again.figures == won.figures


def test_decisions_that_are_not_about_fit_are_left_out(session, people, call, pm):
    remember(session, people, call, challenges=30)
    some = session.scalars(
        select(Candidacy).where(Candidacy.state == CandidacyState.CONVERTED).limit(3)
    ).all()
    for candidacy, reason in zip(some, ("no_capacity", "conflict", "wrong_domain"), strict=True):
        candidacy.state, candidacy.reason = CandidacyState.DECLINED, DismissReason(reason)
    session.execute(
        update(Recommendation)
        .where(
            Recommendation.challenge_id == some[2].challenge_id,
            Recommendation.team_id == some[2].team_id,
        )
        .values(rank=11)
    )
    session.flush()

    data = training.train(session, call.program_id).data

    assert data["left_out"] == {"not_about_fit": 2, "unranked": 1, "gone": 0}


def test_decisions_on_an_older_method_are_scored_again(session, people, call, pm):
    remember(session, people, call, challenges=5, code_version="text 0")

    found = training.train(session, call.program_id)

    assert found.data["again"] == 50
    assert found.data["left_out"]["gone"] == 0


def test_a_model_of_the_site_learns_from_all_programmes(session, people, call):
    remember(session, people, call, challenges=5)
    other = people.call()

    assert training.train(session, None).data["challenges"] == 5
    assert training.train(session, other.program_id).data["challenges"] == 0


def test_new_runs_use_the_model_in_use_and_say_so(session, people, call, pm, won):
    before = matching.request_run(session, call, matching.Parameters(), actor=pm, now=people.now)
    matching.cancel(session, before, actor=pm, now=people.now)
    service.activate(session, won, actor=pm, now=people.now)

    run = matching.request_run(
        session, call, matching.Parameters(weights={"text": 2.0}), actor=pm, now=people.now
    )
    matching.cancel(session, run, actor=pm, now=people.now)
    without = matching.request_run(
        session, call, matching.Parameters(uses_model=False), actor=pm, now=people.now
    )

    assert (before.model, before.weights) == (None, {})
    assert run.model is won
    assert run.weights == won.weights | {"text": 2.0}
    assert (without.model, without.weights) == (None, {})


def test_a_run_with_a_model_scores_by_its_weights(session, people, call, pm, won):
    service.activate(session, won, actor=pm, now=people.now)
    run = matching.request_run(session, call, matching.Parameters(), actor=pm, now=people.now)

    execution.compute_within(session, run, now=people.now)

    first = select(Recommendation).where(Recommendation.run_id == run.id, Recommendation.rank == 1)
    for row in session.scalars(first).all():
        assert sum(row.parts.values()) == pytest.approx(row.score, abs=1e-9)
    assert run.outcome["exposure"]["lists"] == 100
    assert run.outcome["fit"]["decisions"] == won.data["decisions"]
    assert len(run.outcome["fit"]["table"]) == 101


def test_a_programme_comes_before_the_site(session, people, call, pm, won):
    everywhere = _ready(session, people, number=9, program_id=None)
    service.activate(session, everywhere, actor=SYSTEM, now=people.now)
    assert matching_queries.active_model(session, call.program_id) is everywhere

    service.activate(session, won, actor=pm, now=people.now)

    assert matching_queries.active_model(session, call.program_id) is won
    assert matching_queries.active_model(session, people.call().program_id) is everywhere


def test_a_second_model_takes_the_place_of_the_first_and_rolling_back_gives_it_back(
    session, people, call, pm, won
):
    second = trained(session, call, pm, people.now)
    service.activate(session, won, actor=pm, now=people.now)
    service.activate(session, second, actor=pm, now=people.now)
    assert (won.state, second.replaced_id) == (ModelState.RETIRED, won.id)

    first = service.roll_back(session, second, actor=pm, now=people.now)
    assert (first, won.state, second.state) == (won, ModelState.ACTIVE, ModelState.RETIRED)

    nothing = service.roll_back(session, won, actor=pm, now=people.now)
    assert nothing is None
    assert matching_queries.active_model(session, call.program_id) is None
    assert [e.action.partition(".")[2] for e in of_object(session, "ranking_model", won.id)][
        ::-1
    ] == ["request", "offer", "activate", "retire", "activate", "retire"]


def test_what_did_not_win_cannot_be_used(session, people, call, pm):
    model = trained(session, call, pm, people.now)

    with pytest.raises(WrongState):
        service.activate(session, model, actor=pm, now=people.now)
    with pytest.raises(WrongState):
        service.roll_back(session, model, actor=pm, now=people.now)


def test_models_of_an_older_method_are_retired(session, people, call, pm, won):
    service.activate(session, won, actor=pm, now=people.now)
    assert upkeep.retire_outdated(session, now=people.now) == 0

    won.code_version = "text 0"
    assert upkeep.retire_outdated(session, now=people.now) == 1
    assert won.state is ModelState.RETIRED


def test_an_outdated_model_does_not_come_back(session, people, call, pm, won):
    second = trained(session, call, pm, people.now)
    service.activate(session, won, actor=pm, now=people.now)
    service.activate(session, second, actor=pm, now=people.now)
    won.code_version = "text 0"

    assert service.roll_back(session, second, actor=pm, now=people.now) is None


def test_one_training_at_a_time(session, people, call, pm):
    first = service.request_training(session, call.program_id, actor=pm, now=people.now)
    with pytest.raises(WrongState):
        service.request_training(session, call.program_id, actor=pm, now=people.now)
    service.MODELS.take(session, first.id, now=people.now)
    later = people.now + timedelta(hours=1)

    second = service.request_training(session, call.program_id, actor=pm, now=later)

    session.refresh(first)
    assert (first.state, second.state) == (ModelState.FAILED, ModelState.REQUESTED)


def test_managers_train_for_their_programme_and_administrators_for_the_site(session, people, call):
    pm = people.actor(people.pm(call.program))
    admin = people.actor(people.admin())
    other = people.actor(people.pm(people.call().program))

    for actor, program_id, refusal in (
        (pm, None, NotAllowed),
        (other, call.program_id, NotFound),
        (admin, call.program_id, NotAllowed),
    ):
        with pytest.raises(refusal):
            service.request_training(session, program_id, actor=actor, now=people.now)
    assert service.request_training(session, None, actor=admin, now=people.now).program_id is None


def test_a_list_holds_what_its_reader_may_read(session, people, call, pm, won):
    everywhere = _ready(session, people, number=8, program_id=None)
    other = people.actor(people.pm(people.call().program))
    auditor = people.actor(people.auditor())

    def numbers(actor):
        return [row.model.number for row in queries.models(session, actor).rows]

    assert numbers(pm) == [everywhere.number, won.number]
    assert numbers(other) == [everywhere.number]
    assert numbers(auditor) == [everywhere.number, won.number]


def _ready(session, people, *, number, program_id):
    model = RankingModel(
        number=number, program_id=program_id, state=ModelState.CANDIDATE, requested_at=people.now,
        weights={"text": 1.2}, measured={"text": 1.0}, code_version=version(),
    )  # fmt: skip
    session.add(model)
    session.commit()
    return model
