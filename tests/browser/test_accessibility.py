"""Every page, for everybody who may read it: reachable, readable, whole, and in one language.

A walk follows real links from the first page on. The first reader of a page looks at it in the
browser, and so does everybody to whom it shows something of a form that nobody has met before.
Looks go in turn through Chinese and English, light and dark, desk and phone.
"""

from __future__ import annotations

from flask import Flask

from tests.browser.conftest import Enter
from tests.browser.looking import AXE
from tests.browser.site import Site
from tests.browser.walking import Walk, Walker

ROLES = (
    None, "owner_lead", "team_lead", "pm", "admin", "auditor", "owner_member", "team_member",
    "finance", "reviewer", "review_chair",
)  # fmt: skip
LEAST = 2  # looks at a page; at one of its sections or tabs one will do

# Pages that no page links to, but somebody opens by their address.
STARTS = {"admin": ["/admin/styleguide", "/admin/styleguide/wizard", "/admin/styleguide/sign-in"]}
# Pages that no link of the demo leads to, each with the reason.
UNVISITED: dict[str, str] = {}


def test_every_page_is_good_for_everybody_who_may_read_it(
    site: Site, enter: Enter, built_app: Flask
) -> None:
    walk = Walk(built_app)
    for role in ROLES:
        walker_of(walk, site, enter, role).go_round("/", *STARTS.get(role or "", ()))
    look_again(walk, site, enter)
    assert not walk.wrong, "\n".join([f"{len(walk.wrong)} faults", *walk.wrong])
    pages = {r.endpoint for r in built_app.url_map.iter_rules() if "GET" in (r.methods or ())}
    assert pages - {kind[0] for kind in walk.met} == set(UNVISITED)


def walker_of(walk: Walk, site: Site, enter: Enter, role: str | None) -> Walker:
    context = enter(site, role)
    context.add_init_script(path=AXE)
    return Walker(walk, role, context.new_page(), site)


def look_again(walk: Walk, site: Site, enter: Enter) -> None:
    """Look a second time at what was looked at once, in everything the other way round."""
    rest = [kind for kind in walk.places if len(kind) == 1 and walk.looks[kind] < LEAST]
    for role in {walk.places[kind][0] for kind in rest}:
        walker = walker_of(walk, site, enter, role)
        for kind in rest:
            whose, path = walk.places[kind]
            if whose == role:
                walker.look_at(path, kind)
