"""Notices: one line each in a person's list, worded and checked anew whenever it is read."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from matchmaker.accounts.models import User
from matchmaker.kernel.actor import Actor
from matchmaker.kernel.errors import NotFound
from matchmaker.kernel.i18n import Lang, Message, msg, translate
from matchmaker.kernel.localized import Localized
from matchmaker.kernel.pages import SIZE, Page
from matchmaker.kernel.permissions import require
from matchmaker.notifications import policy as _policy  # noqa: F401 - registers its rules
from matchmaker.notifications import subjects
from matchmaker.notifications.models import Notice
from matchmaker.notifications.subjects import Subject

SENTENCES: dict[str, Message] = {
    "invitation_accepted": msg("%(person)s accepted your invitation to %(thing)s."),
    "staff_role_proposed": msg("A staff role waits for your confirmation."),
    "second_factor_on": msg("Signing in to your account asks for a code from now on."),
    "second_factor_moved": msg("Another app makes the codes of your account from now on."),
    "second_factor_off": msg("Signing in to your account no longer asks for a code."),
    "second_factor_reset": msg("The second step of your account was reset. Set it up again."),
    "recovery_codes_made": msg("You have new recovery codes. The old ones are dead."),
    "recovery_code_used": msg("A recovery code was used. Unused: %(left)s."),
    "challenge_submitted": msg("“%(thing)s” was handed in and waits for your decision."),
    "challenge_changes_requested": msg("The programme office asks for changes to “%(thing)s”."),
    "challenge_approved": msg("“%(thing)s” was approved."),
    "challenge_rejected": msg("“%(thing)s” was not taken on."),
    "challenge_published": msg("“%(thing)s” is public now."),
    "challenge_paused": msg("“%(thing)s” takes no proposals for the moment."),
    "challenge_resumed": msg("“%(thing)s” takes proposals again. Look at its closing time."),
    "challenge_extended": msg("“%(thing)s” closes later than announced."),
    "challenge_withdrawal_asked": msg("The owner asks to withdraw “%(thing)s”."),
    "challenge_withdrawn": msg("“%(thing)s” was withdrawn."),
    "challenge_evaluation_began": msg("“%(thing)s” has closed. Its proposals can be looked at."),
    "proposal_submitted": msg("Your proposal to “%(thing)s” was handed in."),
    "proposal_returned": msg("Your proposal to “%(thing)s” is a draft again."),
    "proposal_withdrawn": msg("Your proposal to “%(thing)s” was withdrawn."),
    "team_invited": msg("Your team is invited to answer “%(thing)s”."),
    "pair_shortlisted": msg("The owner of “%(thing)s” wishes for a team."),
    "interest_shown": msg("A team is interested in “%(thing)s”."),
    "invitation_declined": msg("A team declined the invitation to “%(thing)s”."),
    "invitation_expired": msg("An invitation to “%(thing)s” was not answered in time."),
    "run_finished": msg("The computation for %(thing)s has ended."),
    "recommendations_for_challenge": msg("Teams are recommended for “%(thing)s”."),
    "recommendations_for_team": msg("Challenges are recommended to %(thing)s."),
}
GONE = msg("This is about something that you may not see any more.")


class Line(NamedTuple):
    """A notice as its reader sees it now; without a path where the right has ended."""

    notice: Notice
    text: str
    path: str | None


def tell(
    session: Session,
    user_ids: Collection[int],
    kind: str,
    about_kind: str,
    about_id: int,
    *,
    now: datetime,
    **values: Any,
) -> None:
    """Give each of these people a notice. Two statements, however many people.

    Never put anything confidential into ``values``: the thing's name is looked up when shown.
    """
    people = sorted(set(user_ids))
    if not people:
        return
    session.add_all(
        Notice(
            user_id=user_id,
            kind=kind,
            about_kind=about_kind,
            about_id=about_id,
            values=dict(values),
            created_at=now,
        )
        for user_id in people
    )
    session.execute(
        update(User)
        .where(User.id.in_(people))
        .values(unread_notices=User.unread_notices + 1)
        .execution_options(synchronize_session=False)
    )
    session.flush()


def listing(
    session: Session,
    *,
    actor: Actor,
    lang: Lang,
    now: datetime,
    before_id: int | None = None,
    size: int = SIZE,
) -> Page[Line]:
    """A page of the actor's notices, newest first. One statement, and one for each kind."""
    stmt = (
        select(Notice)
        .where(Notice.user_id == actor.user_id)
        .order_by(Notice.id.desc())
        .limit(size + 1)
    )
    if before_id is not None:
        stmt = stmt.where(Notice.id < before_id)
    rows = list(session.scalars(stmt))
    shown = rows[:size]
    things = [(row.about_kind, row.about_id) for row in shown]
    found = subjects.visible(session, things, actor=actor, now=now)
    lines = [_line(row, found.get((row.about_kind, row.about_id)), lang) for row in shown]
    return Page(lines, older=str(rows[size - 1].id) if len(rows) > size else None)


def open_one(session: Session, public_id: str, *, actor: Actor, now: datetime) -> str:
    """Mark a notice as read; returns the path of the page it speaks of.

    Raises:
        NotFound: it is somebody else's, or the reader may not see the thing any more.
    """
    notice = session.scalar(select(Notice).where(Notice.public_id == public_id))
    if notice is None:
        raise NotFound
    require(actor, "notification.view", notice)
    thing = (notice.about_kind, notice.about_id)
    subject = subjects.visible(session, [thing], actor=actor, now=now).get(thing)
    if subject is None:
        raise NotFound
    _mark_read(session, actor, now, only=notice.id)
    return subject.path


def mark_all_read(session: Session, *, actor: Actor, now: datetime) -> None:
    """Mark all notices of the actor as read."""
    _mark_read(session, actor, now)


def _mark_read(session: Session, actor: Actor, now: datetime, only: int | None = None) -> None:
    stmt = update(Notice).where(Notice.user_id == actor.user_id, Notice.read_at.is_(None))
    if only is not None:
        stmt = stmt.where(Notice.id == only)
    marked = session.execute(
        stmt.values(read_at=now).execution_options(synchronize_session=False)
    ).rowcount  # type: ignore[attr-defined]
    left = User.unread_notices - marked
    session.execute(
        update(User)
        .where(User.id == actor.user_id)
        .values(unread_notices=case((left > 0, left), else_=0))
        .execution_options(synchronize_session=False)
    )


def _line(notice: Notice, subject: Subject | None, lang: Lang) -> Line:
    sentence = SENTENCES.get(notice.kind)
    if subject is None or sentence is None:
        return Line(notice, translate(GONE, lang), None)
    values = {"person": "", **notice.values, "thing": _spoken(subject.name, lang)}
    return Line(notice, translate(Message(sentence.text, values), lang), subject.path)


def _spoken(name: object, lang: Lang) -> str:
    if isinstance(name, Localized):
        return name.best(lang)[0]
    return translate(name, lang) if isinstance(name, Message) else str(name)
