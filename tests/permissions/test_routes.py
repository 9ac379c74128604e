"""Every route as every role: what the table of routes says comes back, and nothing else.

A new route needs a row in ``routes.csv``; a failing row prints what was found, to be read
critically before it is written down.
"""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.routing import Rule

from matchmaker.kernel.permissions import Answer
from tests.factories.world import SCENES, VISITOR
from tests.permissions.table import answers, groups
from tests.permissions.walking import OK, SIGN_IN, WALKERS, Walk, walks

pytestmark = pytest.mark.xdist_group("routes")

METHODS = {"GET", "POST"}
REFUSED = {
    Answer.DENY: {"403", "409"},
    Answer.HIDE: {"404", SIGN_IN},
    None: {"403", "404", SIGN_IN},
}
HIDDEN_BEHIND = {
    "proposal:own/draft/edit": "a draft is hidden from the manager, so its form is too",
    "recommendation_run/any/request": "a run that is under way is hidden with its programme",
    "recommendation_run/requested/cancel": "the same",
    "recommendation/suggested/pin": "the matches of a challenge are hidden from teams",
    "recommendation_run/completed/publish": "a run that is not published is hidden from owners",
}
"""Rows that refuse openly where the thing itself is hidden by another row: 404 is right there."""
ELSEWHERE = {
    ("/recommendations/{matched}?team={team}", "pm"): "the manager reads it on the match board",
    ("/recommendations/{matched}?team={team}", "auditor"): "the auditor does the same",
}
"""Who may, but has another page for it."""
OWN_PROGRAMMES = {
    "/matching/runs/new": "the form offers the calls of one's own programmes",
    "/matching/plans/new": "the same",
}
"""Pages without an object of their own, which every manager has."""
UNWELL = {"/readyz": "the database of a test has no record of migrations"}


def rules_of(app: Flask) -> list[tuple[Rule, str]]:
    """Every route with each of its methods."""
    return [
        (rule, method)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) & METHODS)
    ]


@pytest.mark.parametrize("walk", walks(), ids=str)
def test_every_role_gets_what_the_table_of_routes_says(world, walk):
    found = walk.found(world)

    wrong = {role: found[role] for role in WALKERS if not walk.fits(role, found[role])}
    assert not wrong, f"expected {walk.expected}; the row found: {','.join(found.values())}"


def test_every_route_has_a_row(world):
    adapter = world.app.url_map.bind("localhost")
    things = world.things()
    walked = set()
    for walk in walks():
        path = walk.path.format(**things).partition("?")[0]
        rule, values = adapter.match(path, method=walk.method, return_rule=True)
        walked |= {(rule.rule, walk.method, *choices(rule, values))}

    missing = [
        entry
        for rule, method in rules_of(world.app)
        for entry in entries(rule, method)
        if entry not in walked
    ]
    assert missing == []


def entries(rule: Rule, method: str) -> list[tuple[str, ...]]:
    """What has to be walked of a route: each of the words that it offers a choice of."""
    words = [
        converter.items for converter in rule._converters.values() if hasattr(converter, "items")
    ]
    return (
        [(rule.rule, method, choice) for choice in sorted(words[0])]
        if words
        else [(rule.rule, method)]
    )


def choices(rule: Rule, values: dict[str, str]) -> list[str]:
    """The words chosen in an address."""
    return [
        str(values[name])
        for name, converter in rule._converters.items()
        if hasattr(converter, "items")
    ]


def test_no_row_stands_twice_and_every_scene_exists():
    names = [str(walk) for walk in walks()]

    assert sorted(names) == sorted(set(names))
    assert {part for walk in walks() for part in walk.scene.split("+") if part} <= set(SCENES)


def test_nothing_breaks_and_nobody_signed_out_changes_anything():
    for walk in walks():
        broken = [word for word in walk.expected.values() if word.startswith("5")]
        assert not broken or walk.path in UNWELL, walk
    open_to_visitors = {
        walk.path for walk in walks()
        if walk.method == "POST" and walk.expected[VISITOR] not in {SIGN_IN, "403", "404"}
    }  # fmt: skip
    assert open_to_visitors == {
        "/invitations/{invitation_token}", "/login", "/logout", "/password",
        "/password/reset/{reset_token}", "/preferences/hat/platform-0", "/preferences/language",
        "/preferences/theme", "/register", "/verify/{verify_token}",
    }  # fmt: skip


@pytest.mark.parametrize("walk", [walk for walk in walks() if walk.keys], ids=str)
def test_both_tables_say_the_same(walk):
    assert set(walk.keys) <= set(groups()), "no such row in the permission table"
    said: dict[str, Answer | None] = dict.fromkeys(WALKERS)
    for key in walk.keys:
        for role in WALKERS:
            said[role] = answers(key)[role] or said[role]

    wrong = {
        role: (answer, walk.expected[role])
        for role, answer in said.items()
        if walk.expected[role] not in fitting(walk, role, answer)
    }
    assert wrong == {}


def fitting(walk: Walk, role: str, answer: Answer | None) -> set[str]:
    """The statuses that carry out what the permission table says."""
    if (walk.path, role) in ELSEWHERE:
        return REFUSED[None]
    if answer is Answer.YES or (role == "pm_other" and walk.path in OWN_PROGRAMMES):
        return {OK}
    allowed = set(REFUSED[answer])
    if role == VISITOR:
        allowed.add(SIGN_IN)
    if answer is Answer.DENY and any(str(key) in HIDDEN_BEHIND for key in walk.keys):
        allowed.add("404")
    return allowed
