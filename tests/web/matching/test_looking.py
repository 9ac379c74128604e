"""Searching, exporting and comparing on the board; what a run without a worker says."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from matchmaker.accounts import sessions
from matchmaker.app import create_app
from matchmaker.audit import queries as audit
from matchmaker.challenges.moves import make_findable
from matchmaker.kernel import clock
from matchmaker.kernel.database import Base, Database
from matchmaker.kernel.localized import Localized
from matchmaker.matching import candidacies, evaluation, execution, invitations, service
from matchmaker.matching.candidacies import Refused
from matchmaker.matching.lifecycle import DismissReason, RunState, Side
from matchmaker.matching.models import Recommendation, RunChallenge
from matchmaker.matching.service import Parameters
from matchmaker.recommender import version
from tests.conftest import NOON
from tests.factories import People
from tests.factories.matching import add_team, make_cast, make_challenge


def text(answer) -> str:
    return answer.get_data(as_text=True)


def listed(page: str, cast) -> list[str]:
    """References on the left of the board."""
    rows = page.split('class="board-rows"')[1].split("</ol>")[0]
    return [each.ref for each in cast.challenges if each.ref in rows]


def title_of_chosen(page: str) -> str:
    return page.split('id="chosen-title"')[1].split("</h2>")[0]


def rows_of(answer) -> list[dict[str, str]]:
    content = answer.data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content)))


# finding a challenge


@pytest.fixture
def long_call(session, people):
    """More challenges than fit on one page of the board."""
    cast = make_cast(session, people, challenges=0, teams=1)
    owner = people.organization("Owner")
    for n in range(35):
        cast.challenges.append(
            make_challenge(session, cast.call, owner, title=f"Defects {n}", now=cast.now)
        )
    cast.run()
    return cast


def test_a_challenge_is_chosen_on_whichever_page_it_stands(long_call, browse_as):
    browser = browse_as(long_call.pm)
    last = long_call.challenges[-1]

    page = text(browser.get(f"/matching?challenge={last.ref.lower()}"))

    assert "Defects 34" in title_of_chosen(page)
    assert listed(page, long_call) == [each.ref for each in long_call.challenges[:30]]
    further = text(browser.get(f"/matching?start={long_call.challenges[29].id}"))
    assert listed(further, long_call) == [each.ref for each in long_call.challenges[30:]]
    assert "Defects 30" in title_of_chosen(further)


def test_a_chosen_challenge_stays_chosen_outside_of_the_filter(cast, pm):
    cast.run()

    page = text(pm.get(f"/matching?only=gap&challenge={cast.challenges[1].ref}"))

    assert listed(page, cast) == []
    assert cast.challenges[1].title.en in title_of_chosen(page)


@pytest.mark.parametrize("query", ["shelf", "貨架"])
def test_the_list_is_searched_in_both_languages(cast, pm, session, query):
    cast.challenges[1].title = Localized(en="Empty shelf facings", zh_TW="貨架缺貨")
    session.flush()
    make_findable(session, cast.challenges[1])
    session.commit()
    cast.run()

    page = text(pm.get(f"/matching?q={query}"))

    assert listed(page, cast) == [cast.challenges[1].ref]


def test_the_list_is_searched_by_reference(cast, pm):
    cast.run()

    page = text(pm.get(f"/matching?q={cast.challenges[0].ref.lower()}"))

    assert listed(page, cast) == [cast.challenges[0].ref]


def test_challenges_are_narrowed_by_what_teams_answered(cast, pm, session):
    cast.run(published=True)
    manager = cast.actor(cast.pm)
    queued = invitations.queue(session, cast.pair(0, 0), version=0, actor=manager, now=cast.now)
    invitations.release(session, cast.call, [queued.public_id], actor=manager, now=cast.now)
    session.commit()
    first, second = (each.ref for each in cast.challenges)

    assert listed(text(pm.get("/matching?only=quiet")), cast) == [second]
    assert listed(text(pm.get("/matching?only=answered")), cast) == []
    invitations.accept(session, queued, actor=cast.actor(cast.leads[0]), now=cast.now)
    session.commit()
    assert listed(text(pm.get("/matching?only=answered")), cast) == [first]
    assert "No challenge fits this filter." in text(pm.get("/matching?only=gap"))


def test_search_and_choice_cost_no_more_statements(cast, pm):
    cast.run()
    pm.get("/matching")

    answer = pm.get(f"/matching?q=defects&only=quiet&challenge={cast.challenges[1].ref}")

    assert int(answer.headers["X-Statements"]) == 8


def test_quotations_are_shown_once(cast, pm):
    cast.run()
    article = text(pm.get("/matching")).split("<article")[1].split("</article>")[0]

    quotes = [part.split("</blockquote>")[0] for part in article.split("<blockquote")[1:]]

    assert quotes
    assert len(quotes) == len(set(quotes))


# files


def test_the_file_holds_what_the_board_holds(cast, pm, session):
    cast.teams[2].capacity = 0
    session.commit()
    run = cast.run()
    pm.post(
        f"/challenges/{cast.challenges[0].ref}/matches/{cast.teams[0].ref}/pin", data={"version": 0}
    )

    rows = rows_of(pm.get("/matching.csv"))

    stored = session.scalars(
        select(Recommendation)
        .where(Recommendation.run_id == run.id)
        .order_by(Recommendation.challenge_id, Recommendation.rank.is_(None), Recommendation.rank)
    ).all()
    assert [(r["challenge"], r["team"], r["rank"], r["held_back"]) for r in rows] == [
        (s.challenge.ref, s.team.ref, str(s.rank or ""), s.held_back or "") for s in stored
    ]
    assert [float(r["score"]) for r in rows] == [round(s.score, 4) for s in stored]
    first = next(r for r in rows if r["team"] == cast.teams[0].ref)
    assert (first["state"], first["run"], first["fit"]) == ("pinned", "1", "strong")
    assert "The team" in first["reasons_en"]
    assert "團隊" in first["reasons_zh"]
    parts = sum(float(first[name]) for name in service.PARTS if first[name])
    assert parts == pytest.approx(float(first["score"]), abs=0.001)


def test_the_file_follows_the_filter(cast, pm, session):
    cast.challenges[1].k_poc = 5
    session.commit()
    cast.run()

    answer = pm.get("/matching.csv?only=gap")

    assert {row["challenge"] for row in rows_of(answer)} == {cast.challenges[1].ref}
    assert "attachment" in answer.headers["Content-Disposition"]


def test_who_takes_the_pairs_away_is_written_down(settings, tmp_path):
    """Against a database of its own: the entry is committed apart from the reading request."""
    database = Database(f"sqlite:///{tmp_path / 'export.db'}")
    Base.metadata.create_all(database.engine)
    with database.session(writes=True) as session:
        cast = make_cast(session, People(session, NOON))
        cast.run()
        reader = cast.pm.id
        _row, token = sessions.start(session, cast.pm, now=clock.now(), address="", agent="")
        session.commit()
    browser = create_app(settings, database).test_client()
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = token

    assert browser.get("/matching.csv").status_code == 200

    with database.reading() as session:
        wanted = audit.Filter(action="recommendation_run.export")
        newest = next(iter(audit.newest(session, wanted).rows))
    assert (newest.actor_id, newest.object_name) == (reader, "#1")
    assert newest.after == {"format": "csv", "rows": 6}
    database.close()


def test_the_workbook_is_a_workbook(cast, pm):
    cast.run()

    answer = pm.get("/matching.xlsx")

    assert zipfile.is_zipfile(io.BytesIO(answer.data))


def test_the_file_leaves_out_what_its_reader_has_a_conflict_with(cast, pm, session):
    from matchmaker.accounts import service as accounts
    from matchmaker.kernel.actor import SYSTEM, Role, Scope

    cast.run()
    accounts.give_role(
        session, cast.pm, Role.OWNER_MEMBER, Scope.ORGANIZATION,
        cast.challenges[1].organization_id, actor=SYSTEM, now=cast.now,
    )  # fmt: skip
    accounts.give_role(
        session, cast.pm, Role.TEAM_MEMBER, Scope.TEAM, cast.teams[0].id, actor=SYSTEM, now=cast.now
    )
    session.commit()

    rows = rows_of(pm.get("/matching.csv"))
    page = text(pm.get("/matching/compare"))

    assert {row["challenge"] for row in rows} == {cast.challenges[0].ref}
    assert {row["team"] for row in rows} == {cast.teams[1].ref, cast.teams[2].ref}
    assert cast.challenges[1].title.en not in page


@pytest.mark.parametrize("address", ["/matching.csv", "/matching.xlsx", "/matching/compare"])
def test_files_and_comparison_are_for_the_programme_office(
    cast, pm, owner, lead, reviewer, auditor, address
):
    cast.run(published=True)

    found = [each.get(address).status_code for each in (pm, auditor, owner, lead, reviewer)]

    assert found == [200, 200, 404, 404, 403]


def test_without_a_run_there_is_no_file(cast, pm):
    assert pm.get("/matching.csv").status_code == 404


# two runs


def test_one_run_cannot_be_compared(cast, pm):
    assert "There is no run to look at." in text(pm.get("/matching/compare"))
    cast.run()

    assert "There is only one run to look at." in text(pm.get("/matching/compare"))


def test_the_same_run_twice_has_no_difference(cast, pm):
    cast.run()
    cast.run()

    page = text(pm.get("/matching/compare"))

    assert "Nothing: the same inputs, seed and method, so the same results." in page
    assert "2 challenges have the same five in the same order." in page


def test_two_runs_differ_by_who_came_and_who_was_put_aside(cast, pm, session):
    cast.run()
    newcomer = add_team(cast, name="Newcomer")
    cast.teams[0].version += 1
    candidacies.dismiss(
        session, cast.pair(0, 1), Refused(DismissReason.WRONG_DOMAIN), side=Side.PM, version=0,
        actor=cast.actor(cast.pm), now=cast.now,
    )  # fmt: skip
    session.commit()
    cast.run()

    page = text(pm.get("/matching/compare?before=1&after=2"))

    assert "Teams: 1 new and 1 changed" in page
    first = page.split(cast.challenges[0].title.en)[1].split("</section>")[0]
    rows = [" ".join(row.split()) for row in first.split("<li>")[1:]]
    of = {team.ref: row for team in cast.teams for row in rows if team.ref in row}
    assert "not in this run" in of[newcomer.ref]
    assert "held back" in of[cast.teams[1].ref]


def test_changed_weights_and_decisions_are_named_as_the_cause(cast, pm, session):
    cast.run()
    run = service.request_run(
        session, cast.call, Parameters(weights={"text": 2.0}), actor=cast.actor(cast.pm),
        now=cast.now,
    )  # fmt: skip
    execution.compute_within(session, run, now=cast.now)
    session.commit()
    assert "Weight of “Same words”: as measured, then 2" in text(pm.get("/matching/compare"))

    candidacies.show_interest(session, cast.pair(), actor=cast.actor(cast.leads[0]), now=cast.now)
    session.commit()
    cast.run()
    cast.run()
    assert "Decisions, conflicts of interest" in text(pm.get("/matching/compare?before=1&after=3"))


def test_runs_of_another_programme_cannot_be_compared(cast, pm, session, people):
    other = make_cast(session, people)
    other.run()
    other.run()

    page = text(pm.get(f"/matching/compare?call={other.call.slug}"))

    assert "There is no run to look at." in page
    assert other.challenges[0].title.en not in page


@pytest.mark.parametrize("many", [1, 3, 20])
def test_a_comparison_costs_the_same_however_much_changed(session, people, browse_as, many):
    cast = make_cast(session, people, challenges=0, teams=0)
    owner = people.organization("Owner")
    for n in range(many):
        make_challenge(session, cast.call, owner, title=f"Defects {n}", now=cast.now)
        add_team(cast, name=f"Keen Eye {n}")
    cast.run()
    add_team(cast, name="Newcomer")
    cast.run()
    browser = browse_as(cast.pm)
    browser.get("/matching/compare")

    assert int(browser.get("/matching/compare").headers["X-Statements"]) == 7
    assert int(browser.get("/matching.csv").headers["X-Statements"]) <= 10


# workers


@pytest.fixture
def dead_run(cast, session):
    """A run whose worker was killed an hour ago."""
    run = service.request_run(
        session, cast.call, Parameters(), actor=cast.actor(cast.pm), now=cast.now
    )
    service.RUNS.take(session, run.id, now=cast.now - timedelta(hours=1))
    session.commit()
    session.expire_all()
    return run


def test_a_run_whose_worker_died_says_so(dead_run, pm):
    page = text(pm.get(f"/matching/runs/{dead_run.public_id}"))

    assert "The worker that computed this has been silent since" in page
    assert "Try again" in page


def test_a_run_whose_worker_died_gives_way_to_a_new_one(dead_run, cast, pm, session):
    answer = pm.post("/matching/runs/new", data={"call": cast.call.slug, "seed": 0})

    assert answer.status_code == 302
    session.expire_all()
    assert (dead_run.state, dead_run.failure) == (RunState.FAILED, "worker_stopped")
    assert "Done, not yet published" in text(pm.get(answer.headers["Location"]))
    assert "The worker stopped before it was done." in text(
        pm.get(f"/matching/runs/{dead_run.public_id}")
    )


def test_a_run_whose_worker_died_is_cancelled_at_once(dead_run, pm, session):
    pm.post(f"/matching/runs/{dead_run.public_id}/cancel")

    session.expire_all()
    assert dead_run.state is RunState.CANCELLED
    assert dead_run.finished_at is not None


def test_a_living_run_stands_in_the_way_of_a_second_one(cast, pm, session):
    from matchmaker.kernel import clock

    run = service.request_run(
        session, cast.call, Parameters(), actor=cast.actor(cast.pm), now=cast.now
    )
    service.RUNS.take(session, run.id, now=clock.now())
    session.commit()

    answer = pm.post("/matching/runs/new", data={"call": cast.call.slug, "seed": 0})

    assert answer.status_code == 409
    session.expire_all()
    assert run.state is RunState.RUNNING


def test_a_cancelled_run_keeps_nothing(cast, pm, session, monkeypatch):
    run = service.request_run(
        session, cast.call, Parameters(), actor=cast.actor(cast.pm), now=cast.now
    )
    original = execution.computing.compute

    def cancelled_meanwhile(inputs, **hooks):
        results = original(inputs, **hooks)
        service.cancel(session, run, actor=cast.actor(cast.pm), now=cast.now)
        return results

    monkeypatch.setattr(execution.computing, "compute", cancelled_meanwhile)
    execution.compute_within(session, run, now=cast.now)
    session.commit()

    counts = [
        session.scalar(select(func.count()).select_from(model).where(model.run_id == run.id))
        for model in (Recommendation, RunChallenge)
    ]
    assert (run.state, counts, run.outcome, run.input_digest) == (
        RunState.CANCELLED,
        [0, 0],
        {},
        "",
    )
    assert "Cancelled" in text(pm.get(f"/matching/runs/{run.public_id}"))


# what stays with one side


def test_an_owner_does_not_read_why_a_team_declined(cast, owner, pm, session):
    cast.run(published=True)
    manager = cast.actor(cast.pm)
    queued = invitations.queue(session, cast.pair(), version=0, actor=manager, now=cast.now)
    invitations.release(session, cast.call, [queued.public_id], actor=manager, now=cast.now)
    invitations.decline(
        session, queued, Refused(DismissReason.NO_CAPACITY, "two people left"),
        actor=cast.actor(cast.leads[0]), now=cast.now,
    )  # fmt: skip
    session.commit()
    address = f"/challenges/{cast.challenges[0].ref}/matches/{cast.teams[0].ref}"

    staff, page = text(pm.get(address)), text(owner.get(address))

    assert "No capacity at that time – two people left" in staff
    assert "The team declined" in page
    assert "No capacity at that time" not in page.split("<h2>Decisions")[1].split("menu-list")[0]
    assert "two people left" not in page


def test_an_interested_team_is_led_to_its_proposal(cast, lead, session):
    cast.run(published=True)
    candidacies.show_interest(session, cast.pair(), actor=cast.actor(cast.leads[0]), now=cast.now)
    session.commit()

    page = text(lead.get("/recommendations"))

    assert "Start a proposal" in page
    assert f"/proposals/new?challenge={cast.challenges[0].ref}" in page


# how good it is


def test_measured_tables_stand_beside_simple_baselines(cast, pm):
    page = text(pm.get("/matching/evaluation"))
    assert page.count("This platform") == page.count("Drawn by lot") == len(evaluation.benchmarks())
    assert "77 challenges, 172 teams, 358 judged pairs" in page


def test_the_tables_read_in_chinese_too(cast, browse_as):
    page = text(browse_as(cast.pm, "zh-TW").get("/matching/evaluation"))

    assert page.count("本平台") >= len(evaluation.benchmarks())


def test_stored_figures_are_of_the_method_in_use():
    """Whoever changes the method measures anew: ``python -m tests.bench.tables``."""
    assert {table.version for table in evaluation.benchmarks()} == {version()}


def test_the_method_beats_the_baselines_in_every_stored_table():
    for table in evaluation.benchmarks():
        of = {row["matcher"]: row["figures"] for row in table.rows}
        for metric in table.metrics:
            best = max(of["characters"][metric]["mean"], of["lot"][metric]["mean"])
            assert of["platform"][metric]["mean"] > best


def test_the_agreement_of_two_languages_is_told_with_its_figures(cast, pm, browse_as):
    """Whoever changes the method measures anew: ``python -m tests.bench.languages``."""
    measured = evaluation.languages()
    tau = f"{measured.main['tau']['mean']:.2f}"

    assert measured.version == version()
    assert f"an agreement of {tau} on the average" in text(pm.get("/matching/evaluation"))
    assert f"平均為 {tau}" in text(browse_as(cast.pm, "zh-TW").get("/matching/evaluation"))
