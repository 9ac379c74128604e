"""Every read of teams."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.kernel.i18n import Lang
from matchmaker.teams.models import Team


def names(session: Session, ids: Collection[int], lang: Lang) -> dict[int, str]:
    """Names of teams in the reader's language. One statement."""
    rows = session.execute(select(Team.id, Team.name).where(Team.id.in_(ids)))
    return {key: name.best(lang)[0] for key, name in rows}
