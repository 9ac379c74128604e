"""A proposal is not there for whoever may not know of it: no page, row, number, hit, file or hint.

The whole site is read before and after a proposal comes about; a page that differs tells of it.
"""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from matchmaker.kernel.files import FileStore
from matchmaker.kernel.identifiers import public_id
from matchmaker.notifications.models import Mail, Notice
from matchmaker.proposals import attaching, service
from matchmaker.proposals.attaching import Upload
from matchmaker.proposals.lifecycle import ProposalState
from tests.factories.proposals import another_team, both, full_content, hand_in

SECRET = "Zebrafish"
FILE = "Quokka.pdf"
OUTSIDERS = [
    "public", "signed_in", "other_lead", "rival", "owner_lead", "owner_member", "other_owner",
    "other_pm", "reviewer", "review_chair", "investor", "mentor", "coordinator",
]  # fmt: skip
HOUSE = [
    "/", "/proposals", "/proposals?q={secret}", "/proposals/new?challenge={challenge}",
    "/challenges", "/challenges?q={secret}", "/challenges.csv", "/challenges.json",
    "/challenges.atom", "/challenges/{challenge}", "/challenges/{challenge}.ics",
    "/challenges/{challenge}/history", "/challenges/{challenge}/proposals",
    "/challenges/{challenge}/proposals?q={secret}", "/challenges/{challenge}/matches",
    "/challenges/mine", "/challenges/queue", "/calls", "/calls.ics", "/calls.atom",
    "/calls/{call}", "/calls/{call}.ics", "/programs", "/teams", "/teams?q={secret}",
    "/teams.json", "/teams/{team}", "/teams/{team}/history", "/organizations",
    "/organizations/{organization}", "/search?q={secret}", "/search?q={file}",
    "/recommendations", "/matching", "/matching/runs", "/notifications", "/messages",
    "/audit", "/settings/security/events", "/help", "/showcase",
]  # fmt: skip


@pytest.fixture
def secret(stage, tmp_path):  # type: ignore[no-untyped-def]
    """Makes a proposal whose every part holds a word that stands nowhere else."""

    def make(*, handed_in: bool):  # type: ignore[no-untyped-def]
        answer = full_content(stage.challenge, stage.team).answer
        words = both(f"{SECRET} 斑馬魚", f"{SECRET} plan")
        proposal = stage.started(answer=replace(answer, title=words, summary=words))
        attaching.attach(
            stage.session, proposal, Upload(io.BytesIO(b"%PDF-1.4\n"), FILE),
            FileStore(tmp_path), actor=stage.actor(stage.lead), now=stage.now,
        )  # fmt: skip
        service.snapshot(stage.session, proposal, actor=stage.actor(stage.lead), now=stage.now)
        stage.session.commit()
        return hand_in(stage, proposal) if handed_in else proposal

    return make


@pytest.fixture
def seen(stage, steady):  # type: ignore[no-untyped-def]
    """Status and words of every page of the house."""
    names = {
        "secret": SECRET, "file": FILE, "challenge": stage.challenge.key, "call": stage.call.slug,
        "team": stage.team.ref, "organization": stage.organization.ref,
    }  # fmt: skip

    def read_all(browser):  # type: ignore[no-untyped-def]
        answers = {path: browser.get(path.format(**names), buffered=True) for path in HOUSE}
        return {path: (answer.status_code, steady(answer)) for path, answer in answers.items()}

    return read_all


def differing(before, after):
    return [path for path in HOUSE if before[path] != after[path]]


def rival_of(stage):
    """The lead of a team that answers the same challenge."""
    team, lead = another_team(stage)
    stage.extra["rival"] = lead
    stage.started(team=team, lead=lead)


@pytest.mark.parametrize("name", OUTSIDERS)
def test_before_closing_no_page_of_the_house_differs(stage, browse, secret, seen, name):
    rival_of(stage)
    browser = browse(name)
    nothing = seen(browser)

    proposal = secret(handed_in=False)
    draft = seen(browser)
    hand_in(stage, proposal)
    handed_in = seen(browser)

    assert differing(nothing, draft) == []
    assert differing(nothing, handed_in) == []


@pytest.mark.parametrize("name", ["pm", "auditor", "admin", "finance"])
def test_a_draft_is_hidden_from_the_staff_as_well(stage, browse, secret, seen, name):
    browser = browse(name)
    before = seen(browser)

    secret(handed_in=False)

    after = seen(browser)
    # The log of the platform says that something was begun, but never what.
    assert differing(before, after) == (["/audit"] if name in {"auditor", "admin"} else [])
    assert f"{SECRET} plan" not in str(after)


@pytest.mark.parametrize(
    ("name", "paths"), [("member", ["/", "/proposals"]), ("pm", ["/proposals"])]
)
def test_the_comparison_would_notice(stage, browse, secret, seen, name, paths):
    browser = browse(name)
    before = seen(browser)

    secret(handed_in=True)

    assert set(paths) <= set(differing(before, seen(browser)))


def addresses(app, proposal, file, version="1"):
    """Every page of one proposal with the methods that it takes."""
    values = {"<key>": proposal, "<section>": "answer", "<file_id>": file, "<int:number>": version}
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("proposals.") and rule.rule.startswith("/proposals/<key>"):
            path = rule.rule
            for part, value in values.items():
                path = path.replace(part, value)
            for method in sorted(rule.methods & {"GET", "POST"}):
                yield method, path


@pytest.mark.parametrize("state", ["draft", "submitted", "withdrawn"])
@pytest.mark.parametrize(
    "name", ["public", "rival", "owner_lead", "other_pm", "reviewer", "review_chair"]
)
def test_no_address_tells_a_proposal_from_none(app, stage, browse, secret, steady, name, state):
    proposal = secret(handed_in=state == "submitted")
    if state == "withdrawn":
        service.withdraw(stage.session, proposal, actor=stage.actor(stage.lead), now=stage.now)
        stage.session.commit()
    rival_of(stage)
    browser, none, file = browse(name), public_id(), proposal.attachments[0].public_id

    def told(method, path, key):
        answer = browser.open(path, method=method, buffered=True)
        headers = [
            (head, value.replace(key, "KEY"))
            for head, value in answer.headers
            if head not in {"X-Statements", "Server-Timing", "Set-Cookie", "Content-Length"}
        ]
        return answer.status_code, steady(answer).replace(key, "KEY"), headers

    there = list(addresses(app, proposal.key, file))
    assert len(there) > 15
    for (method, path), (_, other) in zip(there, addresses(app, none, file), strict=True):
        answer = told(method, path, proposal.key)
        assert answer == told(method, other, none), path
        assert answer[0] in ({302, 401} if name == "public" else {404})


@pytest.mark.parametrize("name", ["public", "signed_in", "other_lead", "rival", "other_owner",
                                  "other_pm", "reviewer", "investor"])  # fmt: skip
def test_after_closing_strangers_still_find_nothing(app, stage, browse, at, secret, seen, name):
    proposal = secret(handed_in=True)
    rival_of(stage)
    at(stage.after)
    browser = browse(name)
    file = proposal.attachments[0].public_id

    for method, path in addresses(app, proposal.key, file):
        status = browser.open(path, method=method).status_code
        assert status in {302, 401} if name == "public" else status == 404
    pages = seen(browser)
    told = [path for path, page in pages.items() if f"{SECRET} plan" in str(page)]
    assert told == []


@pytest.mark.parametrize(
    ("name", "status"),
    [("admin", 403), ("finance", 403), ("owner_lead", 403), ("owner_member", 403)],
)
def test_who_may_know_is_refused_openly_and_reads_nothing(
    app, stage, browse, at, secret, name, status
):
    proposal = secret(handed_in=True)
    at(stage.after)
    browser = browse(name)

    for method, path in addresses(app, proposal.key, proposal.attachments[0].public_id):
        answer = browser.open(path, method=method)
        assert answer.status_code in {status, 404, 409}
        assert SECRET not in answer.get_data(as_text=True)


def test_nobody_outside_the_team_is_written_to(session, stage, secret):
    rival_of(stage)
    team = {stage.lead.id, stage.member.id}
    earlier = set(session.scalars(select(Notice.id))), set(session.scalars(select(Mail.id)))

    proposal = secret(handed_in=True)
    service.return_to_draft(
        session, proposal, actor=stage.actor(stage.lead), now=stage.now + timedelta(minutes=1)
    )
    session.commit()

    notices = [n for n in session.scalars(select(Notice)) if n.id not in earlier[0]]
    mails = [m for m in session.scalars(select(Mail)) if m.id not in earlier[1]]
    assert notices
    assert {notice.user_id for notice in notices} <= team
    addresses_of_team = {stage.lead.email, stage.member.email}
    assert {mail.to_address for mail in mails} <= addresses_of_team
    assert all(SECRET not in str(vars(mail)) for mail in mails)


def test_an_award_is_told_to_nobody_before_the_release(session, stage, browse_as, at, secret, seen):
    proposal = secret(handed_in=True)
    proposal.state = ProposalState.UNDER_REVIEW
    session.commit()
    stage.promise()
    at(stage.after)
    users = [stage.lead, stage.member, stage.owner_lead, stage.owner_member]
    browsers = [browse_as(user) for user in users]
    before = [seen(browser) for browser in browsers]

    proposal.state = ProposalState.SELECTED
    session.commit()

    for browser, earlier in zip(browsers, before, strict=True):
        assert differing(earlier, seen(browser)) == []
