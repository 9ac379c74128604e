"""The door of the command line: ``matchmaker <command>``.

Commands are loaded when they are called, so that ``matchmaker --help`` stays quick and
``matchmaker recommend`` needs no web or database packages.
"""

from __future__ import annotations

import importlib

import rich_click as click

from matchmaker import __version__

COMMANDS = {
    "account": "matchmaker.cli.account:account",
    "assign": "matchmaker.cli.assign:assign_command",
    "demo": "matchmaker.cli.demo:demo",
    "import": "matchmaker.cli.import_:import_",
    "init": "matchmaker.cli.init:init",
    "mail": "matchmaker.cli.mail:mail",
    "migrate": "matchmaker.cli.migrate:migrate",
    "recommend": "matchmaker.cli.recommend:recommend",
    "serve": "matchmaker.cli.serve:serve",
    "train": "matchmaker.cli.train:train",
}


class Lazy(click.RichGroup):
    """A group that imports a command only when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands in alphabetical order."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name."""
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, name = place.split(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.group(cls=Lazy)
@click.version_option(__version__, prog_name="matchmaker")
def main() -> None:
    """Matchmaker pairs AI problems with teams that can solve them, and says why."""
