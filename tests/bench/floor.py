"""The floor: the least Flask, SQLAlchemy and Jinja that show fifty rows of the same tables.

No permissions, no second language, no forms, no record: what a page costs before it is ours.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Flask, g
from jinja2 import DictLoader
from sqlalchemy import JSON, Engine, ForeignKey, String, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, joinedload, mapped_column, relationship

ROWS = 50
NAV = ("challenges", "teams", "proposals", "projects", "showcase", "mine", "login")
TEMPLATES = {
    "base": """<!doctype html><html lang="zh-Hant"><head><meta charset="utf-8">
<title>{% block title %}{% endblock %}</title><link rel="stylesheet" href="/static/app.css"></head>
<body><nav><ul>{% for name in nav %}<li><a href="/{{ name }}">{{ name }}</a></li>{% endfor %}</ul>
</nav><main>{% block main %}{% endblock %}</main><footer>floor</footer></body></html>""",
    "row": """{% macro row(c) %}<article class="card"><h2><a href="/challenges/{{ c.ref }}">
{{ c.title.zh_TW or c.title.en }}</a></h2><p>{{ c.organization.name.zh_TW }}</p>
<p>{{ c.summary.zh_TW }}</p><dl><dt>domain</dt><dd>{{ c.domains[0] }}</dd><dt>state</dt>
<dd><span class="badge badge-{{ c.state }}">{{ c.state }}</span></dd><dt>closes</dt>
<dd><time datetime="{{ c.closes_at.isoformat() }}">{{ c.closes_at.strftime('%Y-%m-%d') }}</time>
</dd><dt>budget</dt><dd>{{ c.budget_twd }}</dd></dl></article>{% endmacro %}""",
    "list": """{% extends "base" %}{% from "row" import row %}{% block title %}list{% endblock %}
{% block main %}{% if user %}<p>{{ user.email }}</p>{% endif %}{% for c in rows %}{{ row(c) }}
{% endfor %}<p><a rel="next" href="?after={{ rows[-1].id if rows }}">next</a></p>{% endblock %}""",
    "detail": """{% extends "base" %}{% block title %}{{ c.title.zh_TW }}{% endblock %}
{% block main %}<h1>{{ c.title.zh_TW }}</h1><p>{{ c.organization.name.zh_TW }}</p>
<p>{{ c.summary.zh_TW }}</p>{% for text in (c.background, c.pain, c.wanted) %}
<div>{{ text.zh_TW }}</div>{% endfor %}
{% endblock %}""",
    "teams": """{% extends "base" %}{% block title %}teams{% endblock %}{% block main %}
{% for t in rows %}<article class="card"><h2><a href="/teams/{{ t.ref }}">
{{ t.name.zh_TW }}</a></h2><p>{{ t.profile.zh_TW }}</p><p>{{ t.city }} {{ t.capacity }}</p>
<ul>{% for word in t.technologies %}<li>{{ word }}</li>
{% endfor %}</ul></article>{% endfor %}{% endblock %}""",
}


class Base(DeclarativeBase):
    """Tables of the product, read anew with nothing attached."""


class Organization(Base):
    """An owner."""

    __tablename__ = "organization"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[dict[str, Any]] = mapped_column(JSON)


class User(Base):
    """Who is signed in."""

    __tablename__ = "user_account"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254))


class Challenge(Base):
    """One row of the list."""

    __tablename__ = "challenge"
    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str | None]
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    state: Mapped[str]
    title: Mapped[dict[str, Any]] = mapped_column(JSON)
    summary: Mapped[dict[str, Any]] = mapped_column(JSON)
    background: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True, deferred_group="body")
    pain: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True, deferred_group="body")
    wanted: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True, deferred_group="body")
    domains: Mapped[list[str]] = mapped_column(JSON)
    budget_twd: Mapped[int | None]
    closes_at: Mapped[datetime]
    organization: Mapped[Organization] = relationship()


class Team(Base):
    """One row of the list of teams."""

    __tablename__ = "team"
    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str]
    name: Mapped[dict[str, Any]] = mapped_column(JSON)
    profile: Mapped[dict[str, Any]] = mapped_column(JSON)
    technologies: Mapped[list[str]] = mapped_column(JSON)
    city: Mapped[str | None]
    capacity: Mapped[int | None]


def create_app(engine: Engine) -> Flask:
    """The floor on the engine of the product, so that both read the same pages of memory."""
    app = Flask(__name__, static_folder=None)
    app.jinja_loader = DictLoader(TEMPLATES)
    app.jinja_env.globals["nav"] = NAV

    def session() -> Session:
        if "db" not in g:
            g.db = Session(engine)
        return g.db

    @app.teardown_appcontext
    def close(_error: BaseException | None) -> None:
        if "db" in g:
            g.pop("db").close()

    def page(name: str, **values: Any) -> str:
        return app.jinja_env.get_template(name).render(**values)

    def published() -> list[Challenge]:
        stmt = (
            select(Challenge)
            .options(joinedload(Challenge.organization))
            .where(Challenge.state == "published")
            .order_by(Challenge.closes_at, Challenge.id)
            .limit(ROWS)
        )
        return list(session().scalars(stmt))

    @app.get("/challenges")
    def challenges() -> str:
        return page("list", rows=published(), user=None)

    @app.get("/mine")
    def mine() -> str:
        user = session().scalars(select(User).order_by(User.id).limit(1)).one()
        return page("list", rows=published(), user=user)

    @app.get("/challenges/<ref>")
    def detail(ref: str) -> str:
        stmt = select(Challenge).options(joinedload(Challenge.organization))
        return page("detail", c=session().scalars(stmt.where(Challenge.ref == ref)).one())

    @app.get("/teams")
    def teams() -> str:
        stmt = select(Team).order_by(Team.id.desc()).limit(ROWS)
        return page("teams", rows=list(session().scalars(stmt)))

    return app
