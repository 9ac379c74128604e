"""Every read of programmes and calls."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.kernel.i18n import Lang
from matchmaker.programs.models import Program


def names(session: Session, ids: Collection[int], lang: Lang) -> dict[int, str]:
    """Names of programmes in the reader's language. One statement."""
    rows = session.execute(select(Program.id, Program.name).where(Program.id.in_(ids)))
    return {key: name.best(lang)[0] for key, name in rows}
