"""What became of a plan's pairs since it was made: teams leave, people decide, numbers change."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matchmaker.challenges.models import Challenge
from matchmaker.kernel.i18n import Message, msg
from matchmaker.matching.constraints import PairIds
from matchmaker.matching.lifecycle import OBSTACLE_WORDS
from matchmaker.matching.policy import Pair
from matchmaker.plans.binding import Binding, binding, is_matched
from matchmaker.plans.lifecycle import Role
from matchmaker.plans.models import Plan, PlanPair
from matchmaker.plans.numbers import Numbers
from matchmaker.plans.policy import Sight
from matchmaker.teams.models import Team


@dataclass(frozen=True)
class Standing:
    """One planned pair with what keeps it from being acted on by now, if anything does."""

    pair: Pair
    trouble: Message | None

    @property
    def ids(self) -> PairIds:
        """Challenge id, team id."""
        return self.pair.challenge.id, self.pair.team.id


def standings(session: Session, plan: Plan, sight: Sight) -> list[Standing]:
    """Every planned pair that the reader sees, as it stands at this moment. Five statements."""
    stmt = (
        select(Challenge, Team)
        .join(PlanPair, PlanPair.challenge_id == Challenge.id)
        .join(Team, Team.id == PlanPair.team_id)
        .where(PlanPair.plan_id == plan.id, PlanPair.role == Role.PLANNED)
        .options(joinedload(Challenge.call), joinedload(Challenge.organization))
        .order_by(Challenge.id, PlanPair.position)
    )
    pairs = [Pair(challenge, team) for challenge, team in session.execute(stmt)]
    challenges = list({each.challenge.id: each.challenge for each in pairs}.values())
    teams = list({each.team.id: each.team for each in pairs}.values())
    bound = binding(session, plan.call, challenges, teams)
    crowded = _crowded(plan, pairs)
    return [
        Standing(each, _trouble(each, bound, crowded))
        for each in pairs
        if sight.sees_challenge(each.challenge.id, each.challenge.organization_id)
        and sight.sees_team(each.team.id)
    ]


def troubles(found: list[Standing]) -> dict[PairIds, Message]:
    """The pairs that cannot be acted on any more, each with its reason."""
    return {each.ids: each.trouble for each in found if each.trouble is not None}


def _crowded(plan: Plan, pairs: list[Pair]) -> dict[int, tuple[int, int]]:
    """Team id → (planned, room) where a team can take on fewer challenges than it was given."""
    numbers = Numbers.from_json(plan.numbers, plan.objective)
    given = Counter(each.team.id for each in pairs)
    room = {each.team.id: numbers.room(each.team.id, each.team.capacity)[0] for each in pairs}
    return {key: (many, room[key]) for key, many in given.items() if many > room[key]}


def _trouble(pair: Pair, bound: Binding, crowded: dict[int, tuple[int, int]]) -> Message | None:
    if not is_matched(pair.challenge):
        return msg("This challenge is matched no more.")
    if not pair.team.is_listed:
        return msg("This team is not on the list of teams any more.")
    obstacle = bound.obstacle((pair.challenge.id, pair.team.id))
    if obstacle is not None:
        return OBSTACLE_WORDS[obstacle]
    if pair.team.id in crowded:
        planned, room = crowded[pair.team.id]
        return msg(
            "By now the team takes on %(room)s at most, but is planned for %(planned)s.",
            room=room,
            planned=planned,
        )
    return None
