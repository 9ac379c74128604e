"""Pages of ranking models: trained, read, put in use, rolled back, and named where they count."""

from __future__ import annotations

import re

import pytest

from matchmaker.kernel import formats
from matchmaker.kernel.i18n import Lang
from matchmaker.learning import service, training
from matchmaker.matching import queries
from matchmaker.matching.lifecycle import ModelState
from matchmaker.matching.models import Candidacy, RankingModel
from tests.factories.decided import remember
from tests.factories.histories import Taste
from tests.factories.matching import make_cast


def text(answer) -> str:
    return answer.get_data(as_text=True)


@pytest.fixture
def call(people):
    return people.call()


@pytest.fixture
def manager(people, call):
    return people.pm(call.program)


@pytest.fixture
def pm(manager, browse_as):
    return browse_as(manager)


@pytest.fixture
def won(session, people, call, manager):
    remember(session, people, call)
    actor = people.actor(manager)
    model = service.request_training(session, call.program_id, actor=actor, now=people.now)
    training.train_within(session, model, now=people.now)
    session.commit()
    return model


def test_an_empty_list_says_what_a_model_needs(pm):
    page = text(pm.get("/matching/models"))

    assert "No model has been trained yet." in page
    assert "about 200 decisions" in page
    assert "the measured weights, no model" in page


def test_the_button_trains_a_model_of_the_own_programme(session, people, call, pm):
    remember(session, people, call, challenges=10)

    answer = pm.post("/matching/models/train", data={"program": call.program.slug})

    model = session.query(RankingModel).one()
    assert answer.headers["Location"] == f"/matching/models/{model.number}"
    assert (model.program_id, model.state) == (call.program_id, ModelState.REJECTED)
    page = text(pm.get(answer.headers["Location"]))
    assert "This model is not used." in page
    assert "Fewer than 200 decisions" in page


def test_the_card_shows_figures_beside_text_alone(pm, won):
    page = text(pm.get(f"/matching/models/{won.number}"))

    row = won.figures["rows"]
    for name in ("text", "default", "model"):
        assert formats.percent(row[name]["agreement"]["mean"], Lang.EN) in page
    assert "Technologies and data" in page
    assert "counts more" in page
    assert won.data["digest"] in page
    assert "is not corrected" in page  # what the model cannot know
    assert page.count('class="reliability-dot"') == len(
        won.figures["calibration"]["reliability"]["bins"]
    )


def test_putting_in_use_and_rolling_back_ask_first(session, call, pm, won):
    address = f"/matching/models/{won.number}"

    asked = text(pm.get(f"{address}/activate"))
    assert "It takes the place of the measured weights." in asked
    assert queries.active_model(session, call.program_id) is None
    pm.post(f"{address}/activate")
    session.expire_all()
    assert queries.active_model(session, call.program_id).number == won.number
    assert "Roll back" in text(pm.get(address))

    asked = text(pm.get(f"{address}/roll-back"))
    assert "New runs use the measured weights again." in asked
    pm.post(f"{address}/roll-back")
    session.expire_all()
    assert queries.active_model(session, call.program_id) is None
    assert "Use it for new runs" in text(pm.get(address))


def test_a_run_names_the_model_that_weighed_it(session, call, pm, won):
    pm.post(f"/matching/models/{won.number}/activate")

    asked = pm.post("/matching/runs/new", data={"call": call.slug, "seed": "0"})
    page = text(pm.get(asked.headers["Location"]))

    assert f'<a href="/matching/models/{won.number}">Model {won.number}</a>' in page
    assert "Weights of this run" in page
    assert "Gini index" in page
    assert "Runs that used it</dt><dd>1<" in text(pm.get(f"/matching/models/{won.number}"))

    asked = pm.post(
        "/matching/runs/new", data={"call": call.slug, "seed": "0", "weighing": "measured"}
    )
    assert "Weights of this run" not in text(pm.get(asked.headers["Location"]))


def test_a_weighing_that_does_not_exist_is_refused_at_its_field(call, pm):
    answer = pm.post("/matching/runs/new", data={"call": call.slug, "weighing": "nonsense"})

    assert answer.status_code == 422


def test_frequencies_stand_only_beside_scores_with_decisions_near(session, call, pm, won):
    """On the board: open pairs say what such a score meant, decided ones do not."""
    pm.post("/matching/runs/new", data={"call": call.slug, "seed": "0"})
    run = queries.newest_result(session, call.id)
    session.refresh(run)
    fit = run.outcome["fit"]
    board = text(pm.get(f"/matching?call={call.slug}"))

    articles = re.findall(r'<article class="match".*?</article>', board, re.DOTALL)
    told = ["in 100 pairs with such a score" in article for article in articles]
    scores = [float(re.search(r'score-number">([0-9.]+)<', each)[1]) for each in articles]
    is_open = ["state-tag" not in article for article in articles]
    assert len(articles) == 5
    for said, score, still_open in zip(told, scores, is_open, strict=True):
        near = fit["table"][int(score * 100)] is not None
        assert said == (near and still_open)
    assert f"({fit['decisions']} decisions)" in board or not any(told)


def test_without_enough_decisions_no_number_is_said(session, people, browse_as):
    cast = make_cast(session, people)
    cast.run(published=True)

    pages = [
        text(browse_as(cast.pm).get(address))
        for address in (
            f"/matching?call={cast.call.slug}",
            f"/challenges/{cast.challenges[0].key}/matches/{cast.teams[0].ref}",
            f"/matching/evaluation?call={cast.call.slug}",
        )
    ]

    assert all("in 100 pairs with such a score" not in page for page in pages)
    assert "Too few decisions for numbers." in pages[2]
    assert "0 decisions with an outcome so far" in pages[2]


def test_the_evaluation_page_draws_own_decisions_and_labelled_sets(session, call, pm, won):
    pm.post("/matching/runs/new", data={"call": call.slug, "seed": "0"})

    page = text(pm.get(f"/matching/evaluation?call={call.slug}"))

    assert "pairs were accepted." in page
    assert page.count('class="reliability-picture"') == 4  # own, cohort, two sets


def test_administrators_train_for_the_whole_site(session, people, browse_as, won):
    admin = browse_as(people.admin())

    assert "Train for the whole site" in text(admin.get("/matching/models"))
    assert admin.get(f"/matching/models/{won.number}").status_code == 200
    answer = admin.post("/matching/models/train")

    assert text(admin.get(answer.headers["Location"])).count("Whole site")
    assert admin.post(f"/matching/models/{won.number}/activate").status_code == 403


def test_numbers_that_do_not_exist_are_not_found(pm):
    for number in (0, 99, 10**30):
        assert pm.get(f"/matching/models/{number}").status_code == 404


def test_the_card_speaks_chinese(manager, browse_as, won):
    page = text(browse_as(manager, lang="zh-TW").get(f"/matching/models/{won.number}"))

    assert "排序模型" in page


def test_a_taste_for_fame_is_refused_with_its_reason(session, people, call, manager, pm):
    remember(session, people, call, taste=Taste(is_blind=True), challenges=90)
    actor = people.actor(manager)
    model = service.request_training(session, call.program_id, actor=actor, now=people.now)
    training.train_within(session, model, now=people.now)
    session.commit()

    page = text(pm.get(f"/matching/models/{model.number}"))

    assert "not surely better than the measured weights" in page
    assert "Use it for new runs" not in page


def test_decisions_survive_in_the_list_of_models(session, pm, won):
    assert session.query(Candidacy).count() == won.data["decisions"]

    page = text(pm.get("/matching/models"))

    assert f"Model {won.number}" in page
    assert "Won, not in use yet" in page
