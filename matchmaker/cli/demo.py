"""``matchmaker demo``: the demo programme, ready to look at."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from matchmaker.cli import migrate, serve
from matchmaker.config import Settings
from matchmaker.demo import accounts, loader, scale
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
@click.option(
    "--scale",
    "size",
    metavar="N",
    type=click.IntRange(scale.FEWEST, scale.MOST),
    help="For measuring: N challenges, 2N proposals and N/2 teams, instead of the demo programme "
    "or beside it where it is loaded already.",
)
def demo(serves: bool, accounts_json: Path | None, port: int, size: int | None) -> None:
    """Load the demo programme, print its accounts and serve it on this machine."""
    settings = Settings(
        demo=True, staff_second_factor="optional", site_url=f"http://127.0.0.1:{port}"
    )
    database = migrate.prepared(settings)
    home, now = settings.instance_dir, clock.now()
    if size is None:
        made = loader.load(database, home=home, now=now)
    else:
        made = scale.load(database, size, home=home, now=now)
    if accounts_json is not None:
        accounts.write(made, accounts_json)
    click.echo("Demo accounts (one passphrase for all):")
    for account in made:
        click.echo(f"  {account.role:<14} {account.email:<32} {account.password}")
    if serves:
        serve.run(settings, host="127.0.0.1", port=port, worker=True)
