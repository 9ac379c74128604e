"""Verbs on organisations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.accounts import service as accounts
from matchmaker.accounts.models import Grant, User
from matchmaker.audit.service import record
from matchmaker.kernel import business_number, search
from matchmaker.kernel.actor import Actor, Role, Scope
from matchmaker.kernel.errors import Invalid, Stale
from matchmaker.kernel.events import publish
from matchmaker.kernel.i18n import Message, msg
from matchmaker.kernel.identifiers import reference
from matchmaker.kernel.localized import Localized
from matchmaker.kernel.permissions import require
from matchmaker.kernel.text import clean
from matchmaker.organizations import policy as _policy  # noqa: F401 - registers its rules
from matchmaker.organizations import queries
from matchmaker.organizations.events import OrganizationRegistered
from matchmaker.organizations.models import Organization, OrganizationTie, OrgType, TieKind


@dataclass(frozen=True)
class Profile:
    """What an organisation says about itself, as it was entered."""

    type: OrgType | None
    name_zh: str = ""
    name_en: str = ""
    business_number: str = ""
    region: str = ""
    city: str = ""
    size: str = ""
    about_zh: str = ""
    about_en: str = ""
    website: str = ""


def register(
    session: Session,
    profile: Profile,
    *,
    actor: Actor,
    now: datetime,
    provenance: str = "own",
) -> Organization:
    """Enter an organisation; the person who does so becomes its first lead.

    Raises:
        Invalid: no name, a wrong business number, or one that is registered already.
    """
    require(actor, "organization.register", None)
    number = _checked(session, profile, None)
    organization = Organization(
        ref=_next_reference(session),
        name=Localized(),
        about=Localized(),
        type=profile.type,
        provenance=provenance,
        created_at=now,
    )
    _fill(organization, profile, number, actor, now)
    session.add(organization)
    session.flush()
    _make_findable(session, organization)
    record(
        session, "organization.register", actor=actor, now=now, kind="organization",
        object_id=organization.id, name=organization.ref, after=_facts(organization),
    )  # fmt: skip
    if actor.user_id is not None:
        lead = session.get_one(User, actor.user_id)
        accounts.give_role(
            session, lead, Role.OWNER_LEAD, Scope.ORGANIZATION, organization.id,
            actor=actor, now=now,
        )  # fmt: skip
    publish(session, OrganizationRegistered(organization.id, now))
    return organization


def edit(
    session: Session,
    organization: Organization,
    profile: Profile,
    *,
    version: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Change what an organisation says about itself.

    Raises:
        NotFound, NotAllowed: by the policy.
        Stale: somebody saved since ``version``.
        Invalid: no name, or a business number that is wrong or taken.
    """
    require(actor, "organization.edit_profile", organization)
    if organization.version != version:
        raise Stale
    number = _checked(session, profile, organization)
    before = _facts(organization)
    organization.type = profile.type
    _fill(organization, profile, number, actor, now)
    organization.version += 1
    session.flush()
    _make_findable(session, organization)
    record(
        session, "organization.edit", actor=actor, now=now, kind="organization",
        object_id=organization.id, name=organization.ref, before=before,
        after=_facts(organization),
    )  # fmt: skip


def end_membership(
    session: Session, organization: Organization, grant: Grant, *, actor: Actor, now: datetime
) -> None:
    """End somebody's role in an organisation.

    Raises:
        NotFound, NotAllowed: by the policy.
        Invalid: it is the last lead.
    """
    require(actor, "organization.manage_members", organization)
    leads = [m for m in queries.members(session, organization.id) if m.role is Role.OWNER_LEAD]
    if grant.role is Role.OWNER_LEAD and len(leads) == 1:
        raise Invalid({"": msg("This is the last lead. Name another lead first.")})
    accounts.take_role(session, grant, actor=actor, now=now)


def declare_tie(
    session: Session,
    origin: Organization,
    target: Organization,
    kind: TieKind,
    *,
    source: str,
    actor: Actor,
    now: datetime,
) -> OrganizationTie:
    """Record that two organisations are bound, which makes a conflict of interest.

    Raises:
        Invalid: an organisation and itself, or a tie that is known already.
    """
    require(actor, "organization.declare_tie", origin)
    if origin.id == target.id:
        raise Invalid({"target": msg("An organisation has no tie with itself.")})
    known = session.scalar(
        select(OrganizationTie.id).where(
            OrganizationTie.from_id == origin.id,
            OrganizationTie.to_id == target.id,
            OrganizationTie.kind == kind,
        )
    )
    if known is not None:
        raise Invalid({"target": msg("This tie is recorded already.")})
    tie = OrganizationTie(
        from_id=origin.id, to_id=target.id, kind=kind, source=clean(source, single_line=True),
        declared_at=now, declared_by=actor.user_id,
    )  # fmt: skip
    session.add(tie)
    session.flush()
    record(
        session, "organization.declare_tie", actor=actor, now=now, kind="organization",
        object_id=origin.id, name=origin.ref,
        after={"to": target.ref, "kind": kind.value},
    )  # fmt: skip
    return tie


def _checked(session: Session, profile: Profile, own: Organization | None) -> str | None:
    """The normalised business number, once everything that was entered is in order."""
    problems: dict[str, Message] = {}
    if not any(clean(name, single_line=True) for name in (profile.name_zh, profile.name_en)):
        problems["name_zh"] = msg("Give the name in at least one language.")
    number = business_number.normalise(profile.business_number) or None
    if number and not business_number.is_valid(number):
        problems["business_number"] = msg(
            "This is no valid business number: eight digits whose check digit fits."
        )
    elif number:
        holder = queries.by_business_number(session, number)
        if holder is not None and holder is not own:
            problems["business_number"] = msg(
                "An organisation with this number is registered already."
            )
    website = profile.website.strip()
    if website and not website.startswith(("https://", "http://")):
        problems["website"] = msg("An address starts with https:// or http://.")
    if problems:
        raise Invalid(problems)
    return number


def _fill(
    organization: Organization, profile: Profile, number: str | None, actor: Actor, now: datetime
) -> None:
    organization.name = organization.name.edited(
        clean(profile.name_zh, single_line=True), clean(profile.name_en, single_line=True),
        by=actor.user_id, at=now,
    )  # fmt: skip
    organization.about = organization.about.edited(
        clean(profile.about_zh), clean(profile.about_en), by=actor.user_id, at=now
    )
    organization.business_number = number
    organization.region = profile.region or None
    organization.city = clean(profile.city, single_line=True) or None
    organization.size = profile.size or None
    organization.website = profile.website.strip() or None


def _make_findable(session: Session, organization: Organization) -> None:
    search.remember(
        session,
        "organization",
        organization.id,
        [
            organization.ref,
            organization.name.zh_TW,
            organization.name.en,
            organization.business_number,
            organization.city,
            organization.about.zh_TW,
            organization.about.en,
        ],
    )


def _facts(organization: Organization) -> Mapping[str, Any]:
    return {
        "name_zh": organization.name.zh_TW,
        "name_en": organization.name.en,
        "type": organization.type.value if organization.type else None,
        "business_number": organization.business_number,
    }


def _next_reference(session: Session) -> str:
    """The next spoken reference; organisations are public, so counting them tells nothing."""
    last = session.scalar(select(func.max(Organization.id))) or 0
    return reference("OR", last + 1)
