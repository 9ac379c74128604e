"""Verbs on teams and what they say about themselves.

Verbs on past projects and certificates stand in ``portfolio``, those on people in ``membership``;
all of them are reached from here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.kernel.actor import Actor
from matchmaker.kernel.events import publish
from matchmaker.kernel.i18n import msg
from matchmaker.kernel.identifiers import reference
from matchmaker.kernel.localized import Localized
from matchmaker.kernel.permissions import require
from matchmaker.organizations.models import Organization
from matchmaker.teams import recording
from matchmaker.teams.entries import (
    FURTHEST_AHEAD,
    LANGUAGES,
    MOST_AT_A_TIME,
    NAME,
    PLACE,
    PROFILE_EN,
    PROFILE_ZH,
    REGIONS,
    Capabilities,
    Capacity,
    Check,
    Credential,
    Person,
    Profile,
    Project,
)
from matchmaker.teams.events import TeamCreated
from matchmaker.teams.membership import (
    add_member,
    edit_member,
    end_membership,
    enter_founder,
    join,
    make_lead,
)
from matchmaker.teams.models import Team
from matchmaker.teams.portfolio import (
    add_certificate,
    add_project,
    edit_certificate,
    edit_project,
    move_project,
    remove_certificate,
    remove_project,
)

__all__ = [
    "Capabilities", "Capacity", "Credential", "Person", "Profile", "Project",
    "add_certificate", "add_member", "add_project", "create", "edit_certificate", "edit_member",
    "edit_profile", "edit_project", "end_membership", "join", "make_lead", "move_project",
    "remove_certificate", "remove_project", "set_capabilities", "set_capacity", "set_listed",
    "set_organization",
]  # fmt: skip


def create(
    session: Session,
    content: Profile,
    *,
    actor: Actor,
    now: datetime,
    organization: Organization | None = None,
    provenance: str = "own",
) -> Team:
    """Found a team; the person who does so becomes its representative.

    Raises:
        NotAllowed: a visitor, or somebody who does not speak for the organisation.
        Invalid: an entry that cannot be accepted.
    """
    require(actor, "team.create", organization)
    entries = _profile(content, now)
    team = Team(
        ref=_next_reference(session), organization=organization, name=Localized(),
        profile=Localized(), wishes=Localized(), provenance=provenance, created_at=now,
        edited_at=now, edited_by=actor.user_id,
    )  # fmt: skip
    _fill(team, entries, actor, now)
    session.add(team)
    session.flush()
    recording.remember(session, team)
    recording.note(session, team, "team.create", actor=actor, now=now, after=_facts(team))
    if actor.user_id is not None:
        enter_founder(session, team, actor=actor, now=now)
    publish(session, TeamCreated(team.id, actor.user_id, now))
    return team


def edit_profile(
    session: Session, team: Team, content: Profile, *, version: int, actor: Actor, now: datetime
) -> None:
    """Change who the team says it is and what it solves.

    Raises:
        NotFound, NotAllowed: by the policy.
        Stale: somebody saved since ``version``.
        Invalid: an entry that cannot be accepted.
    """
    require(actor, "team.edit_profile", team)
    recording.expect(team, version)
    entries = _profile(content, now)
    before = _facts(team)
    _fill(team, entries, actor, now)
    recording.profile_changed(
        session, team, "team.edit_profile", actor=actor, now=now, before=before,
        after=_facts(team),
    )  # fmt: skip


def set_organization(
    session: Session,
    team: Team,
    organization: Organization | None,
    *,
    version: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Say for which organisation the team works; None for none.

    Raises:
        NotFound, NotAllowed: by the policy, or the actor does not speak for the organisation.
        Stale: somebody saved since ``version``.
    """
    require(actor, "team.edit_profile", team)
    if organization is not None:
        require(actor, "team.create", organization)
    recording.expect(team, version)
    before = {"organization": team.organization.ref if team.organization else None}
    team.organization = organization
    recording.profile_changed(
        session, team, "team.set_organization", actor=actor, now=now, before=before,
        after={"organization": organization.ref if organization else None},
    )  # fmt: skip


def set_capabilities(
    session: Session,
    team: Team,
    content: Capabilities,
    *,
    version: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Claim domains, technologies and kinds of data.

    Raises:
        NotFound, NotAllowed: by the policy.
        Stale: somebody saved since ``version``.
        Invalid: a term that the taxonomy does not have.
    """
    require(actor, "team.edit_profile", team)
    recording.expect(team, version)
    check = Check(now)
    chosen = {kind: check.terms(kind, getattr(content, kind)) for kind in recording.OF_TAXONOMY}
    check.settle()
    before = {kind: getattr(team, kind) for kind in chosen}
    for kind, terms in chosen.items():
        setattr(team, kind, terms)
    recording.tag(session, team)
    recording.profile_changed(
        session, team, "team.set_capabilities", actor=actor, now=now, before=before, after=chosen
    )


def set_capacity(
    session: Session, team: Team, content: Capacity, *, version: int, actor: Actor, now: datetime
) -> None:
    """Say how many PoCs fit at a time, from when, where, and in which languages.

    Raises:
        NotFound, NotAllowed: by the policy.
        Stale: somebody saved since ``version``.
        Invalid: a negative number, a day too far away, an unknown region or language.
    """
    require(actor, "team.edit_profile", team)
    recording.expect(team, version)
    check = Check(now)
    capacity = check.number("capacity", content.capacity, MOST_AT_A_TIME)
    free_from = check.ahead("free_from", content.free_from, FURTHEST_AHEAD)
    regions = check.words("regions", content.regions, REGIONS)
    languages = check.words("languages", content.languages, LANGUAGES)
    check.settle()
    before = _availability(team)
    team.capacity, team.free_from = capacity, free_from
    team.regions, team.languages = regions, languages
    recording.tag(session, team)
    recording.profile_changed(
        session, team, "team.set_capacity", actor=actor, now=now, before=before,
        after=_availability(team),
    )  # fmt: skip


def set_listed(
    session: Session, team: Team, listed: bool, *, version: int, actor: Actor, now: datetime
) -> None:
    """Put the team into the public list and into matching, or take it out.

    Raises:
        NotFound, NotAllowed: by the policy.
        Stale: somebody saved since ``version``.
    """
    require(actor, "team.set_listed", team)
    recording.expect(team, version)
    before = {"is_listed": team.is_listed}
    team.is_listed = listed
    recording.profile_changed(
        session, team, "team.set_listed", actor=actor, now=now, before=before,
        after={"is_listed": listed},
    )  # fmt: skip


def _profile(content: Profile, now: datetime) -> Mapping[str, Any]:
    """The entries as they will be stored, once all are in order."""
    check = Check(now)
    entries: dict[str, Any] = {
        "name_zh": check.line("name_zh", content.name_zh, NAME),
        "name_en": check.line("name_en", content.name_en, NAME),
        "profile_zh": check.text("profile_zh", content.profile_zh, PROFILE_ZH),
        "profile_en": check.text("profile_en", content.profile_en, PROFILE_EN),
        "wishes_zh": check.text("wishes_zh", content.wishes_zh, PROFILE_EN),
        "wishes_en": check.text("wishes_en", content.wishes_en, PROFILE_EN),
        "city": check.line("city", content.city, PLACE) or None,
        "founded": check.year("founded", content.founded),
        "website": check.website("website", content.website) or None,
    }
    check.either(
        "name_zh", entries["name_zh"], entries["name_en"],
        msg("Give the name in at least one language."),
    )  # fmt: skip
    check.settle()
    return entries


def _fill(team: Team, entries: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    for side in ("name", "profile", "wishes"):
        text: Localized = getattr(team, side)
        changed = text.edited(
            entries[f"{side}_zh"], entries[f"{side}_en"], by=actor.user_id, at=now
        )
        setattr(team, side, changed)
    team.city, team.founded, team.website = entries["city"], entries["founded"], entries["website"]


def _facts(team: Team) -> Mapping[str, Any]:
    """What the record keeps of a profile."""
    return {
        "name_zh": team.name.zh_TW,
        "name_en": team.name.en,
        "profile_zh": team.profile.zh_TW,
        "profile_en": team.profile.en,
        "wishes_zh": team.wishes.zh_TW,
        "wishes_en": team.wishes.en,
        "city": team.city,
        "founded": team.founded,
        "website": team.website,
    }


def _availability(team: Team) -> Mapping[str, int | str | Sequence[str] | None]:
    return {
        "capacity": team.capacity,
        "free_from": team.free_from.isoformat() if team.free_from else None,
        "regions": team.regions,
        "languages": team.languages,
    }


def _next_reference(session: Session) -> str:
    """The next spoken reference."""
    return reference("TM", (session.scalar(select(func.max(Team.id))) or 0) + 1)
