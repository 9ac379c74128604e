"""Names of things of several kinds, read at once."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Select, literal, union_all
from sqlalchemy.orm import Session

from matchmaker.kernel.i18n import Lang
from matchmaker.kernel.localized import Localized


def best(
    session: Session, named: Mapping[str, Select[int, Localized]], lang: Lang
) -> dict[tuple[str, int], str]:
    """Names in the reader's language by kind and id. One statement, however many kinds.

    ``named`` holds for each kind the statement that reads its ids and names.
    """
    if not named:
        return {}
    parts = [statement.add_columns(literal(kind)) for kind, statement in named.items()]
    rows = session.execute(union_all(*parts))
    return {(kind, key): name.best(lang)[0] for key, name, kind in rows}
