"""``matchmaker recommend rebuild|update|query``: an index of teams that is kept and asked.

The index is a folder. Rebuilding reads every team; updating reads the teams named and writes one
small file; asking opens the folder in milliseconds, whatever its size.
"""

from __future__ import annotations

import fcntl
import importlib
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import rich_click as click
from rich.console import Console

from matchmaker.cli import progress, terminal
from matchmaker.cli.match_files import read_challenges, read_teams
from matchmaker.cli.match_report import Report, print_table, refuse
from matchmaker.config import Settings
from matchmaker.kernel.i18n import Lang, Message, msg, translate
from matchmaker.kernel.tabular import BadTable
from matchmaker.recommender import (
    ChallengeProfile,
    Constraints,
    Options,
    Pool,
    TeamProfile,
    Weights,
    version,
)
from matchmaker.recommender.retrieval import Damaged

FILE = click.Path(path_type=Path)
PLAIN = (".txt", ".md")
PIPE_WIDTH = 100
F = Callable[..., None]


def _options(command: F) -> F:
    """What all three commands are told."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Answer in JSON."),
        click.option(
            "--lang",
            type=terminal.LANGUAGES,
            help="Language of names and sentences. Default: that of the terminal.",
        ),
        click.option(
            "--index",
            "place",
            metavar="FOLDER",
            type=click.Path(path_type=Path, file_okay=False),
            help="Where the index is kept. Default: beside the data of this site.",
        ),
    ):
        command = option(command)
    return command


def _sources(command: F) -> F:
    """Where teams come from."""
    for option in (
        click.option(
            "--from-database", "from_database", is_flag=True, help="Listed teams of this site."
        ),
        click.option(
            "--teams",
            "team_file",
            metavar="FILE",
            type=FILE,
            help="Teams as JSONL, JSON, CSV, TSV or XLSX.",
        ),
    ):
        command = option(command)
    return command


@click.command()
@_sources
@_options
def rebuild(
    team_file: Path | None,
    from_database: bool,
    place: Path | None,
    lang: str | None,
    as_json: bool,
) -> None:
    """Read all teams and build the index anew."""
    reader, began = _reader(lang), time.perf_counter()
    teams = _teams(team_file, from_database, (), reader)
    folder = _folder(place)
    with progress.shown(msg("Reading teams"), teams_read, reader) as tell:
        pool = Pool.build(teams, on_team=lambda number: tell(number, len(teams)))
    with _locked(folder, reader):
        pool.save(folder, _facts())
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    _answer(
        msg("Indexed %(teams)s teams in %(place)s.", teams=len(pool), place=str(folder)),
        {"index": str(folder), "teams": len(pool), "bytes": size, "version": version(),
         "seconds": _since(began)},
        reader, as_json,
    )  # fmt: skip


@click.command()
@click.argument("team_ids", nargs=-1, metavar="[TEAM]...")
@_sources
@click.option("--remove", "gone", multiple=True, metavar="TEAM", help="Take this team out.")
@_options
def update(
    team_ids: tuple[str, ...],
    team_file: Path | None,
    from_database: bool,
    gone: tuple[str, ...],
    place: Path | None,
    lang: str | None,
    as_json: bool,
) -> None:
    """Add or change teams of the index: those named, or all of the file.

    Only these are read. What the words of all weigh stays as it was when the index was built.
    """
    reader, began = _reader(lang), time.perf_counter()
    given: Sequence[TeamProfile] = ()
    if team_file or from_database or team_ids or not gone:
        given = _teams(team_file, from_database, team_ids, reader)
    folder = _folder(place)
    with _locked(folder, reader):
        pool = _opened(folder, reader)
        missing = [key for key in gone if key not in pool]
        if missing:
            refuse([msg("The index has no team %(team)s.", team=key) for key in missing], reader)
        added = sum(team.id not in pool for team in given)
        changed = [team for team in given if pool.team(team.id) != team]
        pool.put(changed)
        pool.remove(dict.fromkeys(gone))
        pool.save(folder, _facts())
    counts = {
        "added": added, "changed": len(changed) - added, "unchanged": len(given) - len(changed),
        "removed": len(gone), "teams": len(pool), "later": len(pool.later),
    }  # fmt: skip
    said = msg(
        "%(added)s added, %(changed)s changed, %(unchanged)s unchanged, %(removed)s removed; "
        "%(teams)s teams in the index.",
        **counts,
    )
    _answer(said, {"index": str(folder), **counts, "seconds": _since(began)}, reader, as_json)


@click.command()
@click.argument("source", default="-", metavar="[FILE]")
@click.option("--id", "only", metavar="ID", help="Only this challenge of the file.")
@click.option("--from-database", "ref", metavar="REF", help="A challenge of this site.")
@click.option(
    "--top",
    default=10,
    show_default=True,
    type=click.IntRange(1, 1_000),
    help="Teams for each challenge.",
)
@click.option("--explain/--no-explain", default=False, help="Say why, and what is missing.")
@click.option(
    "--seed", default=0, show_default=True, type=int, help="Decides between equal scores."
)
@_options
def query(
    source: str,
    only: str | None,
    ref: str | None,
    top: int,
    explain: bool,
    seed: int,
    place: Path | None,
    lang: str | None,
    as_json: bool,
) -> None:
    """Ask the index for the best teams.

    The challenge is a text or a JSON record on standard input, a text file (.txt, .md), a file of
    challenges, or one of this site.
    """
    reader = _reader(lang)
    challenges, titles = _challenges(source, only, ref, reader)
    pool = _opened(_folder(place), reader)
    options, began = Options(Constraints(), top, seed, explain), time.perf_counter()
    matches = [pool.matches(each, options, weights=Weights()) for each in challenges]
    spent = _since(began)
    names = {
        pair.team_id: _called(pool.team(pair.team_id), reader)
        for match in matches
        for pair in match.recommended
    }
    report = Report(matches, titles, names, reader, explain)
    if as_json:
        found = [report.record(pair) for pair in report.pairs()]
        click.echo(
            json.dumps(
                {"version": version(), "teams": len(pool), "seconds": spent, "matches": found},
                ensure_ascii=False,
            )
        )
        return
    width = None if sys.stdout.isatty() else PIPE_WIDTH
    print_table(report, Console(width=width, highlight=False))


def teams_read(done: int, total: int) -> Message:
    """How far the reading is."""
    return msg("Read %(done)s of %(total)s teams.", done=done, total=total)


def _reader(lang: str | None) -> Lang:
    return Lang.parse(lang) or terminal.language() or Lang.EN


def _folder(place: Path | None) -> Path:
    return place or Settings().instance_dir / "index"


def _facts() -> Mapping[str, str]:
    return {"version": version()}


def _since(began: float) -> float:
    return round(time.perf_counter() - began, 4)


def _answer(said: Message, facts: Mapping[str, Any], lang: Lang, as_json: bool) -> None:
    click.echo(json.dumps(facts, ensure_ascii=False) if as_json else translate(said, lang))


def _teams(
    team_file: Path | None, from_database: bool, wanted: Sequence[str], lang: Lang
) -> Sequence[TeamProfile]:
    """The teams asked for; refuses a source that is not clear and a team that is not there."""
    if (team_file is None) is (not from_database):
        refuse([msg("Say where the teams are: --teams FILE or --from-database.")], lang)
    if team_file is None:
        return _from_database(wanted, lang)
    try:
        teams, names = read_teams(team_file)
    except BadTable as refusal:
        refuse([problem.message for problem in refusal.problems], lang)
    missing = [key for key in wanted if key not in names]
    if missing:
        refuse(
            [msg("%(file)s has no team %(team)s.", file=team_file.name, team=key)
             for key in missing],
            lang,
        )  # fmt: skip
    return [team for team in teams if team.id in wanted] if wanted else teams


def _from_database(wanted: Sequence[str], lang: Lang) -> Sequence[TeamProfile]:
    # the database is loaded by whoever asks for it; files need none
    found = importlib.import_module("matchmaker.cli.match_database").teams(wanted)
    missing = [key for key, team in found.items() if team is None]
    if missing:
        refuse([msg("No listed team is called %(team)s.", team=key) for key in missing], lang)
    return list(found.values())


def _challenges(
    source: str, only: str | None, ref: str | None, lang: Lang
) -> tuple[Sequence[ChallengeProfile], Mapping[str, Mapping[str, Any]]]:
    """The challenges asked about, and what they are called."""
    if ref is not None:
        found = importlib.import_module("matchmaker.cli.match_database").challenge(ref)
        if found is None:
            refuse([msg("No challenge is called %(challenge)s.", challenge=ref)], lang)
        return [found], {found.id: _titled(found, lang)}
    if source == "-" or Path(source).suffix.lower() in PLAIN:
        profile = _from_text(source, lang)
        return [profile], {profile.id: _titled(profile, lang)}
    try:
        challenges, titles = read_challenges(Path(source))
    except BadTable as refusal:
        refuse([problem.message for problem in refusal.problems], lang)
    if only is not None:
        challenges = [each for each in challenges if each.id == only]
    if not challenges:
        name = Path(source).name
        refuse([msg("%(file)s has no challenge %(id)s.", file=name, id=str(only))], lang)
    return challenges, titles


def _from_text(source: str, lang: Lang) -> ChallengeProfile:
    """A challenge from a plain text or one JSON record."""
    name = msg("Standard input") if source == "-" else source
    try:
        text = sys.stdin.read() if source == "-" else Path(source).read_text("utf-8-sig")
        record = json.loads(text) if text.lstrip().startswith("{") else {"body": text}
        profile = ChallengeProfile.from_record({"id": "query"} | record)
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        refuse([msg("%(file)s: a text or a JSON record in UTF-8 is expected.", file=name)], lang)
    if not profile.passages:
        refuse([msg("The challenge has no text to match.")], lang)
    return profile


def _titled(profile: ChallengeProfile, lang: Lang) -> Mapping[str, Any]:
    """What a challenge is called: its title or the beginning of its text."""
    return {"id": profile.id, "title": _words(profile.passages, ("title", ""), lang)[:80]}


def _called(team: TeamProfile | None, lang: Lang) -> Mapping[str, Any]:
    """What a team is called."""
    if team is None or not team.items:
        return {"id": team.id if team else ""}
    return {"id": team.id, "name": _words(team.items[0].passages, ("name", "title"), lang)}


def _words(passages: Iterable[Any], fields: Sequence[str], lang: Lang) -> str:
    """The text of the first field that is there, in the reader's language if it can be."""
    held = list(passages)
    for field in fields:
        named = [each for each in held if each.field.startswith(field)]
        named.sort(key=lambda each: each.language != lang.value)
        if named:
            return " ".join(str(named[0].text).split())
    return ""


def _opened(folder: Path, lang: Lang) -> Pool:
    """The index of a folder; refuses one that is not there, broken, or of another version."""
    try:
        pool, facts = Pool.open(folder)
    except FileNotFoundError:
        refuse(
            [msg("There is no index in %(place)s. Run: matchmaker recommend rebuild",
                 place=str(folder))],
            lang,
        )  # fmt: skip
    except Damaged as damage:
        refuse(
            [msg("The index is damaged (%(why)s). Build it anew with: matchmaker recommend "
                 "rebuild", why=str(damage))],
            lang,
        )  # fmt: skip
    if facts.get("version") != version():
        refuse(
            [msg("The index was built by another version. Build it anew with: matchmaker "
                 "recommend rebuild")],
            lang,
        )  # fmt: skip
    return pool


@contextmanager
def _locked(folder: Path, lang: Lang) -> Iterator[None]:
    """Keep others from writing into the folder meanwhile."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
    except OSError as error:
        why = error.strerror or str(error)
        refuse([msg("%(file)s cannot be written: %(why)s.", file=str(folder), why=why)], lang)
