"""My things as steppers: what is done, where it stands, what is still ahead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for
from flask_babel import gettext as _

from matchmaker.challenges.lifecycle import ChallengeState
from matchmaker.challenges.models import Challenge
from matchmaker.kernel import formats
from matchmaker.kernel.localized import Localized
from matchmaker.programs.models import Call
from matchmaker.proposals.lifecycle import ProposalState
from matchmaker.proposals.models import Proposal
from matchmaker.web import languages

Stage = tuple[str, date | datetime | None]
_C, _P = ChallengeState, ProposalState
CHALLENGE_AT = {
    _C.DRAFT: 0,
    _C.CHANGES_REQUESTED: 0,
    _C.SUBMITTED: 1,
    _C.APPROVED: 1,
    _C.PUBLISHED: 2,
    _C.PAUSED: 2,
    _C.EVALUATING: 3,
    _C.AWARDED: 4,
    _C.NOT_AWARDED: 4,
    _C.IN_POC: 5,
    _C.COMPLETED: 6,
}
PROPOSAL_AT = {
    _P.DRAFT: 0,
    _P.SUBMITTED: 1,
    _P.MORE_INFO_REQUESTED: 1,
    _P.INELIGIBLE: 1,
    _P.UNDER_REVIEW: 2,
    _P.SHORTLISTED: 2,
    _P.SELECTED: 3,
    _P.RESERVE: 3,
    _P.CONDITIONAL: 3,
    _P.NOT_SELECTED: 3,
    _P.DECLINED: 4,
    _P.CONFIRMED: 5,
}
STOPPED = frozenset({_C.NOT_AWARDED, _P.INELIGIBLE, _P.NOT_SELECTED, _P.DECLINED})


@dataclass(frozen=True)
class Step:
    """One stage: ``state`` is done, now, ahead or stopped."""

    word: str
    state: str
    date: str = ""
    note: str = ""


@dataclass(frozen=True)
class Thing:
    """Something of mine, with its stages."""

    title: Localized
    url: str
    steps: list[Step]
    ref: str | None = None


def of_challenge(challenge: Challenge) -> Thing:
    """A challenge from draft to PoC."""
    words: list[Stage] = [
        (_("Draft"), None),
        (_("Approval"), challenge.submitted_at),
        (_("Open for proposals"), challenge.published_at),
        (_("Evaluation"), challenge.closes_at),
        (_("Decision"), None),
        (_("PoC"), None),
    ]
    steps = _steps(words, CHALLENGE_AT[challenge.state], challenge.state in STOPPED)
    url = url_for("challenges.detail", key=challenge.key)
    return Thing(challenge.title, url, steps, challenge.ref)


def of_proposal(proposal: Proposal) -> Thing:
    """A proposal from draft to confirmation, as far as its team may know."""
    words: list[Stage] = [
        (_("Draft"), None),
        (_("Handed in"), proposal.submitted_at),
        (_("Review"), proposal.challenge.closes_at),
        (_("Decision"), proposal.released_at),
        (_("Confirmed"), None),
    ]
    state = proposal.shown_state
    steps = _steps(words, PROPOSAL_AT[state], state in STOPPED)
    url = url_for("proposals.detail", key=proposal.key)
    return Thing(proposal.challenge.title, url, steps, proposal.ref)


def of_call(call: Call, now: datetime) -> Thing:
    """A call along its days."""
    today = now.astimezone(formats.TAIPEI).date()
    words: list[Stage] = [
        (_("Published"), call.published_at),
        (_("Opens"), call.opens_at),
        (_("Closes"), call.closes_at),
        (_("Review"), call.review_from),
        (_("Decision"), call.decision_on),
    ]
    known = [stage for stage in words if stage[1] is not None]
    passed = sum(_is_past(at, now, today) for _word, at in known)
    if call.published_at is None:
        known, passed = [(_("Draft"), None), *known], 0
    return Thing(
        call.name, url_for("programs.call", slug=call.slug), _steps(known, passed, stopped=False)
    )


def _steps(words: Sequence[Stage], at: int, stopped: bool) -> list[Step]:
    """The stages, those before ``at`` done. Days are those on which a stage began or will."""
    return [
        Step(word, _state(position, at, stopped), _day(when) if when else "")
        for position, (word, when) in enumerate(words)
    ]


def _is_past(at: date | datetime | None, now: datetime, today: date) -> bool:
    if at is None:
        return False
    return at <= now if isinstance(at, datetime) else at <= today


def _state(position: int, at: int, stopped: bool) -> str:
    if position < at:
        return "done"
    if position > at:
        return "ahead"
    return "stopped" if stopped else "now"


def _day(at: date | datetime) -> str:
    on = at.astimezone(formats.TAIPEI).date() if isinstance(at, datetime) else at
    return formats.day(on, languages.current())
