"""Every page of proposals opens for whom it is meant, in both languages."""

from __future__ import annotations

import pytest

SECTIONS = ["answer", "data", "plan", "kpis", "budget", "people"]
DRAFT_PAGES = ["", "/history", "/submit", "/withdraw", "/summary", "/attachments",
               *[f"/edit/{section}" for section in SECTIONS]]  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "zh-TW"])
@pytest.mark.parametrize("where", DRAFT_PAGES)
def test_the_lead_opens_every_page_of_a_draft(stage, browse, where, lang):
    proposal = stage.started()
    answer = browse("lead", lang).get(f"/proposals/{proposal.key}{where}")
    assert answer.status_code == 200, answer.get_data(as_text=True)[-600:]


@pytest.mark.parametrize("lang", ["en", "zh-TW"])
@pytest.mark.parametrize("where", ["", "/history", "/receipt", "/receipt.ics", "/withdraw",
                                  "/summary", "/versions/1.json"])  # fmt: skip
def test_the_lead_opens_every_page_of_what_was_handed_in(stage, browse, where, lang):
    proposal = stage.handed_in()
    answer = browse("lead", lang).get(f"/proposals/{proposal.key}{where}")
    assert answer.status_code == 200


@pytest.mark.parametrize("lang", ["en", "zh-TW"])
@pytest.mark.parametrize("name", ["lead", "member", "owner_lead", "owner_member", "pm", "auditor",
                                  "admin", "finance", "reviewer", "signed_in"])  # fmt: skip
@pytest.mark.parametrize("late", [False, True])
def test_everybody_who_is_signed_in_gets_a_list(stage, browse, at, name, lang, late):
    stage.handed_in()
    if late:
        at(stage.after)
    assert browse(name, lang).get("/proposals").status_code == 200
