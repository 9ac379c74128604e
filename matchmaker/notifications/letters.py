"""Mail before it is addressed: whole sentences, at most one link, and why it was sent.

The address of the site is filled in when the mail is sent or shown (see :data:`SITE`), never
taken from a request. Names that people typed are made harmless: they can neither break a line nor
become a link.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from matchmaker.kernel.i18n import Lang, Message, msg, translate
from matchmaker.kernel.text import clean

SITE = "https://site.invalid"  # stands for this installation until the mail goes out
MOST = 120
SUBJECT = 200
SCHEME = re.compile(r"(?<=\w):(?=//)")
HOST = re.compile(r"(?<=\w)\.(?=[^\W\d_])")
SIGNATURE = msg("Matchmaker pairs problems with the teams that can solve them.")


@dataclass(frozen=True)
class Letter:
    """What a mail says. ``path`` leads to the one page on which to act."""

    subject: Message
    sentences: tuple[Message, ...]
    why: Message
    path: str = ""


def harmless(text: str) -> str:
    """Text of people as a mail may carry it: one line, not too long, nothing to click on."""
    line = clean(text, single_line=True)
    line = line if len(line) <= MOST else line[: MOST - 1] + "…"
    return HOST.sub(". ", SCHEME.sub(": ", line)).replace("@", " @ ")


def subject(letter: Letter, lang: Lang) -> str:
    """The heading of the mail, on one line."""
    return clean(translate(letter.subject, lang), single_line=True)[:SUBJECT]


def body(letter: Letter, lang: Lang) -> str:
    """The text of the mail, its link still without the address of the site."""
    parts = [translate(sentence, lang) for sentence in letter.sentences]
    if letter.path:
        parts.append(SITE + letter.path)
    parts.append("-- \n" + "\n".join(translate(each, lang) for each in (letter.why, SIGNATURE)))
    return "\n\n".join(parts) + "\n"


def addressed(text: str, site_url: str) -> str:
    """The text with the address of this installation filled in."""
    return text.replace(SITE, site_url.rstrip("/"))
