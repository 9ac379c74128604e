"""Pages of plans: what the programme office sees, asks for and decides."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from matchmaker.kernel.actor import SYSTEM, Role, Scope
from matchmaker.matching import invitations
from matchmaker.plans import queries, service
from matchmaker.plans.lifecycle import Objective, Places, PlanState
from matchmaker.plans.models import Plan
from matchmaker.plans.numbers import Numbers
from matchmaker.plans.records import COLUMNS
from matchmaker.web.plans import asking
from tests.factories.plans import ask, solve

ONE_EACH = Numbers(places=Places.SAME, least=1, most=1)
FORM = {
    "objective": "total", "places": "same", "least": "1", "most": "1", "capacity": "1", "run": "1",
}  # fmt: skip


def text(answer) -> str:
    return answer.get_data(as_text=True)


def at(plan, rest="") -> str:
    return f"/matching/plans/{plan.public_id}{rest}"


def pair_at(cast, plan, verb, challenge=0, team=0) -> str:
    pair = cast.pair(challenge, team)
    return at(plan, f"/pairs/{pair.challenge.key}/{pair.team.ref}/{verb}")


def new_plan(session) -> Plan:
    session.expire_all()
    return session.scalars(select(Plan).order_by(Plan.id.desc())).first()


# empty states


def test_without_scores_the_list_leads_to_the_board(cast, pm):
    assert "A plan needs scores." in text(pm.get("/matching/plans"))
    assert "A plan needs scores." in text(pm.get("/matching/plans/new"))


def test_with_scores_and_no_plan_the_list_leads_to_the_form(cast, pm):
    cast.run()

    page = text(pm.get("/matching/plans"))

    assert "No plan of this call yet." in page
    assert f'href="/matching/plans/new?call={cast.call.slug}"' in page


def test_the_board_and_the_run_lead_to_plans(cast, pm):
    run = cast.run()

    assert f'href="/matching/plans/new?call={cast.call.slug}"' in text(pm.get("/matching"))
    assert "run=1" in text(pm.get(f"/matching/runs/{run.public_id}"))
    solve(cast, run)
    assert f'href="/matching/plans?call={cast.call.slug}"' in text(pm.get("/matching"))


# asking


def test_a_small_plan_is_there_at_once(cast, pm, session):
    cast.run()

    answer = pm.post("/matching/plans/new", data=FORM)

    plan = new_plan(session)
    assert (answer.status_code, answer.headers["Location"]) == (302, at(plan))
    assert plan.state is PlanState.COMPLETED
    page = text(pm.get(at(plan)))
    assert "Draft, not in force" in page
    assert "Proven: no plan that keeps these rules has a higher total." in page
    assert page.count('class="plan-row"') == 2


def test_a_large_plan_waits_for_the_worker_and_is_followed(cast, pm, session, monkeypatch):
    cast.run()
    monkeypatch.setattr(asking, "AT_ONCE", dict.fromkeys(Objective, 0))
    monkeypatch.setattr("matchmaker.jobs.queue.jobs", lambda: None)

    pm.post("/matching/plans/new", data=FORM)

    plan = new_plan(session)
    page = text(pm.get(at(plan)))
    assert "Waiting for a worker." in page
    assert "No background worker is running" in page
    assert pm.get(at(plan, "/progress")).status_code == 200
    assert pm.post("/matching/plans/new", data=FORM).status_code == 409
    assert pm.post(at(plan, "/cancel")).status_code == 302
    assert "Nothing came of this plan." in text(pm.get(at(plan)))
    assert pm.get(at(plan, "/progress")).headers["HX-Refresh"] == "true"


def test_a_large_plan_is_computed_by_the_worker(cast, pm, session, monkeypatch):
    cast.run()
    monkeypatch.setattr(asking, "AT_ONCE", dict.fromkeys(Objective, 0))

    pm.post("/matching/plans/new", data=FORM)  # jobs of a test are done at once

    assert new_plan(session).state is PlanState.COMPLETED


def test_a_plan_whose_worker_died_says_so(cast, pm, session):
    plan = ask(cast, cast.run())
    service.PLANS.take(session, plan.id, now=cast.now - timedelta(days=900))
    session.commit()

    assert "has been silent since" in text(pm.get(at(plan)))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"least": "x"}, "Give a whole number, in digits."),
        ({"least": "3", "most": "2"}, "The most must not be smaller than the least."),
        ({"least": "99"}, "Give a number between 0 and 50."),
        ({"objective": "luck"}, "Not a valid choice"),
        ({"run": "77"}, "Not a valid choice"),
        ({"team_0": "TM-9999", "room_0": "1"}, "There is no team TM-9999."),
        ({"room_0": "1"}, "Say which team this number is for."),
    ],
)
def test_a_wrong_entry_is_named_and_nothing_is_asked_for(cast, pm, session, changed, sentence):
    cast.run()

    answer = pm.post("/matching/plans/new", data=FORM | changed)

    assert answer.status_code == 422
    assert sentence.lower() in text(answer).lower()
    assert new_plan(session) is None


def test_numbers_of_single_challenges_and_teams_are_kept(cast, pm, session):
    cast.run()
    key, team = cast.challenges[0].id, cast.teams[0]
    half = pm.post("/matching/plans/new", data=FORM | {f"least_{key}": "1"})
    assert "Give both numbers." in text(half)
    twice = {"team_0": team.ref, "room_0": "2", "team_1": team.ref, "room_1": "2"}
    assert "This team stands here twice." in text(pm.post("/matching/plans/new", data=FORM | twice))

    pm.post(
        "/matching/plans/new",
        data=FORM
        | {f"least_{key}": "0", f"most_{key}": "2", "team_0": team.ref.lower(), "room_0": "２"},
    )

    plan = new_plan(session)
    assert plan.numbers["challenges"] == {str(key): [0, 2]}
    assert plan.numbers["teams"] == {str(team.id): 2}
    again = text(pm.get(f"/matching/plans/new?base={plan.public_id}"))
    assert f'value="{team.ref}"' in again
    assert re.search(rf'name="most_{key}"[^>]*value="2"', again) or re.search(
        rf'value="2"[^>]*name="most_{key}"', again
    )


# one plan


@pytest.mark.parametrize("tab", ["list", "matrix", "teams", "history"])
@pytest.mark.parametrize("only", ["", "free", "less", "nonsense"])
def test_every_view_is_read_by_office_and_auditor(cast, pm, auditor, tab, only):
    plan = solve(cast, cast.run(), ONE_EACH)

    for browser in (pm, auditor):
        answer = browser.get(at(plan, f"?tab={tab}&only={only}"))
        assert answer.status_code == 200
        assert "Total score" in text(answer)
    assert "Put in force" not in text(auditor.get(at(plan)))


def test_the_matrix_marks_what_is_planned(cast, pm):
    plan = solve(cast, cast.run(), ONE_EACH)

    page = text(pm.get(at(plan, "?tab=matrix")))

    assert page.count('class="is-planned step-') == 2
    assert page.count('scope="col"') == 2


def test_each_pair_gives_its_reason_score_and_fit(cast, pm):
    plan = solve(cast, cast.run(), ONE_EACH)

    page = text(pm.get(at(plan)))

    assert page.count('class="fit-word') >= 2
    assert 'class="plan-reason"' in page
    assert "1 reserve" in page


def test_a_plan_that_is_not_there_or_not_ones_own_is_not_found(cast, pm, people, browse_as):
    plan = solve(cast, cast.run())
    stranger = browse_as(people.pm(people.program("Elsewhere")))

    assert pm.get("/matching/plans/nothing").status_code == 404
    assert stranger.get(at(plan)).status_code == 404
    assert browse_as(cast.owners[0]).get(at(plan)).status_code == 404
    assert browse_as(cast.leads[0]).get("/matching/plans").status_code == 404


# wishes and versions


def test_locking_leads_back_and_the_next_version_keeps_the_pair(cast, pm, session):
    run = cast.run()
    plan = solve(cast, run, ONE_EACH)
    back = at(plan, "?only=less")

    answer = pm.post(pair_at(cast, plan, "lock", 1, 2), data={"next": back})

    assert answer.headers["Location"] == back
    assert "1 wish is not part of this version yet." in text(pm.get(at(plan)))
    pm.post(f"/matching/plans/new?base={plan.public_id}", data=FORM)
    second = new_plan(session)
    assert (cast.challenges[1].id, cast.teams[2].id) in queries.planned_pairs(session, second.id)
    page = text(pm.get(at(second)))
    assert "Locked in this plan" in page
    assert "not part of this version" not in page
    assert pm.post(pair_at(cast, second, "unlock", 1, 2)).status_code == 302
    assert pm.post(pair_at(cast, second, "unlock", 1, 2)).status_code == 409


def test_excluding_asks_for_a_reason_and_can_be_taken_back(cast, pm, session):
    plan = solve(cast, cast.run(), ONE_EACH)
    url = pair_at(cast, plan, "exclude")

    assert pm.get(url).status_code == 200
    assert pm.post(url, data={"reason": " "}).status_code == 422
    assert queries.wishes(session, plan.id) == []
    assert pm.post(url, data={"reason": "Too busy."}).status_code == 302
    page = text(pm.get(at(plan)))
    assert "Pairs left out of the next version" in page
    assert "Too busy." in page
    assert pm.post(pair_at(cast, plan, "include")).status_code == 302


def test_two_versions_are_compared(cast, pm, session):
    run = cast.run()
    first = solve(cast, run, ONE_EACH)
    assert "There is no other plan" in text(pm.get(at(first, "/compare")))
    second = solve(cast, run, Numbers(places=Places.SAME, least=1, most=2), base=first)

    page = text(pm.get(at(second, "/compare")))

    before, after = (set(queries.planned_pairs(session, each.id)) for each in (first, second))
    kept, added, removed = len(before & after), len(after - before), len(before - after)
    assert added
    assert f"Pairs: {kept} kept, {added} added, {removed} removed." in page
    assert pm.get(at(second, "/compare?with=77")).status_code == 200
    assert pm.get(at(second, "/compare?with=x")).status_code == 200


# impossible


def test_an_impossible_plan_says_why_and_fills_in_what_helps(cast, pm, session):
    plan = solve(cast, cast.run(), Numbers(places=Places.SAME, least=2, most=2))

    page = text(pm.get(at(plan)))

    assert "Rules cannot all hold" in page
    assert "The smallest change that is enough" in page
    [address, *_] = re.findall(r'href="(/matching/plans/new\?[^"]*repair=\d+)"', page)
    form = text(pm.get(address.replace("&amp;", "&")))
    assert "Filled in for you:" in form
    assert pm.get(f"/matching/plans/new?base={plan.public_id}&repair=99").status_code == 200
    assert pm.get(at(plan, ".csv")).status_code == 404


def test_a_lock_that_clashes_is_taken_back_from_the_page(cast, pm, session):
    run = cast.run()
    plan = solve(cast, run, ONE_EACH)
    for team in (0, 1):
        pm.post(pair_at(cast, plan, "lock", 0, team))
    second = solve(cast, run, ONE_EACH, base=plan)

    page = text(pm.get(at(second)))

    assert "must work on" in page
    unlock = pair_at(cast, second, "unlock", 0, 0), pair_at(cast, second, "unlock", 0, 1)
    assert any(f'action="{url}"' in page for url in unlock)


# in force


def test_a_plan_in_force_marks_the_board_and_invites(cast, pm, session):
    plan = solve(cast, cast.run(), ONE_EACH)
    assert "This plan is not in force." in text(pm.get(at(plan, "/invitations")))

    assert pm.post(at(plan, "/publish")).status_code == 302

    board = text(pm.get(f"/matching?challenge={cast.challenges[0].ref}"))
    assert board.count("<span>Planned</span>") == 1
    page = text(pm.get(at(plan, "/invitations")))
    keys = re.findall(r'name="pair" value="([\d-]+)"', page)
    assert len(keys) == 2
    assert pm.post(at(plan, "/invitations"), data={"pair": keys[:1]}).status_code == 409
    assert pm.post(at(plan, "/invitations"), data={"pair": keys}).status_code == 302
    assert len(invitations.waiting(session, cast.call.id)) == 2
    page = text(pm.get(at(plan, "/invitations")))
    assert "Nobody is left to invite." in page
    assert "2 pairs are skipped" in page


def test_withdrawing_asks_for_a_reason(cast, pm):
    plan = solve(cast, cast.run(), ONE_EACH, published=True)

    assert pm.post(at(plan, "/withdraw"), data={"reason": ""}).status_code == 422
    assert pm.post(at(plan, "/withdraw"), data={"reason": "Wrong numbers."}).status_code == 302
    page = text(pm.get(at(plan, "?tab=history")))
    assert "Wrong numbers." in page
    assert "This plan is not in force any more." in page


def test_a_team_that_left_since_is_marked(cast, pm, session):
    plan = solve(cast, cast.run(), ONE_EACH, published=True)
    team = queries.planned_pairs(session, plan.id)[0][1]
    next(each for each in cast.teams if each.id == team).is_listed = False
    session.commit()

    page = text(pm.get(at(plan)))

    assert "1 planned pair is not possible any more." in page
    assert "This team is not on the list of teams any more." in page


def test_a_manager_with_a_conflict_sees_nothing_of_it(cast, pm, session):
    from matchmaker.accounts import service as accounts

    plan = solve(cast, cast.run(), ONE_EACH)
    hidden = cast.challenges[1]
    assert hidden.ref in text(pm.get(at(plan)))
    accounts.give_role(
        session, cast.pm, Role.OWNER_MEMBER, Scope.ORGANIZATION, hidden.organization_id,
        actor=SYSTEM, now=cast.now,
    )  # fmt: skip
    session.commit()

    for rest in ("", "?tab=matrix", ".csv", ".json", "/compare"):
        assert hidden.ref not in text(pm.get(at(plan, rest)))
    page = text(pm.get(at(plan)))
    assert "What you have a conflict of interest with is neither shown nor counted here." in page
    assert "Put in force" not in page
    assert pm.post(at(plan, "/publish")).status_code == 403
    assert pm.post(pair_at(cast, plan, "lock", 1, 0)).status_code == 403
    assert hidden.ref not in text(pm.get("/matching/plans/new"))


# files


def test_the_file_holds_what_the_list_holds(cast, pm, session):
    plan = solve(cast, cast.run(), ONE_EACH)

    answer = pm.get(at(plan, ".csv"))

    rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert tuple(rows[0]) == COLUMNS
    refs = {each.id: each.ref for each in (*cast.challenges, *cast.teams)}
    planned = [(row["challenge"], row["team"]) for row in rows if row["role"] == "planned"]
    challenges = {each.id: each.ref for each in cast.challenges}
    teams = {each.id: each.ref for each in cast.teams}
    assert planned == [
        (challenges[c], teams[t]) for c, t in queries.planned_pairs(session, plan.id)
    ]
    assert len(refs) >= 3
    as_json = json.loads(text(pm.get(at(plan, ".json"))))
    assert len(as_json) == len(rows)
    assert pm.get(at(plan, ".xlsx")).status_code == 200
    assert list(csv.DictReader(io.StringIO(
        pm.get(at(plan, ".csv?only=free")).get_data().decode("utf-8-sig")
    ))) == []  # fmt: skip


# home


def test_home_says_what_waits(cast, pm):
    run = cast.run()
    draft = solve(cast, run, ONE_EACH)
    assert "Plan 1 of" in text(pm.get("/"))
    assert at(draft) in text(pm.get("/"))
    solve(cast, run, Numbers(places=Places.SAME, least=2, most=2))
    assert "is impossible." in text(pm.get("/"))
    solve(cast, run, ONE_EACH, published=True)
    assert "Plan 3" not in text(pm.get("/"))


def test_the_list_costs_the_same_for_one_and_for_three(cast, pm):
    run = cast.run()
    solve(cast, run)
    one = pm.get("/matching/plans").headers["X-Statements"]
    solve(cast, run)
    solve(cast, run)

    assert pm.get("/matching/plans").headers["X-Statements"] == one
