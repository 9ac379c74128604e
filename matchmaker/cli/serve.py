"""``matchmaker serve``: the web server and its worker in one command."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import rich_click as click
from waitress.server import create_server

from matchmaker.app import create_app
from matchmaker.cli import migrate
from matchmaker.config import Settings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option(
    "--port", default=5000, show_default=True, envvar="PORT", type=click.IntRange(0, 65535)
)
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 64))
@click.option("--worker/--no-worker", default=True, help="Start the background worker as well.")
def serve(host: str, port: int, threads: int, worker: bool) -> None:
    """Serve Matchmaker on this machine."""
    run(Settings(), host=host, port=port, threads=threads, worker=worker)


def run(settings: Settings, *, host: str, port: int, threads: int = 8, worker: bool = True) -> None:
    """Serve until interrupted.

    Raises:
        ClickException: the database is missing, outdated or newer than this version, or the
            address is taken.
    """
    database = migrate.checked(settings)
    app = create_app(settings, database)
    try:
        server = create_server(app, host=host, port=port, threads=threads, ident="Matchmaker")
    except OSError as error:
        raise click.ClickException(
            f"Port {port} on {host} cannot be used ({error.strerror}). "
            f"Choose another one, for example: PORT={port + 1}"
        ) from None
    signal.signal(signal.SIGTERM, _stop)
    with _worker(settings, worker):
        address = f"http://{host}:{server.effective_port}"
        click.echo(f"Matchmaker answers at {address}  (Ctrl-C stops it)")
        try:
            server.run()
        except KeyboardInterrupt:
            click.echo("Stopped.")


def _stop(_signal: int, _frame: object) -> NoReturn:
    """Stop as Ctrl-C does, so that the worker is not left behind."""
    raise KeyboardInterrupt


@contextmanager
def _worker(settings: Settings, wanted: bool) -> Iterator[None]:
    """The worker as a child process that ends with the server."""
    if not wanted:
        yield
        return
    environment = os.environ | {
        "MATCHMAKER_HOME": str(settings.instance_dir),
        "DATABASE_URL": settings.database_url,
        "SITE_URL": settings.site_url,
        "DEMO": str(settings.demo),
    }
    child = subprocess.Popen([sys.executable, "-m", "matchmaker.jobs"], env=environment)
    try:
        yield
    finally:
        child.terminate()
        try:
            child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            child.kill()
