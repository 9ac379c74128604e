"""``matchmaker mail``: the outbox in the hands of whoever runs the machine."""

from __future__ import annotations

import rich_click as click

from matchmaker.audit.service import record
from matchmaker.cli import migrate, terminal
from matchmaker.cli.match_report import plain
from matchmaker.config import Settings
from matchmaker.jobs import chores
from matchmaker.kernel import clock, formats
from matchmaker.kernel.actor import SYSTEM
from matchmaker.kernel.database import Database
from matchmaker.kernel.errors import Refusal
from matchmaker.kernel.i18n import Lang, Message, msg, translate
from matchmaker.notifications import letters, queries, sending
from matchmaker.notifications.models import Mail
from matchmaker.notifications.queries import Fate

FATES = {
    Fate.WAITING: msg("Waiting"),
    Fate.SENT: msg("Sent"),
    Fate.FAILED: msg("Not sent"),
}
SHOWN = 50
NO_SERVER = msg("No mail server is set, so nothing is sent. Set SMTP_URL first.")
NO_SUCH = msg("There is no such mail. See: matchmaker mail list")


class Outbox:
    """What every one of these commands needs: the database, the settings, the language."""

    def __init__(self, settings: Settings, lang: Lang):
        self.settings, self.lang = settings, lang
        self.database: Database = migrate.checked(settings)

    def say(self, message: Message) -> None:
        """Print a sentence in the reader's language."""
        click.echo(translate(message, self.lang))


@click.group(invoke_without_command=True)
@click.option(
    "--lang", type=terminal.LANGUAGES, help="Language of this command. Default: the terminal's."
)
@click.pass_context
def mail(context: click.Context, lang: str | None) -> None:
    """Send the mail that is due, or look after what waits."""
    settings = Settings()
    reader = Lang.parse(lang) or terminal.language() or Lang(settings.default_lang)
    context.obj = Outbox(settings, reader)
    if context.invoked_subcommand is None:
        _send(context.obj)


@mail.command("list")
@click.option("--all", "everything", is_flag=True, help="Sent mail as well.")
@click.pass_obj
def list_(outbox: Outbox, everything: bool) -> None:
    """List mail that waits or was given up, newest first."""
    with outbox.database.reading() as session:
        found = queries.newest(session, unsent_only=not everything, limit=SHOWN)
    for each in found:
        _print_line(each, outbox.lang)
    if found:
        outbox.say(msg("One of them with its text: matchmaker mail show NAME"))
    else:
        outbox.say(msg("No mail yet.") if everything else msg("Nothing waits to be sent."))


@mail.command()
@click.argument("name")
@click.pass_obj
def show(outbox: Outbox, name: str) -> None:
    """Print one mail with its link, for handing it on by other means. The record keeps that."""
    with outbox.database.transaction() as session:
        found = queries.by_public_id(session, name)
        if found is None:
            raise terminal.refused(NO_SUCH, outbox.lang)
        _print_line(found, outbox.lang)
        if found.body == sending.WIPED:
            outbox.say(msg("Its text was wiped, because it held a secret link."))
            return
        click.echo("\n" + letters.addressed(found.body, outbox.settings.site_url))
        record(
            session, "mail.show", actor=SYSTEM, now=clock.now(), kind="mail", object_id=found.id,
            name=found.kind, program_id=found.program_id,
        )  # fmt: skip


@mail.command()
@click.argument("names", nargs=-1, metavar="NAME…")
@click.option("--failed", "all_failed", is_flag=True, help="Everything that was given up.")
@click.pass_obj
def retry(outbox: Outbox, names: tuple[str, ...], all_failed: bool) -> None:
    """Have mail tried again at once."""
    if not names and not all_failed:
        raise click.UsageError(
            translate(msg("Name the mail, or give --failed for all that failed."), outbox.lang)
        )
    _require_server(outbox)
    with outbox.database.transaction() as session:
        wanted = [queries.by_public_id(session, name) for name in names]
        if all_failed:
            wanted += [each for each in queries.failed(session) if sending.can_retry(each)]
        for each in wanted:
            if each is None:
                raise terminal.refused(NO_SUCH, outbox.lang)
            try:
                sending.retry(session, each, actor=SYSTEM, now=clock.now())
            except Refusal as refusal:
                raise terminal.refused(refusal.message, outbox.lang) from None
    _send(outbox)


def _send(outbox: Outbox) -> None:
    """Send all that is due, however much; what the server refuses is due later only."""
    _require_server(outbox)
    sent = refused = 0
    now = clock.now()  # one instant, so that nothing refused falls due again meanwhile
    while True:
        done = chores.deliver_mail(outbox.database, outbox.settings, now=now)
        if done == sending.Delivered():
            break
        sent, refused = sent + done.sent, refused + done.refused
    outbox.say(
        msg("Sent: %(sent)s. Not taken by the server: %(refused)s.", sent=sent, refused=refused)
    )
    if refused:
        raise terminal.refused(
            msg("What was not taken waits in the outbox: matchmaker mail list"), outbox.lang
        )


def _require_server(outbox: Outbox) -> None:
    if not outbox.settings.smtp_url:
        raise terminal.refused(NO_SERVER, outbox.lang)


def _print_line(found: Mail, lang: Lang) -> None:
    state = translate(FATES[queries.fate(found)], lang)
    moment = formats.instant(found.created_at, lang)
    click.echo(f"{found.public_id}  {state}  {moment}  {plain(found.to_address)}")
    click.echo(f"    {plain(found.subject)}")
    if found.error and found.sent_at is None:
        click.echo(f"    {plain(found.error)}")
