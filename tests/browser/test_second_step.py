"""Setting up the second step and signing in with it, each page looked at on the way."""

from __future__ import annotations

import pyotp
from playwright.sync_api import Page, expect

from tests.browser.conftest import Enter
from tests.browser.looking import AXE, LOOKS, faults_of
from tests.browser.site import Site
from tests.browser.words import Words


def test_a_second_step_is_set_up_and_asked_for(own_site: Site, enter: Enter) -> None:
    say, page = Words("zh"), page_of(own_site, enter, "owner_member")
    email, password = own_site.account("owner_member")
    main = page.locator("#main")
    page.goto("/settings/second-factor")
    main.locator("[name=password]").fill(password)
    main.locator("#begin-form button[type=submit]").last.click()
    seed = page.locator(".code-text").inner_text()
    assert faults_of(page, LOOKS[0]) == []
    main.locator("[name=code]").fill(pyotp.TOTP(seed.replace(" ", "")).now())
    main.get_by_role("button", name=say("Switch the second step on")).click()
    codes = page.locator("#main code")
    expect(codes.first).to_be_visible()
    assert faults_of(page, LOOKS[1]) == []
    spare = codes.first.inner_text()
    page.context.clear_cookies()
    page.goto("/login")
    main.locator("[name=email]").fill(email)
    main.locator("[name=password]").fill(password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/login/code*")
    assert faults_of(page, LOOKS[0]) == []
    main.locator("[name=code]").fill(spare)
    page.keyboard.press("Enter")
    expect(page.locator("summary.account")).to_be_visible()
    look_at_the_way_back(own_site, enter, email)


def look_at_the_way_back(site: Site, enter: Enter, email: str) -> None:
    """What an administrator sees who helps somebody that lost the phone."""
    page = page_of(site, enter, "admin")
    page.goto(f"/admin/accounts?q={email}")
    page.locator("#main a[href^='/admin/accounts/']").first.click()
    page.locator("#main a[href*='second-factor']").click()
    assert faults_of(page, LOOKS[1]) == []


def page_of(site: Site, enter: Enter, role: str) -> Page:
    context = enter(site, role)
    context.add_init_script(path=AXE)
    return context.new_page()
