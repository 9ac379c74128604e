"""The blueprint that all pages of proposals belong to, and the words they need."""

from __future__ import annotations

from flask import Blueprint, current_app, request
from flask_babel import gettext as _

from matchmaker.challenges.models import TargetKpi
from matchmaker.config import Settings
from matchmaker.kernel import formats
from matchmaker.kernel.files import FileStore
from matchmaker.kernel.lifecycle import Words
from matchmaker.kernel.localized import Localized
from matchmaker.proposals import queries
from matchmaker.proposals.content import RATIO
from matchmaker.proposals.lifecycle import WORDS
from matchmaker.proposals.models import Proposal
from matchmaker.proposals.policy import Sight
from matchmaker.web import door, languages

bp = Blueprint("proposals", __name__)

TONES = {"quiet": "neutral"}


def found(key: str) -> Sight:
    """The proposal of an address, as the reader sees it now."""
    return queries.get(door.db(), key, seen_by=door.actor(), now=door.now())


def store() -> FileStore:
    """Where uploads lie: beside the database, outside of everything that is served."""
    settings: Settings = current_app.extensions["matchmaker.settings"]
    return FileStore(settings.uploads)


def is_autosave() -> bool:
    """Whether a script saves while somebody is writing."""
    return request.headers.get("X-Requested-With") == "autosave"


def title_of(proposal: Proposal) -> Localized:
    """The title; while there is none, the title of the challenge that it answers."""
    return proposal.challenge.title if proposal.title.is_empty else proposal.title


def words_of(proposal: Proposal, *, staff: bool) -> Words:
    """The state in the words of the reader; only staff learns of a pending decision."""
    return WORDS[proposal.state if staff else proposal.shown_state]


@bp.app_template_filter("kpi_figure")
def kpi_figure(value: float | None, kpi: TargetKpi) -> str:
    """A value of a KPI with its unit; a ratio as percent."""
    if value is None:
        return ""
    lang = languages.current()
    if kpi.unit == RATIO:
        return formats.percent(value, lang, decimals=2)
    return _("%(number)s %(unit)s", number=formats.number(value, lang), unit=kpi.unit)


@bp.app_template_filter("proposal_title")
def proposal_title(proposal: Proposal) -> Localized:
    """See :func:`title_of`."""
    return title_of(proposal)


@bp.app_template_filter("state_tone")
def state_tone(words: Words) -> str:
    """The tone of a state as the state tag knows it."""
    return TONES.get(words.tone, words.tone)
