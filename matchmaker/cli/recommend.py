"""``matchmaker recommend``: teams for the challenges of a file, without any database.

``rebuild``, ``update`` and ``query`` keep an index of teams instead; see ``match_index``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import rich_click as click
from click.core import ParameterSource
from rich.console import Console

from matchmaker.cli import progress, terminal
from matchmaker.cli.match_files import read_challenges, read_teams
from matchmaker.cli.match_index import query, rebuild, teams_read, update
from matchmaker.cli.match_output import FORMATS, PIPE_WIDTH, check_place, chosen_format, why
from matchmaker.cli.match_report import FLAT_COLUMNS, Report, print_table, refuse
from matchmaker.kernel.i18n import Lang, Message, msg, translate
from matchmaker.kernel.tabular import BadTable, replacing, write_rows
from matchmaker.recommender import ChallengeMatches, Matching


@click.group(invoke_without_command=True)
@click.option(
    "--challenges",
    "challenge_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Challenges as JSONL, JSON, CSV, TSV or XLSX.",
)
@click.option(
    "--teams",
    "team_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Teams as JSONL, JSON, CSV, TSV or XLSX.",
)
@click.option(
    "--top",
    default=10,
    show_default=True,
    type=click.IntRange(1, 1_000),
    help="Teams for each challenge.",
)
@click.option("--explain/--no-explain", default=False, help="Say why, and what is missing.")
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write to this file; its ending chooses the format.",
)
@click.option(
    "--format",
    "kind",
    type=click.Choice(FORMATS),
    help="Default: a table on a terminal, JSON lines in a pipe.",
)
@click.option(
    "--lang",
    type=terminal.LANGUAGES,
    help="Language of names and sentences. Default: that of the terminal.",
)
@click.option(
    "--seed", default=0, show_default=True, type=int, help="Decides between equal scores."
)
@click.pass_context
def recommend(
    ctx: click.Context,
    challenge_file: Path | None,
    team_file: Path | None,
    top: int,
    explain: bool,
    out: Path | None,
    kind: str | None,
    lang: str | None,
    seed: int,
) -> None:
    """Recommend teams for the challenges of a file.

    With a command, keep an index of teams and ask it again and again.
    """
    if ctx.invoked_subcommand is not None:
        _check_alone(ctx)
        return
    if challenge_file is None or team_file is None:
        missing = "challenge_file" if challenge_file is None else "team_file"
        param = next(each for each in ctx.command.params if each.name == missing)
        raise click.MissingParameter(ctx=ctx, param=param)
    reader = Lang.parse(lang) or terminal.language() or Lang.EN
    chosen = chosen_format(kind, out, reader)
    if out:
        check_place(out, (challenge_file, team_file), reader)
    try:
        challenges, titles = read_challenges(challenge_file)
        teams, names = read_teams(team_file)
    except BadTable as refusal:
        refuse([problem.message for problem in refusal.problems], reader)
    with progress.shown(msg("Reading teams"), teams_read, reader) as tell:
        matching = Matching(
            challenges, teams, top=top, seed=seed, explain=explain,
            on_team=lambda number: tell(number, len(teams)),
        )  # fmt: skip
    with progress.shown(msg("Matching challenges"), _matched, reader) as tell:
        coming = _told(matching, tell)
        on_screen = out is None and sys.stdout.isatty()
        report = Report(list(coming) if on_screen else coming, titles, names, reader, explain)
        if not on_screen:
            _deliver(report, chosen, out)
    if on_screen:
        _deliver(report, chosen, out)
    _close(matching, report, out, reader)


def _told(matching: Matching, tell: progress.Tell) -> Iterator[ChallengeMatches]:
    """The matches as they come, each of them told."""
    for done, match in enumerate(matching, 1):
        yield match
        tell(done, len(matching))


recommend.add_command(rebuild)
recommend.add_command(update)
recommend.add_command(query)


def _check_alone(ctx: click.Context) -> None:
    """Refuse options that stand before a command and would be overlooked."""
    for param in ctx.command.params:
        source = ctx.get_parameter_source(param.name or "")
        if source is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"{param.opts[0]} stands before {ctx.invoked_subcommand}.", ctx)


def _matched(done: int, total: int) -> Message:
    return msg("Matched %(done)s of %(total)s challenges.", done=done, total=total)


def _deliver(report: Report, kind: str, out: Path | None) -> None:
    """Write what comes, as it comes; a file is there when it is whole."""
    try:
        _write(report, kind, out)
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:
        refuse([msg("Nothing was written: %(why)s.", why=why(error))], report.lang)


def _write(report: Report, kind: str, out: Path | None) -> None:
    if kind == "table":
        _deliver_table(report, out)
    elif out is None and kind == "jsonl":
        for pair in report.pairs():
            click.echo(json.dumps(report.record(pair), ensure_ascii=False))
    else:
        _deliver_rows(report, kind, out)


def _deliver_rows(report: Report, kind: str, out: Path | None) -> None:
    nested = kind in ("json", "jsonl")
    rows = (report.record(pair) if nested else report.flat(pair) for pair in report.pairs())
    extra = ["parts"] if nested else []
    if report.explained:
        extra += ["reasons", "gaps"] if nested else ["reasons", "missing"]
    columns = [*(FLAT_COLUMNS[:7] if nested else FLAT_COLUMNS), *extra]
    write_rows(out or sys.stdout, rows, columns, kind=f".{kind}")


def _deliver_table(report: Report, out: Path | None) -> None:
    """The table for people: to the terminal as it is, to a file or pipe in plain letters."""
    if out is None:
        width = None if sys.stdout.isatty() else PIPE_WIDTH
        print_table(report, Console(width=width, highlight=False))
        return
    with replacing(out) as temporary, temporary.open("w", encoding="utf-8") as file:
        print_table(report, Console(file=file, width=PIPE_WIDTH, highlight=False))


def _close(matching: Matching, report: Report, out: Path | None, lang: Lang) -> None:
    """A last word on the error stream: how much, how reproducible, who was held back."""
    click.echo(
        translate(
            msg(
                "%(pairs)s recommendations, %(held)s pairs held back (%(version)s, %(digest)s).",
                pairs=report.told,
                held=report.held,
                version=matching.version,
                digest=matching.input_digest[:16],
            ),
            lang,
        ),
        err=True,
    )
    if out:
        click.echo(translate(msg("Written to %(file)s.", file=str(out)), lang), err=True)
