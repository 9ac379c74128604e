"""Two plans of one call beside each other: who gains, who loses, what stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.challenges.models import Challenge
from matchmaker.plans import sheet
from matchmaker.plans.lifecycle import Role
from matchmaker.plans.models import Plan, PlanChallenge, PlanPair
from matchmaker.plans.policy import Sight
from matchmaker.plans.sheet import Figures, Loads
from matchmaker.teams.models import Team

SAME = 0.005  # scores that differ by less look alike on the page


@dataclass(frozen=True)
class Change:
    """What one challenge gets in two plans; scores are None where a plan does not hold it."""

    challenge: Challenge
    before: float | None
    after: float | None
    added: Sequence[Team]
    removed: Sequence[Team]

    @property
    def difference(self) -> float:
        """How much its score grew; 0 where it cannot be compared."""
        if self.before is None or self.after is None:
            return 0.0
        return self.after - self.before

    @property
    def is_any(self) -> bool:
        """Whether anything differs that a reader would notice."""
        is_new = (self.before is None) != (self.after is None)
        return bool(self.added or self.removed) or is_new or abs(self.difference) >= SAME


@dataclass(frozen=True)
class Comparison:
    """Two plans in figures, and every challenge that comes off otherwise, most gained first.

    ``kept``, ``added`` and ``removed`` count pairs. ``has_same_scores``: both plans use the same
    run, so that scores differ because of the pairs alone.
    """

    before: Figures
    after: Figures
    loads: tuple[Loads, Loads]
    kept: int
    added: int
    removed: int
    changes: Sequence[Change]
    same: int
    has_same_scores: bool

    @property
    def gains(self) -> int:
        """How many challenges get more than before."""
        return sum(change.difference >= SAME for change in self.changes)

    @property
    def losses(self) -> int:
        """How many challenges get less than before."""
        return sum(change.difference <= -SAME for change in self.changes)


def compare(session: Session, before: Plan, after: Plan, sight: Sight) -> Comparison:
    """What a plan changes against an earlier one, over what the reader may see."""
    one, two = _pairs(session, before, sight), _pairs(session, after, sight)
    scores = _scores(session, before, sight), _scores(session, after, sight)
    shown = _challenges(session, {*scores[0], *scores[1]})
    teams = _teams(session, {team for _challenge, team in one ^ two})
    hidden = {*sheet.hidden_pairs(session, before, sight)}
    hidden |= {*sheet.hidden_pairs(session, after, sight)}
    changes = [
        Change(
            challenge,
            None if challenge.id in hidden else scores[0].get(challenge.id),
            None if challenge.id in hidden else scores[1].get(challenge.id),
            _of(challenge.id, two - one, teams),
            _of(challenge.id, one - two, teams),
        )
        for challenge in shown
    ]
    differing = [change for change in changes if change.is_any]
    differing.sort(key=lambda change: (-change.difference, change.challenge.id))
    return Comparison(
        sheet.figures(session, before, sight),
        sheet.figures(session, after, sight),
        (sheet.loads(session, before, sight), sheet.loads(session, after, sight)),
        kept=len(one & two),
        added=len(two - one),
        removed=len(one - two),
        changes=differing,
        same=len(changes) - len(differing),
        has_same_scores=before.run_id == after.run_id,
    )


def _pairs(session: Session, plan: Plan, sight: Sight) -> set[tuple[int, int]]:
    stmt = (
        select(PlanPair.challenge_id, PlanPair.team_id)
        .join(Challenge, Challenge.id == PlanPair.challenge_id)
        .where(
            PlanPair.plan_id == plan.id,
            PlanPair.role == Role.PLANNED,
            PlanPair.team_id.not_in(sight.teams),
            sheet.seen(sight),
        )
    )
    return {(challenge_id, team_id) for challenge_id, team_id in session.execute(stmt)}


def _scores(session: Session, plan: Plan, sight: Sight) -> dict[int, float]:
    stmt = (
        select(PlanChallenge.challenge_id, PlanChallenge.score)
        .join(Challenge, Challenge.id == PlanChallenge.challenge_id)
        .where(PlanChallenge.plan_id == plan.id, sheet.seen(sight))
    )
    return {row[0]: row[1] for row in session.execute(stmt)}


def _challenges(session: Session, ids: set[int]) -> list[Challenge]:
    stmt = select(Challenge).where(Challenge.id.in_(ids)).order_by(Challenge.id)
    return list(session.scalars(stmt))


def _teams(session: Session, ids: set[int]) -> dict[int, Team]:
    return {team.id: team for team in session.scalars(select(Team).where(Team.id.in_(ids)))}


def _of(challenge_id: int, pairs: set[tuple[int, int]], teams: dict[int, Team]) -> list[Team]:
    found = [teams[team_id] for each, team_id in pairs if each == challenge_id]
    return sorted(found, key=lambda team: team.ref)
