"""What is hidden stands nowhere: not in a page, a file, a feed, a search, a header.

Everybody reads all that they can reach, in a world full of secrets. First the secrets are found
where they may be known; then they are found nowhere else.
"""

from __future__ import annotations

import pytest

from tests.permissions.crawling import Trip, crawl
from tests.permissions.secrets import SECRETS, SHARED, plant
from tests.permissions.walking import WALKERS

READERS = [role for role in WALKERS if role not in {"investor", "signed_in"}]  # as visitors do
pytestmark = pytest.mark.xdist_group("leaks")


@pytest.fixture(scope="module")
def trips(world):
    """What each role read, crawled at first use."""
    with world.undone():
        plant(world)
        made: dict[str, Trip] = {}

        def of(role: str) -> Trip:
            if role not in made:
                made[role] = crawl(world, role, SHARED)
            return made[role]

        yield of


@pytest.mark.parametrize("role", READERS)
def test_everybody_finds_exactly_what_they_may_know(trips, role):
    trip = trips(role)
    found = {secret.word: trip.holding(secret.mark) for secret in SECRETS}

    leaked = {
        secret.what: found[secret.word][:3]
        for secret in SECRETS
        if found[secret.word] and role not in secret.knowers | secret.others
    }
    assert leaked == {}
    unseen = {
        secret.what
        for secret in SECRETS
        if role in secret.knowers and not found[secret.word]
    }  # fmt: skip
    assert unseen == set()


@pytest.mark.parametrize("role", READERS)
def test_no_page_offers_a_link_that_is_refused(trips, role):
    assert trips(role).broken == []
    assert trips(role).dead == []
