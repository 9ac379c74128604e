"""How many proposals were handed in. Sealed until the challenge closes, except for staff."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from matchmaker.challenges.lifecycle import PUBLIC_STATES
from matchmaker.challenges.models import Challenge
from matchmaker.organizations.models import Organization
from matchmaker.proposals.lifecycle import GONE, ProposalState
from matchmaker.proposals.models import Proposal
from matchmaker.proposals.sealing import closed_at
from matchmaker.teams.models import Team

NOT_COUNTED = {ProposalState.DRAFT, *GONE}


def handed_in_by_call(session: Session, call_ids: Collection[int]) -> dict[int, int]:
    """Proposals handed in to the challenges of some calls. For managers and auditors only.

    One statement.
    """
    stmt = (
        select(Challenge.call_id, func.count(Proposal.id))
        .join(Proposal, Proposal.challenge_id == Challenge.id)
        .where(Challenge.call_id.in_(call_ids), Proposal.state.not_in(NOT_COUNTED))
        .group_by(Challenge.call_id)
    )
    found = {row[0]: row[1] for row in session.execute(stmt)}
    return {call_id: found.get(call_id, 0) for call_id in call_ids}


class Figures(NamedTuple):
    """What everybody may know about the platform, counted now."""

    challenges: int
    organizations: int
    teams: int
    closed: int
    proposals: int


def public_figures(session: Session, now: datetime) -> Figures:
    """Published challenges, organisations, listed teams, and proposals.

    ``closed`` counts challenges that closed, ``proposals`` those handed in to them: before the
    closing time their number is sealed. One statement.
    """
    is_public = Challenge.state.in_(PUBLIC_STATES)
    has_closed = and_(is_public, closed_at(now))
    counted = [
        select(func.count(Challenge.id)).where(is_public),
        select(func.count(Organization.id)),
        select(func.count(Team.id)).where(Team.is_listed.is_(True)),
        select(func.count(Challenge.id)).where(has_closed),
        select(func.count(Proposal.id))
        .join(Challenge, Proposal.challenge_id == Challenge.id)
        .where(has_closed, Proposal.state.not_in(NOT_COUNTED)),
    ]
    row = session.execute(select(*(part.scalar_subquery() for part in counted))).one()
    return Figures._make(row)
