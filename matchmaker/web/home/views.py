"""The first page."""

from __future__ import annotations

from flask import Blueprint, render_template

from matchmaker.kernel.actor import Role
from matchmaker.organizations import queries as organizations
from matchmaker.showcase import queries as showcase
from matchmaker.showcase.models import CaseGroup
from matchmaker.web import door

bp = Blueprint("home", __name__)


@bp.get("/")
def index() -> str:
    """What Matchmaker is for, or what is mine."""
    if door.actor().is_signed_in:
        ids = door.actor().scopes(Role.OWNER_LEAD, Role.OWNER_MEMBER)
        return render_template("home/mine.html", own=organizations.of_ids(door.db(), ids))
    return render_template(
        "home/public.html",
        cases=showcase.listing(door.db(), group=CaseGroup.LANDED)[:3],
        organizations=organizations.count(door.db()),
        case_count=showcase.count(door.db()),
    )
