"""The blueprint that all pages of proposals belong to, and the words they need."""

from __future__ import annotations

from flask import Blueprint, current_app, request

from matchmaker.challenges.models import TargetKpi
from matchmaker.config import Settings
from matchmaker.kernel.files import FileStore
from matchmaker.kernel.lifecycle import Words
from matchmaker.kernel.localized import Localized
from matchmaker.proposals import queries
from matchmaker.proposals.lifecycle import WORDS
from matchmaker.proposals.models import Proposal
from matchmaker.proposals.policy import Sight
from matchmaker.web import door
from matchmaker.web.challenges.blueprint import PERCENT, RATIO, UNITS, measured

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


@bp.app_template_filter("proposal_title")
def title_of(proposal: Proposal) -> Localized:
    """The title; while there is none, the title of the challenge that it answers."""
    return proposal.challenge.title if proposal.title.is_empty else proposal.title


def words_of(proposal: Proposal, *, staff: bool) -> Words:
    """The state in the words of the reader; only staff learns of a pending decision."""
    return WORDS[proposal.state if staff else proposal.shown_state]


@bp.app_template_filter("kpi_figure")
def kpi_figure(value: float | None, kpi: TargetKpi) -> str:
    """A value of a KPI with its unit; a ratio as percent."""
    return measured(value, kpi.unit)


@bp.app_template_filter("kpi_unit")
def kpi_unit(kpi: TargetKpi) -> str:
    """What stands behind the field in which a value of a KPI is typed."""
    return str(PERCENT if kpi.unit == RATIO else UNITS.get(kpi.unit, kpi.unit))


@bp.app_template_filter("state_tone")
def state_tone(words: Words) -> str:
    """The tone of a state as the state tag knows it."""
    return TONES.get(words.tone, words.tone)
