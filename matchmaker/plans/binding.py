"""What binds a plan at this moment: pairs that must not be, and pairs that stand fast."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.challenges.models import Challenge
from matchmaker.matching import constraints
from matchmaker.matching.constraints import PairIds
from matchmaker.matching.lifecycle import CandidacyState, Obstacle
from matchmaker.matching.models import Candidacy
from matchmaker.matching.queries import MATCHED_STATES
from matchmaker.plans.lifecycle import Cause, WishKind
from matchmaker.plans.models import PlanWish
from matchmaker.programs.models import Call
from matchmaker.teams.models import Team

ACCEPTED = (
    CandidacyState.INTERESTED,
    CandidacyState.CONVERTED,
    CandidacyState.OUTCOME_KNOWN,
)
GONE = "gone"  # the challenge is matched no more, or the team is not listed


@dataclass(frozen=True)
class Binding:
    """Hard rules between the challenges and teams of a plan.

    Attributes:
        forbidden: pair → obstacle, by which no wish and no number can get.
        away: team id → obstacle that holds for every challenge.
        excluded: pairs that the programme office does not want in this plan.
        fixed: pair → why it stands fast.
    """

    forbidden: Mapping[PairIds, Obstacle]
    away: Mapping[int, Obstacle]
    excluded: frozenset[PairIds]
    fixed: Mapping[PairIds, Cause]

    def obstacle(self, pair: PairIds) -> Obstacle | None:
        """What rules a pair out at this moment, whatever anybody wishes."""
        found = self.forbidden.get(pair)
        if found is None and pair not in self.fixed:
            found = self.away.get(pair[1])
        return found


def binding(
    session: Session,
    call: Call,
    challenges: Sequence[Challenge],
    teams: Sequence[Team],
    wishes: Iterable[PlanWish] = (),
) -> Binding:
    """Everything that binds a plan over these challenges and teams. Four statements.

    That a team can take on nothing is no obstacle here but its capacity of 0.
    """
    rules = constraints.rules_for(session, call, challenges, teams)
    fixed = dict.fromkeys(rules.pinned, Cause.PINNED)
    fixed |= dict.fromkeys(_accepted(session, [each.id for each in challenges]), Cause.ACCEPTED)
    excluded = set()
    for wish in wishes:
        pair = (wish.challenge_id, wish.team_id)
        if wish.kind is WishKind.EXCLUDE:
            excluded.add(pair)
        else:
            fixed.setdefault(pair, Cause.LOCKED)
    away = {key: found for key, found in rules.absent.items() if found is not Obstacle.FULL}
    return Binding(rules.forbidden, away, frozenset(excluded), fixed)


def is_matched(challenge: Challenge) -> bool:
    """Whether a challenge takes part in matching at this moment."""
    return challenge.state in MATCHED_STATES


def _accepted(session: Session, challenge_ids: Sequence[int]) -> list[PairIds]:
    """Pairs in which the team said yes to an invitation."""
    stmt = select(Candidacy.challenge_id, Candidacy.team_id).where(
        Candidacy.challenge_id.in_(challenge_ids),
        Candidacy.state.in_(ACCEPTED),
        Candidacy.invited_at.is_not(None),
        Candidacy.answered_at.is_not(None),
    )
    return [(challenge_id, team_id) for challenge_id, team_id in session.execute(stmt)]
