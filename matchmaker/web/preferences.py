"""Language, theme and hat: small choices kept in a cookie, and with the account."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, request
from werkzeug.wrappers import Response

from matchmaker.accounts import service as accounts
from matchmaker.kernel.i18n import Lang
from matchmaker.web import door, languages, navigation
from matchmaker.web.security import local_path

bp = Blueprint("preferences", __name__, url_prefix="/preferences")
YEAR = 365 * 24 * 3600


@bp.post("/language")
def language() -> Response:
    """Read Matchmaker in this language from now on."""
    chosen = Lang.parse(request.args.get("lang") or request.form.get("lang"))
    response = _back()
    if chosen is not None:
        _keep(response, languages.COOKIE, chosen.tag)
        if door.actor().is_signed_in:
            accounts.choose_language(door.db(), chosen, actor=door.actor())
    return response


@bp.post("/theme")
def theme() -> Response:
    """Show pages light, dark, or as the system does."""
    chosen = request.form.get("theme", "")
    response = _back()
    if chosen in languages.THEMES:
        _keep(response, languages.THEME_COOKIE, chosen)
    return response


@bp.post("/hat/<key>")
def wear(key: str) -> Response:
    """Work in another workspace."""
    response = redirect("/")
    if key in {workspace.key for workspace in navigation.workspaces(door.actor())}:
        _keep(response, navigation.COOKIE, key)
    return response


def _back() -> Response:
    """To the page the choice was made on."""
    target = local_path(request.form.get("next")) or "/"
    return make_response(redirect(target))


def _keep(response: Response, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure
    )
