"""Alembic's entry: the connection comes from ``matchmaker migrate``, the tables from the models."""

from alembic import context

from matchmaker.cli.migrate import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata(),
    render_as_batch=True,
    compare_type=True,
    include_object=lambda thing, name, kind, reflected, other: (
        not (name or "").startswith("search_index")
    ),
)
with context.begin_transaction():
    context.run_migrations()
