"""``matchmaker train``: learn from decisions how much each part of a score should count."""

from __future__ import annotations

import rich_click as click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from matchmaker.cli import migrate, progress, terminal
from matchmaker.config import Settings
from matchmaker.kernel import clock, formats
from matchmaker.kernel.actor import SYSTEM
from matchmaker.kernel.database import Database
from matchmaker.kernel.errors import NotFound, Refusal
from matchmaker.kernel.i18n import Lang, Message, msg, translate
from matchmaker.learning import service, training
from matchmaker.learning.training import Trained
from matchmaker.learning.words import MATCHERS, REASONS
from matchmaker.matching.lifecycle import ModelState
from matchmaker.matching.models import RankingModel
from matchmaker.programs import queries as programs

DOING = msg("Learning from decisions")
WON = msg("It won on later challenges and may be used.")
NOT_USED = msg("It is not used:")


@click.command()
@click.option("--program", "slug", help="Programme to learn from and for. Default: all.")
@click.option("--activate", "activates", is_flag=True, help="Use it for new runs, if it won.")
@click.option("--dry-run", "tries", is_flag=True, help="Learn and measure; keep nothing.")
@click.option(
    "--lang",
    type=terminal.LANGUAGES,
    help="Language of what is printed. Default: that of the terminal.",
)
def train(slug: str | None, activates: bool, tries: bool, lang: str | None) -> None:
    """Train a ranking model from the decisions so far and say how it did."""
    settings = Settings()
    reader = Lang.parse(lang) or terminal.language() or Lang(settings.default_lang)
    database = migrate.checked(settings)
    try:
        program_id = _program(database, slug)
        if tries:
            _try(database, program_id, reader)
        else:
            _keep(database, program_id, activates, reader)
    except Refusal as refusal:
        raise terminal.refused(refusal.message, reader) from refusal
    finally:
        database.close()


def _program(database: Database, slug: str | None) -> int | None:
    if slug is None:
        return None
    with database.reading() as session:
        try:
            return programs.get_program(session, slug).id
        except NotFound:
            raise click.UsageError(f"there is no programme {slug}") from None


def _try(database: Database, program_id: int | None, lang: Lang) -> None:
    with database.reading() as session, progress.shown(DOING, _step, lang) as tell:
        found = training.train(session, program_id, on_progress=tell)
    _print(found, lang)
    _say(msg("Nothing was kept."), lang)


def _keep(database: Database, program_id: int | None, activates: bool, lang: Lang) -> None:
    with database.transaction() as session:
        asked = service.request_training(session, program_id, actor=SYSTEM, now=clock.now())
        model_id = asked.id
    with progress.shown(DOING, _step, lang) as tell:
        training.execute(database, model_id, clock=clock.now, on_progress=tell)
    with database.transaction() as session:
        model = session.get_one(RankingModel, model_id)
        if not model.data:  # another worker has it, or it failed
            raise terminal.refused(
                msg("Model %(number)s: %(state)s", number=model.number, state=model.state.value),
                lang,
            )
        _print(training.kept(model), lang)
        _say(msg("Kept as model %(number)s.", number=model.number), lang)
        if activates and model.state is ModelState.CANDIDATE:
            service.activate(session, model, actor=SYSTEM, now=clock.now())
            _say(msg("New runs use it from now on."), lang)


def _print(found: Trained, lang: Lang) -> None:
    """The figures as a table, the weights, and whether it may be used."""
    console = Console(highlight=False)
    _say(
        msg("%(decisions)s decisions on %(challenges)s challenges with %(teams)s teams.",
            decisions=found.data["decisions"], challenges=found.data["challenges"],
            teams=found.data["teams"]),
        lang,
    )  # fmt: skip
    assessment = found.assessment
    if "rows" in assessment.figures:
        console.print(_figures(found, lang))
    if assessment.weights is not None:
        console.print(_weights(found, lang))
    if "exposure" in assessment.figures:
        spread = assessment.figures["exposure"]
        _say(
            msg("First places of the most shown tenth of the teams: %(before)s → %(after)s",
                before=formats.percent(spread["before"]["top_tenth"], lang),
                after=formats.percent(spread["after"]["top_tenth"], lang)),
            lang,
        )  # fmt: skip
    _say(NOT_USED if assessment.reasons else WON, lang)
    for reason in assessment.reasons:
        click.echo(f"- {translate(REASONS[reason.value], lang)}")


def _figures(found: Trained, lang: Lang) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for word in (msg("Order by"), msg("Comparisons ordered as people did"), msg("nDCG@10")):
        table.add_column(Text(translate(word, lang)))
    for name, row in found.assessment.figures["rows"].items():
        one, two = row["agreement"], row["ndcg_at_10"]
        table.add_row(
            Text(translate(MATCHERS[name], lang)),
            f"{one['mean']:.3f} ({one['low']:.3f}–{one['high']:.3f})",
            f"{two['mean']:.3f} ({two['low']:.3f}–{two['high']:.3f})",
        )
    return table


def _weights(found: Trained, lang: Lang) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for word in (msg("Part"), msg("Measured weight"), msg("Learnt weight")):
        table.add_column(Text(translate(word, lang)))
    for part, before, after in found.weights():
        table.add_row(part, f"{before:.4f}", f"{after:.4f}")
    return table


def _step(done: int, total: int) -> Message:
    return msg("Step %(done)s of %(total)s", done=done, total=total)


def _say(message: Message, lang: Lang) -> None:
    click.echo(translate(message, lang))
