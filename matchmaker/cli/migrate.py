"""``matchmaker migrate``: bring the database to the schema of this version, or back."""

from __future__ import annotations

import importlib
import pkgutil

import rich_click as click
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData

import matchmaker
from matchmaker.config import Settings
from matchmaker.kernel.database import Base, Database
from matchmaker.kernel.resources import folder


def metadata() -> MetaData:
    """All tables, once every room's models are imported."""
    for room in pkgutil.iter_modules(matchmaker.__path__, "matchmaker."):
        if room.ispkg and any(
            part.name == "models" for part in pkgutil.iter_modules([_path_of(room.name)])
        ):
            importlib.import_module(f"{room.name}.models")
    importlib.import_module("matchmaker.kernel.search")
    return Base.metadata


def is_described(_thing: object, name: str | None, *_rest: object) -> bool:
    """Whether the models describe this table or index; search indexes are made by hand."""
    return not (name or "").startswith(("search_index", "ix_search_entry_tokens"))


def upgrade(database: Database, revision: str = "head") -> bool:
    """Run what is missing; returns whether anything was."""
    before = current(database)
    if revision == "head" and before == newest():
        return False
    _run(database, command.upgrade, revision)
    return current(database) != before


def prepared(settings: Settings) -> Database:
    """The database of this installation, made or brought to the schema of this version.

    Raises:
        ClickException: it is newer than this version.
    """
    settings.instance_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database)
    _refuse_newer(current(database))
    upgrade(database)
    return database


def checked(settings: Settings) -> Database:
    """The database of this installation, if it has the schema of this version.

    Raises:
        ClickException: it is missing, outdated, or newer than this version.
    """
    database = Database(settings.database)
    at = current(database)
    _refuse_newer(at)
    if at != newest():
        raise click.ClickException(
            "The database is not set up for this version. Run: matchmaker migrate"
        )
    return database


def downgrade(database: Database, revision: str) -> None:
    """Take migrations back, down to ``revision`` or ``base``."""
    _run(database, command.downgrade, revision)


def current(database: Database) -> str | None:
    """The revision that the database is at; None when it is empty."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """The newest revision that this version knows."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def known(revision: str | None) -> bool:
    """Whether this version knows the revision; a database from a newer version is not touched."""
    scripts = ScriptDirectory.from_config(_config()).walk_revisions()
    revisions = {script.revision for script in scripts}
    return revision is None or revision in revisions


def differences(database: Database) -> list[object]:
    """What the models say and the database does not; empty when they agree."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"include_object": is_described},
        )
        return list(compare_metadata(context, metadata()))


def _run(database: Database, step: object, revision: str) -> None:
    config = _config()
    with database.engine.connect() as connection:
        if database.is_sqlite:
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        config.attributes["connection"] = connection
        step(config, revision)  # type: ignore[operator]
        connection.commit()
    database.engine.dispose()


def _refuse_newer(revision: str | None) -> None:
    if not known(revision):
        raise click.ClickException("The database is newer than this version of Matchmaker.")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder("migrations")))
    config.set_main_option("path_separator", "os")
    return config


def _path_of(package: str) -> str:
    return f"{matchmaker.__path__[0]}/{package.rsplit('.', 1)[1]}"


@click.command()
@click.option("--to", "revision", default="head", help="A revision; 'head' is the newest.")
@click.option("--back", is_flag=True, help="Go back to the revision instead of forward.")
def migrate(revision: str, back: bool) -> None:
    """Bring the database to the schema of this version."""
    settings = Settings()
    settings.instance_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database)
    _refuse_newer(current(database))
    if back:
        downgrade(database, revision)
    else:
        upgrade(database, revision)
    click.echo(f"The database is at revision {current(database) or 'base'}.")
