"""``matchmaker init``: a database and its first administrator, before the first page is served."""

from __future__ import annotations

import sys

import rich_click as click
from email_validator import EmailNotValidError, validate_email

from matchmaker.accounts import credentials, founding
from matchmaker.accounts.founding import Founder
from matchmaker.accounts.passwords import Passwords
from matchmaker.cli import migrate, terminal
from matchmaker.config import Settings
from matchmaker.kernel import clock
from matchmaker.kernel.database import Database
from matchmaker.kernel.errors import Invalid, Refusal
from matchmaker.kernel.i18n import Lang, Message, msg, translate
from matchmaker.kernel.text import clean

MOST_EMAIL, MOST_NAME = 254, 120  # as long as the columns


@click.command()
@click.option("--email", metavar="ADDRESS", help="E-mail address of the administrator.")
@click.option("--name", help="Name of the administrator.")
@click.option(
    "--password-stdin", "reads_password", is_flag=True, help="Read the password from a pipe."
)
@click.option("--second", "is_second", is_flag=True, help="Add the second administrator.")
@click.option(
    "--lang",
    type=terminal.LANGUAGES,
    help="Language of the account and of this command. Default: that of the terminal.",
)
def init(
    email: str | None, name: str | None, reads_password: bool, is_second: bool, lang: str | None
) -> None:
    """Make the database and the first administrator.

    What is not given by options is asked for. Staff roles need two administrators: run it once
    more with --second for the other one.
    """
    settings = Settings()
    reader = Lang.parse(lang) or terminal.language() or Lang(settings.default_lang)
    if not (sys.stdin.isatty() or (email and name and reads_password)):
        raise terminal.refused(
            msg("Nobody can be asked here. Give --email, --name and --password-stdin."), reader
        )
    database = migrate.prepared(settings)
    try:
        with database.reading() as session:
            founding.check_room(session, is_second=is_second)
        address = _address(email, reader)
        called = _name(name, reader)
        hashed = _password(settings, (address, called), reads_password, reader)
        founder = Founder(address, called, hashed, reader)
        _found(database, founder, is_second=is_second)
    except Refusal as refusal:
        raise terminal.refused(refusal.message, reader) from None
    _tell(settings, founder, is_second=is_second)


def _address(given: str | None, lang: Lang) -> str:
    text = clean(given or _asked(msg("E-mail address"), lang), single_line=True)
    try:
        validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise Invalid({"email": msg("This does not look like an address.")}) from None
    if len(text) > MOST_EMAIL:
        raise Invalid({"email": msg("Use at most %(n)s characters.", n=MOST_EMAIL)})
    return text


def _name(given: str | None, lang: Lang) -> str:
    text = clean(given or _asked(msg("Your name"), lang), single_line=True)
    if len(text) > MOST_NAME:
        raise Invalid({"name": msg("Use at most %(n)s characters.", n=MOST_NAME)})
    return text


def _password(settings: Settings, about: tuple[str, ...], reads: bool, lang: Lang) -> str:
    """The hash of the password, from a pipe or asked for until it follows the rules."""
    passwords = Passwords(settings.password_cost, settings.password_min_length)
    if reads:
        line = sys.stdin.readline().rstrip("\r\n")
        return credentials.hashed(passwords, line, about=about)
    while True:
        typed = _asked(msg("Choose a password"), lang, is_secret=True)
        try:
            hashed = credentials.hashed(passwords, typed, about=about)
        except Invalid as refusal:
            click.echo(translate(refusal.message, lang), err=True)
            continue
        if _asked(msg("The same password again"), lang, is_secret=True) == typed:
            return hashed
        click.echo(translate(msg("The two passwords are not the same."), lang), err=True)


def _asked(question: Message, lang: Lang, *, is_secret: bool = False) -> str:
    return str(click.prompt(translate(question, lang), hide_input=is_secret, err=True))


def _found(database: Database, founder: Founder, *, is_second: bool) -> None:
    with database.transaction() as session:
        founding.make_administrator(session, founder, is_second=is_second, now=clock.now())


def _tell(settings: Settings, founder: Founder, *, is_second: bool) -> None:
    sentences = [msg("%(email)s is an administrator now.", email=founder.email)]
    if not is_second:
        sentences.append(msg("Staff roles need a second one: matchmaker init --second"))
    sentences.append(
        msg(
            "Next: matchmaker serve, then sign in at %(address)s",
            address=f"{settings.site_url.rstrip('/')}/login",
        )
    )
    for sentence in sentences:
        click.echo(translate(sentence, founder.lang))
