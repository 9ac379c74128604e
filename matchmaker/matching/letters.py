"""The words of an invitation, in the reader's language: the same in the preview and in the mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from matchmaker.kernel import formats
from matchmaker.kernel.i18n import Lang, msg, translate
from matchmaker.matching.models import Candidacy


@dataclass(frozen=True)
class Letter:
    """A mail before it is addressed. ``path`` leads to the page on which to answer."""

    subject: str
    body: str
    path: str


def invitation(candidacy: Candidacy, *, answer_by: datetime, lang: Lang, site_url: str) -> Letter:
    """The invitation to one team. Nothing in it is confidential, and its subject holds no text
    that people wrote."""
    challenge = candidacy.challenge
    path = f"/recommendations/invitations/{candidacy.public_id}"
    sentences = (
        msg(
            "The programme office invites your team %(team)s to answer this problem:",
            team=candidacy.team.name.best(lang)[0],
        ),
        msg(
            "%(title)s (%(owner)s)",
            title=challenge.title.best(lang)[0],
            owner=challenge.organization.name.best(lang)[0],
        ),
        msg(
            "Please say by %(moment)s whether you are interested. "
            "An answer binds you to nothing; a proposal can be handed in until %(close)s.",
            moment=formats.instant(answer_by, lang),
            close=formats.instant(challenge.closes_at, lang),
        ),
        msg("Why you, and the answer: %(address)s", address=site_url.rstrip("/") + path),
        msg("You get this mail because you lead the team. Only you can answer, after signing in."),
    )
    subject = msg(
        "%(ref)s: invitation to answer a problem", ref=challenge.ref or challenge.public_id
    )
    return Letter(
        translate(subject, lang), "\n\n".join(translate(each, lang) for each in sentences), path
    )
