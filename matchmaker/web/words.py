"""Words for codes: regions, roles, ties and taxonomy terms, as template filters."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Flask
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from matchmaker import taxonomy
from matchmaker.kernel.actor import Role
from matchmaker.organizations.models import TieKind
from matchmaker.web import languages

ROLES = {
    Role.OWNER_LEAD: _l("Owner lead"),
    Role.OWNER_MEMBER: _l("Owner member"),
    Role.TEAM_LEAD: _l("Team lead"),
    Role.TEAM_MEMBER: _l("Team member"),
    Role.PM: _l("Programme manager"),
    Role.REVIEWER: _l("Reviewer"),
    Role.REVIEW_CHAIR: _l("Review chair"),
    Role.FINANCE: _l("Finance"),
    Role.COORDINATOR: _l("Association coordinator"),
    Role.MENTOR: _l("Mentor"),
    Role.INVESTOR: _l("Investor"),
    Role.AUDITOR: _l("Auditor"),
    Role.ADMIN: _l("Administrator"),
}
REGIONS = {
    "north": _l("North"),
    "central": _l("Centre"),
    "south": _l("South"),
    "east": _l("East"),
    "islands": _l("Outlying islands"),
    "abroad": _l("Abroad"),
}
SIZES = {"small": _l("Small"), "medium": _l("Medium"), "large": _l("Large")}
TIES = {
    TieKind.PARENT: _l("is the parent of"),
    TieKind.SUPPLIER: _l("supplies"),
    TieKind.INVESTMENT: _l("has invested in"),
}


def term(code: str | None, kind: str) -> str:
    """The label of a taxonomy term in the reader's language."""
    return taxonomy.label(kind, code).best(languages.current())[0] if code else ""


def as_options(
    pairs: Iterable[tuple[str, str]], chosen: str | Iterable[str] = ""
) -> list[dict[str, object]]:
    """(value, label) pairs as options of a facet, the chosen ones checked."""
    checked = {chosen} if isinstance(chosen, str) else set(chosen)
    return [{"value": value, "label": label, "checked": value in checked} for value, label in pairs]


def web_link(address: str | None) -> Markup | str:
    """A link to another site, which learns nothing of ours."""
    if not address or not address.startswith(("https://", "http://")):
        return address or ""
    return Markup('<a href="{0}" rel="noopener noreferrer nofollow">{0}</a>').format(address)


def install(app: Flask) -> None:
    """Make the words known to templates."""
    app.jinja_env.filters.update(
        term=term,
        as_options=as_options,
        web_link=web_link,
        region=lambda code: str(REGIONS.get(code, "")) if code else "",
        org_size=lambda code: str(SIZES.get(code, "")) if code else "",
        role_word=lambda role: str(ROLES.get(role, role)),
        tie_word=lambda kind: str(TIES.get(kind, kind)),
    )
