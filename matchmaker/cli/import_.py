"""``matchmaker import``: challenges and teams out of files into a programme of their own."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from datetime import date, datetime, time
from pathlib import Path
from typing import NoReturn

import rich_click as click
from sqlalchemy.orm import Session

from matchmaker.challenges.models import ChallengeKind
from matchmaker.cli import migrate, progress, terminal
from matchmaker.cli.match_report import plain
from matchmaker.config import Settings
from matchmaker.kernel import clock
from matchmaker.kernel.actor import SYSTEM
from matchmaker.kernel.database import Database
from matchmaker.kernel.errors import Invalid, Refusal
from matchmaker.kernel.formats import TAIPEI
from matchmaker.kernel.i18n import Lang, Message, msg, translate
from matchmaker.kernel.tabular import BadTable
from matchmaker.matching import board, execution, queries
from matchmaker.matching import service as matching
from matchmaker.matching.lifecycle import RunState
from matchmaker.matching.models import RecommendationRun
from matchmaker.transfer import loading
from matchmaker.transfer.files import Files, Kind, find
from matchmaker.transfer.service import BadRecords, Outcome, Plan, Report

FILE = click.Path(path_type=Path)
CLOSING = time(18)
MOST_LEFT = 8  # words and columns that are named in one line
NOUNS = {
    Kind.ORGANIZATION: msg("Organisations"),
    Kind.CHALLENGE: msg("Challenges"),
    Kind.TEAM: msg("Teams"),
}


class TriedOnly(Exception):
    """Lets go of everything at the end of a dry run."""

    def __init__(self, report: Report):
        super().__init__()
        self.report = report


@click.command("import")
@click.argument("places", nargs=-1, type=FILE)
@click.option(
    "--challenges", multiple=True, metavar="FILE", type=FILE, help="Challenges, whatever the name."
)
@click.option("--teams", multiple=True, metavar="FILE", type=FILE, help="Teams, whatever the name.")
@click.option(
    "--organizations",
    multiple=True,
    metavar="FILE",
    type=FILE,
    help="Organisations that challenges name as owners, whatever the name.",
)
@click.option("--program-name", help="Programme that takes them. Default: the folder's name.")
@click.option("--call-name", help="Call within it. Default: the programme's name.")
@click.option(
    "--closes-on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Last day of the call, until 18:00 in Taipei. Default: in 90 days.",
)
@click.option(
    "--kind",
    default=ChallengeKind.INDUSTRY.value,
    show_default=True,
    type=click.Choice([kind.value for kind in ChallengeKind]),
    help="Kind of challenges that do not say.",
)
@click.option(
    "--manager",
    "managers",
    multiple=True,
    metavar="EMAIL",
    help="An account that becomes manager of the programme; may be given more than once.",
)
@click.option("--match", "matches", is_flag=True, help="Compute the matching as well.")
@click.option(
    "--seed", default=0, show_default=True, type=int, help="Decides between equal scores."
)
@click.option("--dry-run", "tries", is_flag=True, help="Check and count; keep nothing.")
@click.option(
    "--lang",
    type=terminal.LANGUAGES,
    help="Language of what is printed. Default: that of the terminal.",
)
def import_(
    places: tuple[Path, ...],
    challenges: tuple[Path, ...],
    teams: tuple[Path, ...],
    organizations: tuple[Path, ...],
    program_name: str | None,
    call_name: str | None,
    closes_on: datetime | None,
    kind: str,
    managers: tuple[str, ...],
    matches: bool,
    seed: int,
    tries: bool,
    lang: str | None,
) -> None:
    """Load challenges and teams from folders or files into a programme of their own.

    In a folder, files named like challenges.jsonl, teams.csv or owners.xlsx are read. Everything
    is loaded or nothing. Loading the same files again changes only what differs in them.
    """
    reader = Lang.parse(lang) or terminal.language() or Lang.EN
    named = {Kind.CHALLENGE: challenges, Kind.TEAM: teams, Kind.ORGANIZATION: organizations}
    try:
        files = _files(places, named)
        content = loading.read(files)
    except (BadRecords, BadTable) as refusal:
        _refuse([problem.message for problem in refusal.problems], reader)
    except Invalid as refusal:
        _refuse(list(refusal.fields.values()), reader)
    name = program_name or _name_of([path for _kind, path in files])
    plan = Plan(
        program_name=name,
        call_name=call_name or name,
        closes_at=_closing(closes_on.date()) if closes_on else None,
        kind=ChallengeKind(kind),
        managers=managers,
    )
    settings = Settings()
    with closing(migrate.prepared(settings)) as database:
        report = _load(database, content, plan, reader, tries=tries)
        _tell(report, plan, files, reader)
        if tries:
            _say(msg("This was a dry run: nothing was kept."), reader)
            return
        if matches:
            _match(database, report, seed, reader)
        _close(settings, database, report, reader)


def _files(places: Sequence[Path], named: dict[Kind, tuple[Path, ...]]) -> Files:
    """All files by what they hold.

    Raises:
        BadTable: a place cannot be read.
        Invalid: there is nothing to read.
    """
    files = find(places)
    for kind, paths in named.items():
        files.by_kind[kind] += [path for path in paths if path not in files.by_kind[kind]]
    if not any(files):
        raise Invalid(
            {
                "": msg(
                    "There is nothing to read. Name a folder with files like %(example)s.",
                    example="challenges.jsonl, teams.csv",
                )
            }
        )
    return files


def _name_of(paths: Sequence[Path]) -> str:
    """A programme is called like the folder of its first file."""
    return paths[0].resolve().parent.name.replace("_", " ") or "import"


def _closing(day: date) -> datetime:
    return datetime.combine(day, CLOSING, TAIPEI)


def _load(
    database: Database, content: loading.Content, plan: Plan, lang: Lang, *, tries: bool
) -> Report:
    """Load in one transaction; a dry run takes all of it back."""
    try:
        with (
            progress.shown(msg("Importing records"), _imported, lang) as tell,
            database.transaction() as session,
        ):
            report = loading.load(session, content, plan, now=clock.now(), on_progress=tell)
            if tries:
                session.expunge_all()  # what the report names is told after it is gone
                raise TriedOnly(report)
    except TriedOnly as tried:
        return tried.report
    except BadRecords as refusal:
        _refuse([problem.message for problem in refusal.problems], lang)
    except Invalid as refusal:
        _refuse(list(refusal.fields.values()), lang)
    except Refusal as refusal:
        _refuse([refusal.message], lang)
    return report


def _imported(done: int, total: int) -> Message:
    return msg("Imported %(done)s of %(total)s records.", done=done, total=total)


def _matched(done: int, total: int) -> Message:
    return msg("Matched %(done)s of %(total)s pairs.", done=done, total=total)


def _tell(report: Report, plan: Plan, files: Files, lang: Lang) -> None:
    """What came of it, and everything that was left out or assumed."""
    head = (
        msg("Programme “%(name)s” was set up.", name=report.program.name)
        if report.is_new
        else msg("Programme “%(name)s” was there already.", name=report.program.name)
    )
    _say(head, lang)
    for kind, noun in NOUNS.items():
        counts = report.of(kind)
        if any(counts.values()):
            _say(_counted(noun, counts), lang)
    if report.ownerless:
        _say(
            msg(
                "%(n)s challenges name no owner; they stand under “Owner not stated”.",
                n=report.ownerless,
            ),
            lang,
        )
    if report.outcomes[Kind.CHALLENGE, Outcome.NEW]:
        kind_word = plan.kind.value
        _say(
            msg("Challenges that do not say their kind were taken as: %(kind)s.", kind=kind_word),
            lang,
        )
    for (field, word), many in report.left.words.most_common(MOST_LEFT):
        _say(
            msg(
                "Not in the list of %(list)s, left out: %(word)s (%(n)s records).",
                list=field, word=word, n=many,
            ),
            lang,
        )  # fmt: skip
    if report.left.columns:
        names = ", ".join(name for name, _many in report.left.columns.most_common(MOST_LEFT))
        _say(msg("Columns that have no place here, left out: %(names)s.", names=names), lang)
    if files.passed_over:
        names = ", ".join(path.name for path in files.passed_over[:MOST_LEFT])
        _say(msg("Files of the folder that were not read: %(names)s.", names=names), lang)


def _counted(noun: Message, counts: object) -> Message:
    return msg(
        "%(noun)s: %(new)s new, %(changed)s changed, %(unchanged)s unchanged, %(kept)s kept as "
        "people left them.",
        noun=noun,
        **{outcome.value: counts[outcome] for outcome in Outcome},  # type: ignore[index]
    )


def _match(database: Database, report: Report, seed: int, lang: Lang) -> None:
    """Compute the matching of the call, unless the newest run has read the same."""
    with database.transaction() as session:
        newest = queries.newest_result(session, report.call.id)
        if newest and newest.seed == seed and not board.changes_since(session, newest).profiles:
            _say(msg("The matching is up to date (run %(n)s).", n=newest.number), lang)
            return
        run = _requested(session, report, seed, lang)
    with progress.shown(msg("Matching challenges and teams"), _matched, lang) as tell:
        state = execution.execute(database, run.id, clock=clock.now, on_progress=tell)
    if state is not RunState.COMPLETED:
        words = state.value if state else RunState.RUNNING.value
        _refuse([msg("The matching did not complete: %(state)s.", state=words)], lang)
    _say(msg("Matching computed as run %(n)s.", n=run.number), lang)


def _requested(session: Session, report: Report, seed: int, lang: Lang) -> RecommendationRun:
    try:
        return matching.request_run(
            session, report.call, matching.Parameters(seed=seed), actor=SYSTEM, now=clock.now()
        )
    except Refusal as refusal:
        _refuse([refusal.message], lang)


def _close(settings: Settings, database: Database, report: Report, lang: Lang) -> None:
    """Where to look, and who can."""
    with database.reading() as session:
        has_run = queries.newest_result(session, report.call.id) is not None
    site = settings.site_url.rstrip("/")
    slug = report.call.slug
    _say(msg("Look at:"), lang)
    for path in (f"/calls/{slug}", f"/challenges?call={slug}", "/teams", f"/matching?call={slug}"):
        click.echo(f"  {site}{path}")
    if not has_run:
        _say(msg("Compute the matching on the last of these pages, or here with --match."), lang)
    if report.managers:
        names = ", ".join(report.managers)
        _say(msg("Managers of the programme: %(names)s.", names=names), lang)
        return
    _say(
        msg(
            "Nobody manages the programme yet. Run this again with --manager ADDRESS, or let one "
            "administrator propose the role and another confirm it: %(page)s",
            page=f"{site}/admin/invitations/staff",
        ),
        lang,
    )


def _say(message: Message, lang: Lang) -> None:
    click.echo(plain(translate(message, lang)))


def _refuse(reasons: Sequence[Message], lang: Lang) -> NoReturn:
    """Say on the error stream what is wrong and leave with code 2."""
    for reason in reasons:
        click.echo(plain(translate(reason, lang)), err=True)
    raise SystemExit(2)
