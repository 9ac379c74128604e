"""What commands have in common: the reader's language, and refusals in that language."""

from __future__ import annotations

import os

import rich_click as click

from matchmaker.kernel.i18n import Lang, Message, translate

LANGUAGES = click.Choice(["zh-TW", "en"])


def language() -> Lang | None:
    """The language that the terminal is set to; None when it is neither of ours."""
    return Lang.parse(
        os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG")
    )


def refused(message: Message, lang: Lang) -> click.ClickException:
    """A refusal to be raised: its sentence goes to the error stream, the code is 1."""
    return click.ClickException(translate(message, lang))
