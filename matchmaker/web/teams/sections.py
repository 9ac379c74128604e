"""The sections of a team that are one form each: what they show, and which verb saves them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from wtforms import Field
from wtforms.fields.choices import SelectFieldBase

from matchmaker import taxonomy
from matchmaker.kernel import formats
from matchmaker.kernel.errors import Invalid, Stale
from matchmaker.organizations import queries as organizations
from matchmaker.organizations.models import Organization
from matchmaker.teams import service
from matchmaker.teams.models import Team
from matchmaker.teams.policy import OF_ORGANIZATION
from matchmaker.web import door, languages
from matchmaker.web.forms import Form, choices
from matchmaker.web.teams.blueprint import LANGUAGES
from matchmaker.web.teams.forms import (
    CapabilitiesForm,
    CapacityForm,
    ProfileForm,
    VisibilityForm,
    capabilities_of,
    capacity_of,
    profile_of,
)
from matchmaker.web.words import REGIONS

Saved = Mapping[str, Any]
NONE = ""


@dataclass(frozen=True)
class Section:
    """One form: how it is made for a team, what it showed, which action it needs, how it saves."""

    form: Callable[[Team], Any]
    saved: Callable[[Team], Saved]
    save: Callable[[Team, Any, int], None]
    action: str = "team.edit_profile"


def saves(section: Section, team: Team, form: Any) -> bool:
    """Save a form that is in order; False when the verb refused, with its reasons at the form."""
    shown = section.saved(team)
    try:
        section.save(team, form, version_of(form))
    except Invalid as refusal:
        form.show(refusal)
    except Stale:
        form.show_stale(differing(form, shown), team.version)
        return not form.theirs
    return not form.errors


def version_of(form: Form) -> int:
    """The version that the form was filled from; 0, which never is one, if it was tampered with."""
    text = str(form["version"].data or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def own_organizations(team: Team | None = None) -> dict[str, Organization]:
    """The organisations that the reader may name for a team, by reference."""
    found = organizations.of_ids(door.db(), door.actor().scopes(*OF_ORGANIZATION))
    if team is not None and team.organization is not None and team.organization not in found:
        found = [team.organization, *found]
    return {organization.ref: organization for organization in found}


def organization_choices(own: Mapping[str, Organization]) -> list[Any]:
    """The organisations as choices, after none."""
    lang = languages.current()
    return choices(
        [(NONE, _("No organisation")), *((ref, o.name.best(lang)[0]) for ref, o in own.items())]
    )


def differing(form: Form, saved: Saved) -> dict[str, str]:
    """What somebody else saved otherwise than it stands in the form, as people read it."""
    return {
        name: _spoken(form[name], content)
        for name, content in saved.items()
        if name != "version" and _plain(content) != _plain(form[name].data)
    }


def _plain(content: Any) -> Any:
    """A value to compare: order and kind of emptiness do not count."""
    return frozenset(content) if isinstance(content, list) else content or None


def _spoken(field: Field, content: Any) -> str:
    """A value with the labels of its choices."""
    if isinstance(content, bool):
        return _("yes") if content else _("no")
    if isinstance(field, SelectFieldBase):
        chosen = content if isinstance(content, list) else [content]
        labels = [str(label) for value, label, *_rest in field.iter_choices() if value in chosen]
        return formats.join(labels, languages.current())
    return str(content if content is not None else "")


def _profile_form(team: Team) -> ProfileForm:
    form = ProfileForm(data=_saved_profile(team))
    form.organization.choices = organization_choices(own_organizations(team))
    return form


def _saved_profile(team: Team) -> Saved:
    return {
        "version": team.version,
        "name_zh": team.name.zh_TW,
        "name_en": team.name.en,
        "profile_zh": team.profile.zh_TW,
        "profile_en": team.profile.en,
        "wishes_zh": team.wishes.zh_TW,
        "wishes_en": team.wishes.en,
        "organization": team.organization.ref if team.organization else NONE,
        "city": team.city,
        "founded": team.founded,
        "website": team.website,
    }


def _save_profile(team: Team, form: ProfileForm, version: int) -> None:
    actor, now = door.actor(), door.now()
    service.edit_profile(door.db(), team, profile_of(form), version=version, actor=actor, now=now)
    chosen = own_organizations(team).get(form.organization.data or NONE)
    if chosen is not team.organization:
        service.set_organization(
            door.db(), team, chosen, version=team.version, actor=actor, now=now
        )


def _capabilities_form(team: Team) -> CapabilitiesForm:
    form = CapabilitiesForm(data=_saved_capabilities(team))
    for kind in ("domains", "technologies", "modalities"):
        form[kind].choices = choices(
            (term.id, term.label.best(languages.current())[0])
            for term in taxonomy.terms(kind).values()
        )
    return form


def _saved_capabilities(team: Team) -> Saved:
    return {
        "version": team.version,
        "domains": team.domains,
        "technologies": team.technologies,
        "modalities": team.modalities,
    }


def _save_capabilities(team: Team, form: CapabilitiesForm, version: int) -> None:
    service.set_capabilities(
        door.db(), team, capabilities_of(form), version=version,
        actor=door.actor(), now=door.now(),
    )  # fmt: skip


def _capacity_form(team: Team) -> CapacityForm:
    form = CapacityForm(data=_saved_capacity(team))
    form.regions.choices = choices(REGIONS.items())
    form.languages.choices = choices(LANGUAGES.items())
    return form


def _saved_capacity(team: Team) -> Saved:
    return {
        "version": team.version,
        "capacity": team.capacity,
        "free_from": team.free_from,
        "regions": team.regions,
        "languages": team.languages,
    }


def _save_capacity(team: Team, form: CapacityForm, version: int) -> None:
    service.set_capacity(
        door.db(), team, capacity_of(form), version=version, actor=door.actor(), now=door.now()
    )


def _visibility_form(team: Team) -> VisibilityForm:
    return VisibilityForm(data=_saved_visibility(team))


def _saved_visibility(team: Team) -> Saved:
    return {"version": team.version, "listed": team.is_listed}


def _save_visibility(team: Team, form: VisibilityForm, version: int) -> None:
    service.set_listed(
        door.db(), team, bool(form.listed.data), version=version,
        actor=door.actor(), now=door.now(),
    )  # fmt: skip


SECTIONS = {
    "profile": Section(_profile_form, _saved_profile, _save_profile),
    "capabilities": Section(_capabilities_form, _saved_capabilities, _save_capabilities),
    "capacity": Section(_capacity_form, _saved_capacity, _save_capacity),
    "visibility": Section(
        _visibility_form, _saved_visibility, _save_visibility, action="team.set_listed"
    ),
}
