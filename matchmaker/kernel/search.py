"""Full-text search that finds two-character Chinese words and English word forms.

One row per thing holds its tokens (see :func:`matchmaker.kernel.text.search_tokens`). SQLite
searches them with FTS5, PostgreSQL with ``tsvector('simple')``; both answer alike.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import (
    DDL,
    Index,
    Integer,
    Select,
    String,
    Text,
    UniqueConstraint,
    column,
    delete,
    event,
    func,
    literal_column,
    select,
    table,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from matchmaker.kernel.database import Base
from matchmaker.kernel.text import query_phrases, search_tokens

SQLITE_DDL = (
    """CREATE VIRTUAL TABLE search_index USING fts5(
        tokens, content='search_entry', content_rowid='id',
        tokenize='unicode61 remove_diacritics 0')""",
    """CREATE TRIGGER search_entry_added AFTER INSERT ON search_entry BEGIN
        INSERT INTO search_index(rowid, tokens) VALUES (new.id, new.tokens); END""",
    """CREATE TRIGGER search_entry_gone AFTER DELETE ON search_entry BEGIN
        INSERT INTO search_index(search_index, rowid, tokens)
        VALUES ('delete', old.id, old.tokens); END""",
    """CREATE TRIGGER search_entry_changed AFTER UPDATE ON search_entry BEGIN
        INSERT INTO search_index(search_index, rowid, tokens)
        VALUES ('delete', old.id, old.tokens);
        INSERT INTO search_index(rowid, tokens) VALUES (new.id, new.tokens); END""",
)


class SearchEntry(Base):
    """The tokens under which one thing is found."""

    __tablename__ = "search_entry"
    __table_args__ = (UniqueConstraint("kind", "object_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    object_id: Mapped[int] = mapped_column(Integer)
    tokens: Mapped[str] = mapped_column(Text, deferred=True)


Index(
    "ix_search_entry_tokens",
    func.to_tsvector(literal_column("'simple'"), SearchEntry.tokens),
    postgresql_using="gin",
).ddl_if(dialect="postgresql")

for statement in SQLITE_DDL:
    event.listen(
        SearchEntry.__table__,
        "after_create",
        DDL(statement.replace("%", "%%")).execute_if(dialect="sqlite"),  # type: ignore[no-untyped-call]
    )
event.listen(
    SearchEntry.__table__,
    "before_drop",
    DDL("DROP TABLE IF EXISTS search_index").execute_if(dialect="sqlite"),  # type: ignore[no-untyped-call]
)


def remember(session: Session, kind: str, object_id: int, texts: Iterable[str | None]) -> None:
    """Make a thing findable by these texts, in place of what was remembered before."""
    tokens = " ".join(" ".join(search_tokens(text)) for text in texts if text)
    entry = session.scalar(
        select(SearchEntry).where(SearchEntry.kind == kind, SearchEntry.object_id == object_id)
    )
    if entry is None:
        session.add(SearchEntry(kind=kind, object_id=object_id, tokens=tokens))
    else:
        entry.tokens = tokens
    session.flush()


def forget(session: Session, kind: str, object_id: int) -> None:
    """Make a thing unfindable."""
    session.execute(
        delete(SearchEntry).where(SearchEntry.kind == kind, SearchEntry.object_id == object_id)
    )


def matching(session: Session, kind: str, query: str) -> Select[int] | None:
    """Ids of things of ``kind`` in which every phrase of the query occurs.

    Returns None when the query holds nothing to search for (only punctuation, say).
    """
    phrases = query_phrases(query)[:20]
    if not phrases:
        return None
    ids = select(SearchEntry.object_id).where(SearchEntry.kind == kind)
    if session.get_bind().dialect.name == "sqlite":
        wanted = " AND ".join('"' + " ".join(phrase) + '"' for phrase in phrases)
        index = table("search_index", column("rowid"))
        matches = column("search_index").op("MATCH")(wanted)
        found = select(index.c.rowid).select_from(index).where(matches)
        return ids.where(SearchEntry.id.in_(found))
    tokens = func.to_tsvector(literal_column("'simple'"), SearchEntry.tokens)
    for phrase in phrases:
        ids = ids.where(
            tokens.op("@@")(func.phraseto_tsquery(literal_column("'simple'"), " ".join(phrase)))
        )
    return ids
