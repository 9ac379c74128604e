"""The match board: what the programme office sees and does."""

from __future__ import annotations

import re

import pytest

from matchmaker.kernel.localized import Localized
from matchmaker.matching import candidacies
from matchmaker.matching.lifecycle import CandidacyState, DismissReason
from tests.factories.matching import add_team, make_challenge


def text(answer) -> str:
    return answer.get_data(as_text=True)


def decision(cast, verb, *, team=0, challenge=0):
    return f"/challenges/{cast.challenges[challenge].ref}/matches/{cast.teams[team].ref}/{verb}"


def test_without_a_run_the_board_offers_to_compute_one(cast, pm):
    page = text(pm.get("/matching"))

    assert "No pairs have been computed for this call." in page
    assert 'action="/matching/runs/new"' in page


def test_a_run_asked_for_on_the_board_is_computed_and_followed(cast, pm):
    answer = pm.post("/matching/runs/new", data={"call": cast.call.slug, "seed": 4})

    assert answer.status_code == 302
    page = text(pm.get(answer.headers["Location"]))
    assert "Done, not yet published" in page
    assert 'action="/matching/runs/' in page


def test_the_board_shows_rank_fit_parts_reasons_and_what_is_missing(cast, pm):
    cast.run()

    page = text(pm.get("/matching"))

    assert "Run #1" in page
    assert "Keen Eye" in page
    assert "Parts of this score" in page
    assert page.count('<blockquote lang="') + page.count("<blockquote>") >= 6
    assert "<mark>" in page
    assert "Among the best five for 2 of 2 challenges in this run." in page


def test_parts_as_shown_add_up_to_the_score_as_shown(cast, pm):
    cast.run()
    page = text(pm.get("/matching"))
    article = page.split("<article")[1].split("</article>")[0]

    score = float(re.search(r'class="score-number">([\d.]+)<', article)[1])
    parts = [float(value) for value in re.findall(r'class="numeric">\+?(-?[\d.]+)<', article)]

    assert round(sum(parts), 2) == score


def test_changed_profiles_are_counted_and_marked(cast, pm, session):
    cast.run()
    cast.teams[0].version += 1
    session.commit()

    page = text(pm.get("/matching"))

    assert "1 profile changed since" in page
    assert "Profile changed since this run" in page


def test_the_list_is_narrowed_to_gaps(cast, pm, session):
    cast.challenges[1].k_poc = 5
    session.commit()
    cast.run()

    rows = text(pm.get("/matching?only=gap")).split('class="board-rows"')[1].split("</ol>")[0]

    assert cast.challenges[1].ref in rows
    assert cast.challenges[0].ref not in rows


def test_held_back_teams_are_shown_with_the_reason(cast, pm, session):
    cast.teams[0].organization_id = cast.challenges[0].organization_id
    cast.teams[1].capacity = 0
    session.commit()
    cast.run()

    page = text(pm.get(f"/matching?challenge={cast.challenges[0].ref}"))

    assert "2 teams are held back by a rule" in page
    assert "The team belongs to the organisation that owns the problem." in page
    assert "The team says that it can take on no PoC." in page


@pytest.mark.parametrize(
    ("verb", "state"), [("pin", CandidacyState.PINNED), ("invite", CandidacyState.SUGGESTED)]
)
def test_decisions_lead_back_to_the_board(cast, pm, session, verb, state):
    cast.run()

    answer = pm.post(decision(cast, verb), data={"version": 0, "next": "/matching?only=gap"})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/matching?only=gap")
    session.expire_all()
    assert candidacies.find(session, cast.pair()).state is state


def test_a_decision_on_an_old_page_is_refused(cast, pm):
    cast.run()
    pm.post(decision(cast, "pin"), data={"version": 0})

    assert pm.post(decision(cast, "unpin"), data={"version": 0}).status_code == 409


def test_a_foreign_address_to_go_back_to_is_not_followed(cast, pm):
    cast.run()

    answer = pm.post(decision(cast, "pin"), data={"version": 0, "next": "https://evil.example"})

    assert answer.headers["Location"] == f"/challenges/{cast.challenges[0].ref}/matches"


def test_dismissing_asks_for_one_of_six_reasons(cast, pm, session):
    cast.run()
    url = decision(cast, "dismiss")

    assert text(pm.get(url)).count('type="radio"') == 6
    assert pm.post(url, data={"version": 0}).status_code == 422
    assert pm.post(url, data={"version": 0, "reason": "other"}).status_code == 422
    assert pm.post(url, data={"version": 0, "reason": "wrong_domain"}).status_code == 302
    session.expire_all()
    own = candidacies.find(session, cast.pair()).dismissals
    assert [(each.side, each.reason) for each in own] == [("pm", DismissReason.WRONG_DOMAIN)]


def test_a_dismissed_pair_is_held_back_in_the_next_run(cast, pm):
    cast.run()
    pm.post(decision(cast, "dismiss"), data={"version": 0, "reason": "wrong_domain"})
    cast.run()

    page = text(pm.get(f"/matching?challenge={cast.challenges[0].ref}"))

    assert "The programme office put this pair aside." in page


def test_a_manager_does_not_see_challenges_and_teams_of_the_own_organisation(cast, pm, session):
    from matchmaker.accounts import service as accounts
    from matchmaker.kernel.actor import SYSTEM, Role, Scope

    cast.run()
    assert cast.challenges[1].title.en in text(pm.get("/matching"))
    accounts.give_role(
        session, cast.pm, Role.OWNER_MEMBER, Scope.ORGANIZATION,
        cast.challenges[1].organization_id, actor=SYSTEM, now=cast.now,
    )  # fmt: skip
    session.commit()

    page = text(pm.get("/matching"))

    assert cast.challenges[0].title.en in page
    assert cast.challenges[1].title.en not in page


def test_the_board_reads_in_chinese_too(cast, session, people, browse_as):
    cast.run()

    page = text(browse_as(cast.pm, "zh-TW").get("/matching"))

    assert '<html lang="zh-Hant-TW"' in page
    assert "媒合" in page


@pytest.mark.parametrize("many", [1, 3, 50])
def test_the_board_costs_the_same_however_long_the_lists_are(session, people, browse_as, many):
    from tests.factories.matching import make_cast

    cast = make_cast(session, people, challenges=0, teams=0)
    owner = people.organization("Owner")
    for n in range(many):
        make_challenge(session, cast.call, owner, title=f"Defects {n}", now=cast.now)
        add_team(cast, name=f"Keen Eye {n}")
    cast.run()
    browser = browse_as(cast.pm)
    browser.get("/matching")

    answer = browser.get("/matching")

    assert answer.status_code == 200
    assert int(answer.headers["X-Statements"]) == 8
    assert len(answer.data) < 80_000


def test_lower_ranks_are_on_further_pages(cast, pm):
    for n in range(12):
        add_team(cast, name=f"Keen Eye {n + 3}")
    cast.run()
    first = text(pm.get("/matching"))

    assert first.count('class="match-rank"') == 5
    assert "Lower ranks" in first
    assert text(pm.get("/matching?after=12")).count('class="match-rank"') == 3


def test_runs_list_costs_the_same_for_one_and_for_three(cast, pm):
    cast.run()
    one = int(pm.get("/matching/runs").headers["X-Statements"])
    cast.run()
    cast.run()

    answer = pm.get("/matching/runs")

    assert int(answer.headers["X-Statements"]) == one <= 5
    assert text(answer).count(">Run #") == 3


def test_a_run_shows_seed_digest_versions_and_duration(cast, pm):
    run = cast.run(seed=42)

    page = text(pm.get(f"/matching/runs/{run.public_id}"))

    for fact in ("42", run.input_digest, run.code_version, "2 challenges, 3 teams"):
        assert fact in page


def test_a_waiting_run_says_when_no_worker_is_there(cast, pm, session):
    from matchmaker.kernel import clock
    from matchmaker.matching import service
    from matchmaker.matching.models import WorkerSign

    run = service.request_run(
        session, cast.call, service.Parameters(), actor=cast.actor(cast.pm), now=cast.now
    )
    session.flush()
    address = f"/matching/runs/{run.public_id}"
    session.commit = None  # type: ignore[method-assign] - the row must stay unannounced

    page = text(pm.get(address))
    assert "No background worker is running" in page
    assert "Look again" in page.split("<noscript>")[1]
    assert "Waiting for a worker." in text(pm.get(f"{address}/progress"))
    session.add(WorkerSign(name="here", seen_at=clock.now()))
    session.flush()
    assert "No background worker is running" not in text(pm.get(address))


def test_publishing_and_withdrawing(cast, pm, owner, session):
    run = cast.run()
    address = f"/matching/runs/{run.public_id}"
    matches = f"/challenges/{cast.challenges[0].ref}/matches"

    assert "No recommendation is published yet." in text(owner.get(matches))
    assert pm.post(f"{address}/publish").status_code == 302
    assert "Keen Eye" in text(owner.get(matches))
    assert pm.post(f"{address}/withdraw", data={"reason": ""}).status_code == 422
    assert pm.post(f"{address}/withdraw", data={"reason": "Weights"}).status_code == 302
    assert "No recommendation is published yet." in text(owner.get(matches))


def test_the_progress_of_a_finished_run_reloads_its_page(cast, pm):
    run = cast.run()

    answer = pm.get(f"/matching/runs/{run.public_id}/progress")

    assert (answer.status_code, answer.headers["HX-Refresh"]) == (204, "true")


def test_weights_out_of_range_are_refused_at_their_field(cast, pm):
    answer = pm.post("/matching/runs/new", data={"call": cast.call.slug, "seed": 0, "text": "99"})

    assert answer.status_code == 422
    assert "Give a number between 0 and 10." in text(answer)


def test_the_evaluation_counts_decisions_by_the_rank_they_had(cast, pm):
    cast.run(published=True)
    assert "Nobody has decided about a pair yet." in text(pm.get("/matching/evaluation"))
    candidacies.show_interest(
        cast.session, cast.pair(), actor=cast.actor(cast.leads[0]), now=cast.now
    )
    cast.session.commit()

    page = text(pm.get("/matching/evaluation"))

    assert "1 of 1" in page
    assert "Rank 1 to 5" in page


def test_text_of_a_team_cannot_become_markup(cast, pm, session):
    cast.teams[0].name = Localized(en="<script>alert(1)</script>")
    cast.teams[0].profile = Localized(en="We find scratches <img src=x> in AOI images of panels.")
    session.commit()
    cast.run()

    page = text(pm.get("/matching"))

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;" in page
