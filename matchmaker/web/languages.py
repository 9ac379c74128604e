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
    known: Lang | None = g.get("lang")
    if known is not None:
        return known
    chosen = (
        Lang.parse(request.args.get("lang"))
        or door.actor().lang
        or Lang.parse(request.cookies.get(COOKIE))
        or _of_browser()
    )
    g.lang = chosen
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
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: catalogue(current()).gettext(text),
        lambda one, many, n: catalogue(current()).ngettext(one, many, n),
        newstyle=True,
    )  # Flask-Babel's own look up the request anew for each of a page's hundreds of sentences
