"""Handing in by the server's clock, the receipt, taking back, withdrawing, promising."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

import icalendar
import pytest
from sqlalchemy import select

from matchmaker.accounts import service as accounts
from matchmaker.accounts.models import Grant
from matchmaker.kernel.actor import SYSTEM
from matchmaker.proposals.content import Answer, Budget, BudgetLine, People
from matchmaker.proposals.lifecycle import ProposalState
from matchmaker.proposals.models import ConfidentialityAcceptance, ProposalVersion
from tests.factories.proposals import another_team, put_in_state

SECOND = timedelta(seconds=1)
BUTTON = "Hand the proposal in</"


def submit(browser, proposal, **changes):
    sent = {"version": str(proposal.version), "accepts_terms": "y"} | changes
    return browser.post(
        f"/proposals/{proposal.key}/submit",
        data={name: value for name, value in sent.items() if value is not None},
    )


def test_the_page_says_what_is_met_what_becomes_fixed_and_until_when(stage, browse, read):
    proposal = stage.started()

    page = read(browse("lead").get(f"/proposals/{proposal.key}/submit"))

    for words in (
        "Every section is complete.", "A team has 2 to 5 people.", "Lin Lead and Mei Member",
        "0 attached files", "Whoever takes part keeps secrets.", "Clock of the server",
        "At the closing time itself it is too late.", BUTTON,
    ):  # fmt: skip
        assert words in page


def test_handing_in_gives_a_receipt_with_the_hash_of_what_was_said(
    session, stage, browse, read, fresh
):
    proposal, browser = stage.started(), browse("lead")

    answer = submit(browser, proposal)

    assert answer.status_code == 302
    assert answer.location == f"/proposals/{proposal.key}/receipt"
    page = read(browser.get(answer.location))
    version = session.scalar(select(ProposalVersion))
    sealed = browser.get(f"/proposals/{proposal.key}/versions/1.json").get_data()
    assert hashlib.sha256(sealed).hexdigest() == version.digest
    assert version.digest in page
    assert proposal.key in page
    assert "Tue 24 Nov 2026" in page or "24 Nov 2026" in page
    assert fresh(proposal).state is ProposalState.SUBMITTED
    assert fresh(proposal).submitted_at == stage.now


@pytest.mark.parametrize(
    ("name", "status"),
    [("member", 403), ("pm", 404), ("owner_lead", 404), ("other_lead", 404), ("admin", 404)],
)
def test_only_the_lead_hands_in(stage, browse, fresh, name, status):
    proposal, browser = stage.started(), browse(name)

    assert browser.get(f"/proposals/{proposal.key}/submit").status_code == status
    assert submit(browser, proposal).status_code == status
    assert fresh(proposal).state is ProposalState.DRAFT


def test_a_member_is_told_who_hands_in(stage, browse, read):
    proposal = stage.started()
    browser = browse("member")

    page = read(browser.get(f"/proposals/{proposal.key}"))

    assert "the representative of your team hands it in." in page
    assert "/submit" not in page
    assert "Only the representative of the team may do this." in read(submit(browser, proposal))


@pytest.mark.parametrize("early_by", [SECOND, timedelta(microseconds=1)])
def test_a_moment_before_the_closing_time_is_in_time(stage, browse, at, fresh, early_by):
    proposal = stage.started()
    at(stage.closing - early_by)

    assert submit(browse("lead"), proposal).status_code == 302
    assert fresh(proposal).state is ProposalState.SUBMITTED


@pytest.mark.parametrize("late_by", [timedelta(0), timedelta(microseconds=1), SECOND])
def test_the_closing_time_itself_and_a_moment_later_is_too_late(
    session, stage, browse, at, read, fresh, late_by
):
    proposal = stage.started()
    at(stage.closing + late_by)
    browser = browse("lead")

    page = read(browser.get(f"/proposals/{proposal.key}/submit"))
    answer = submit(browser, proposal)

    assert BUTTON not in page
    assert "The closing time is over" in page
    assert answer.status_code == 409
    said = read(answer)
    assert "Closed at 2026/12/24 12:00:00; the server received this at 2026/12/24 12:00:0" in said
    assert fresh(proposal).state is ProposalState.DRAFT
    assert session.scalar(select(ProposalVersion)) is None


def test_a_clock_that_the_browser_sends_changes_nothing(stage, browse, at, fresh):
    proposal = stage.started()
    at(stage.closing)
    sent = {"now": stage.now.isoformat(), "submitted_at": stage.now.isoformat(), "state": "draft"}

    assert submit(browse("lead"), proposal, **sent).status_code == 409
    assert fresh(proposal).state is ProposalState.DRAFT


def test_without_the_terms_nothing_is_handed_in(stage, browse, read, fresh):
    proposal = stage.started()

    answer = submit(browse("lead"), proposal, accepts_terms=None)

    assert answer.status_code == 422
    assert "Accept the terms of the call to hand in." in read(answer)
    assert fresh(proposal).state is ProposalState.DRAFT


@pytest.mark.parametrize(
    ("section", "sentence"),
    [
        ({"answer": Answer()}, "Give the proposal a title."),
        ({"people": People()}, "Say who works on the PoC."),
        ({"budget": Budget((BudgetLine("All", 600_000, 0),))}, "the challenge has NT$500,000"),
    ],
)
def test_what_is_missing_is_named_with_the_way_to_it(stage, browse, read, fresh, section, sentence):
    proposal, browser = stage.started(**section), browse("lead")
    (name,) = section

    page = read(browser.get(f"/proposals/{proposal.key}/submit"))
    answer = submit(browser, proposal)

    assert BUTTON not in page
    assert f'href="/proposals/{proposal.key}/edit/{name}"' in page
    assert sentence in page
    assert answer.status_code == 422
    assert sentence in read(answer)
    assert fresh(proposal).state is ProposalState.DRAFT


def test_a_rule_that_is_not_met_stops_the_hand_in(session, stage, browse, read, fresh):
    proposal, browser = stage.started(), browse("lead")
    stage.team.capacity = 0
    session.commit()

    page = read(browser.get(f"/proposals/{proposal.key}/submit"))
    answer = submit(browser, proposal)

    assert "not met" in page
    assert BUTTON not in page
    assert answer.status_code == 422
    assert "The team does not meet a rule of the call" in read(answer)
    assert fresh(proposal).state is ProposalState.DRAFT


def test_a_colleagues_later_change_is_looked_at_first(session, stage, browse, read, fresh):
    proposal, browser = stage.started(), browse("lead")
    seen = proposal.version
    browse("member").post(
        f"/proposals/{proposal.key}/edit/people",
        data={
            "version": "1", "shares-0-name": "All", "shares-0-task": "All", "shares-0-share": "100",
        },
    )  # fmt: skip

    first = submit(browser, proposal, version=str(seen))
    second = submit(browser, proposal, version=str(fresh(proposal).version))

    assert first.status_code == 409
    assert "Somebody in your team changed the proposal in the meantime." in read(first)
    assert f'name="version" type="hidden" value="{seen + 1}"' in read(first)
    assert second.status_code == 302


def test_a_double_click_hands_in_once(session, stage, browse):
    proposal, browser = stage.started(), browse("lead")
    sent = str(proposal.version)

    first, second = (submit(browser, proposal, version=sent) for _ in range(2))

    assert (first.status_code, second.status_code) == (302, 409)
    assert len(session.scalars(select(ProposalVersion)).all()) == 1


@pytest.mark.parametrize("version", ["", "x", "9" * 400, "-1", "🚀", None])
def test_an_odd_version_hands_nothing_in(stage, browse, fresh, version):
    proposal = stage.started()

    assert submit(browse("lead"), proposal, version=version).status_code == 409
    assert fresh(proposal).state is ProposalState.DRAFT


def test_the_receipt_is_the_teams_alone(stage, browse, at, browse_as):
    proposal = stage.handed_in()
    stage.promise()

    for name, status in {"member": 200, "pm": 404, "auditor": 404, "other_lead": 404}.items():
        for end in ("receipt", "receipt.ics"):
            answer = browse(name).get(f"/proposals/{proposal.key}/{end}")
            assert answer.status_code == status
    at(stage.after)
    assert browse("owner_lead").get(f"/proposals/{proposal.key}/receipt").status_code == 404


def test_a_draft_has_no_receipt(stage, browse):
    proposal, browser = stage.started(), browse("lead")

    assert browser.get(f"/proposals/{proposal.key}/receipt").status_code == 404
    assert browser.get(f"/proposals/{proposal.key}/receipt.ics").status_code == 404


def test_the_calendar_holds_closing_time_and_decision(session, stage, browse):
    stage.call.decision_on = date(2027, 1, 15)
    session.commit()
    proposal = stage.handed_in()

    answer = browse("lead").get(f"/proposals/{proposal.key}/receipt.ics")

    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    book = icalendar.Calendar.from_ical(answer.get_data())
    begins = [event["dtstart"].dt for event in book.walk("VEVENT")]
    assert begins == [stage.closing, date(2027, 1, 15)]
    assert all(str(event["url"]).startswith("http://localhost/") for event in book.walk("VEVENT"))


def test_the_lead_takes_it_back_and_hands_it_in_again(session, stage, browse, read, fresh):
    proposal, browser = stage.handed_in(), browse("lead")
    assert "Take back to a draft" in read(browser.get(f"/proposals/{proposal.key}"))

    back = browser.post(f"/proposals/{proposal.key}/return")
    page = read(browser.get(back.location))

    assert "It is a draft again." in page
    assert browse("pm").get(f"/proposals/{proposal.key}").status_code == 404
    assert submit(browser, fresh(proposal)).status_code == 302
    assert fresh(proposal).submitted_version == 2
    assert browser.get(f"/proposals/{proposal.key}/versions/1.json").status_code == 200


@pytest.mark.parametrize(
    ("name", "status"), [("member", 403), ("pm", 403), ("owner_lead", 404), ("other_lead", 404)]
)
def test_nobody_else_takes_it_back(stage, browse, read, fresh, name, status):
    proposal, browser = stage.handed_in(), browse(name)

    assert browser.post(f"/proposals/{proposal.key}/return").status_code == status
    assert fresh(proposal).state is ProposalState.SUBMITTED
    assert "Take back to a draft" not in read(browser.get(f"/proposals/{proposal.key}"))


def test_at_the_closing_time_nothing_is_taken_back(stage, browse, at, read, fresh):
    proposal = stage.handed_in()
    at(stage.closing)
    browser = browse("lead")

    assert "Take back to a draft" not in read(browser.get(f"/proposals/{proposal.key}"))
    assert browser.post(f"/proposals/{proposal.key}/return").status_code == 409
    assert fresh(proposal).state is ProposalState.SUBMITTED


def test_withdrawing_says_what_happens_and_keeps_the_reason(stage, browse, read, fresh):
    proposal, browser = stage.handed_in(), browse("lead")
    path = f"/proposals/{proposal.key}/withdraw"
    assert "The programme office sees that it was withdrawn" in read(browser.get(path))

    answer = browser.post(path, data={"reason": "No <b>people</b> left 🚀"})

    assert answer.location == f"/proposals/{proposal.key}"
    page = read(browser.get(answer.location))
    assert "The proposal is withdrawn." in page
    assert "Reason of the withdrawal: No <b>people</b> left 🚀" in page
    assert "<b>people" not in browser.get(answer.location).get_data(as_text=True)
    assert "No <b>people</b>" in read(browse("pm").get(f"/proposals/{proposal.key}"))
    assert fresh(proposal).state is ProposalState.WITHDRAWN
    assert browser.post(path, data={"reason": ""}).status_code == 409


def test_a_withdrawn_draft_was_never_there_for_others(stage, browse, read):
    proposal, browser = stage.started(), browse("lead")
    path = f"/proposals/{proposal.key}"
    assert "Nobody outside your team learns that there was a draft." in read(
        browser.get(f"{path}/withdraw")
    )

    browser.post(f"{path}/withdraw", data={"reason": "Secret"})

    assert browse("pm").get(path).status_code == 404
    own = read(browser.get(path))
    assert "Secret" in own
    assert "This is a draft" not in own


def test_a_reason_that_is_too_long_is_kept_and_named(stage, browse, read, fresh):
    proposal = stage.handed_in()

    answer = browse("lead").post(
        f"/proposals/{proposal.key}/withdraw", data={"reason": "原因" * 501}
    )

    assert answer.status_code == 422
    assert "原因" * 501 in read(answer)
    assert "Use at most 1000 characters." in read(answer)
    assert fresh(proposal).state is ProposalState.SUBMITTED


@pytest.mark.parametrize("state", list(ProposalState))
def test_every_state_has_its_pages_for_the_team_and_the_office(
    session, stage, browse, browse_as, at, state
):
    proposal = put_in_state(stage, stage.handed_in(), state)
    if state is ProposalState.MORE_INFO_REQUESTED:
        proposal.requested, proposal.info_due_at = ["plan"], stage.after + timedelta(days=1)
        session.commit()
    for instant in (stage.now, stage.after):
        at(instant)
        for user in (stage.lead, stage.member, stage.pm):
            browser = browse_as(user)
            for end in ("", "/summary", "/history", "/receipt", "/submit", "/withdraw"):
                answer = browser.get(f"/proposals/{proposal.key}{end}")
                assert answer.status_code in {200, 403, 404, 409}, (user.name, end)
            assert browser.get(f"/proposals/{proposal.key}/edit/plan").status_code != 500
            assert browser.get("/proposals").status_code == 200


@pytest.mark.parametrize(
    "state", [ProposalState.SELECTED, ProposalState.RESERVE, ProposalState.NOT_SELECTED]
)
def test_a_pending_decision_looks_like_the_review(session, stage, browse, at, read, steady, state):
    proposal = put_in_state(stage, stage.handed_in(), ProposalState.UNDER_REVIEW)
    at(stage.after)
    browser = browse("lead")
    pages = ["", "/summary", "/history", "/receipt"]
    before = [steady(browser.get(f"/proposals/{proposal.key}{end}")) for end in pages]

    put_in_state(stage, proposal, state)

    for end, was in zip(pages, before, strict=True):
        assert steady(browser.get(f"/proposals/{proposal.key}{end}")) == was, end
    word = {"selected": "Selected", "reserve": "Reserve", "not_selected": "Not selected"}[state]
    assert word in read(browse("pm").get(f"/proposals/{proposal.key}"))


def test_the_owner_promises_before_reading(session, stage, browse, at, read):
    proposal = stage.handed_in()
    listed = f"/challenges/{stage.challenge.key}/proposals"
    at(stage.after)
    browser = browse("owner_lead")

    assert "Promise confidentiality to read" in read(browser.get("/proposals"))
    assert "Read and promise" in read(browser.get(listed))
    assert proposal.title.en not in read(browser.get(listed))
    refused = browser.get(f"/proposals/{proposal.key}")
    assert refused.status_code == 403
    assert "Promise confidentiality first" in read(refused)
    page = read(browser.get(f"{listed}/confidentiality"))
    assert "Whoever takes part keeps secrets." in page

    unticked = browser.post(f"{listed}/confidentiality", data={})
    assert unticked.status_code == 422
    assert "Tick this to read the proposals." in read(unticked)
    assert session.scalar(select(ConfidentialityAcceptance)) is None
    ticked = browser.post(f"{listed}/confidentiality", data={"promises": "y"})

    assert ticked.location == listed
    assert proposal.title.en in read(browser.get(listed))
    assert proposal.title.en in read(browser.get("/proposals"))
    assert browser.get(f"/proposals/{proposal.key}").status_code == 200
    assert browser.post(f"{listed}/confidentiality", data={"promises": "y"}).status_code == 302


def test_nobody_promises_before_the_closing_time_or_for_others(
    session, stage, browse, browse_as, at
):
    stage.handed_in()
    path = f"/challenges/{stage.challenge.key}/proposals/confidentiality"

    for name, early, late in (
        ("owner_lead", 403, 302),
        ("owner_member", 403, 403),
        ("other_owner", 404, 404),
        ("lead", 404, 404),
        ("pm", 404, 404),
    ):
        at(stage.now)
        user = stage.person(name)
        assert browse_as(user).post(path, data={"promises": "y"}).status_code == early, name
        at(stage.after)
        assert browse_as(user).post(path, data={"promises": "y"}).status_code == late, name


def test_a_promise_ends_with_the_role(session, stage, browse_as, at):
    proposal = stage.handed_in()
    stage.promise()
    at(stage.after)
    browser = browse_as(stage.owner_lead)
    assert browser.get(f"/proposals/{proposal.key}").status_code == 200

    grant = session.scalars(select(Grant).where(Grant.user_id == stage.owner_lead.id)).one()
    accounts.take_role(session, grant, actor=SYSTEM, now=stage.after)
    session.commit()

    assert browse_as(stage.owner_lead).get(f"/proposals/{proposal.key}").status_code == 404


def test_each_lead_of_the_owner_promises_alone(stage, people, browse_as, at):
    stage.handed_in()
    stage.promise()
    second = people.owner_lead(stage.organization)
    at(stage.after)

    page = browse_as(second).get(f"/challenges/{stage.challenge.key}/proposals")

    assert "Promise confidentiality to read" in page.get_data(as_text=True)
    assert "Few-shot" not in page.get_data(as_text=True)


def test_the_summary_fits_the_essentials(stage, browse, read):
    proposal = stage.handed_in()

    page = read(browse("pm").get(f"/proposals/{proposal.key}/summary"))

    for words in (
        "Train an inspection model from few images.",
        "NT$500,000",
        "Miss rate",
        "Data ready",
    ):
        assert words in page


def test_rivals_hand_in_to_the_same_challenge(stage, browse, read):
    stage.handed_in()
    team, lead = another_team(stage)
    stage.extra["rival"] = lead
    proposal = stage.started(team=team, lead=lead)

    assert submit(browse("rival"), proposal).status_code == 302
