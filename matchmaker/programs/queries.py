"""Every read of programmes and calls."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.kernel import search
from matchmaker.kernel.actor import Actor, Role
from matchmaker.kernel.errors import NotFound
from matchmaker.kernel.i18n import Lang
from matchmaker.kernel.localized import Localized
from matchmaker.kernel.pages import SIZE, Page, place_key, read_place
from matchmaker.kernel.permissions import can
from matchmaker.programs import policy
from matchmaker.programs.models import Call, Program, Window


def names(session: Session, ids: Collection[int], lang: Lang) -> dict[int, str]:
    """Names of programmes in the reader's language. One statement."""
    return {key: name.best(lang)[0] for key, name in session.execute(named(ids))}


def named(ids: Collection[int]) -> Select[int, Localized]:
    """The statement that reads names, to be run alone or together with others."""
    return select(Program.id, Program.name).where(Program.id.in_(ids))


def get_program(session: Session, key: str) -> Program:
    """The programme with this slug or public id. One statement.

    Raises:
        NotFound: there is none.
    """
    found = session.scalar(
        select(Program)
        .where(or_(Program.slug == key, Program.public_id == key))
        .options(joinedload(Program.office))
    )
    if found is None:
        raise NotFound
    return found


def programs_visible(session: Session, actor: Actor) -> list[Program]:
    """The programmes in whose workspace the actor may look, by id. One statement."""
    stmt = select(Program).order_by(Program.id)
    if not actor.holds_any(policy.SEES_ALL) and not actor.is_system:
        stmt = stmt.where(Program.id.in_(actor.scopes(Role.PM)))
    return list(session.scalars(stmt))


def get_call(session: Session, slug: str, *, seen_by: Actor) -> Call:
    """The call with this slug, with its programme. One statement.

    Raises:
        NotFound: there is none, or the actor may not know of it.
    """
    found = session.scalar(select(Call).where(Call.slug == slug).options(joinedload(Call.program)))
    if found is None or not can(seen_by, "call.view", found):
        raise NotFound
    return found


def calls_of_slugs(session: Session, slugs: Collection[str]) -> list[Call]:
    """Calls by slug, oldest first. One statement; none when nothing is asked."""
    if not slugs:
        return []
    return list(session.scalars(select(Call).where(Call.slug.in_(slugs)).order_by(Call.id)))


def open_calls(session: Session, now: datetime) -> list[Call]:
    """Calls that take challenges and proposals at ``now``, closing soonest first. One statement."""
    stmt = _calls().where(_stands(Window.OPEN, now)).order_by(Call.closes_at, Call.id).limit(SIZE)
    return list(session.scalars(stmt))


def calendar(session: Session, now: datetime, *, limit: int = 5) -> list[Call]:
    """Published calls that are open or will open, in the order of their closing. One statement."""
    stmt = (
        _calls()
        .where(Call.published_at.is_not(None), Call.closes_at > now)
        .order_by(Call.closes_at, Call.id)
        .limit(limit)
    )
    return list(session.scalars(stmt))


def calls_of(session: Session, program_ids: Collection[int]) -> list[Call]:
    """All calls of some programmes, drafts included, latest first. One statement."""
    stmt = (
        _calls()
        .where(Call.program_id.in_(program_ids))
        .order_by(Call.opens_at.desc(), Call.id.desc())
    )
    return list(session.scalars(stmt))


def listing(
    session: Session,
    *,
    seen_by: Actor,
    now: datetime,
    query: str = "",
    window: Window | None = None,
    after: str | None = None,
    size: int = SIZE,
) -> Page[Call]:
    """A page of the calls one may see, latest closing first. One statement.

    ``after`` is the key that the page before gave as ``older``.
    """
    stmt = _calls().where(policy.visible_calls(seen_by))
    stmt = stmt.order_by(Call.closes_at.desc(), Call.id.desc()).limit(size + 1)
    found = search.matching(session, "call", query)
    if found is not None:
        stmt = stmt.where(Call.id.in_(found))
    if window is not None:
        stmt = stmt.where(_stands(window, now))
    key = read_place(after)
    if key is not None:
        stmt = stmt.where(
            or_(Call.closes_at < key[0], and_(Call.closes_at == key[0], Call.id < key[1]))
        )
    rows = list(session.scalars(stmt))
    return Page(
        rows[:size],
        older=place_key(rows[size - 1].closes_at, rows[size - 1].id) if len(rows) > size else None,
    )


def slugs_like(session: Session, kind: type[Call] | type[Program], slug: str) -> set[str]:
    """Slugs in use that begin with ``slug``. One statement."""
    return set(
        session.scalars(select(kind.slug).where(kind.slug.startswith(slug, autoescape=True)))
    )


def _calls() -> Select[Call]:
    return select(Call).options(joinedload(Call.program))


def _stands(window: Window, now: datetime) -> ColumnElement[bool]:
    """The condition that a call stands in ``window``, as :meth:`Call.window` decides it."""
    is_public = Call.published_at.is_not(None)
    if window is Window.DRAFT:
        return Call.published_at.is_(None)
    if window is Window.UPCOMING:
        return and_(is_public, Call.opens_at > now)
    if window is Window.OPEN:
        return and_(is_public, Call.opens_at <= now, Call.closes_at > now)
    return and_(is_public, Call.closes_at <= now)
