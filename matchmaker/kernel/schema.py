"""Which revision a database is at, and which one this version of the code expects."""

from __future__ import annotations

import re
from functools import cache

from sqlalchemy import inspect, text

from matchmaker.kernel.database import Database
from matchmaker.kernel.resources import folder

IS_REVISION = re.compile(r"^revision(?:: str)? = [\"'](?P<id>[^\"']+)[\"']", re.MULTILINE)
FOLLOWS = re.compile(r"^down_revision(?:: [^=]+)? = [\"'](?P<id>[^\"']+)[\"']", re.MULTILINE)


@cache
def expected() -> str | None:
    """The revision that no other migration follows; None while there are no migrations."""
    scripts = [
        file.read_text(encoding="utf-8")
        for file in sorted((folder("migrations") / "versions").glob("*.py"))
    ]
    followed = {found["id"] for script in scripts for found in FOLLOWS.finditer(script)}
    revisions = [found["id"] for script in scripts for found in IS_REVISION.finditer(script)]
    return next((revision for revision in revisions if revision not in followed), None)


def applied(database: Database) -> str | None:
    """The revision that the database is at; None when no migration ever ran."""
    with database.reading() as session:
        if not inspect(session.connection()).has_table("alembic_version"):
            return None
        found: str | None = session.scalar(text("SELECT version_num FROM alembic_version"))
        return found


def is_current(database: Database) -> bool:
    """Whether the database has exactly the tables that this version of the code expects."""
    return applied(database) == expected()
