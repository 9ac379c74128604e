"""Whether a hidden thing exists changes no page for those who may not know of it."""

from __future__ import annotations

import re

import pytest

from tests.permissions.crawling import text_of
from tests.permissions.walking import WALKERS

pytestmark = pytest.mark.xdist_group("leaks")

OUTSIDERS = (
    "visitor", "owner_lead", "team_lead", "team_other", "reviewer", "finance", "admin", "pm_other",
)  # fmt: skip
PAGES = (
    "/", "/proposals", "/proposals/{proposal}", "/proposals/{proposal}/history",
    "/challenges/{matched}", "/challenges/{challenge}/proposals", "/challenges/{challenge}/history",
    "/challenges/{matched}/matches", "/challenges.json", "/programs", "/calls/{call}",
    "/recommendations", "/notifications", "/audit",
)  # fmt: skip
CHANGING = re.compile(r'name="csrf_token"[^>]*>|csrf-token[^>]*>|[0-9a-f]{12}|/login\?next=\S+')
OFFICE = "pm"
TOLD_OPENLY = {"admin", "finance"}  # that a proposal was handed in, by a 403 at its address


def read(world, role: str, scene: str) -> dict[str, str]:
    """What somebody reads on the pages that could tell, without what changes with every answer."""
    with world.undone(scene):
        things = world.things()
        return {
            page: CHANGING.sub("", text_of(world.get(role, page.format(**things))))
            for page in PAGES
        }


@pytest.mark.parametrize(
    ("with_it", "without_it", "insiders"),
    [
        ("selected+promised", "under_review+promised", set()),
        ("challenge_published", "proposal_draft", {"team_lead"}),
        ("challenge_published", "no_run", set()),
        ("challenge_published", "no_draft", {"owner_lead", "admin"}),
    ],
    ids=["a pending decision", "a sealed proposal", "an unpublished run", "a draft challenge"],
)
def test_whether_it_exists_makes_no_difference_to_others(world, with_it, without_it, insiders):
    assert read(world, OFFICE, with_it) != read(world, OFFICE, without_it)
    for role in OUTSIDERS:
        if role in insiders:
            continue
        one, other = read(world, role, with_it), read(world, role, without_it)
        told = {page for page in PAGES if role in TOLD_OPENLY and page.startswith("/proposals/")}
        differing = [page for page in PAGES if page not in told and one[page] != other[page]]
        assert differing == [], role


def test_the_gate_opens_for_a_team_that_signed_only(world):
    address = f"/challenges/{world.challenge.key}?tab=all"
    secret = "supplier of the glass"
    with world.undone("signed"):
        readers = {role for role in WALKERS if secret in text_of(world.get(role, address))}
    assert readers == {"owner_lead", "pm", "auditor", "team_lead"}
