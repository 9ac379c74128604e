"""Browsers in front of a served demo. One worker has them all: see ``xdist_group``."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.site import TAGS, Site, serving
from tests.conftest import missing

HERE = Path(__file__).parent
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
PATIENCE = 8_000  # milliseconds for a page or a sentence on it
Enter = Callable[..., BrowserContext]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs the browser, and one worker has it."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("demo"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Use the Chromium of the system."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        missing("no Chromium on this machine")
    return browser_type_launch_args | {
        "executable_path": chromium,
        "args": ["--no-sandbox", "--disable-dev-shm-usage"],
    }


@pytest.fixture(scope="session")
def base_url() -> None:
    """Each browser is told where its own site answers."""


@pytest.fixture
def own_site(demo: Path, tmp_path: Path) -> Iterator[Site]:
    """A served copy of the demo that a test may change."""
    home = tmp_path / "instance"
    shutil.copytree(demo, home)
    with serving(home) as site:
        yield site
        assert site.faults == []


@pytest.fixture(scope="session")
def site(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A served demo that all tests share: look, or leave no traces that others could meet."""
    home = tmp_path_factory.mktemp("shared") / "instance"
    shutil.copytree(demo, home)
    with serving(home) as site:
        yield site
        assert site.faults == []


@pytest.fixture
def enter(new_context: Callable[..., BrowserContext]) -> Enter:
    """A browser of its own for a person: ``enter(site, "pm", lang="en", scripts=False)``."""

    def enter(
        site: Site, role: str | None = None, *, lang: str = "zh", scripts: bool = True,
        phone: bool = False, **options: Any,
    ) -> BrowserContext:  # fmt: skip
        context = new_context(
            base_url=site.url, viewport=PHONE if phone else DESKTOP, java_script_enabled=scripts,
            locale="zh-TW" if lang == "zh" else "en-GB", timezone_id="Asia/Taipei", **options,
        )  # fmt: skip
        context.set_default_timeout(PATIENCE)
        context.add_cookies([{"name": "lang", "value": TAGS[lang], "url": site.url}])
        if role is not None:
            sign_in(context, site, role, lang)
        return context

    return enter


def sign_in(context: BrowserContext, site: Site, role: str, lang: str) -> None:
    """Sign in without looking at the pages, and read in this language from then on."""
    email, password = site.account(role)
    ask = context.request
    form = {"email": email, "password": password, "csrf_token": token(ask.get("/login").text())}
    answer = ask.post("/login", form=form)
    assert answer.ok, f"{answer.url}: {answer.status}"
    assert "/login" not in answer.url, f"{role} cannot sign in"
    form = {"csrf_token": token(answer.text()), "next": "/help"}
    assert ask.post(f"/preferences/language?lang={TAGS[lang]}", form=form).ok


def token(page: str) -> str:
    """The token that the forms of a page carry."""
    return page.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
