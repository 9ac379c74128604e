"""Headers, host names and limits that every answer and request is held to."""

from __future__ import annotations

import secrets

from flask import Flask, Response, abort, g, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf import CSRFProtect

from matchmaker.config import Settings

POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "form-action": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in POLICY.items()),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
MAX_BODY = 1_000_000
MAX_FIELDS = 400
LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})

csrf = CSRFProtect()
limiter = Limiter(get_remote_address, default_limits=[])


def install(app: Flask, settings: Settings) -> None:
    """Hold every request and answer of the application to the rules."""
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_PARTS=MAX_FIELDS,
        MAX_FORM_MEMORY_SIZE=MAX_BODY,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        RATELIMIT_STORAGE_URI=settings.limits_url,
        RATELIMIT_ENABLED=settings.limits_on,
        RATELIMIT_HEADERS_ENABLED=False,
    )
    if settings.site_url.startswith("https://"):
        app.config.update(SESSION_COOKIE_SECURE=True, SESSION_COOKIE_NAME="__Host-matchmaker")
    csrf.init_app(app)
    limiter.init_app(app)
    allowed = frozenset(settings.hosts) or LOCAL_NAMES

    @app.before_request
    def check_host() -> None:
        g.request_id = secrets.token_hex(6)
        name = request.host.rsplit(":", 1)[0] if request.host[-1:] != "]" else request.host
        if name not in allowed:
            abort(400)

    @app.before_request
    def check_text() -> None:
        """Refuse NUL and lone surrogates anywhere in the address or the form."""
        values = [request.full_path, *request.form.keys(), *_flat(request.form)]
        if any("\x00" in value or _has_surrogate(value) for value in values):
            abort(400)

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if settings.site_url.startswith("https://"):
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        is_personal = g.get("actor") is not None and g.actor.is_signed_in
        if is_personal or "token" in (request.view_args or {}):
            response.headers["Cache-Control"] = "no-store"
        return response


def _flat(form: object) -> list[str]:
    return [value for values in form.listvalues() for value in values]  # type: ignore[attr-defined]


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


def local_path(target: str | None) -> str | None:
    """The target if it is a path on this site, else None."""
    if not target or not target.startswith("/") or target[1:2] in {"/", "\\"}:
        return None
    if "\\" in target or any(ord(character) < 32 for character in target):
        return None
    return target
