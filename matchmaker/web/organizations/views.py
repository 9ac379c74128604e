"""Pages of organisations: list, page, registration, profile, people."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker import taxonomy
from matchmaker.kernel.actor import Role, Scope
from matchmaker.kernel.errors import Invalid, Stale
from matchmaker.kernel.permissions import can, require
from matchmaker.organizations import queries, service
from matchmaker.organizations.models import Organization, OrgType
from matchmaker.web import door, languages
from matchmaker.web.accounts.inviting import open_for
from matchmaker.web.forms import choices
from matchmaker.web.organizations.forms import ProfileForm

bp = Blueprint("organizations", __name__, url_prefix="/organizations")


@bp.get("")
def index() -> str:
    """All organisations, newest first."""
    query = request.args.get("q", "")[:100]
    chosen = request.args.get("type", "")
    page = queries.listing(
        door.db(),
        query=query,
        type=OrgType(chosen) if chosen in set(OrgType) else None,
        before_id=request.args.get("before", type=int),
    )
    return render_template(
        "organizations/index.html", page=page, query=query, chosen=chosen, types=_types()
    )


@bp.get("/mine")
@login_required
def mine() -> Response:
    """The organisation that the reader speaks for, or the form to register one."""
    ids = door.actor().scopes(Role.OWNER_LEAD, Role.OWNER_MEMBER)
    own = queries.of_ids(door.db(), ids)
    if not own:
        return redirect(url_for(".new"))
    return redirect(url_for(".detail", key=own[0].ref))


@bp.route("/new", methods=["GET", "POST"])
@login_required
def new() -> Response | tuple[str, int]:
    """Register an organisation."""
    require(door.actor(), "organization.register", None)
    form = _form()
    if form.validate_on_submit():
        try:
            made = service.register(door.db(), _profile(form), actor=door.actor(), now=door.now())
        except Invalid as refusal:
            form.show(refusal)
        else:
            flash(_("The organisation is registered. You are its first lead."), "success")
            return redirect(url_for(".detail", key=made.ref))
    body = render_template("organizations/edit.html", form=form, organization=None)
    return body, form.status


@bp.get("/<key>")
def detail(key: str) -> str:
    """The page of one organisation."""
    organization = queries.get(door.db(), key)
    actor = door.actor()
    may_manage = bool(can(actor, "organization.manage_members", organization))
    return render_template(
        "organizations/detail.html",
        organization=organization,
        members=queries.members(door.db(), organization.id) if _sees_members(organization) else [],
        ties=queries.ties(door.db(), organization.id) if _sees_members(organization) else [],
        sees_members=_sees_members(organization),
        may_edit=bool(can(actor, "organization.edit_profile", organization)),
        may_manage=may_manage,
        open_invitations=open_for(Scope.ORGANIZATION, organization.id) if may_manage else [],
    )


@bp.route("/<key>/edit", methods=["GET", "POST"])
@login_required
def edit(key: str) -> Response | tuple[str, int]:
    """Change what an organisation says about itself."""
    organization = queries.get(door.db(), key)
    require(door.actor(), "organization.edit_profile", organization)
    form = _form(organization)
    if form.validate_on_submit():
        try:
            service.edit(
                door.db(),
                organization,
                _profile(form),
                version=form.opened_version,
                actor=door.actor(),
                now=door.now(),
            )
        except Invalid as refusal:
            form.show(refusal)
        except Stale:
            form.show_stale(_saved(organization), organization.version)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for(".detail", key=organization.ref))
    body = render_template("organizations/edit.html", form=form, organization=organization)
    return body, form.status


@bp.post("/<key>/members/<int:grant_id>/end")
@login_required
def end_membership(key: str, grant_id: int) -> Response:
    """End somebody's role."""
    organization = queries.get(door.db(), key)
    require(door.actor(), "organization.manage_members", organization)
    grant = queries.grant(door.db(), organization.id, grant_id)
    service.end_membership(door.db(), organization, grant, actor=door.actor(), now=door.now())
    flash(_("The role has ended."), "success")
    return redirect(url_for(".detail", key=key))


def _types() -> list[tuple[str, str]]:
    """Kinds of organisations with their labels, for a list of choices."""
    lang = languages.current()
    return [
        (kind.value, taxonomy.label("organisation_types", kind).best(lang)[0]) for kind in OrgType
    ]


def _sees_members(organization: Organization) -> bool:
    """Names of people are for the organisation itself and for staff."""
    return door.actor().holds_any(
        {Role.OWNER_LEAD, Role.OWNER_MEMBER}, organization.id
    ) or door.actor().holds_any({Role.PM, Role.ADMIN, Role.AUDITOR})


def _form(organization: Organization | None = None) -> ProfileForm:
    """The form, filled from the organisation where there is one."""
    form = ProfileForm() if organization is None else ProfileForm(data=_saved(organization))
    form.type.choices = choices(_types())
    return form


def _saved(organization: Organization) -> dict[str, object]:
    """What the form shows of an organisation."""
    return {
        "version": organization.version,
        "type": organization.type.value if organization.type else None,
        "name_zh": organization.name.zh_TW,
        "name_en": organization.name.en,
        "business_number": organization.business_number,
        "region": organization.region,
        "city": organization.city,
        "size": organization.size,
        "website": organization.website,
        "about_zh": organization.about.zh_TW,
        "about_en": organization.about.en,
    }


def _profile(form: ProfileForm) -> service.Profile:
    return service.Profile(
        type=OrgType(form.type.data),
        name_zh=form.name_zh.data or "",
        name_en=form.name_en.data or "",
        business_number=form.business_number.data or "",
        region=form.region.data or "",
        city=form.city.data or "",
        size=form.size.data or "",
        website=form.website.data or "",
        about_zh=form.about_zh.data or "",
        about_en=form.about_en.data or "",
    )
