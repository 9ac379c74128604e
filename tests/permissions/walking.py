"""The table of routes (``routes.csv``) and how one of its rows is walked.

Columns: the request, the scene it is made in (see ``tests/factories/world.py``), the rows of the
permission table that speak of it (object/state/action, several joined by ``;``), and for every
role what comes back: ``ok``, ``login`` (the reader is sent to the sign-in page) or the status.
A form that is refused for what it says (422) was let in, so it is ``ok``; so is one refused for its
version (409), unless the row says that it is the state that refuses.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from werkzeug.test import TestResponse

from tests.factories.world import PASSWORD, ROLES, World
from tests.permissions.table import Key

TABLE = Path(__file__).parent / "routes.csv"
WALKERS = tuple(role for role in ROLES if role not in {"mentor", "coordinator"})
BRIEFLY = {"Accept": "application/json"}  # refusals without a page around them
OK, SIGN_IN = "ok", "login"
REASON = {"reason": "Because of this"}
PAIR = "/challenges/{matched}/matches/{team}/"
TEAM = "/teams/{team}/"
BODIES: dict[str, dict[str, str]] = {
    "/login": {"email": "nobody@example.org", "password": PASSWORD},
    "/preferences/language": {"lang": "en"},
    "/preferences/theme": {"theme": "dark"},
    "/challenges/queue/publish": {"key": "{challenge}", "confirmed": "yes"},
    "/challenges/{challenge}/reject": REASON,
    "/challenges/{challenge}/pause": REASON,
    "/challenges/{challenge}/ask-withdrawal": REASON,
    "/challenges/{challenge}/terms": {"team": "{team_id}"},
    TEAM + "edit/members": {"name": "New Person"},
    **{
        TEAM + rest: {"version": "{team_version}"}
        for rest in (
            "projects/{project}/up", "projects/{project}/down", "projects/{project}/remove",
            "certificates/{certificate}/remove",
        )
    },
    **{
        PAIR + verb: {"version": "{candidacy_version}"}
        for verb in ("pin", "unpin", "shortlist", "unshortlist", "invite", "uninvite", "reconsider")
    },
}  # fmt: skip
"""What is sent where an empty form would not reach the decision, by the path of the table."""


@dataclass(frozen=True)
class Walk:
    """One row of the table."""

    method: str
    path: str
    scene: str
    keys: tuple[Key, ...]
    expected: dict[str, str]

    def __str__(self) -> str:
        return " ".join(filter(None, (self.method, self.path, self.scene and f"[{self.scene}]")))

    def fits(self, role: str, word: str) -> bool:
        """Whether what came back is what the row says."""
        if word == "409" and self.method == "POST" and self.expected[role] == OK:
            return True
        return word == self.expected[role]

    def answered(self, world: World, role: str, things: dict[str, Any]) -> TestResponse:
        """What somebody gets; what the request changes is forgotten."""
        path = self.path.format(**things)
        if self.method == "GET":
            return world.get(role, path, headers=BRIEFLY)
        body = {name: text.format(**things) for name, text in BODIES.get(self.path, {}).items()}
        with world.undone():
            return world.post(role, path, body, headers=BRIEFLY)

    def found(self, world: World) -> dict[str, str]:
        """What each role gets, as the table writes it."""
        with world.undone(self.scene):
            things = world.things()
            return {role: word(self.answered(world, role, things)) for role in WALKERS}


@cache
def walks() -> list[Walk]:
    """Every row of the table."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [
            Walk(
                row["method"],
                row["path"],
                row["scene"],
                tuple(Key(*text.split("/")) for text in row["rows"].split(";") if text),
                {role: row[role] for role in WALKERS},
            )
            for row in csv.DictReader(file)
        ]


def word(answer: TestResponse) -> str:
    """What came back, as the table writes it."""
    status = answer.status_code
    if status == 302 and answer.headers["Location"].startswith("/login"):
        return SIGN_IN
    if status < 400 or (status == 422 and answer.request.method == "POST"):
        return OK
    return str(status)
