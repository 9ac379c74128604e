"""Alembic's entry: the connection comes from ``matchmaker migrate``, the tables from the models."""

from alembic import context

from matchmaker.cli.migrate import is_described, metadata
from matchmaker.kernel.database import Instant, LocalizedText


def plain(kind, thing, _context):
    """Our column types as what the database sees, so that a migration needs no later code."""
    if kind == "type" and isinstance(thing, Instant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(thing, LocalizedText):
        return "sa.JSON()"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata(),
    render_as_batch=True,
    compare_type=True,
    render_item=plain,
    include_object=is_described,
)
with context.begin_transaction():
    context.run_migrations()
