"""What every verb on a proposal checks before it changes anything."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from matchmaker.kernel.actor import Actor
from matchmaker.kernel.errors import Invalid, WrongState
from matchmaker.kernel.formats import TAIPEI
from matchmaker.kernel.i18n import Message, msg
from matchmaker.kernel.permissions import can
from matchmaker.kernel.permissions import require as require_right
from matchmaker.programs.models import Window
from matchmaker.proposals import eligibility, policy, queries
from matchmaker.proposals.content import Content, Section
from matchmaker.proposals.gaps import gaps
from matchmaker.proposals.lifecycle import ProposalState
from matchmaker.proposals.models import Proposal
from matchmaker.proposals.policy import Sight
from matchmaker.proposals.sealing import has_closed


class Late(WrongState):
    """The closing time has come; the answer names it and the time on the server's clock."""

    def __init__(self, deadline: datetime, now: datetime):
        super().__init__(
            msg(
                "Closed at %(deadline)s; the server received this at %(now)s (Asia/Taipei).",
                deadline=_precise(deadline), now=_precise(now),
            )
        )  # fmt: skip


def require(actor: Actor, action: str, sight: Sight) -> None:
    """Go on only when allowed; who has the right, but comes in the wrong state, is told so.

    Raises:
        NotFound, NotAllowed: by the policy.
        WrongState: the role would do, the state does not.
    """
    verdict = can(actor, action, sight)
    if verdict.reason is not None and verdict in (policy.WRONG_STATE, policy.HANDED_IN):
        raise WrongState(verdict.reason)
    require_right(actor, action, sight)


def require_editing(actor: Actor, proposal: Proposal, section: Section, *, now: datetime) -> None:
    """Go on only if this section may be changed now.

    Raises:
        NotFound, NotAllowed: by the policy.
        WrongState: it is handed in, or the challenge has closed.
    """
    sight = Sight(proposal, now)
    if proposal.state is ProposalState.MORE_INFO_REQUESTED:
        listed = section.value in proposal.requested
        require(actor, f"proposal.edit_{'listed' if listed else 'other'}_fields", sight)
    else:
        require(actor, "proposal.edit", sight)
    refuse_late(proposal, now)


def refuse_late(proposal: Proposal, now: datetime) -> None:
    """Go on only before the deadline: the closing time, or the day asked for more information.

    Raises:
        Late: it is that instant or later.
        WrongState: the challenge was withdrawn or is paused.
    """
    if proposal.state is ProposalState.MORE_INFO_REQUESTED:
        if proposal.info_due_at is not None and now >= proposal.info_due_at:
            raise Late(proposal.info_due_at, now)
        return
    challenge = proposal.challenge
    if has_closed(challenge, now):
        raise Late(challenge.closes_at, now)
    if challenge.window(now) is not Window.OPEN:
        raise WrongState(msg("The challenge takes no proposals at the moment."))


def refuse_unready(session: Session, proposal: Proposal, accepts_terms: bool) -> None:
    """Go on only with a complete proposal of a team that meets the rules.

    Raises:
        Invalid: naming sections, the rule, or the terms.
    """
    documents = [file.document for file in queries.attachments(session, proposal)]
    found: dict[str, Message] = {}
    for gap in gaps(Content.of(proposal.content), proposal.challenge, documents):
        found.setdefault(gap.section.value, gap.message)
    if found:
        raise Invalid(found)
    refuse_unmet(eligibility.checks(session, proposal.challenge, proposal.team))
    if not accepts_terms:
        raise Invalid({"accepts_terms": msg("Accept the terms of the call to hand in.")})


def refuse_unmet(checks: Collection[eligibility.Check], *, at_start: bool = False) -> None:
    """Go on only if the team meets the rules.

    Raises:
        Invalid: the first rule it does not meet.
    """
    for check in eligibility.unmet(checks, at_start=at_start):
        raise Invalid(
            {"": msg("The team does not meet a rule of the call: %(rule)s", rule=check.sentence)}
        )


def touch(proposal: Proposal, *, actor: Actor, now: datetime) -> None:
    """Count one more version and say whose it is."""
    proposal.version += 1
    proposal.edited_at = now
    proposal.edited_by = actor.user_id


def _precise(at: datetime) -> str:
    """To the second, and further only where the instant says more."""
    fraction = f".{at.microsecond:06}" if at.microsecond else ""
    return f"{at.astimezone(TAIPEI):%Y/%m/%d %H:%M:%S}{fraction}"
