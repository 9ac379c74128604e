"""The hats a person wears and the rail of pages that goes with each."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any

from flask import g, request, url_for
from flask_babel import gettext as _

from matchmaker.kernel import names
from matchmaker.kernel.actor import Actor, Hat, Role, Scope
from matchmaker.organizations import queries as organizations
from matchmaker.programs import queries as programs
from matchmaker.teams import queries as teams
from matchmaker.web import door, languages

COOKIE = "hat"
PARTS_OF = {"plans": "matching", "models": "matching"}  # pages of another entry of the rail
Entry = tuple[str, str, dict[str, Any], str, str]
NAMED: dict[Scope, Callable[[Collection[int]], Any]] = {
    Scope.ORGANIZATION: organizations.named,
    Scope.PROGRAM: programs.named,
    Scope.TEAM: teams.named,
}
ORDER = (Scope.PROGRAM, Scope.ORGANIZATION, Scope.TEAM, Scope.PANEL, Scope.PLATFORM)


@dataclass(frozen=True)
class RailItem:
    """One page of the rail."""

    label: str
    url: str
    icon: str
    current: bool = False
    count: int = 0


@dataclass(frozen=True)
class Workspace:
    """One hat as shown in the switcher. ``key`` is ``team-12`` and the like."""

    key: str
    label: str
    url: str
    scope: Scope
    scope_id: int
    roles: frozenset[Role]
    current: bool = False


def workspaces(actor: Actor) -> list[Workspace]:
    """All hats of the actor, grouped by what they are held in. One statement per kind."""
    if "workspaces" not in g:
        g.workspaces = _workspaces(actor) if actor.is_signed_in else []
    found: list[Workspace] = g.workspaces
    return found


def _workspaces(actor: Actor) -> list[Workspace]:
    grouped: dict[tuple[Scope, int], set[Role]] = {}
    for hat in sorted(actor.hats, key=lambda hat: (ORDER.index(hat.scope), hat.scope_id)):
        grouped.setdefault((hat.scope, hat.scope_id), set()).add(hat.role)
    labels = _labels(actor.hats)
    all_of_them = [
        Workspace(
            f"{scope.value}-{scope_id}",
            labels.get((scope, scope_id), _("Platform")),
            url_for("preferences.wear", key=f"{scope.value}-{scope_id}"),
            scope,
            scope_id,
            frozenset(roles),
        )
        for (scope, scope_id), roles in grouped.items()
    ]
    chosen = request.cookies.get(COOKIE)
    keys = [workspace.key for workspace in all_of_them]
    current = chosen if chosen in keys else (keys[0] if keys else None)
    return [replace(w, current=w.key == current) for w in all_of_them]


def _labels(hats: frozenset[Hat]) -> dict[tuple[Scope, int], str]:
    """Names of everything a role is held in. One statement, whatever kinds of things they are."""
    ids = {scope: {hat.scope_id for hat in hats if hat.scope is scope} for scope in NAMED}
    named = {scope.value: NAMED[scope](held) for scope, held in ids.items() if held}
    found = names.best(door.db(), named, languages.current())
    return {(Scope(scope), key): name for (scope, key), name in found.items()}


def current(actor: Actor) -> Workspace | None:
    """The hat that is being worn."""
    return next((w for w in workspaces(actor) if w.current), None)


def rail(actor: Actor) -> list[RailItem]:
    """The pages of the present hat, in the order of the design."""
    workspace = current(actor)
    if not actor.is_signed_in:
        return []
    pages: list[Entry] = [("home", "home.index", {}, _("Home"), "inbox")]
    if workspace is not None:
        pages += _pages_of(workspace)
    if actor.holds(Role.ADMIN) and (workspace is None or workspace.scope is Scope.PLATFORM):
        pages += _admin_pages()
    elif actor.holds(Role.AUDITOR):
        pages += [("audit", "audit.index", {}, _("Audit log"), "scroll-text")]
    return [
        RailItem(label, url_for(endpoint, **values), icon, _is_current(endpoint, key))
        for key, endpoint, values, label, icon in pages
    ]


def _pages_of(workspace: Workspace) -> list[Entry]:
    if workspace.scope is Scope.TEAM:
        return [
            ("recommendations", "matching.for_my_team", {}, _("Find challenges"), "search"),
            ("proposals", "proposals.index", {}, _("Proposals"), "file-text"),
            ("teams", "teams.mine", {}, _("Team profile"), "users"),
        ]
    if workspace.scope is Scope.ORGANIZATION:
        return [
            ("challenges", "challenges.mine", {}, _("My challenges"), "target"),
            ("proposals", "proposals.index", {}, _("Proposals"), "file-text"),
            ("organizations", "organizations.mine", {}, _("Organisation"), "building"),
        ]
    if workspace.scope is Scope.PROGRAM and Role.PM in workspace.roles:
        return [
            ("programs", "programs.index", {}, _("Calls"), "calendar"),
            ("challenges", "challenges.queue", {}, _("Challenges"), "target"),
            ("matching", "matching.index", {}, _("Matching"), "puzzle"),
            ("proposals", "proposals.index", {}, _("Proposals"), "file-text"),
            ("teams", "teams.index", {}, _("Teams"), "users"),
            ("messages", "messages.index", {}, _("Messages"), "mail"),
            ("audit", "audit.index", {}, _("Audit log"), "scroll-text"),
        ]
    return []


def _admin_pages() -> list[Entry]:
    return [
        ("admin", "admin.accounts", {}, _("Accounts"), "users"),
        ("programs", "programs.index", {}, _("Programmes"), "calendar"),
        ("organizations", "organizations.index", {}, _("Organisations"), "building"),
        ("models", "models.index", {}, _("Ranking models"), "scale"),
        ("messages", "messages.index", {}, _("Messages"), "mail"),
        ("audit", "audit.index", {}, _("Audit log"), "scroll-text"),
    ]


def _is_current(endpoint: str, key: str) -> bool:
    if request.endpoint == endpoint:
        return True
    shown = request.blueprint or ""
    return key in (shown, PARTS_OF.get(shown)) and key != "home"
