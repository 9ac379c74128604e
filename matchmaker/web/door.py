"""One request: one session, one actor, one instant, one commit.

A reading request gets a reading session. A writing request gets a writing session that is
committed when the answer is a success, before it goes out, and rolled back when it is not.
"""

from __future__ import annotations

from datetime import datetime
from typing import cast

from flask import Flask, Request, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.utils import cached_property

from matchmaker.kernel import clock
from matchmaker.kernel.actor import Actor
from matchmaker.kernel.database import Database, Session

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Asked(Request):
    """A request without null characters in its query: no text of ours has one."""

    @cached_property
    def args(self) -> MultiDict[str, str]:
        """What stands behind the question mark."""
        given = super().args.items(multi=True)
        return ImmutableMultiDict((k.replace("\0", ""), v.replace("\0", "")) for k, v in given)


class Web(Flask):
    """Flask, with the commit inside the dispatch so that its failure is answered like any other."""

    request_class = Asked

    def dispatch_request(self) -> ResponseReturnValue:
        """Call the view, then commit if the answer is a success."""
        response = self.make_response(super().dispatch_request())
        _finish(response)
        return response


def database() -> Database:
    """The application's database."""
    return cast(Database, current_app.extensions["matchmaker.database"])


def db() -> Session:
    """The session of this request, opened at first use."""
    if "session" not in g:
        g.session = database().session(writes=request.method not in SAFE)
    return cast(Session, g.session)


def actor() -> Actor:
    """Who is asking; a visitor when nobody is signed in."""
    if "actor" not in g:
        g.actor = (
            current_user.actor
            if current_user.is_authenticated
            else Actor(address=request.remote_addr)
        )
    return cast(Actor, g.actor)


def now() -> datetime:
    """One instant for the whole request, so that all its rows agree."""
    if "now" not in g:
        g.now = clock.now()
    return cast(datetime, g.now)


def _finish(response: Response) -> None:
    session = g.get("session")
    if session is not None and request.method not in SAFE:
        if response.status_code < 400:
            session.commit()
        else:
            session.rollback()


def close(_error: BaseException | None = None) -> None:
    """Let go of the session at the end of the request."""
    session = g.pop("session", None)
    if session is not None:
        session.close()
