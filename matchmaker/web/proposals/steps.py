"""Where a proposal stands, as stages in the words that its team reads."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from matchmaker.kernel import formats
from matchmaker.kernel.formats import TAIPEI
from matchmaker.kernel.i18n import translate
from matchmaker.kernel.permissions import can
from matchmaker.proposals.lifecycle import DECIDED, WORDS, ProposalState
from matchmaker.proposals.models import Proposal
from matchmaker.proposals.policy import Sight
from matchmaker.proposals.sealing import has_closed
from matchmaker.web import door, languages

_S = ProposalState
ORDER = (_S.DRAFT, _S.SUBMITTED, _S.UNDER_REVIEW)
STOPPED = frozenset({_S.WITHDRAWN, _S.INELIGIBLE, _S.DUPLICATE})


def stages(proposal: Proposal, *, own: bool, staff: bool) -> list[dict[str, Any]]:
    """Draft, handed in, under review, decision; each done, now or ahead.

    When the draft was begun is told to its team only.
    """
    state = proposal.state if staff else proposal.shown_state
    began = proposal.created_at if own else None
    if state in STOPPED:
        return _stopped(proposal, state, began)
    reached = 3 if state in DECIDED else _reached(state)
    dates = (began, proposal.submitted_at, None, proposal.released_at)
    words = (
        _("Draft"),
        _("More information requested") if state is _S.MORE_INFO_REQUESTED else _("Handed in"),
        _("Under review"),
        translate(WORDS[state].public, languages.current()) if state in DECIDED else _("Decision"),
    )
    return [
        {
            "word": word,
            "state": "done" if place < reached else "now" if place == reached else "ahead",
            "date": _day(at) if place <= reached else "",
        }
        for place, (word, at) in enumerate(zip(words, dates, strict=True))
    ]


def next_step(sight: Sight) -> dict[str, str]:
    """What comes next, as a sentence, with the page where it is done when it is the reader's."""
    proposal, actor = sight.proposal, door.actor()
    key = proposal.key
    if proposal.shown_state is _S.DRAFT:
        if has_closed(proposal.challenge, sight.now):
            return {"sentence": _("The challenge has closed; this draft was not handed in.")}
        if can(actor, "proposal.submit_before_close", sight):
            return {
                "sentence": _("Check what is missing, then hand the proposal in."),
                "action": _("Check and hand in"),
                "url": url_for("proposals.submit", key=key),
            }
        return {
            "sentence": _("Write on; the representative of your team hands it in."),
            "action": _("Go on writing"),
            "url": url_for("proposals.edit", key=key, section="answer"),
        }
    if proposal.shown_state is _S.MORE_INFO_REQUESTED and proposal.requested:
        return {
            "sentence": _("The programme office asks for more information."),
            "action": _("Complete it"),
            "url": url_for("proposals.edit", key=key, section=proposal.requested[0]),
        }
    return {"sentence": _waiting(proposal, sight.now)}


def _waiting(proposal: Proposal, now: datetime) -> str:
    state = proposal.shown_state
    if state is _S.SUBMITTED and not has_closed(proposal.challenge, now):
        return _("Nothing to do. Until the closing time you can take it back and change it.")
    if state is _S.SUBMITTED:
        return _("The programme office checks the documents, then the review begins.")
    if state in {_S.UNDER_REVIEW, _S.SHORTLISTED}:
        return _("The review is going on; all decisions are told together.")
    if state is _S.WITHDRAWN:
        return _("Your team withdrew this proposal.")
    return _("The decision is made.")


def _reached(state: ProposalState) -> int:
    if state is _S.MORE_INFO_REQUESTED:
        return 1
    return 2 if state is _S.SHORTLISTED else ORDER.index(state)


def _stopped(
    proposal: Proposal, state: ProposalState, began: datetime | None
) -> list[dict[str, Any]]:
    word = translate(WORDS[state].public, languages.current())
    steps: list[dict[str, Any]] = [{"word": _("Draft"), "state": "done", "date": _day(began)}]
    if proposal.submitted_at is not None:
        steps.append({"word": _("Handed in"), "state": "done", "date": _day(proposal.submitted_at)})
    return [*steps, {"word": word, "state": "stopped", "date": _day(proposal.withdrawn_at)}]


def _day(at: datetime | None) -> str:
    return formats.day(at.astimezone(TAIPEI).date(), languages.current()) if at else ""
