"""How far a command is: a bar on a terminal, a few plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import rich_click as click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from matchmaker.kernel.i18n import Lang, Message, translate

LINES = 10  # in a pipe, at most
Tell = Callable[[int, int], None]


@contextmanager
def shown(doing: Message, done: Callable[[int, int], Message], lang: Lang) -> Iterator[Tell]:
    """A function to be told ``(done, total)``; everything goes to the error stream.

    Args:
        doing: what stands beside the bar.
        done: the plain line for so many of so many.
    """
    if not sys.stderr.isatty():
        yield _Plain(done, lang)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns,
        TimeRemainingColumn(),
        console=Console(stderr=True),
        redirect_stdout=False,  # results may be on their way into a pipe
    ) as progress:
        task = progress.add_task(translate(doing, lang), total=None)
        yield lambda count, total: progress.update(task, completed=count, total=total)


class _Plain:
    """Says a line at each tenth of the way."""

    def __init__(self, done: Callable[[int, int], Message], lang: Lang):
        self._done, self._lang, self._told = done, lang, 0

    def __call__(self, count: int, total: int) -> None:
        tenth = LINES if count >= total else count * LINES // max(1, total)
        if tenth > self._told:
            self._told = tenth
            click.echo(translate(self._done(count, total), self._lang), err=True)
