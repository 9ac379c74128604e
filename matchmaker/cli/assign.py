"""``matchmaker assign``: teams for all challenges of a file at once, without any database."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import rich_click as click
from rich.console import Console

from matchmaker.cli import progress, terminal
from matchmaker.cli.assign_files import Stated, read_matrix
from matchmaker.cli.assign_report import COLUMNS, PlanReport, print_plan
from matchmaker.cli.match_files import read_challenges, read_teams
from matchmaker.cli.match_output import FORMATS, PIPE_WIDTH, check_place, chosen_format, why
from matchmaker.cli.match_report import refuse
from matchmaker.kernel.i18n import Lang, Message, msg, translate
from matchmaker.kernel.tabular import BadTable, replacing, write_rows
from matchmaker.recommender import Matcher
from matchmaker.recommender.assignment import assign, explain, problem_of

IMPOSSIBLE = 1
SPAN = re.compile(r"\s*(\d{1,6})(?:\s*[-–~]\s*(\d{1,6}))?\s*")
FILE = click.Path(path_type=Path)


@click.command(name="assign")
@click.option("--challenges", "challenge_file", metavar="FILE", type=FILE,
              help="Challenges as JSONL, JSON, CSV, TSV or XLSX.")  # fmt: skip
@click.option("--teams", "team_file", metavar="FILE", type=FILE,
              help="Teams as JSONL, JSON, CSV, TSV or XLSX.")  # fmt: skip
@click.option("--scores", "score_file", metavar="FILE", type=FILE,
              help="Scores instead: a row per challenge, its id first, a column per team. "
              "An empty cell: not known, not assigned.")  # fmt: skip
@click.option("--per-challenge", default="2-3", show_default=True, metavar="N|N-M",
              help="Teams for each challenge, fewest and most.")  # fmt: skip
@click.option("--capacity", default=1, show_default=True, type=click.IntRange(0),
              help="Challenges for a team that does not say how many it can take on.")  # fmt: skip
@click.option("--demands", "demand_file", metavar="FILE", type=FILE,
              help="Exceptions: challenge_id, min, max.")  # fmt: skip
@click.option("--capacities", "room_file", metavar="FILE", type=FILE,
              help="Exceptions: team_id, capacity.")  # fmt: skip
@click.option("--forbidden", "forbidden_file", metavar="FILE", type=FILE,
              help="Pairs that must not be: challenge_id, team_id; statutory = yes is never "
              "offered as a way out.")  # fmt: skip
@click.option("--pinned", "pinned_file", metavar="FILE", type=FILE,
              help="Pairs that must be: challenge_id, team_id.")  # fmt: skip
@click.option("--previous", "previous_file", metavar="FILE", type=FILE,
              help="An earlier plan; its pairs stay where that costs little.")  # fmt: skip
@click.option("--objective", default="total", show_default=True,
              type=click.Choice(["total", "fair"]),
              help="The largest sum, or the worst-off challenges first.")  # fmt: skip
@click.option("--reserves", default=2, show_default=True, type=click.IntRange(0, 5),
              help="Reserve teams for each challenge.")  # fmt: skip
@click.option("--why", "asked", nargs=2, multiple=True, metavar="CHALLENGE TEAM",
              help="Say why this pair is in the plan or not, and what the other way would cost. "
              "May be given several times.")  # fmt: skip
@click.option("--out", metavar="FILE", type=FILE,
              help="Write to this file; its ending chooses the format.")  # fmt: skip
@click.option("--format", "kind", type=click.Choice(FORMATS),
              help="Default: a table on a terminal, JSON lines in a pipe.")  # fmt: skip
@click.option("--lang", type=terminal.LANGUAGES,
              help="Language of names and sentences. Default: that of the terminal.")  # fmt: skip
@click.option("--seed", default=0, show_default=True, type=int,
              help="Decides between plans that are equally good.")  # fmt: skip
def assign_command(
    challenge_file: Path | None, team_file: Path | None, score_file: Path | None,
    per_challenge: str, capacity: int, demand_file: Path | None, room_file: Path | None,
    forbidden_file: Path | None, pinned_file: Path | None, previous_file: Path | None,
    objective: str, reserves: int, asked: Sequence[tuple[str, str]], out: Path | None,
    kind: str | None, lang: str | None, seed: int,
) -> None:  # fmt: skip
    """Assign teams to all challenges of a file at once, under rules.

    Leaves with code 1 and the reasons when no plan can keep all rules.
    """
    reader = Lang.parse(lang) or terminal.language() or Lang.EN
    files = (challenge_file, team_file, score_file, demand_file, room_file, forbidden_file,
             pinned_file, previous_file)  # fmt: skip
    chosen = chosen_format(kind, out, reader)
    if out:
        check_place(out, [path for path in files if path], reader)
    span = _span(per_challenge, reader)
    try:
        stated = _stated(challenge_file, team_file, score_file, capacity, reader)
        stated.least[:], stated.most[:] = span
        for read, path in (
            (stated.read_demands, demand_file), (stated.read_room, room_file),
            (stated.read_forbidden, forbidden_file), (stated.read_pinned, pinned_file),
            (stated.read_previous, previous_file),
        ):  # fmt: skip
            if path is not None:
                read(path)
    except BadTable as refusal:
        refuse([problem.message for problem in refusal.problems], reader)
    places = _places(stated, asked, reader)
    given = _given(stated, objective, seed)
    with progress.shown(msg("Assigning teams"), _assigned, reader) as tell, _quiet_stdout():
        plan = assign(**given, on_progress=tell)
    report = PlanReport(plan, stated, reader, reserves)
    _answer(report, given, chosen, out)
    for place in places:
        with _quiet_stdout():
            said = explain(plan, *place, **given)
        _tell(report.say(said))


def _span(text: str, lang: Lang) -> tuple[int, int]:
    """Fewest and most teams, from ``2`` or ``2-3``."""
    found = SPAN.fullmatch(text)
    if found is None:
        refuse([msg("--per-challenge takes one number or two, such as 2 or 2-3.")], lang)
    least = int(found[1])
    return least, int(found[2] or least)


def _stated(
    challenge_file: Path | None, team_file: Path | None, score_file: Path | None, capacity: int,
    lang: Lang,
) -> Stated:  # fmt: skip
    """Scores as given, or from what challenges and teams say.

    Raises:
        BadTable: a file cannot be used.
    """
    if score_file is not None and challenge_file is None and team_file is None:
        stated = read_matrix(score_file)
        stated.room[:] = capacity
        return stated
    if challenge_file is None or team_file is None or score_file is not None:
        refuse([msg("Give --challenges and --teams, or --scores alone.")], lang)
    challenges, titles = read_challenges(challenge_file)
    teams, names = read_teams(team_file)
    scores = np.zeros((len(challenges), len(teams)))
    with progress.shown(msg("Matching challenges"), _matched, lang) as tell:
        for row, (found, _parts) in enumerate(Matcher(teams).scored(challenges)):
            scores[row] = found
            tell(row + 1, len(challenges))
    keys, members = [each.id for each in challenges], [each.id for each in teams]
    stated = Stated(keys, members, titles, names, scores)
    stated.room[:] = [capacity if t.capacity is None else max(0, t.capacity) for t in teams]
    return stated


def _places(stated: Stated, asked: Sequence[tuple[str, str]], lang: Lang) -> list[tuple[int, int]]:
    """The places of pairs that somebody asks about."""
    found = [stated.place_of(challenge, team) for challenge, team in asked]
    unknown = [each for each in found if isinstance(each, Message)]
    if unknown:
        refuse(unknown, lang)
    return [each for each in found if not isinstance(each, Message)]


def _given(stated: Stated, objective: str, seed: int) -> dict[str, Any]:
    """What ``assign`` and ``explain`` are asked with."""
    return {
        "affinity": stated.scores,
        "demand_min": stated.least,
        "demand_max": stated.most,
        "capacity": stated.room,
        "forbidden": stated.forbidden,
        "pinned": stated.pinned,
        "unbendable": stated.statutory,
        "previous": stated.previous,
        "challenge_ids": stated.challenges,
        "team_ids": stated.teams,
        "objective": objective,
        "seed": seed,
    }


@contextmanager
def _quiet_stdout() -> Iterator[None]:
    """Send to the error stream what the solver's own code prints, past Python, while it works."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def _answer(report: PlanReport, given: dict[str, Any], kind: str, out: Path | None) -> None:
    """Write the plan and say how good it is; without one, say why and leave with code 1."""
    if not report.plan.has_plan:
        _refuse_plan(report, given)
    try:
        _deliver(report, kind, out)
    except (OSError, ValueError) as error:
        if isinstance(error, BrokenPipeError):
            raise
        refuse([msg("Nothing was written: %(why)s.", why=why(error))], report.lang)
    for sentence in report.sentences():
        _tell(sentence)
    if report.stated.left_out:
        text = msg("Pairs of the earlier plan that name nobody who takes part: %(count)s.",
                   count=report.stated.left_out)  # fmt: skip
        _tell(translate(text, report.lang))
    if out:
        _tell(translate(msg("Written to %(file)s.", file=str(out)), report.lang))


def _refuse_plan(report: PlanReport, given: dict[str, Any]) -> None:
    names = ("demand_min", "demand_max", "capacity", "forbidden", "pinned", "unbendable")
    problem = problem_of(given["affinity"], **{name: given[name] for name in names})
    for sentence in (*report.sentences(), *report.reasons(problem)):
        _tell(sentence)
    raise SystemExit(IMPOSSIBLE)


def _deliver(report: PlanReport, kind: str, out: Path | None) -> None:
    if kind == "table":
        _deliver_table(report, out)
    elif out is None and kind == "jsonl":
        for row in report.rows():
            click.echo(json.dumps(row, ensure_ascii=False))
    else:
        write_rows(out or sys.stdout, report.rows(), COLUMNS, kind=f".{kind}")


def _deliver_table(report: PlanReport, out: Path | None) -> None:
    if out is None:
        width = None if sys.stdout.isatty() else PIPE_WIDTH
        print_plan(report, Console(width=width, highlight=False))
        return
    with replacing(out) as temporary, temporary.open("w", encoding="utf-8") as file:
        print_plan(report, Console(file=file, width=PIPE_WIDTH, highlight=False))


def _matched(done: int, total: int) -> Message:
    return msg("Matched %(done)s of %(total)s challenges.", done=done, total=total)


def _assigned(done: int, total: int) -> Message:
    return msg("Assigning teams: step %(done)s of %(total)s.", done=done, total=total)


def _tell(sentence: str) -> None:
    click.echo(sentence, err=True)
