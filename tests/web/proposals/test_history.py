"""Versions: kept on request, numbered, compared word by word, and never changed."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from time import monotonic

import pytest

from matchmaker.proposals import service
from tests.factories.proposals import both, full_content, hand_in


def rewrite(stage, proposal, **sides):
    """Another answer, as the lead saves it."""
    answer = full_content(stage.challenge, stage.team).answer
    stage.session.commit()
    stage.session.refresh(proposal)
    service.save(
        stage.session, proposal, replace(answer, **sides), version=proposal.edition("answer"),
        actor=stage.actor(stage.lead), now=stage.now,
    )  # fmt: skip
    stage.session.commit()


def keep(browser, proposal):
    return browser.post(f"/proposals/{proposal.key}/versions")


def marks(page, kind):
    """What is marked as gone (``del``) or come (``ins``), without the word for readers' ears."""
    found = re.findall(rf"<{kind}[^>]*>(.*?)</{kind}>", page)
    return [re.sub("<[^>]+>", "", text).partition(": ")[2] for text in found]


def test_a_version_is_kept_and_not_twice_the_same(stage, browse, read):
    proposal, browser = stage.started(), browse("member")

    first = keep(browser, proposal)
    assert "Kept as version 1." in read(browser.get(first.location))
    again = keep(browser, proposal)
    assert again.status_code == 409
    assert "Nothing has changed since the last version." in read(again)
    rewrite(stage, proposal, title=both("新", "New"))
    assert keep(browser, proposal).status_code == 302


def test_the_words_that_came_and_went_are_marked(stage, browse, read):
    proposal, browser = stage.started(), browse("lead")
    keep(browser, proposal)
    rewrite(
        stage, proposal, title=both("少樣本瑕疵檢查", "Few-shot <b>defect</b> inspection & more"),
    )  # fmt: skip

    page = read(browser.get(f"/proposals/{proposal.key}/history"))

    assert "From “Version 1” to “The draft as it stands”" in page
    assert "The answer" in page
    assert "測" in marks(page, "del")
    assert "查" in marks(page, "ins")
    raw = browser.get(f"/proposals/{proposal.key}/history").get_data(as_text=True)
    assert "<b>defect" not in raw
    assert "Data and models</h3>" not in page


def test_any_two_versions_are_compared(stage, browse, read):
    proposal, browser = stage.started(), browse("lead")
    for number in (1, 2, 3):
        rewrite(stage, proposal, title=both("", f"Title number{number}"))
        keep(browser, proposal)
    path = f"/proposals/{proposal.key}/history"

    page = read(browser.get(f"{path}?from=1&to=3"))
    same = read(browser.get(f"{path}?from=3&to=now"))
    alone = read(browser.get(f"{path}?from=2&to=2"))

    assert (marks(page, "del"), marks(page, "ins")) == (["number1"], ["number3"])
    assert "Both say the same." in same
    assert "From “" not in alone


@pytest.mark.parametrize("number", ["9", "-1", "0", "x", "9" * 400, "🚀", "1.0", "nowhere"])
def test_a_version_that_is_none_is_not_found(stage, browse, number):
    proposal, browser = stage.started(), browse("lead")
    keep(browser, proposal)
    path = f"/proposals/{proposal.key}"

    assert browser.get(f"{path}/history?from={number}").status_code in {400, 404}
    assert browser.get(f"{path}/history?to={number}").status_code in {400, 404}
    assert browser.get(f"{path}/versions/{number}.json").status_code in {400, 404}


def test_an_empty_history_says_how_versions_come_about(stage, browse, read):
    page = read(browse("lead").get(f"/proposals/{stage.started().key}/history"))

    assert "There is nothing to compare yet." in page
    assert "Keep a version now" in page


def test_the_file_of_a_version_has_the_hash_that_the_receipt_names(stage, browse, read):
    proposal, browser = stage.handed_in(), browse("lead")

    receipt = read(browser.get(f"/proposals/{proposal.key}/receipt"))
    answer = browser.get(f"/proposals/{proposal.key}/versions/1.json")

    assert hashlib.sha256(answer.get_data()).hexdigest() in receipt
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    said = json.loads(answer.get_data())
    assert [person["name"] for person in said["people"]] == ["Lin Lead", "Mei Member"]
    assert said["content"]["answer"]["title"]["en"] == "Few-shot defect inspection"
    assert "user_id" not in answer.get_data(as_text=True)


def test_a_version_stays_when_the_proposal_goes_on(stage, browse):
    proposal, browser = stage.handed_in(), browse("lead")
    path = f"/proposals/{proposal.key}/versions/1.json"
    before = browser.get(path).get_data()

    browser.post(f"/proposals/{proposal.key}/return")
    rewrite(stage, proposal, title=both("新", "New"))
    stage.lead.name = "Renamed"
    stage.session.commit()

    assert browser.get(path).get_data() == before


def test_staff_read_what_was_handed_in_and_nothing_before(stage, browse, read):
    proposal = stage.started()
    keep(browse("lead"), proposal)
    rewrite(stage, proposal, title=both("", "Handed first"))
    hand_in(stage, proposal)
    browse("lead").post(f"/proposals/{proposal.key}/return")
    rewrite(stage, proposal, title=both("", "Handed second"))
    hand_in(stage, proposal)
    path = f"/proposals/{proposal.key}"

    for name in ("pm", "auditor"):
        browser = browse(name)
        page = read(browser.get(f"{path}/history"))
        assert "Version 3, handed in" in page
        assert "Version 2" not in page
        assert "Version 1" not in page
        assert "Keep a version now" not in page
        codes = [browser.get(f"{path}/versions/{n}.json").status_code for n in (1, 2, 3)]
        assert codes == [404, 404, 200]
        assert "Handed first" not in read(browser.get(path))
        assert keep(browser, proposal).status_code == 403


def test_the_owner_reads_the_proposal_but_not_its_versions(stage, browse, at):
    proposal = stage.handed_in()
    stage.promise()
    at(stage.after)
    browser = browse("owner_lead")
    path = f"/proposals/{proposal.key}"

    assert browser.get(path).status_code == 200
    assert browser.get(f"{path}/history").status_code == 403
    assert browser.get(f"{path}/versions/1.json").status_code == 403


def test_nothing_is_kept_once_it_is_handed_in(stage, browse, read):
    proposal, browser = stage.handed_in(), browse("lead")

    assert "Keep a version now" not in read(browser.get(f"/proposals/{proposal.key}/history"))
    assert keep(browser, proposal).status_code == 409


def test_long_texts_are_compared_in_good_time(stage, browse):
    proposal, browser = stage.started(), browse("lead")
    rewrite(stage, proposal, approach=both("甲乙" * 5000, "a b " * 2500))
    keep(browser, proposal)
    rewrite(stage, proposal, approach=both("乙丙" * 5000, "c b " * 2500))

    began = monotonic()
    answer = browser.get(f"/proposals/{proposal.key}/history")

    assert answer.status_code == 200
    assert monotonic() - began < 10
