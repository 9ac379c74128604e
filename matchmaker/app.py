"""The web application, put together: the only place that knows everything."""

from __future__ import annotations

import importlib
import pkgutil
import time
from typing import Any

import structlog
from flask import Flask, Response, current_app, g, url_for
from flask_login import current_user
from sqlalchemy.orm import configure_mappers
from werkzeug.middleware.proxy_fix import ProxyFix

import matchmaker.web as web
from matchmaker.accounts.passwords import Passwords
from matchmaker.accounts.second_factor import Authenticator
from matchmaker.config import Settings
from matchmaker.jobs import queue
from matchmaker.kernel.database import Database
from matchmaker.kernel.resources import folder
from matchmaker.notifications import subscriptions as _subscriptions  # noqa: F401 - they listen
from matchmaker.web import (
    assets,
    door,
    errors,
    formatting,
    frame,
    languages,
    navigation,
    security,
    sign_in,
    words,
)
from matchmaker.web.messages import notices


def create_app(settings: Settings | None = None, database: Database | None = None) -> Flask:
    """The WSGI application for these settings; by default those of the environment."""
    settings = settings or Settings()
    app = door.Web(__name__, static_folder=None, template_folder=str(folder("templates")))
    app.config["SECRET_KEY"] = settings.key()
    app.extensions["matchmaker.settings"] = settings
    app.extensions["matchmaker.database"] = database or Database(settings.database)
    app.extensions["matchmaker.passwords"] = Passwords(
        settings.password_cost, settings.password_min_length
    )
    app.extensions["matchmaker.authenticator"] = Authenticator(
        settings.key(), is_duty_of_staff=settings.staff_second_factor == "required"
    )
    queue.connect(settings, app.extensions["matchmaker.database"])
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.trusted_proxies, x_proto=settings.trusted_proxies
        )
    if settings.measure:
        _measure(app)  # first, so that nothing a request asks for goes uncounted
    security.install(app, settings)
    languages.install(app, settings)
    sign_in.install(app)
    assets.init_app(app)
    formatting.init_app(app)
    frame.install(app)
    words.install(app)
    errors.install(app)
    for blueprint in _blueprints():
        if blueprint.name not in app.blueprints:
            app.register_blueprint(blueprint)
    app.context_processor(_page_context)
    app.teardown_request(door.close)
    configure_mappers()
    return app


def _blueprints() -> list[Any]:
    """Every ``bp`` that a module below ``matchmaker.web`` defines, in order of its name."""
    found = []
    for module in pkgutil.walk_packages(web.__path__, "matchmaker.web."):
        blueprint = getattr(importlib.import_module(module.name), "bp", None)
        if blueprint is not None and blueprint not in found:
            found.append(blueprint)
    return found


def _page_context() -> dict[str, Any]:
    """What every page needs: who is looking, in which hat, language and theme."""
    actor = door.actor()
    settings: Settings = current_app.extensions["matchmaker.settings"]
    return {
        "actor": actor,
        "me": current_user.user if actor.is_signed_in else None,
        "hats": navigation.workspaces(actor),
        "rail": navigation.rail(actor),
        "unread": notices.unread(),
        "locale": languages.current().tag,
        "lang": languages.current(),
        "lang_switch": [
            {"label": label, "lang": tag, "url": url_for("preferences.language", lang=tag)}
            for label, tag in (("中文", "zh-Hant-TW"), ("EN", "en"))
        ],
        "theme": languages.theme(),
        "now": door.now(),
        "demo": settings.demo,
        "request_id": g.get("request_id"),
    }


def _measure(app: Flask) -> None:
    """Tell each answer's statements and time; for measuring only."""

    @app.before_request
    def begin() -> None:
        g.started = time.perf_counter()
        door.database().statements.reset()

    @app.after_request
    def tell(response: Response) -> Response:
        response.headers["X-Statements"] = str(door.database().statements.count)
        spent = (time.perf_counter() - g.get("started", time.perf_counter())) * 1000
        response.headers["Server-Timing"] = f"app;dur={spent:.1f}"
        return response


structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        structlog.dev.ConsoleRenderer(colors=False),
    ]
)
