"""What waits on somebody's desk because of a challenge: for managers and for owners."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.challenges.lifecycle import ChallengeState
from matchmaker.challenges.models import Challenge
from matchmaker.challenges.policy import visible_to
from matchmaker.kernel.actor import Actor
from matchmaker.programs.models import Call

FORGOTTEN = (ChallengeState.REJECTED, ChallengeState.WITHDRAWN, ChallengeState.ARCHIVED)


class Pile(NamedTuple):
    """Challenges of one state that wait for a manager, and since when the oldest does.

    ``asked`` of them were asked to be withdrawn by their owner.
    """

    state: ChallengeState
    many: int
    since: datetime
    asked: int


def of_managers(session: Session, program_ids: Collection[int], *, seen_by: Actor) -> list[Pile]:
    """What waits for the managers of some programmes, by state. One statement.

    Challenges with which the reader has a conflict of interest are not counted.
    """
    since = func.min(func.coalesce(Challenge.approved_at, Challenge.submitted_at))
    asked = func.count().filter(Challenge.withdrawal_asked_at.is_not(None))
    stmt = (
        select(Challenge.state, func.count(), since, asked)
        .join(Call, Call.id == Challenge.call_id)
        .where(
            Call.program_id.in_(program_ids),
            Challenge.state.not_in((ChallengeState.DRAFT, *FORGOTTEN)),
            Challenge.id.not_in(_conflicting(seen_by, "challenge")),
            Challenge.organization_id.not_in(_conflicting(seen_by, "organization")),
            visible_to(seen_by),
        )
        .group_by(Challenge.state)
    )
    return [Pile(*row) for row in session.execute(stmt)]


def of_owners(
    session: Session, organization_ids: Collection[int], *, seen_by: Actor, most: int = 20
) -> list[Challenge]:
    """The living challenges of some organisations, last edited first. One statement."""
    stmt = (
        select(Challenge)
        .where(
            Challenge.organization_id.in_(organization_ids),
            Challenge.state.not_in(FORGOTTEN),
            visible_to(seen_by),
        )
        .options(joinedload(Challenge.call))
        .order_by(Challenge.edited_at.desc(), Challenge.id.desc())
        .limit(most)
    )
    return list(session.scalars(stmt))


def _conflicting(actor: Actor, kind: str) -> list[int]:
    return [number for each, number in actor.conflicts if each == kind]
