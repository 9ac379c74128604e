"""What people leave behind before a walk, so that pages about it can be reached."""

from __future__ import annotations

import re
import sqlite3

from playwright.sync_api import BrowserContext

from tests.browser.conftest import Enter, token
from tests.browser.site import Site

OPTION = '<select[^>]* name="{name}".*?<option[^>]* value="([^"]+)"'
HIDDEN = '<input[^>]* name="([^"]+)" type="hidden" value="([^"]*)"'
PASSPHRASE = "seven quiet lanterns on a bridge"


def leave_traces(site: Site, enter: Enter) -> dict[str | None, list[str]]:
    """Something is begun and people are invited; returns paths that no page links to."""
    visitor, owner, admin, manager = (
        enter(site, role) for role in (None, "owner_lead", "admin", "pm")
    )
    send(owner, "/challenges/new", title_zh="夜班異音偵測", kind="industry")
    send(
        owner, link_on(owner, "/organizations/mine", "/invitations/new"),
        email="colleague@people.example", role="owner_member",
    )  # fmt: skip
    send(
        admin, "/admin/invitations/staff", email="second@people.example",
        role="auditor", reason="年度稽核",
    )  # fmt: skip
    send(
        manager, link_on(manager, "/programs", "/programs/[^/]+/calls/new"),
        name_zh="下一梯次徵件", slug="next-call", opens_on="2031/01/02", opens_time="09:00",
        closes_on="2031/03/03", closes_time="18:00",
    )  # fmt: skip
    email, _password = site.account("team_member")
    send(visitor, "/password", email=email)
    send(visitor, "/register", name="新同事", email="new@people.example", password=PASSPHRASE)
    accountant, _password = site.account("finance")
    return {
        None: secret_paths(site),
        "admin": [link_on(admin, f"/admin/accounts?q={accountant}", "/admin/accounts/[a-z0-9]+")],
    }


def link_on(browser: BrowserContext, path: str, pattern: str) -> str:
    """The first link of this form on a page."""
    page = browser.request.get(path).text().replace("&amp;", "&")
    found = re.search(f'href="({pattern}[^"]*)"', page)
    assert found, f"no {pattern} on {path}"
    return found[1]


def send(browser: BrowserContext, path: str, **fields: str) -> None:
    """Fill a form, with the first choice wherever none is named, and send it."""
    page = browser.request.get(path).text()
    form = dict(re.findall(HIDDEN, page))
    for name in re.findall(r'<select[^>]* name="(\w+)"', page):
        found = re.search(OPTION.format(name=name), page, re.DOTALL)
        form[name] = found[1] if found else ""
    form |= fields | {"csrf_token": token(page)}
    answer = browser.request.post(path, form=form)
    assert answer.ok, f"{path}: {answer.status}"


def secret_paths(site: Site) -> list[str]:
    """Where the links of mails lead that only their reader knows."""
    database = sqlite3.connect(f"file:{site.home / 'matchmaker.db'}?mode=ro", uri=True)
    try:
        mails = database.execute("SELECT body FROM mail WHERE is_secret").fetchall()
    finally:
        database.close()
    return [path for (body,) in mails for path in re.findall(r"https?://[^/\s]+(/\S+)", body)]
