"""Forms of teams, and what the verbs take out of them."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectField, SelectMultipleField
from wtforms.form import BaseForm
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from matchmaker.teams.entries import (
    ADDRESS,
    LINE,
    MOST_AT_A_TIME,
    NAME,
    PARAGRAPH,
    PLACE,
    PROFILE_EN,
    PROFILE_ZH,
    Capabilities,
    Capacity,
    Credential,
    Person,
    Profile,
    Project,
)
from matchmaker.teams.models import EvidenceKind
from matchmaker.web.forms import Day, Form, Line, Paragraph, Whole

LAST_YEAR = 9999  # the verb knows which year it is


class OneSide(Line):
    """One language of a text that must be there in either; the verb checks that."""

    def __init__(self, label: Any, **kwargs: Any):
        super().__init__(label, render_kw={"required": False}, **kwargs)
        self.flags.required = True


class Several(SelectMultipleField):
    """Boxes to tick, any number of them; the verb refuses what is not in the list."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: Any, **kwargs: Any):
        super().__init__(label, validate_choice=False, **kwargs)


class OneOf(SelectField):
    """One of a list, refused in our own words."""

    def __init__(self, label: Any, *, needed: bool = False, **kwargs: Any):
        super().__init__(label, **kwargs)
        self.flags.required = needed

    def pre_validate(self, form: BaseForm) -> None:
        """Accept only what was offered."""
        if self.data not in {value for value, *_rest in self.iter_choices()}:
            raise ValidationError(_("Choose from the list."))


class _ProfileFields(Form):
    """Who the team is and what it solves."""

    name_zh = OneSide(_l("Name in Chinese"), most=NAME)
    name_en = OneSide(_l("Name in English"), most=NAME)
    profile_zh = Paragraph(_l("What the team solves, in Chinese"), most=PROFILE_ZH)
    profile_en = Paragraph(_l("What the team solves, in English"), most=PROFILE_EN)
    city = Line(_l("City or county"), most=PLACE)
    founded = Whole(_l("Founded in"), high=LAST_YEAR)
    website = Line(_l("Website"), most=ADDRESS)


class FoundingForm(_ProfileFields):
    """The first page of a team."""

    organization = OneOf(_l("Organisation"), default="")


class ProfileForm(_ProfileFields):
    """The profile with wishes that only the inner circle reads."""

    version = HiddenField()
    organization = OneOf(_l("Organisation"), default="")
    wishes_zh = Paragraph(_l("Wishes and exclusions, in Chinese"), most=PROFILE_EN)
    wishes_en = Paragraph(_l("Wishes and exclusions, in English"), most=PROFILE_EN)


class CapabilitiesForm(Form):
    """What the team can do, in terms of the taxonomy."""

    version = HiddenField()
    domains = Several(_l("Industries"))
    technologies = Several(_l("Technologies"))
    modalities = Several(_l("Kinds of data"))


class CapacityForm(Form):
    """How much the team can take on, where and in which languages."""

    version = HiddenField()
    capacity = Whole(_l("PoCs at a time"), high=MOST_AT_A_TIME, needed=True)
    free_from = Day(_l("Free from"))
    regions = Several(_l("Regions"))
    languages = Several(_l("Languages"))


class ProjectForm(Form):
    """Something the team has done."""

    version = HiddenField()
    title_zh = OneSide(_l("Title in Chinese"), most=LINE)
    title_en = OneSide(_l("Title in English"), most=LINE)
    body_zh = Paragraph(_l("What was done, in Chinese"), most=PARAGRAPH)
    body_en = Paragraph(_l("What was done, in English"), most=PARAGRAPH)
    results = Paragraph(_l("Result"), most=PARAGRAPH)
    evidence = OneOf(_l("Proof of the result"), needed=True)
    evidence_note = Line(_l("Where the proof can be seen"), most=ADDRESS)
    year = Whole(_l("Year"), high=LAST_YEAR)
    site = Line(_l("Site"), most=LINE)


class CertificateForm(Form):
    """A certificate that the team holds."""

    version = HiddenField()
    name = Line(_l("Certificate"), most=LINE, needed=True)
    issuer = Line(_l("Issued by"), most=LINE)
    year = Whole(_l("Year"), high=LAST_YEAR)
    expires_on = Day(_l("Valid until"))


class PersonForm(Form):
    """Somebody of the team."""

    name = Line(_l("Full name"), most=NAME, needed=True)
    title = Line(_l("Task in the team"), most=NAME)


class VisibilityForm(Form):
    """Whether the team is public."""

    version = HiddenField()
    listed = BooleanField(_l("Show the team in the public list and recommend it for challenges"))


def profile_of(form: FoundingForm | ProfileForm) -> Profile:
    """The profile that was entered."""
    return Profile(
        name_zh=form.name_zh.data or "",
        name_en=form.name_en.data or "",
        profile_zh=form.profile_zh.data or "",
        profile_en=form.profile_en.data or "",
        wishes_zh=form.wishes_zh.data or "" if isinstance(form, ProfileForm) else "",
        wishes_en=form.wishes_en.data or "" if isinstance(form, ProfileForm) else "",
        city=form.city.data or "",
        founded=form.founded.data,
        website=form.website.data or "",
    )


def capabilities_of(form: CapabilitiesForm) -> Capabilities:
    """The terms that were ticked."""
    return Capabilities(
        form.domains.data or [], form.technologies.data or [], form.modalities.data or []
    )


def capacity_of(form: CapacityForm) -> Capacity:
    """The room that was entered."""
    return Capacity(
        form.capacity.data or 0,
        form.free_from.data,
        form.regions.data or [],
        form.languages.data or [],
    )


def project_of(form: ProjectForm) -> Project:
    """The project that was entered."""
    return Project(
        title_zh=form.title_zh.data or "",
        title_en=form.title_en.data or "",
        body_zh=form.body_zh.data or "",
        body_en=form.body_en.data or "",
        year=form.year.data,
        site=form.site.data or "",
        results=form.results.data or "",
        evidence=EvidenceKind(form.evidence.data),
        evidence_note=form.evidence_note.data or "",
    )


def certificate_of(form: CertificateForm) -> Credential:
    """The certificate that was entered."""
    return Credential(
        form.name.data or "", form.issuer.data or "", form.year.data, form.expires_on.data
    )


def person_of(form: PersonForm) -> Person:
    """The person who was entered."""
    return Person(form.name.data or "", form.title.data or "")
