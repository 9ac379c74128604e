"""What scripts add to pages that work without them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from time import time_ns

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Enter
from tests.browser.site import Site
from tests.browser.words import Words

SAY = Words("zh")
COMPOSES = 229  # the key code that browsers send while an input method composes


@pytest.fixture
def draft(site: Site, enter: Enter) -> Page:
    """A section of the demo team's draft, open at its lead's desk."""
    page = enter(site, "team_lead").new_page()
    page.goto("/proposals")
    page.locator(".list-row", has_text=SAY("Draft")).get_by_role("link").first.click()
    page.wait_for_url("**/proposals/*")
    page.goto(f"{page.url}/edit/data")
    return page


def test_a_text_is_kept_when_its_field_is_left_and_the_page_says_so(draft: Page) -> None:
    text = f"三年的紀錄，{time_ns()}"
    draft.fill("[name=limits_zh]", text)
    draft.press("[name=limits_zh]", "Tab")
    expect(draft.locator("[data-autosave-note]")).to_contain_text(
        re.compile(SAY("Saved at {time}").replace("{time}", r"\d\d:\d\d"))
    )
    draft.reload()
    expect(draft.locator("[name=limits_zh]")).to_have_value(text)


def test_a_text_that_cannot_be_kept_stays_and_the_page_says_so(draft: Page) -> None:
    draft.context.set_offline(True)
    draft.fill("[name=limits_zh]", "離線時寫的")
    draft.press("[name=limits_zh]", "Tab")
    note = SAY("Not saved: no connection. Your text is still on this page; we keep trying.")
    expect(draft.locator("[data-autosave-note]")).to_have_text(note)
    expect(draft.locator("[name=limits_zh]")).to_have_value("離線時寫的")


def test_leaving_with_a_text_that_is_not_kept_asks_first(site: Site, enter: Enter) -> None:
    page = enter(site, "owner_lead").new_page()
    page.goto("/challenges/new")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.click("[name=title_zh]")
    page.keyboard.type("還沒寫完")
    page.locator(".rail a").first.click()
    expect(page.locator("[name=title_zh]")).to_have_value("還沒寫完")
    assert asked == ["beforeunload"]


def test_choosing_a_word_while_composing_sends_nothing(site: Site, enter: Enter) -> None:
    page = enter(site).new_page()
    page.goto("/search")
    field = page.locator("#main [name=q]")
    field.focus()
    keys = page.context.new_cdp_session(page)
    keys.send("Input.imeSetComposition", {"text": "ㄐㄧㄢ", "selectionStart": 3, "selectionEnd": 3})
    key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": COMPOSES}
    keys.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **key})
    keys.send("Input.dispatchKeyEvent", {"type": "keyUp", **key})
    assert page.url.endswith("/search")
    keys.send("Input.insertText", {"text": "檢測"})
    expect(field).to_have_value("檢測")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?*q=*")


def test_a_serious_step_asks_in_a_dialog_and_no_means_no(site: Site, enter: Enter) -> None:
    page = enter(site, "pm").new_page()
    page.goto("/matching/runs")
    waiting = SAY("Done, not yet published")
    page.locator("tr", has_text=waiting).get_by_role("link").first.click()
    run = page.url
    publish = page.locator("#main").get_by_role("button", name=SAY("Publish"), exact=True)
    publish.click()
    dialog = page.locator("dialog#ask-first")
    expect(dialog.locator("[data-question]")).to_have_text(re.compile("."))
    dialog.get_by_role("button", name=SAY("Go back")).click()
    expect(dialog).to_be_hidden()
    page.goto(run)
    expect(publish).to_be_visible()


def test_a_filter_narrows_the_list_at_once_and_names_itself_in_the_address(
    site: Site, enter: Enter
) -> None:
    page = enter(site).new_page()
    page.goto("/challenges")
    before = page.locator(".filter-count").inner_text()
    facet = page.locator("details.facet", has=page.locator("[name=domains]"))
    facet.locator("summary").click()
    facet.locator("label", has=page.locator("[value=healthcare]")).click()
    page.wait_for_url("**/challenges?domains=healthcare*")
    expect(page.locator(".filter-count")).not_to_have_text(before)
    expect(page.locator(".chip")).to_have_count(1)


def test_single_keys_search_walk_and_explain_but_never_inside_a_field(
    site: Site, enter: Enter
) -> None:
    page = enter(site).new_page()
    page.goto("/challenges")
    page.keyboard.press("/")
    expect(page.locator("#filter-q")).to_be_focused()
    page.keyboard.type("?j")
    expect(page.locator("#filter-q")).to_have_value("?j")
    page.goto("/challenges")
    page.keyboard.press("j")
    expect(page.locator("#results .card").first.locator(":focus")).to_have_count(1)
    page.keyboard.press("?")
    expect(page.locator("dialog#help-keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog#help-keys")).to_be_hidden()


def test_the_time_left_stays_true_while_the_page_is_open(site: Site, enter: Enter) -> None:
    page = enter(site, lang="en").new_page()
    page.goto("/challenges")
    page.locator("#results .card a").first.click()
    left = page.locator("[data-countdown]").first
    closes_at = datetime.fromisoformat(left.get_attribute("data-countdown") or "")
    page.clock.install(time=closes_at - timedelta(minutes=42))
    page.reload()
    page.clock.fast_forward("01:00")
    expect(left).to_contain_text(re.compile("4[01] minutes"))
