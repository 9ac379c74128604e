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
from tests.browser.traces import leave_traces
from tests.browser.walking import Walk, Walker

ROLES = (
    None, "owner_lead", "team_lead", "pm", "admin", "auditor", "owner_member", "team_member",
    "finance", "reviewer", "review_chair",
)  # fmt: skip
LEAST = 2  # looks at a page; at one of its sections or tabs one will do

# Pages that no page links to, but somebody opens by their address.
STARTS = {
    None: ["/register/sent", "/password/sent"],
    "admin": [
        *(f"/admin/styleguide{page}" for page in ("", "/wizard", "/sign-in")),
        *(f"/admin/styleguide/errors/{code}" for code in (400, 403, 404, 409, 413, 429, 500, 503)),
    ],
    "pm": ["/matching/invitations?call=ai-match-115-2"],
}
# Pages that nobody walks to, each with the reason.
UNVISITED = {
    "assets.file": "style, script and pictures of the pages",
    "accounts.code": "looked at where a second step is set up",
    "admin.reset_second_factor": "looked at where a second step is set up",
    "health.alive": "for machines",
    "health.ready": "for machines",
    "matching.progress": "a part of the page of a run",
    "models.activate": "the demo has too few decisions for a model that wins",
    "models.progress": "a part of the page of a model",
    "models.roll_back": "the demo has too few decisions for a model that wins",
    "plans.progress": "a part of the page of a plan",
    "challenges.terms": "no problem of the demo has a confidential part",
    "teams.make_lead": "only the lead of the demo's team has an account that counts",
    "teams.end_membership": "the people of the demo's team are fixed by its proposals",
}
EXAMPLE_HEADINGS = "2 headings of the first level"  # the style guide shows the head of a page


def test_every_page_is_good_for_everybody_who_may_read_it(
    site: Site, enter: Enter, built_app: Flask
) -> None:
    walk = Walk(built_app)
    traces = leave_traces(site, enter)
    for role in ROLES:
        walker = walker_of(walk, site, enter, role)
        walker.go_round("/", *STARTS.get(role, []), *traces.get(role, []))
    look_again(walk, site, enter)
    wrong = [f for f in walk.wrong if not f.endswith(f"/admin/styleguide: {EXAMPLE_HEADINGS}")]
    pages = {r.endpoint for r in built_app.url_map.iter_rules() if "GET" in (r.methods or ())}
    missed = pages - {kind[0] for kind in walk.met}
    wrong += [f"nobody came to {endpoint}" for endpoint in sorted(missed - set(UNVISITED))]
    wrong += [f"{endpoint} was visited after all" for endpoint in set(UNVISITED) - missed]
    assert wrong == [], "\n".join([f"{len(wrong)} faults", *wrong])


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
