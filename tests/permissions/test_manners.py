"""What every answer and every request is held to, whatever the page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie

import pytest
from sqlalchemy import event

from matchmaker.app import create_app
from matchmaker.config import Settings
from matchmaker.kernel.database import Database
from tests.factories.world import VISITOR, World
from tests.permissions.walking import OK, WALKERS, Walk, walks

pytestmark = pytest.mark.xdist_group("manners")

READS = [walk for walk in walks() if walk.method == "GET"]
WRITES = [walk for walk in walks() if walk.method == "POST"]
NOTED = {
    "/audit/record.csv", "/challenges.csv", "/challenges.json", "/challenges.xlsx",
    "/matching.csv?call={call}", "/matching.xlsx?call={call}",
    "/matching/plans/{plan}.csv", "/matching/plans/{plan}.json", "/matching/plans/{plan}.xlsx",
    "/proposals/{proposal}/attachments/{file}", "/teams.csv", "/teams.json", "/teams.xlsx",
}  # fmt: skip
"""Files whose handing out is written into the audit log."""
SECRET_ADDRESSES = ("_token}",)
UNSAFE_WORDS = ("unsafe-inline", "unsafe-eval", "http:", "https:", "*")


def let_in(walk: Walk) -> str | None:
    """Somebody whom the row lets in, signed in if possible."""
    roles = [role for role in WALKERS if walk.expected[role] == OK]
    return next((role for role in roles if role != VISITOR), VISITOR if roles else None)


def refused(walk: Walk) -> str | None:
    """Somebody signed in whom the row refuses."""
    return next((role for role in WALKERS if walk.expected[role] in {"403", "404"}), None)


@contextmanager
def written(world: World) -> Iterator[list[str]]:
    """The statements inside that change something."""
    found: list[str] = []

    def note(_connection, _cursor, statement, *_rest):  # type: ignore[no-untyped-def]
        if statement.split(None, 1)[0].upper() in {"INSERT", "UPDATE", "DELETE"}:
            found.append(" ".join(statement.split()[:3]))

    event.listen(world.database.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(world.database.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("walk", READS, ids=str)
def test_reading_changes_nothing_and_is_answered_with_care(world, walk):
    for role in {let_in(walk), refused(walk), VISITOR} - {None}:
        with world.undone(walk.scene):
            path = walk.path.format(**world.things())
            with written(world) as statements:
                answer = world.get(role, path)
        changes = [each for each in statements if "audit_entry" not in each]
        assert changes == []
        assert not statements or walk.path in NOTED
        check_headers(answer, signed_in=role != VISITOR, path=walk.path)


def check_headers(answer, *, signed_in: bool, path: str) -> None:  # type: ignore[no-untyped-def]
    """Content policy, kinds, referrer, and that nothing personal is kept by caches."""
    headers = answer.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy or "default-src 'none'; sandbox" in policy
    assert not any(word in policy for word in UNSAFE_WORDS)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Server" not in headers or "Werkzeug" not in headers["Server"]
    is_secret = any(part in path for part in SECRET_ADDRESSES)
    if (signed_in or is_secret) and not path.startswith("/assets/"):
        assert headers["Cache-Control"] == "no-store"
    if headers.get("Content-Disposition", "").startswith("attachment"):
        return
    if answer.mimetype == "text/html":
        page = answer.get_data(as_text=True)
        assert "<style" not in page
        assert " style=" not in page
        assert " onclick=" not in page


def test_every_form_without_its_token_is_refused(world):
    world.app.config["WTF_CSRF_ENABLED"] = True
    try:
        for walk in WRITES:
            role = let_in(walk)
            if role is None:
                continue
            with world.undone(walk.scene):
                answer = walk.answered(world, role, world.things())
            assert answer.status_code == 400, walk
            check_headers(answer, signed_in=role != VISITOR, path="")
    finally:
        world.app.config["WTF_CSRF_ENABLED"] = False


def test_what_is_sent_by_a_form_is_never_done_by_a_link(world):
    adapter = world.app.url_map.bind("localhost")
    pages = {walk.path for walk in READS}
    for walk in WRITES:
        path = walk.path.format(**world.things())
        rule, _values = adapter.match(path.partition("?")[0], method="POST", return_rule=True)
        if "GET" in (rule.methods or ()) or walk.path in pages:
            continue
        with written(world) as statements:
            answer = world.get(let_in(walk) or "admin", path)
        assert answer.status_code in {404, 405}, walk
        assert statements == []


def test_signed_out_nobody_gets_further_than_the_sign_in_page():
    for walk in walks():
        others = {walk.expected[role] for role in WALKERS if role != VISITOR}
        if OK in others and walk.expected["signed_in"] != OK:
            assert walk.expected[VISITOR] != OK or "token}" in walk.path or walk.path in {
                "/login", "/register",
            }, walk  # fmt: skip


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(world):
    answers = [
        world.get(VISITOR, "/login"),
        world.post(VISITOR, "/preferences/theme", {"theme": "dark"}),
        world.post(VISITOR, "/preferences/language", {"lang": "en"}),
        world.post("pm", f"/preferences/hat/program-{world.program.id}"),
        world.get("pm", "/settings/security"),
        world.post("pm", "/notifications/read"),
    ]
    cookies = [cookie for answer in answers for cookie in cookies_of(answer)]

    assert {cookie.key for cookie in cookies} >= {"theme", "lang", "hat", "session"}
    for cookie in cookies:
        assert cookie["httponly"], cookie.key
        assert cookie["samesite"] == "Lax", cookie.key


def cookies_of(answer):  # type: ignore[no-untyped-def]
    return [
        morsel
        for line in answer.headers.getlist("Set-Cookie")
        for morsel in SimpleCookie(line).values()
    ]


@pytest.fixture(scope="module")
def secure_site(tmp_path_factory):
    home = tmp_path_factory.mktemp("secure")
    database = Database(f"sqlite:///{home / 'empty.db'}")
    settings = Settings(
        MATCHMAKER_HOME=home,
        MATCHMAKER_ENV="production",
        secret_key="a secret that is only used in tests, long enough",
        password_cost="low",
        limits_on=False,  # the limiter is one for all applications of a process
        site_url="https://matchmaker.example.org",
        allowed_hosts="matchmaker.example.org",
    )
    yield create_app(settings, database).test_client()
    database.close()


def test_an_encrypted_site_keeps_its_cookies_to_itself(secure_site):
    answer = secure_site.get("/login", base_url="https://matchmaker.example.org")
    chosen = secure_site.get("/healthz", base_url="https://matchmaker.example.org")

    [cookie] = cookies_of(answer)
    assert cookie.key.startswith("__Host-")
    assert cookie["secure"]
    assert cookie["path"] == "/"
    assert not cookie["domain"]
    assert chosen.headers["Strict-Transport-Security"]


@pytest.mark.parametrize("host", ["evil.example", "matchmaker.example.org.evil.example", "[::1]x"])
def test_a_foreign_host_name_gets_nothing(secure_site, host):
    answer = secure_site.get("/healthz", base_url="https://matchmaker.example.org",
                             headers={"Host": host})  # fmt: skip

    assert answer.status_code == 400
