"""Verbs on programmes and calls."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.audit.service import record
from matchmaker.kernel import search
from matchmaker.kernel.actor import Actor
from matchmaker.kernel.errors import Invalid, Stale, WrongState
from matchmaker.kernel.events import publish
from matchmaker.kernel.formats import TAIPEI
from matchmaker.kernel.i18n import msg
from matchmaker.kernel.localized import Localized
from matchmaker.kernel.permissions import require
from matchmaker.kernel.text import clean
from matchmaker.programs import promises, queries
from matchmaker.programs.content import (
    CallContent,
    ProgramContent,
    call_facts,
    call_problems,
    gaps,
    program_facts,
    program_problems,
    slug_of,
    with_ids,
)
from matchmaker.programs.events import CallExtended, CallPublished
from matchmaker.programs.models import Call, Program, Window

__all__ = ["CallContent", "ProgramContent", "create_call", "create_program", "edit_call",
           "edit_program", "extend_call", "publish_call"]  # fmt: skip


def create_program(
    session: Session,
    content: ProgramContent,
    *,
    actor: Actor,
    now: datetime,
    provenance: str = "own",
) -> Program:
    """Set a programme up; its managers are named afterwards.

    Raises:
        NotAllowed: only administrators may.
        Invalid: no name, or an address that is wrong or taken.
    """
    require(actor, "program.create", None)
    _refuse(program_problems(content))
    program = Program(
        slug=_free_slug(session, Program, content.slug, content.name_en, "programme"),
        name=Localized(),
        about=Localized(),
        provenance=provenance,
        created_at=now,
    )
    _fill_program(program, content, actor, now)
    session.add(program)
    session.flush()
    _record_program(session, "program.create", program, actor, now, before=None)
    return program


def edit_program(
    session: Session,
    program: Program,
    content: ProgramContent,
    *,
    version: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Change what a programme says about itself; its address stays.

    Raises:
        NotAllowed: neither its manager nor an administrator.
        Stale: somebody saved since ``version``.
        Invalid: no name.
    """
    require(actor, "program.edit", program)
    if program.version != version:
        raise Stale
    _refuse(program_problems(content))
    before = program_facts(program)
    _fill_program(program, content, actor, now)
    program.version += 1
    session.flush()
    _record_program(session, "program.edit", program, actor, now, before=before)


def create_call(
    session: Session,
    program: Program,
    content: CallContent,
    *,
    actor: Actor,
    now: datetime,
) -> Call:
    """Draft a call of a programme; nobody outside its staff sees it yet.

    Raises:
        NotAllowed: not a manager of the programme.
        Invalid: entries that contradict each other, or an address that is taken.
    """
    require(actor, "call.create", program)
    _refuse(call_problems(content))
    call = Call(
        slug=_free_slug(
            session, Call, content.slug, content.name_en,
            f"{program.slug}-{content.opens_at.year}",
        ),
        program=program, name=Localized(), about=Localized(), terms=Localized(),
        ip_terms=Localized(), notices=[], created_at=now,
    )  # fmt: skip
    _fill_call(call, content, actor, now)
    session.add(call)
    session.flush()
    _make_findable(session, call)
    _record_call(session, "call.create", call, actor, now, after=call_facts(call))
    return call


def edit_call(
    session: Session,
    call: Call,
    content: CallContent,
    *,
    version: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Change a call. Once it is public, what people rely on stays as it was announced.

    Raises:
        NotFound, NotAllowed: by the policy.
        Stale: somebody saved since ``version``.
        Invalid: entries that contradict each other, or a change of what was announced.
    """
    require(actor, "call.edit", call)
    if call.version != version:
        raise Stale
    _refuse(call_problems(content))
    if call.published_at is not None:
        _refuse(promises.broken(call, content))
    before = call_facts(call)
    if content.slug and content.slug != call.slug:
        call.slug = _free_slug(session, Call, content.slug, "", "")
    _fill_call(call, content, actor, now)
    call.version += 1
    session.flush()
    _make_findable(session, call)
    _record_call(session, "call.edit", call, actor, now, before=before, after=call_facts(call))


def publish_call(
    session: Session, call: Call, *, version: int, actor: Actor, now: datetime
) -> None:
    """Make a call public.

    Raises:
        NotFound, NotAllowed: by the policy.
        WrongState: it is public already.
        Invalid: something is missing (see :func:`matchmaker.programs.content.gaps`).
    """
    require(actor, "call.publish", call)
    if call.published_at is not None:
        raise WrongState(msg("This call is public already."))
    if call.version != version:
        raise Stale
    _refuse(gaps(call, now))
    call.published_at = now
    call.version += 1
    session.flush()
    _record_call(
        session, "call.publish", call, actor, now,
        before={"window": Window.DRAFT.value}, after={"window": call.window(now).value},
    )  # fmt: skip
    publish(session, CallPublished(call.id, actor.user_id, now))


def extend_call(
    session: Session,
    call: Call,
    *,
    closes_at: datetime,
    notice_zh: str,
    notice_en: str,
    version: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Let a public call stay open longer, with a notice that everybody can read.

    Raises:
        NotFound, NotAllowed: by the policy.
        WrongState: it is a draft, or it has closed.
        Stale: somebody saved since ``version``.
        Invalid: not later than announced, or no notice.
    """
    require(actor, "call.extend", call)
    _refuse_unless_running(call, now)
    if call.version != version:
        raise Stale
    _refuse(_extension_problems(call, closes_at, notice_zh, notice_en))
    was = call.closes_at
    text = Localized().edited(clean(notice_zh), clean(notice_en), by=actor.user_id, at=now)
    notice = {
        "at": now.isoformat(), "was": was.isoformat(), "closes_at": closes_at.isoformat(),
        "text": text.to_json(),
    }  # fmt: skip
    call.notices = [*call.notices, notice]
    call.closes_at = closes_at
    call.version += 1
    session.flush()
    _record_call(
        session, "call.extend", call, actor, now, before={"closes_at": was.isoformat()},
        after={"closes_at": closes_at.isoformat()}, reason=clean(notice_zh) or clean(notice_en),
    )  # fmt: skip
    publish(session, CallExtended(call.id, was, closes_at, actor.user_id, now))


def _refuse(problems: Mapping[str, Any]) -> None:
    if problems:
        raise Invalid(problems)


def _refuse_unless_running(call: Call, now: datetime) -> None:
    if call.published_at is None:
        raise WrongState(msg("This call is a draft: change its dates in the form."))
    if call.closes_at <= now:
        raise WrongState(
            msg("This call has closed. Teams that came too late could complain; open a new call.")
        )


def _extension_problems(
    call: Call, closes_at: datetime, notice_zh: str, notice_en: str
) -> dict[str, Any]:
    found = {}
    if closes_at <= call.closes_at:
        found["closes_on"] = msg("A closing time can only be moved later than it was announced.")
    elif call.review_from and closes_at.astimezone(TAIPEI).date() > call.review_from:
        found["closes_on"] = msg(
            "The review would begin before the call closes. Move the review in the call first."
        )
    if not (clean(notice_zh) or clean(notice_en)):
        found["notice_zh"] = msg("Say publicly why the call stays open longer.")
    return found


def _fill_program(program: Program, content: ProgramContent, actor: Actor, now: datetime) -> None:
    program.name = program.name.edited(
        clean(content.name_zh, single_line=True), clean(content.name_en, single_line=True),
        by=actor.user_id, at=now,
    )  # fmt: skip
    program.about = program.about.edited(
        clean(content.about_zh), clean(content.about_en), by=actor.user_id, at=now
    )
    program.office_org_id = content.office_org_id


def _fill_call(call: Call, content: CallContent, actor: Actor, now: datetime) -> None:
    def edited(name: str, *, single_line: bool = False) -> Localized:
        old: Localized = getattr(call, name)
        zh, en = getattr(content, f"{name}_zh"), getattr(content, f"{name}_en")
        return old.edited(
            clean(zh, single_line=single_line), clean(en, single_line=single_line),
            by=actor.user_id, at=now,
        )  # fmt: skip

    call.name = edited("name", single_line=True)
    call.about, call.terms, call.ip_terms = edited("about"), edited("terms"), edited("ip_terms")
    call.opens_at, call.closes_at = content.opens_at, content.closes_at
    call.review_from, call.decision_on = content.review_from, content.decision_on
    call.budget_twd, call.ceiling_twd = content.budget_twd, content.ceiling_twd
    call.poc_weeks_max = content.poc_weeks_max
    call.rules = content.rules.to_json()
    call.checklist = with_ids(content.checklist)


def _free_slug(
    session: Session, kind: type[Call] | type[Program], wanted: str, name_en: str, fallback: str
) -> str:
    """The wanted address if it is free, else one made from the name.

    Raises:
        Invalid: the address that was asked for is taken.
    """
    slug = wanted or slug_of(name_en, fallback)
    taken = queries.slugs_like(session, kind, slug)
    if slug not in taken:
        return slug
    if wanted:
        raise Invalid({"slug": msg("This address is taken already. Choose another.")})
    return next(f"{slug}-{n}" for n in count(2) if f"{slug}-{n}" not in taken)


def _make_findable(session: Session, call: Call) -> None:
    texts = [call.name, call.about, call.program.name]
    search.remember(
        session, "call", call.id, [call.slug, *(t.zh_TW for t in texts), *(t.en for t in texts)]
    )


def _record_program(
    session: Session, action: str, program: Program, actor: Actor, now: datetime,
    *, before: dict[str, Any] | None,
) -> None:  # fmt: skip
    record(
        session, action, actor=actor, now=now, kind="program", object_id=program.id,
        name=program.slug, program_id=program.id, before=before, after=program_facts(program),
    )  # fmt: skip


def _record_call(
    session: Session, action: str, call: Call, actor: Actor, now: datetime,
    *, before: dict[str, Any] | None = None, after: dict[str, Any], reason: str | None = None,
) -> None:  # fmt: skip
    record(
        session, action, actor=actor, now=now, kind="call", object_id=call.id, name=call.slug,
        program_id=call.program_id, before=before, after=after, reason=reason,
    )  # fmt: skip
