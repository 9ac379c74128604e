"""``python -m matchmaker`` is ``matchmaker``."""

from matchmaker.cli import main

main(prog_name="matchmaker")
