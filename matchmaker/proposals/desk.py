"""What waits on somebody's desk because of a proposal: for teams, and for managers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.challenges.models import Challenge
from matchmaker.kernel.actor import Actor
from matchmaker.programs.models import Call
from matchmaker.proposals.lifecycle import GONE, ProposalState
from matchmaker.proposals.models import Proposal
from matchmaker.proposals.policy import visible_to
from matchmaker.proposals.sealing import closed_at


def of_teams(session: Session, team_ids: Collection[int], *, most: int = 20) -> list[Proposal]:
    """The living proposals of some teams, those that close first before others. One statement."""
    stmt = (
        select(Proposal)
        .join(Challenge, Challenge.id == Proposal.challenge_id)
        .where(Proposal.team_id.in_(team_ids), Proposal.state.not_in(GONE))
        .options(joinedload(Proposal.challenge), joinedload(Proposal.team))
        .order_by(Challenge.closes_at.desc(), Proposal.id.desc())
        .limit(most)
    )
    return list(session.scalars(stmt))


def to_screen(
    session: Session, program_ids: Collection[int], now: datetime, *, seen_by: Actor
) -> int:
    """Proposals handed in to closed challenges of some programmes and not screened yet.

    What the reader may not see, for a conflict of interest, is not counted. One statement.
    """
    stmt = (
        select(func.count(Proposal.id))
        .join(Challenge, Challenge.id == Proposal.challenge_id)
        .join(Call, Call.id == Challenge.call_id)
        .where(
            Call.program_id.in_(program_ids),
            Proposal.state == ProposalState.SUBMITTED,
            closed_at(now),
            visible_to(seen_by, now),
        )
    )
    return session.scalar(stmt) or 0
