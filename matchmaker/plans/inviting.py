"""Invitations for the pairs of a plan in force: looked at first, then gathered in one go.

They wait for their release like any other invitation; nothing is sent here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.kernel.actor import Actor
from matchmaker.kernel.errors import WrongState
from matchmaker.kernel.i18n import Message, msg
from matchmaker.kernel.permissions import require
from matchmaker.matching import invitations
from matchmaker.matching.lifecycle import CANDIDACY, CANDIDACY_WORDS
from matchmaker.matching.models import Candidacy
from matchmaker.matching.policy import Pair
from matchmaker.plans import freshness, service
from matchmaker.plans.lifecycle import PlanState
from matchmaker.plans.models import Plan
from matchmaker.plans.policy import Sight
from matchmaker.programs.models import Window


@dataclass(frozen=True)
class Line:
    """One planned pair; ``why_not`` says why it cannot be invited, None if it can."""

    pair: Pair
    version: int
    why_not: Message | None

    @property
    def key(self) -> str:
        """What the form sends back."""
        return f"{self.pair.challenge.id}-{self.pair.team.id}"


@dataclass(frozen=True)
class Gathered:
    """What a verb on many pairs did, and what it left out."""

    queued: int
    skipped: int


def preview(session: Session, plan: Plan, *, actor: Actor, now: datetime) -> list[Line]:
    """Every planned pair that the reader sees, and whether its team can be invited.

    Six statements.
    """
    standings = freshness.standings(session, plan, Sight.of(actor))
    challenges = {each.pair.challenge.id for each in standings}
    stmt = select(Candidacy).where(Candidacy.challenge_id.in_(challenges))
    decided = {(each.challenge_id, each.team_id): each for each in session.scalars(stmt)}
    return [
        Line(
            each.pair,
            decided[each.ids].version if each.ids in decided else 0,
            _why_not(each, decided.get(each.ids), now),
        )
        for each in standings
    ]


def invite(
    session: Session, plan: Plan, expected: Collection[str], *, actor: Actor, now: datetime
) -> Gathered:
    """Put every team that can be invited on the list of invitations.

    ``expected`` holds the keys that the preview showed as possible.

    Raises:
        WrongState: the plan is not in force, or what is possible changed since the preview.
    """
    require(actor, "plan.invite", plan)
    if plan.state is not PlanState.PUBLISHED:
        raise WrongState(msg("Only teams of a plan in force can be invited from it."))
    lines = preview(session, plan, actor=actor, now=now)
    ready = [line for line in lines if line.why_not is None]
    if {line.key for line in ready} != set(expected):
        raise WrongState(msg("The list changed since you looked. Check the preview again."))
    for line in ready:
        invitations.queue(session, line.pair, version=line.version, actor=actor, now=now)
    done = Gathered(len(ready), len(lines) - len(ready))
    service.note(
        session, plan, "invite", actor=actor, now=now,
        after={"queued": done.queued, "skipped": done.skipped},
    )  # fmt: skip
    return done


def _why_not(
    standing: freshness.Standing, candidacy: Candidacy | None, now: datetime
) -> Message | None:
    if candidacy is not None and candidacy.queued_at is not None:
        return msg("The invitation waits for its release already.")
    if candidacy is not None and not CANDIDACY.allows(candidacy.state, "invite"):
        return CANDIDACY_WORDS[candidacy.state].staff
    if standing.trouble is not None:
        return standing.trouble
    if standing.pair.challenge.window(now) not in {Window.OPEN, Window.UPCOMING}:
        return msg("The challenge takes no proposals.")
    return None
