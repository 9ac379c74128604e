"""Flask-Login on top of our own session rows: the cookie holds a token, the row decides."""

from __future__ import annotations

from flask import Response, flash, g, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from matchmaker.accounts import sessions
from matchmaker.accounts.models import User
from matchmaker.accounts.sessions import SignedIn
from matchmaker.kernel.actor import Actor
from matchmaker.web import door

manager = LoginManager()
manager.session_protection = None


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
    g.pop("actor", None)
