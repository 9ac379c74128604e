"""Which language and theme a page is shown in."""

from __future__ import annotations

from flask import Flask, g, request
from flask_babel import Babel

from matchmaker.config import Settings
from matchmaker.kernel.i18n import CATALOGUES, Lang, catalogue
from matchmaker.web import door

COOKIE = "lang"
THEME_COOKIE = "theme"
THEMES = ("system", "light", "dark")
LOCALES = {Lang.ZH_TW: "zh_Hant_TW", Lang.EN: "en"}


def current() -> Lang:
    """The reader's language: link, account, cookie, browser, and the site's default last."""
    if "lang" not in g:
        g.lang = (
            Lang.parse(request.args.get("lang"))
            or door.actor().lang
            or Lang.parse(request.cookies.get(COOKIE))
            or _of_browser()
        )
    chosen: Lang = g.lang
    return chosen


def _of_browser() -> Lang:
    for tag, _quality in request.accept_languages:
        found = Lang.parse(tag)
        if found:
            return found
    return Lang.ZH_TW


def theme() -> str:
    """The chosen theme; the system's unless the reader chose."""
    chosen = request.cookies.get(THEME_COOKIE, "system")
    return chosen if chosen in THEMES else "system"


def install(app: Flask, _settings: Settings) -> None:
    """Let Flask-Babel ask us for the locale; compile the catalogue first where it is outdated."""
    catalogue(Lang.ZH_TW)
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(CATALOGUES)
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Asia/Taipei"
    Babel(app, locale_selector=lambda: LOCALES[current()])
