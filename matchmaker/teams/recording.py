"""What every change of a team leaves behind: version, search entry, audit entry, event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from matchmaker import taxonomy
from matchmaker.audit.service import record
from matchmaker.kernel import search
from matchmaker.kernel.actor import Actor
from matchmaker.kernel.errors import Stale
from matchmaker.kernel.events import publish
from matchmaker.kernel.localized import Localized
from matchmaker.teams.events import TeamProfileChanged
from matchmaker.teams.models import Team, TeamTag

TAGGED = ("domains", "technologies", "modalities", "regions", "languages")
OF_TAXONOMY = ("domains", "technologies", "modalities")


def expect(team: Team, version: int) -> None:
    """Go on only if nobody saved since ``version``.

    Raises:
        Stale: somebody did.
    """
    if team.version != version:
        raise Stale


def profile_changed(
    session: Session,
    team: Team,
    action: str,
    *,
    actor: Actor,
    now: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Count the change, make the team findable by it, write it down and tell others.

    Saving what stands there already is no change.
    """
    if before is not None and before == after:
        return
    touch(session, team, actor=actor, now=now)
    remember(session, team)
    note(session, team, action, actor=actor, now=now, before=before, after=after)
    publish(session, TeamProfileChanged(team.id, team.version, now))


def touch(session: Session, team: Team, *, actor: Actor, now: datetime) -> None:
    """Count one more version and say whose it is."""
    team.version += 1
    team.edited_at = now
    team.edited_by = actor.user_id
    session.flush()


def note(
    session: Session,
    team: Team,
    action: str,
    *,
    actor: Actor,
    now: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write an entry about the team, holding only the values that differ."""
    old, new = dict(before or {}), dict(after or {})
    same = {name for name in old.keys() & new.keys() if old[name] == new[name]}
    record(
        session, action, actor=actor, now=now, kind="team", object_id=team.id, name=team.ref,
        before={name: value for name, value in old.items() if name not in same},
        after={name: value for name, value in new.items() if name not in same},
    )  # fmt: skip


def tag(session: Session, team: Team) -> None:
    """Keep the tags that facets count equal to the lists, wider terms included."""
    wanted = {(kind, term) for kind in TAGGED for term in _widened(kind, getattr(team, kind))}
    kept = {(each.kind, each.term) for each in team.tags}
    team.tags = [each for each in team.tags if (each.kind, each.term) in wanted]
    team.tags += [TeamTag(kind=kind, term=term) for kind, term in sorted(wanted - kept)]
    session.flush()


def _widened(kind: str, ids: list[str]) -> set[str]:
    """The terms with all that are wider, so that who knows insurance is found under finance."""
    found = set(ids)
    if kind in OF_TAXONOMY:
        terms = taxonomy.terms(kind)
        for term in ids:
            wider = terms[term].parent
            while wider is not None and wider not in found:
                found.add(wider)
                wider = terms[wider].parent
    return found


def remember(session: Session, team: Team) -> None:
    """Make the team findable by what everybody may read, and by nothing else.

    Names of people and wishes stay out: a search that finds them would tell them.
    """
    texts: list[str | None] = [team.ref, team.city, *_sides(team.name), *_sides(team.profile)]
    if team.organization is not None:
        texts += [*_sides(team.organization.name), team.organization.business_number]
    for kind in OF_TAXONOMY:
        for term in getattr(team, kind):
            texts += _sides(taxonomy.label(kind, term))
    for project in team.projects:
        texts += [*_sides(project.title), *_sides(project.body), project.site, project.results]
    for held in team.certificates:
        texts += [held.name, held.issuer]
    search.remember(session, "team", team.id, texts)


def _sides(text: Localized) -> list[str | None]:
    return [text.zh_TW, text.en]
