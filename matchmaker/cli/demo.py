"""``matchmaker demo``: the demo programme, ready to look at."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from matchmaker.cli import migrate, serve
from matchmaker.config import Settings
from matchmaker.demo import accounts, loader
from matchmaker.kernel import clock


@click.command()
@click.option("--serve/--no-serve", "serves", default=True, help="Serve it afterwards.")
@click.option(
    "--accounts-json",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the demo accounts to this file.",
)
@click.option(
    "--port", default=5000, show_default=True, envvar="PORT", type=click.IntRange(0, 65535)
)
def demo(serves: bool, accounts_json: Path | None, port: int) -> None:
    """Load the demo programme, print its accounts and serve it on this machine."""
    settings = Settings(demo=True, site_url=f"http://127.0.0.1:{port}")
    database = migrate.prepared(settings)
    made = loader.load(database, home=settings.instance_dir, now=clock.now())
    if accounts_json is not None:
        accounts.write(made, accounts_json)
    click.echo("Demo accounts (one passphrase for all):")
    for account in made:
        click.echo(f"  {account.role:<14} {account.email:<32} {account.password}")
    if serves:
        serve.run(settings, host="127.0.0.1", port=port, worker=True)
