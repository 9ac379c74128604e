"""``matchmaker account``: what only whoever runs the machine can do for an account."""

from __future__ import annotations

import rich_click as click

from matchmaker.accounts import queries, second_factor
from matchmaker.cli import migrate, terminal
from matchmaker.config import Settings
from matchmaker.kernel import clock
from matchmaker.kernel.actor import SYSTEM
from matchmaker.kernel.errors import Invalid, Refusal
from matchmaker.kernel.i18n import Lang, msg, translate
from matchmaker.notifications import subscriptions as _subscriptions  # noqa: F401 - they listen


@click.group()
def account() -> None:
    """Help somebody whom no administrator can help."""


@account.command("reset-factor")
@click.argument("email")
@click.option("--reason", default="on the command line", help="Kept in the audit log.")
@click.option(
    "--lang", type=terminal.LANGUAGES, help="Language of this command. Default: the terminal's."
)
def reset_factor(email: str, reason: str, lang: str | None) -> None:
    """Take the second step off an account: of the last administrator who lost the app, say.

    All sessions of the person end, and a mail tells of it. The password stays.
    """
    settings = Settings()
    reader = Lang.parse(lang) or terminal.language() or Lang(settings.default_lang)
    database = migrate.checked(settings)
    try:
        with database.transaction() as session:
            user = queries.user_by_email(session, email)
            if user is None:
                raise Invalid({"email": msg("There is no account with this address.")})
            second_factor.reset(session, user, reason=reason, actor=SYSTEM, now=clock.now())
    except Refusal as refusal:
        raise terminal.refused(refusal.message, reader) from None
    done = msg("The second step of %(email)s is reset. All sessions have ended.", email=email)
    click.echo(translate(done, reader))
