"""Pages beside the floor: own processor time of both in turns, statements and bytes."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from flask.testing import FlaskClient
from sqlalchemy import select

from matchmaker.accounts import sessions
from matchmaker.accounts.models import User
from matchmaker.app import create_app
from matchmaker.challenges.models import Challenge
from matchmaker.cli.migrate import prepared
from matchmaker.config import Settings
from matchmaker.demo import accounts, scale
from matchmaker.kernel import clock
from matchmaker.kernel.actor import Role
from matchmaker.kernel.database import Database
from tests.bench import floor

BLOCK = 5  # calls in a row, so that caches of the processor are warm


@dataclass(frozen=True)
class Page:
    """One page and what it is held against."""

    name: str
    path: str
    beside: str
    ratio: float
    statements: int
    kilobytes: int | None = 80
    role: Role | None = None


@dataclass(frozen=True)
class Measured:
    """What one page cost."""

    page: Page
    floor_ms: float
    ms: float
    ratio: float
    statements: int
    bytes: int


@dataclass(frozen=True)
class Site:
    """The product over some data, with its database."""

    settings: Settings
    database: Database
    home: Path


@contextmanager
def site() -> Iterator[Site]:
    """An empty installation in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="matchmaker-bench-") as folder:
        settings = Settings(
            MATCHMAKER_HOME=Path(folder), MATCHMAKER_MEASURE=True, limits_on=False,
            password_cost="low", staff_second_factor="optional", database_url="",
        )  # fmt: skip
        database = prepared(settings)
        yield Site(settings, database, Path(folder))
        database.close()


def measure(place: Site, challenges: int, *, rounds: int) -> list[Measured]:
    """The hot pages over a programme of this size."""
    scale.load(place.database, challenges, home=place.home, now=clock.now())
    with place.database.reading() as session:
        ref = session.scalars(
            select(Challenge.ref).where(Challenge.state == "published").limit(1)
        ).one()
    return compare(place, _pages(str(ref)), rounds=rounds)


def compare(place: Site, pages: list[Page], *, rounds: int) -> list[Measured]:
    """Each page beside the floor, in turns within one process."""
    bare = floor.create_app(place.database.engine).test_client()
    browsers = {role: signed_in(place, role) for role in {page.role for page in pages}}
    return [_measured(page, browsers[page.role], bare, rounds) for page in pages]


def signed_in(place: Site, role: Role | None) -> FlaskClient:
    """A browser of the demo account with this role; a visitor's for None."""
    app = create_app(place.settings, place.database)
    browser = app.test_client()
    browser.set_cookie("lang", "zh-Hant-TW")
    if role is None:
        return browser
    with place.database.transaction() as session:
        address = accounts.address(role)
        user = session.scalars(select(User).where(User.email == address)).one()
        _row, token = sessions.start(
            session, user, now=clock.now(), address="127.0.0.1", agent="bench"
        )
    with browser.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = token, True
    return browser


def _pages(ref: str) -> list[Page]:
    return [
        Page("challenges, public", "/challenges", "/challenges", 1.6, 3),
        Page("challenge, public", f"/challenges/{ref}", f"/challenges/{ref}", 1.6, 3),
        Page("teams, public", "/teams", "/teams", 1.6, 3),
        Page("calls, public", "/calls", "/challenges", 1.6, 3),
        Page("challenges, manager", "/challenges", "/mine", 2.0, 5, role=Role.PM),
        Page("teams, manager", "/teams", "/teams", 2.0, 5, role=Role.PM),
        Page("proposals, manager", "/proposals", "/mine", 2.0, 5, role=Role.PM),
        Page("first page, manager", "/", "/mine", 2.0, 8, role=Role.PM),
        Page("first page, team lead", "/", "/mine", 2.0, 8, role=Role.TEAM_LEAD),
    ]


def board_page(slug: str) -> Page:
    """The match board of a call."""
    return Page("match board, manager", f"/matching?call={slug}", "/mine", 2.0, 8, role=Role.PM)


def _measured(page: Page, browser: FlaskClient, bare: FlaskClient, rounds: int) -> Measured:
    answer = browser.get(page.path)
    if answer.status_code != 200:
        raise RuntimeError(f"{page.path} answers {answer.status_code}")
    pairs = [
        (_spent(lambda: bare.get(page.beside)), _spent(lambda: browser.get(page.path)))
        for _ in range(rounds + 1)
    ][1:]
    return Measured(
        page,
        floor_ms=median(least for least, _ in pairs),
        ms=median(ours for _, ours in pairs),
        ratio=median(ours / least for least, ours in pairs),
        statements=int(answer.headers["X-Statements"]),
        bytes=len(answer.data),
    )


def _spent(call: Callable[[], object]) -> float:
    """Own processor time of one call in milliseconds, the first of a block not counted."""
    call()
    started = time.thread_time_ns()
    for _ in range(BLOCK):
        call()
    return (time.thread_time_ns() - started) / 1e6 / BLOCK
