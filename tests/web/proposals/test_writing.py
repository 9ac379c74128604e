"""The editor, section by section: saving, refusing without loss, two writers, and odd input."""

from __future__ import annotations

from datetime import timedelta

import pytest

from matchmaker.proposals import service
from matchmaker.proposals.content import Content
from tests.factories.proposals import hand_in

WORDY = ("data", "models", "limits")
AUTOSAVE = {"X-Requested-With": "autosave", "Accept": "application/json"}
ODD = [
    "O'Brien & <script>alert(1)</script>",
    "多語言：繁體中文、日本語、한국어",
    "🚀👩‍🔬 emoji",
    "שלום \u202eevil\u202c עולם",
    "{{ 7*7 }} %(x)s %s {0}",
    "=HYPERLINK(1)",
]


def sent_for(stage, section, **changes):
    """What the browser sends for one section."""
    miss, cycle = stage.challenge.kpis
    fields = {
        "answer": {
            "title_zh": "", "title_en": "New title", "summary_zh": "", "summary_en": "New summary",
            "approach_zh": "", "approach_en": "New approach",
        },
        "data": {
            "data_zh": "", "data_en": "New data", "models_zh": "", "models_en": "New models",
            "limits_zh": "", "limits_en": "New limits",
        },
        "plan": {
            "milestones-0-title": "New milestone", "milestones-0-week": "３",
            "milestones-0-deliverable": "New report", "needs_zh": "", "needs_en": "New needs",
        },
        "kpis": {
            "commitments-0-kpi_id": str(miss.id), "commitments-0-value": "1.25 %",
            "commitments-0-method": "New method", "commitments-0-reason": "",
            "commitments-1-kpi_id": str(cycle.id), "commitments-1-value": "",
            "commitments-1-method": "", "commitments-1-cannot": "y",
            "commitments-1-reason": "New reason",
        },
        "budget": {
            "lines-0-item": "New cost", "lines-0-amount_twd": "1,234,567",
            "lines-0-own_twd": "200000", "note_zh": "", "note_en": "New remark",
        },
        "people": {
            "shares-0-name": "New person", "shares-0-task": "New task", "shares-0-share": "62.5",
        },
    }  # fmt: skip
    return fields[section] | changes


def save(browser, proposal, section, sent, version, **headers):
    return browser.post(
        f"/proposals/{proposal.key}/edit/{section}",
        data={"version": str(version), **sent},
        headers=headers,
    )


SHOWN = {
    "answer": ["New title", "New summary", "New approach"],
    "data": ["New data", "New models", "New limits"],
    "plan": ["New milestone", "New report", "New needs"],
    "kpis": ["1.25%", "New method", "No commitment", "New reason"],
    "budget": ["New cost", "1,234,567", "200,000", "New remark"],
    "people": ["New person", "New task", "62.5%"],
}


@pytest.mark.parametrize("name", ["lead", "member"])
@pytest.mark.parametrize("section", list(SHOWN))
def test_every_section_is_saved_and_read(stage, browse, read, section, name):
    proposal = stage.started()
    browser = browse(name)

    answer = save(browser, proposal, section, sent_for(stage, section), 1)

    assert answer.status_code == 302
    assert answer.location == f"/proposals/{proposal.key}/edit/{section}"
    page = read(browser.get(f"/proposals/{proposal.key}"))
    assert [words for words in SHOWN[section] if words not in page] == []
    assert "Saved." in read(browser.get(answer.location)) or "Saved." in page


def test_saving_goes_on_to_the_next_section(stage, browse):
    proposal = stage.started()
    browser = browse("lead")
    path = f"/proposals/{proposal.key}/edit"

    order = ["answer", "data", "plan", "kpis", "budget", "people", "attachments"]
    for section, following in zip(order, order[1:], strict=False):
        sent = sent_for(stage, section, then="next")
        assert save(browser, proposal, section, sent, 1).location == f"{path}/{following}"


WRONG = {
    "answer": ({"title_en": "x" * 121}, "Use at most 120 characters."),
    "data": ({"data_zh": "資" * 10_001}, "Use at most 10000 characters."),
    "plan": ({"milestones-0-week": "soon"}, "Give a whole number, in digits."),
    "kpis": ({"commitments-0-value": "a lot"}, "Give a number, such as 12 or 0.85."),
    "budget": ({"lines-0-amount_twd": "-5"}, "Give a whole number, in digits."),
    "people": ({"shares-0-share": "101"}, "Give a share between 0 and 100 percent."),
}
ALSO_WRONG = [
    ("plan", {"milestones-0-week": "105"}, "Give a number between 1 and 104."),
    ("plan", {"milestones-0-week": "9" * 400}, "Give a whole number, in digits."),
    ("plan", {"milestones-0-deliverable": "x" * 1001}, "Use at most 1000 characters."),
    ("kpis", {"commitments-0-value": "150"}, "A share lies between 0 and 100 %."),
    ("kpis", {"commitments-0-value": "-1"}, "A share lies between 0 and 100 %."),
    ("kpis", {"commitments-0-value": "nan"}, "Give a number, such as 12 or 0.85."),
    ("kpis", {"commitments-0-value": "1e999"}, "Give a number, such as 12 or 0.85."),
    ("kpis", {"commitments-1-value": "9" * 20}, "This number is not possible here."),
    ("budget", {"lines-0-amount_twd": "9" * 14}, "Give a number between 0 and 1000000000000."),
    ("budget", {"lines-0-own_twd": "1234568"}, "own part cannot be larger than the cost."),
    ("people", {"shares-0-share": "-1"}, "Give a share between 0 and 100 percent."),
    ("people", {"shares-0-share": "∞"}, "Give a number, such as 12 or 0.85."),
]


@pytest.mark.parametrize(
    ("section", "changes", "sentence"),
    [*((name, *wrong) for name, wrong in WRONG.items()), *ALSO_WRONG],
)
def test_what_was_typed_stays_beside_the_reason(
    stage, browse, read, fresh, section, changes, sentence
):
    proposal = stage.started()
    before = dict(fresh(proposal).content)

    answer = save(browse("lead"), proposal, section, sent_for(stage, section, **changes), 1)

    page = read(answer)
    assert answer.status_code == 422
    assert sentence in page
    summary = page.partition("data-error-summary")[2].partition("</ul>")[0]
    assert summary.count("<li>") == 1
    assert sentence in summary
    assert "{" not in summary
    typed = [value for value in sent_for(stage, section, **changes).values() if len(value) > 1]
    assert [value for value in typed if value not in page] == []
    assert fresh(proposal).content == before


@pytest.mark.parametrize("section", list(SHOWN))
def test_of_two_writers_the_second_sees_both_texts(stage, browse, read, fresh, section):
    proposal = stage.started()
    save(browse("member"), proposal, section, sent_for(stage, section), 1)
    mine = {
        name: f"{value} mine" if value.startswith("New") else value
        for name, value in sent_for(stage, section).items()
    }

    answer = save(browse("lead"), proposal, section, mine, 1)

    page = read(answer)
    assert answer.status_code == 409
    assert "Somebody else saved in the meantime." in page
    theirs = page.partition("<dl")[2].partition("</dl>")[0]
    assert "New" in theirs
    assert "mine" not in theirs
    for value in mine.values():
        assert value in page
    assert " mine" not in str(fresh(proposal).content)

    assert save(browse("lead"), proposal, section, mine, 2).status_code == 302
    assert " mine" in str(fresh(proposal).content)


def test_two_writers_of_different_sections_do_not_disturb_each_other(stage, browse):
    proposal = stage.started()

    first = save(browse("member"), proposal, "data", sent_for(stage, "data"), 1)
    second = save(browse("lead"), proposal, "answer", sent_for(stage, "answer"), 1)

    assert (first.status_code, second.status_code) == (302, 302)


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 400, "🚀", "0x1"])
def test_a_version_that_is_none_is_a_clash_and_no_failure(stage, browse, version):
    proposal = stage.started()

    answer = save(browse("lead"), proposal, "answer", sent_for(stage, "answer"), version)

    assert answer.status_code == 409


def test_a_script_saves_while_somebody_writes(stage, browse, fresh):
    proposal = stage.started()
    browser = browse("lead")

    first = save(browser, proposal, "answer", sent_for(stage, "answer"), 1, **AUTOSAVE)
    second = save(
        browser, proposal, "answer", sent_for(stage, "answer", title_en="Later"),
        first.json["version"], **AUTOSAVE,
    )  # fmt: skip

    assert first.json["version"] == 2
    assert (second.status_code, second.json["version"]) == (200, 3)
    assert fresh(proposal).title.en == "Later"


@pytest.mark.parametrize(
    ("changes", "version", "status"), [({}, 7, 409), ({"title_en": "x" * 121}, 1, 422)]
)
def test_a_script_is_told_when_nothing_was_saved(stage, browse, fresh, changes, version, status):
    proposal = stage.started()
    before = dict(fresh(proposal).content)

    answer = save(
        browse("lead"), proposal, "answer", sent_for(stage, "answer", **changes), version,
        **AUTOSAVE,
    )  # fmt: skip

    assert answer.status_code == status
    assert answer.json["version"] is None
    assert fresh(proposal).content == before


@pytest.mark.parametrize("headers", [{}, AUTOSAVE])
def test_what_comes_too_late_is_refused_but_not_lost(stage, browse, at, read, fresh, headers):
    proposal = stage.started()
    before = dict(fresh(proposal).content)
    at(stage.closing)
    browser = browse("lead")

    answer = save(browser, proposal, "answer", sent_for(stage, "answer"), 1, **headers)

    assert answer.status_code == 409
    assert fresh(proposal).content == before
    if not headers:
        page = read(answer)
        assert "Closed at 2026/12/24 12:00:00" in page
        assert [words for words in SHOWN["answer"] if words not in page] == []
    assert browser.get(f"/proposals/{proposal.key}/edit/answer").status_code == 409


def test_what_was_typed_after_a_colleague_handed_in_is_not_lost(stage, browse, read, fresh):
    proposal = stage.started()
    hand_in(stage, proposal)

    answer = save(browse("member"), proposal, "plan", sent_for(stage, "plan"), 1)

    page = read(answer)
    assert answer.status_code == 409
    assert "The proposal is handed in." in page
    assert [words for words in SHOWN["plan"] if words not in page] == []
    assert "New milestone" not in str(fresh(proposal).content)


@pytest.mark.parametrize("text", ODD)
def test_any_text_comes_back_as_it_went_in(stage, browse, read, text):
    proposal = stage.started()
    browser = browse("lead")
    sent = sent_for(stage, "answer", title_en=text, summary_en=text, approach_zh=text)

    assert save(browser, proposal, "answer", sent, 1).status_code == 302

    shown = text.replace("\u202e", "").replace("\u202c", "")
    for where in ("", "/summary", "/history", "/edit/answer", "/submit", "/withdraw"):
        answer = browser.get(f"/proposals/{proposal.key}{where}")
        assert answer.status_code == 200
        assert shown in read(answer)
        assert "<script>alert" not in answer.get_data(as_text=True)
    for where in ("/proposals", "/"):
        assert browser.get(where).status_code == 200


@pytest.mark.parametrize("letter", ["a", "資", "🚀"])
def test_the_longest_paragraphs_fit(stage, browse, read, letter):
    proposal = stage.started()
    browser = browse("lead")
    full = letter * 10_000
    sent = {
        f"{name}_{side}": full for name in ("data", "models", "limits") for side in ["zh", "en"]
    }

    assert save(browser, proposal, "data", sent, 1).status_code == 302
    browser.post(f"/proposals/{proposal.key}/versions")
    other = dict.fromkeys(sent, f"{full[:-1]}!")
    assert save(browser, proposal, "data", other, 2).status_code == 302

    page = browser.get(f"/proposals/{proposal.key}/history")
    assert page.status_code == 200
    assert browser.get(f"/proposals/{proposal.key}").status_code == 200


def test_text_that_is_not_utf8_and_nul_are_no_failure(stage, browse):
    proposal = stage.started()
    browser = browse("lead")
    path = f"/proposals/{proposal.key}/edit/answer"

    for body in (b"version=1&title_en=%FF%FE", b"version=1&title_en=a%00b", b"%00=%00", b"=&=&"):
        answer = browser.post(path, data=body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code < 500


@pytest.mark.parametrize(
    ("section", "rows", "name"),
    [("plan", "milestones", "title"), ("budget", "lines", "item"), ("people", "shares", "name")],
)
def test_rows_come_and_go_without_losing_a_word(stage, browse, read, fresh, section, rows, name):
    proposal = stage.started()
    before = dict(fresh(proposal).content)
    browser = browse("lead")
    number = {"plan": "week", "budget": "amount_twd", "people": "share"}[section]
    sent = {
        f"{rows}-0-{name}": "First", f"{rows}-1-{name}": "Second", f"{rows}-2-{name}": "Third",
        f"{rows}-2-{number}": "no number",
    }  # fmt: skip

    more = read(save(browser, proposal, section, {**sent, "add": rows}, 1))
    fewer = read(save(browser, proposal, section, {**sent, "remove": f"{rows}-1"}, 1))

    assert all(word in more for word in ("First", "Second", "Third", "no number"))
    assert f'name="{rows}-3-{name}"' in more
    assert all(word in fewer for word in ("First", "Third", "no number"))
    assert "Second" not in fewer
    assert fresh(proposal).content == before


def test_rows_with_gaps_in_their_numbers_are_saved_in_order(stage, browse, fresh):
    proposal = stage.started()
    sent = {"shares-7-name": "Later", "shares-2-name": "Earlier", "shares-5-name": " "}

    assert save(browse("lead"), proposal, "people", sent, 1).status_code == 302

    kept = Content.of(fresh(proposal).content).people.shares
    assert [share.name for share in kept] == ["Earlier", "Later"]


@pytest.mark.parametrize("position", ["-1", "99999999999999999999", "³", "x", "", "0-0-0"])
def test_odd_row_numbers_are_no_failure(stage, browse, position):
    proposal = stage.started()
    browser = browse("lead")

    for extra in ({}, {"remove": f"shares-{position}"}, {"add": "shares"}, {"add": "csrf_token"}):
        sent = {f"shares-{position}-name": "Odd", **extra}
        assert save(browser, proposal, "people", sent, 1).status_code < 500


def test_no_more_than_thirty_rows_are_offered(stage, browse, read):
    proposal = stage.started()
    sent = {f"shares-{n}-name": f"P{n}" for n in range(30)}

    page = read(save(browse("lead"), proposal, "people", {**sent, "add": "shares"}, 1))

    assert page.count('-task"') >= 30
    assert 'name="shares-30-name"' not in page


def test_a_kpi_of_another_challenge_cannot_be_promised(stage, browse, fresh):
    proposal = stage.started()
    sent = sent_for(stage, "kpis", **{"commitments-0-kpi_id": "999999"})

    assert save(browse("lead"), proposal, "kpis", sent, 1).status_code == 302

    kept = Content.of(fresh(proposal).content).kpis.commitments
    assert [each.kpi_id for each in kept] == [stage.challenge.kpis[1].id]


@pytest.mark.parametrize("section", ["", "x", "ANSWER", "content", "🚀", "../answer"])
def test_a_section_that_is_none_is_not_found(stage, browse, section):
    proposal = stage.started()

    assert browse("lead").get(f"/proposals/{proposal.key}/edit/{section}").status_code == 404


def test_what_is_missing_is_said_beside_each_section(session, stage, browse, read):
    proposal = service.start(
        session, stage.challenge, stage.team, actor=stage.actor(stage.lead), now=stage.now
    )
    session.commit()
    browser = browse("member")
    sentences = {
        "answer": ["Give the proposal a title.", "Describe your approach."],
        "data": ["Say which data you use and where it comes from."],
        "plan": ["Plan at least one milestone."],
        "kpis": ["Commit to a value and say how it is measured, or say that you cannot: Miss rate"],
        "budget": ["Split the budget into at least one line."],
        "people": ["Person 1 needs a name, a task and a share."],
    }
    for section, expected in sentences.items():
        page = read(browser.get(f"/proposals/{proposal.key}/edit/{section}"))
        assert [sentence for sentence in expected if sentence not in page] == []
    whole = read(browser.get(f"/proposals/{proposal.key}"))
    assert all(sentence in whole for several in sentences.values() for sentence in several)


def test_the_requested_sections_alone_are_open_again(session, stage, browse, at, read, fresh):
    from matchmaker.proposals.lifecycle import ProposalState

    proposal = stage.handed_in()
    proposal.state = ProposalState.MORE_INFO_REQUESTED
    proposal.requested = ["data"]
    proposal.info_due_at = stage.after + timedelta(days=3)
    session.commit()
    at(stage.after)
    browser = browse("member")

    page = read(browser.get(f"/proposals/{proposal.key}"))
    assert "The programme office asks for more information." in page
    assert f'href="/proposals/{proposal.key}/edit/data"' in page
    assert save(browser, proposal, "data", sent_for(stage, "data"), 1).status_code == 302
    assert save(browser, proposal, "plan", sent_for(stage, "plan"), 1).status_code == 403
    stored = str(fresh(proposal).content)
    assert "New data" in stored
    assert "New milestone" not in stored
    assert "New data" not in read(browse("pm").get(f"/proposals/{proposal.key}"))
