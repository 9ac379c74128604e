"""Flask-Login on top of our own session rows: the cookie holds a token, the row decides."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from flask import Flask, Response, current_app, flash, g, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from matchmaker.accounts import queries, sessions
from matchmaker.accounts.lifecycle import AccountState
from matchmaker.accounts.models import User
from matchmaker.accounts.second_factor import Authenticator
from matchmaker.accounts.sessions import SignedIn
from matchmaker.kernel.actor import Actor
from matchmaker.kernel.identifiers import fingerprint
from matchmaker.web import door

manager = LoginManager()
manager.session_protection = None

HALF, HALF_LASTS = "half_signed_in", timedelta(minutes=10)
OPEN_BLUEPRINTS = frozenset({"assets", "health", "help", "preferences", "settings"})
OPEN_PAGES = frozenset(
    {
        "accounts.confirm_address",
        "accounts.forgot_password",
        "accounts.reset_password",
        "accounts.reset_sent",
        "accounts.sign_out",
    }
)
"""What staff may open before the second step is set up: what helps them to do so."""


class CurrentUser(UserMixin):
    """The signed-in person as Flask-Login wants to see them."""

    def __init__(self, signed_in: SignedIn, token: str):
        self.session_id = signed_in.session_id
        self.user = signed_in.user
        self.actor: Actor = signed_in.actor
        self._token = token

    def get_id(self) -> str:
        """The token of the session, which is all that the cookie holds."""
        return self._token


@manager.user_loader
def load(token: str) -> CurrentUser | None:
    """The person behind the cookie, while the session lives."""
    found = sessions.find(door.db(), token, now=door.now(), address=request.remote_addr)
    if found is None:
        return None
    if found.needs_touch:
        _touch(found.session_id)
    return CurrentUser(found, token)


def _touch(session_id: int) -> None:
    """Reading requests hold no write lock, so they note their use in a transaction of its own."""
    if request.method in door.SAFE:
        with door.database().transaction() as own:
            sessions.touch(own, session_id, now=door.now())
    else:
        sessions.touch(door.db(), session_id, now=door.now())


@manager.unauthorized_handler
def ask_to_sign_in() -> Response:
    """Send a visitor to the sign-in page, and back afterwards."""
    flash(_("Please sign in to see this page."), "note")
    target = request.full_path.rstrip("?") if request.method in door.SAFE else None
    return redirect(url_for("accounts.sign_in", next=target))  # type: ignore[return-value]


def install(app: Flask) -> None:
    """Let requests know who sends them, and lead staff without a second step to setting it up."""
    manager.init_app(app)

    @app.before_request
    def lead_to_second_factor() -> Response | None:
        if request.endpoint is None or request.endpoint in OPEN_PAGES:
            return None
        if request.blueprint in OPEN_BLUEPRINTS or not lacks_second_factor():
            return None
        return redirect(url_for("settings.second_factor"))  # type: ignore[return-value]


def authenticator() -> Authenticator:
    """What reckons the codes of this installation."""
    return cast(Authenticator, current_app.extensions["matchmaker.authenticator"])


def lacks_second_factor() -> bool:
    """Whether somebody is signed in whose role asks for a second step that is not set up."""
    if not current_user.is_authenticated or current_user.user.second_factor_at is not None:
        return False
    return authenticator().is_duty(current_user.actor)


def remember_half(user: User) -> None:
    """Keep in the cookie, for ten minutes, that the password of an account was right."""
    session[HALF] = {
        "who": user.public_id,
        "proof": fingerprint(user.password_hash or ""),
        "at": int(door.now().timestamp()),
    }


def half_signed_in() -> User | None:
    """Whose password was right a moment ago, while the account and its password stay the same."""
    half = session.get(HALF) or {}
    age = door.now().timestamp() - half.get("at", 0)
    user = queries.by_public_id(door.db(), half.get("who", "")) if half else None
    if user is None or user.state is not AccountState.ACTIVE or user.second_factor_at is None:
        return None
    is_same = half.get("proof") == fingerprint(user.password_hash or "")
    return user if is_same and 0 <= age < HALF_LASTS.total_seconds() else None


def open_session(user: User) -> None:
    """Start a fresh session for somebody who proved who they are; nothing of the old one stays."""
    close_session()
    _row, token = sessions.start(
        door.db(),
        user,
        now=door.now(),
        address=request.remote_addr,
        agent=request.user_agent.string,
    )
    found = sessions.find(door.db(), token, now=door.now(), address=request.remote_addr)
    if found is None:  # suspended between the check and here
        return
    login_user(CurrentUser(found, token), remember=False)
    session.permanent = False
    g.pop("actor", None)


def close_session() -> None:
    """End the present session, here and in the table."""
    if current_user.is_authenticated:
        sessions.end(door.db(), current_user.session_id, user_id=current_user.user.id)
        logout_user()
    session.clear()
    g.pop("csrf_token", None)  # it belonged to the cookie that is no more
    g.pop("actor", None)
