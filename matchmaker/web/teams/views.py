"""Pages of teams for reading: list, page, preview, history; and founding a team."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.audit import queries as audit
from matchmaker.kernel.actor import Role
from matchmaker.kernel.errors import Invalid
from matchmaker.kernel.permissions import can, require
from matchmaker.organizations import queries as organizations
from matchmaker.organizations.models import Organization
from matchmaker.teams import queries, service
from matchmaker.teams.gaps import profile_gaps
from matchmaker.teams.models import Team
from matchmaker.teams.policy import OF_ORGANIZATION
from matchmaker.teams.proof import projects_behind
from matchmaker.web import door, languages
from matchmaker.web.forms import choices
from matchmaker.web.matching import advising
from matchmaker.web.teams import chronicle, filtering
from matchmaker.web.teams.blueprint import bp, gap_links
from matchmaker.web.teams.forms import FoundingForm, profile_of


@bp.get("/teams")
def index() -> str:
    """The teams that the reader may see, narrowed and paged by the address."""
    wanted, order = filtering.asked(), filtering.sort()
    counts = queries.counts(door.db(), door.actor(), wanted)
    page = queries.listing(
        door.db(),
        door.actor(),
        wanted,
        sort=order,
        before_id=request.args.get("before", type=int),
        after_id=request.args.get("after", type=int),
    )
    return render_template(
        "teams/index.html",
        page=page,
        wanted=wanted,
        facets=filtering.facets(wanted, counts),
        chips=filtering.chips(wanted),
        sorts=filtering.sorts(),
        count=ngettext("%(num)s team", "%(num)s teams", counts.total),
        address=lambda endpoint, **more: filtering.address(endpoint, wanted, **more),
    )


@bp.get("/teams/mine")
@login_required
def mine() -> Response | str:
    """The reader's team; a choice when there are several, the way to one when there is none."""
    own = queries.teams_of_person(door.db(), door.actor().user_id or 0)
    if len(own) == 1:
        return redirect(url_for(".detail", key=own[0].ref))
    return render_template("teams/mine.html", teams=own)


@bp.route("/teams/new", methods=["GET", "POST"])
@login_required
def new() -> Response | tuple[str, int]:
    """Found a team."""
    require(door.actor(), "team.create", None)
    own = _own_organizations()
    form = FoundingForm()
    form.organization.choices = choices(
        [("", _("No organisation")), *((o.ref, o.name.best(languages.current())[0]) for o in own)]
    )
    if form.validate_on_submit():
        try:
            made = service.create(
                door.db(),
                profile_of(form),
                actor=door.actor(),
                now=door.now(),
                organization=next((o for o in own if o.ref == form.organization.data), None),
            )
        except Invalid as refusal:
            form.show(refusal)
        else:
            flash(
                _("The team is founded, and you represent it. Now say what it can do."), "success"
            )
            return redirect(url_for(".edit", key=made.ref, section="capabilities"))
    return render_template("teams/new.html", form=form), form.status


@bp.get("/teams/<key>")
def detail(key: str) -> str:
    """The page of one team."""
    team = queries.get(door.db(), key, seen_by=door.actor())
    return _page(team, inside=bool(can(door.actor(), "team.view_inside", team)))


@bp.get("/teams/<key>/preview")
@login_required
def preview(key: str) -> str:
    """The page of one team as problem owners and visitors read it."""
    team = queries.get(door.db(), key, seen_by=door.actor())
    require(door.actor(), "team.view_inside", team)
    return _page(team, inside=False, preview=True)


@bp.get("/teams/<key>/history")
@login_required
def history(key: str) -> str:
    """Who changed what, and when."""
    team = queries.get(door.db(), key, seen_by=door.actor())
    require(door.actor(), "team.view_inside", team)
    entries = audit.of_object(door.db(), "team", team.id)
    return render_template("teams/history.html", team=team, rows=chronicle.told(entries))


def _page(team: Team, *, inside: bool, preview: bool = False) -> str:
    """The page, with the inner circle's part only where ``inside``."""
    session, actor = door.db(), door.actor()
    people = queries.people(session, team.id)
    may_edit = inside and bool(can(actor, "team.edit_profile", team))
    sees_matches = inside and (may_edit or actor.holds(Role.PM))
    strength = profile_gaps(team) if may_edit else None
    return render_template(
        "teams/detail.html",
        team=team,
        number_of_people=len(people),
        people=people if inside else [],
        proofs=projects_behind(team),
        strength=strength,
        gaps=gap_links(team, strength) if strength else [],
        inside=inside,
        preview=preview,
        may_edit=may_edit,
        sees_matches=sees_matches,
        advice=advising.shown(team) if sees_matches else None,
        may_manage=inside and bool(can(actor, "team.manage_members", team)),
        may_leave=next((each for each in people if inside and each.user_id == actor.user_id), None),
    )


def _own_organizations() -> list[Organization]:
    """The organisations that the reader speaks for."""
    return organizations.of_ids(door.db(), door.actor().scopes(*OF_ORGANIZATION))
