"""``python -m tests.bench``: tables of what pages and matching cost, as ratios within one run."""

from __future__ import annotations

import argparse

from rich.console import Console
from rich.table import Table

from tests.bench import assignment, explanations, languages, learning, matching, pages, retrieval
from tests.bench.matching import Timed
from tests.bench.pages import Measured

WIDTH = 110
PARTS = ("pages", "matching", "assignment", "learning", "retrieval")


def main() -> None:
    """Measure what was asked for and print it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--challenges", type=int, default=1_000, help="size of the programme")
    parser.add_argument("--larger", type=int, help="a second size, to see what growing costs")
    parser.add_argument("--rounds", type=int, default=9, help="pairs of blocks for each page")
    parser.add_argument("--teams", type=int, default=1_000_000, help="size of the retrieval")
    parser.add_argument(
        "--only", choices=["pages", "matching", "retrieval", "learning", "assignment"]
    )
    asked = parser.parse_args()
    console = Console(width=WIDTH, highlight=False)
    if asked.only in (None, "pages"):
        _pages(console, asked.challenges, asked.larger, asked.rounds)
    if asked.only in (None, "pages", "matching"):
        _matching(console, asked.rounds, with_figures=asked.only != "pages")
    if asked.only in (None, "assignment"):
        assignment.report(console)
    if asked.only in (None, "learning"):
        learning.report(console)
    if asked.only in (None, "retrieval"):
        retrieval.report(console, asked.teams)


def _pages(console: Console, size: int, larger: int | None, rounds: int) -> None:
    with pages.site() as place:
        small = pages.measure(place, size, rounds=rounds)
    console.print(_page_table(f"Pages over {size:,} challenges", small))
    if larger is None:
        return
    with pages.site() as place:
        large = pages.measure(place, larger, rounds=rounds)
    console.print(_page_table(f"Pages over {larger:,} challenges", large))
    growth = Table(title=f"Cost at {larger:,} over cost at {size:,}, both as ratio (budget 1.3)")
    growth.add_column("page")
    growth.add_column("growth", justify="right")
    for before, after in zip(small, large, strict=True):
        growth.add_row(before.page.name, f"{after.ratio / before.ratio:.2f}")
    console.print(growth)


def _matching(console: Console, rounds: int, *, with_figures: bool) -> None:
    with pages.site() as place:
        report, loaded = matching.import_cohort(place)
        computed = matching.full_run(place, report)
        board = pages.compare(place, [pages.board_page(report.call.slug)], rounds=rounds)
    console.print(_page_table(f"Match board over {computed.many:,} pairs", board))
    if not with_figures:
        return
    console.print(_time_table([loaded, computed, *matching.throughput()]))
    _ranking(console)
    explanations.report(console)
    languages.report(console, languages.content())


def _ranking(console: Console) -> None:
    outside = matching.outside_figures()
    if outside is not None:
        console.print("Ranking, by the public evaluation:")
        console.print(outside.strip())
        return
    table = Table(title="Ranking of the invented cohort")
    table.add_column("scorer")
    figures = matching.own_figures()
    for name in next(iter(figures.values())):
        table.add_column(name, justify="right")
    for scorer, means in figures.items():
        table.add_row(scorer, *(f"{value:.3f}" for value in means.values()))
    console.print(table)


def _page_table(title: str, rows: list[Measured]) -> Table:
    table = Table(title=f"{title} (processor time; floor = bare page over the same rows)")
    table.add_column("page")
    for name in ("floor ms", "ms", "ratio", "budget", "statements", "budget", "kB", "budget"):
        table.add_column(name, justify="right")
    for row in rows:
        page, kilobytes = row.page, row.bytes / 1000
        table.add_row(
            page.name, f"{row.floor_ms:.1f}", f"{row.ms:.1f}",
            _marked(f"{row.ratio:.2f}", row.ratio <= page.ratio), f"{page.ratio}",
            _marked(str(row.statements), row.statements <= page.statements),
            str(page.statements),
            _marked(f"{kilobytes:.0f}", page.kilobytes is None or kilobytes <= page.kilobytes),
            str(page.kilobytes or ""),
        )  # fmt: skip
    return table


def _marked(value: str, is_within: bool) -> str:
    return value if is_within else f"{value} !"


def _time_table(rows: list[Timed]) -> Table:
    table = Table(title="Time (processor time of one process)")
    table.add_column("what")
    for name in ("seconds", "over", "a second"):
        table.add_column(name, justify="right")
    for row in rows:
        rate = f"{row.many / row.seconds:,.0f}"
        table.add_row(row.name, f"{row.seconds:.2f}", f"{row.many:,} {row.unit}", rate)
    return table


main()
