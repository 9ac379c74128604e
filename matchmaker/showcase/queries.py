"""Every read of reported cases."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.kernel import search
from matchmaker.kernel.errors import NotFound
from matchmaker.showcase.models import CaseGroup, ReportedCase


def listing(
    session: Session, *, group: CaseGroup | None = None, query: str = ""
) -> list[ReportedCase]:
    """All cases, in the order in which they were entered. One statement.

    The showcase of a report is short, so it comes on one page.
    """
    stmt = select(ReportedCase).order_by(ReportedCase.id).limit(200)
    if group is not None:
        stmt = stmt.where(ReportedCase.group == group)
    found = search.matching(session, "reported_case", query)
    if found is not None:
        stmt = stmt.where(ReportedCase.id.in_(found))
    return list(session.scalars(stmt))


def get(session: Session, slug: str) -> ReportedCase:
    """One case with its owner and team. One statement.

    Raises:
        NotFound: there is none of this name.
    """
    found = session.scalar(
        select(ReportedCase)
        .where(ReportedCase.slug == slug)
        .options(joinedload(ReportedCase.owner), joinedload(ReportedCase.team))
    )
    if found is None:
        raise NotFound
    return found


def count(session: Session) -> int:
    """How many cases there are. One statement."""
    return session.scalar(select(func.count(ReportedCase.id))) or 0
