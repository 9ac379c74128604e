"""A plan as plain computation: stored scores and rules in, pairs, reserves and reasons out.

Knows no database. The same inputs give the same plan, in whatever order the rows came.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matchmaker.matching.constraints import PairIds
from matchmaker.matching.lifecycle import Obstacle
from matchmaker.plans import repairs
from matchmaker.plans.binding import Binding
from matchmaker.plans.lifecycle import Objective, Role
from matchmaker.plans.repairs import EXCLUDED, Kind, Reason, Repair, Rule
from matchmaker.recommender import assignment, fit_of

BINDING_KEPT = 30
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


class Known(NamedTuple):
    """What a run says of a pair."""

    score: float
    band: str


@dataclass(frozen=True)
class Problem:
    """Everything that decides a plan.

    Attributes:
        challenges: id → (least, most), in a fixed order; teams: id → (room, is stated).
        known: pairs that the run holds a score of.
        previous: pairs of the plan that this one was changed from.
        gone: wishes and promises that cannot be kept, because a side is not there any more.
    """

    objective: Objective
    challenges: Mapping[int, tuple[int, int]]
    teams: Mapping[int, tuple[int, bool]]
    known: Mapping[PairIds, Known]
    rules: Binding
    previous: frozenset[PairIds] = frozenset()
    gone: frozenset[PairIds] = frozenset()

    @property
    def pairs(self) -> int:
        """How many pairs there are."""
        return len(self.challenges) * len(self.teams)


@dataclass(frozen=True)
class Placed:
    """One pair of the solution."""

    challenge_id: int
    team_id: int
    role: Role
    position: int
    score: float | None
    band: str
    cause: str | None


@dataclass(frozen=True)
class Solution:
    """What the solver found; ``reasons`` when no plan exists."""

    status: str
    placed: Sequence[Placed]
    scores: Mapping[int, float]
    attainment: Mapping[int, float]
    loads: Mapping[int, int]
    summary: Mapping[str, Any]
    reasons: Sequence[Reason] = field(default_factory=tuple)
    suffices: bool = False
    digest: str = ""
    solver: str = ""

    @property
    def is_plan(self) -> bool:
        """Whether it holds a plan that keeps every rule."""
        return self.status in {"optimal", "feasible"}


class Cancelled(Exception):
    """The search was asked to stop."""


def solve(
    problem: Problem,
    *,
    on_progress: Callable[[int, int], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Solution:
    """The best plan that keeps every rule, or up to three reasons why there is none.

    Raises:
        Cancelled: ``should_stop`` said so.
    """
    table = _Table(problem)
    found = assignment.assign(
        table.affinity,
        demand_min=[least for least, _most in problem.challenges.values()],
        demand_max=[most for _least, most in problem.challenges.values()],
        capacity=[room for room, _stated in problem.teams.values()],
        forbidden=table.forbidden,
        pinned=table.pinned,
        unbendable=table.unbendable,
        objective=problem.objective.value,
        previous=table.previous if problem.previous else None,
        challenge_ids=[str(key) for key in table.challenges],
        team_ids=[str(key) for key in table.teams],
        on_progress=on_progress,
        should_stop=should_stop,
    )
    status = found.status.value
    if status == "cancelled":
        raise Cancelled
    if status == "infeasible":
        return Solution(
            status, (), {}, {}, {}, {"status": status},
            [table.reason(each) for each in found.reasons], found.repairs_suffice,
            found.input_digest, found.solver,
        )  # fmt: skip
    placed = [*table.planned(found.assigned), *table.reserves(found.reserve)]
    return Solution(
        status,
        placed,
        scores=_sums(placed, problem),
        attainment={
            key: float(found.attainment[row])
            for row, key in enumerate(table.challenges)
            if problem.challenges[key][1] > 0
        },
        loads={key: int(found.team_load[column]) for column, key in enumerate(table.teams)},
        summary={
            "status": status,
            "total": found.total,
            "bound": found.bound,
            "gap": max(0.0, found.gap),
            "worst_value": found.levels[0].value if found.levels else None,
            "worst_bound": found.levels[0].bound if found.levels else None,
            "challenges": len(problem.challenges),
            "teams": len(problem.teams),
            "kept": found.kept,
            "locked": _pairs(problem, "locked"),
            "excluded": sorted(list(pair) for pair in problem.rules.excluded),
            "gone": sorted(list(pair) for pair in problem.gone),
            "binding": [repairs.vars_of(rule) for rule in table.binding(found.assigned)],
        },
        digest=found.input_digest,
        solver=found.solver,
    )


def _pairs(problem: Problem, cause: str) -> list[list[int]]:
    return sorted(list(pair) for pair, why in problem.rules.fixed.items() if why == cause)


def _sums(placed: Sequence[Placed], problem: Problem) -> dict[int, float]:
    sums = dict.fromkeys(problem.challenges, 0.0)
    for each in placed:
        if each.role is Role.PLANNED:
            sums[each.challenge_id] += each.score or 0.0
    return sums


class _Table:
    """A problem as arrays of challenges × teams, and back to ids."""

    def __init__(self, problem: Problem):
        self.problem = problem
        self.challenges, self.teams = list(problem.challenges), list(problem.teams)
        self._row = {key: row for row, key in enumerate(self.challenges)}
        self._column = {key: column for column, key in enumerate(self.teams)}
        shape = len(self.challenges), len(self.teams)
        self.affinity: Floats = np.full(shape, np.nan)
        for (challenge, team), known in problem.known.items():
            self.affinity[self._row[challenge], self._column[team]] = known.score
        rules = problem.rules
        self.pinned = self._marks(rules.fixed)
        self.previous = self._marks(problem.previous)
        self.unbendable = self._marks(
            [pair for pair, why in rules.forbidden.items() if why is not Obstacle.DISMISSED_BY_PM]
        )
        self.forbidden = self._marks(rules.forbidden) | self._marks(rules.excluded)
        away = np.zeros(shape, bool)
        away[:, [self._column[key] for key in rules.away if key in self._column]] = True
        self.forbidden |= away & ~self.pinned
        self.unbendable |= away & ~self.pinned

    def _marks(self, pairs: Any) -> Bools:
        marks = np.zeros((len(self.challenges), len(self.teams)), bool)
        for challenge, team in pairs:
            if challenge in self._row and team in self._column:
                marks[self._row[challenge], self._column[team]] = True
        return marks

    def planned(self, assigned: Bools) -> list[Placed]:
        """The pairs of the plan, best first within each challenge."""
        placed = []
        for row, challenge in enumerate(self.challenges):
            teams = [self.teams[column] for column in np.flatnonzero(assigned[row])]
            ordered = sorted((-self._score(challenge, team), team) for team in teams)
            placed += [
                self._placed(challenge, team, Role.PLANNED, position)
                for position, (_score, team) in enumerate(ordered, 1)
            ]
        return placed

    def reserves(self, found: Sequence[Sequence[int]]) -> list[Placed]:
        """Teams that would move up, best first."""
        return [
            self._placed(self.challenges[row], self.teams[column], Role.RESERVE, position)
            for row, columns in enumerate(found)
            for position, column in enumerate(columns, 1)
        ]

    def _placed(self, challenge: int, team: int, role: Role, position: int) -> Placed:
        known = self.problem.known.get((challenge, team))
        cause = self.problem.rules.fixed.get((challenge, team))
        return Placed(
            challenge, team, role, position,
            known.score if known else None, (known.band or fit_of(known.score)) if known else "",
            cause.value if cause and role is Role.PLANNED else None,
        )  # fmt: skip

    def _score(self, challenge: int, team: int) -> float:
        known = self.problem.known.get((challenge, team))
        return known.score if known else 0.0

    def binding(self, assigned: Bools) -> list[Rule]:
        """Teams that are taken up while others would choose them too, most wanted first.

        ``times`` counts the challenges that would have the team if they chose alone.
        """
        allowed = np.where(self.forbidden & ~self.pinned, -np.inf, np.nan_to_num(self.affinity))
        allowed[np.isnan(self.affinity) & ~self.pinned] = -np.inf
        missed: Counter[int] = Counter()
        for row, (_least, most) in enumerate(self.problem.challenges.values()):
            best = np.argsort(-allowed[row], kind="stable")[:most]
            missed.update(int(c) for c in best if allowed[row, c] > 0 and not assigned[row, c])
        loads = assigned.sum(axis=0)
        rooms = [room for room, _stated in self.problem.teams.values()]
        full = [(times, c) for c, times in missed.items() if loads[c] >= rooms[c]]
        full.sort(key=lambda pair: (-pair[0], self.teams[pair[1]]))
        return [
            Rule(Kind.CAPACITY, None, self.teams[c], rooms[c], times=times)
            for times, c in full[:BINDING_KEPT]
        ]

    def reason(self, found: Any) -> Reason:
        """A reason of the solver with ids and numbers."""
        return Reason(
            [self._rule(rule) for rule in found.rules],
            sorted(
                map(self._repair, found.repairs), key=lambda each: (each.by, not each.is_number)
            ),
        )

    def _rule(self, found: Any) -> Rule:
        kind = Kind(found.kind.value)
        if found.place < 0:
            return Rule(kind)
        if kind is Kind.CAPACITY:
            team = self.teams[found.place]
            return Rule(kind, None, team, self.problem.teams[team][0])
        challenge = self.challenges[found.place]
        least, most = self.problem.challenges[challenge]
        if found.team is not None:
            pair = (challenge, self.teams[found.team])
            return Rule(kind, *pair, why=self._why(kind, pair))
        marks = self.forbidden if kind is Kind.FORBIDDEN else np.isnan(self.affinity)
        value = {Kind.DEMAND_MIN: least, Kind.DEMAND_MAX: most}.get(
            kind, int(marks[found.place].sum())
        )
        return Rule(kind, challenge, None, value)

    def _why(self, kind: Kind, pair: PairIds) -> str:
        rules = self.problem.rules
        if kind is Kind.PINNED:
            return rules.fixed[pair].value
        obstacle = rules.forbidden.get(pair) or rules.away.get(pair[1])
        return obstacle.value if obstacle and pair not in rules.excluded else EXCLUDED

    def _repair(self, found: Any) -> Repair:
        rule = self._rule(found.rule)
        least, most = self.problem.challenges.get(rule.challenge or 0, (0, 0))
        if rule.kind is Kind.CAPACITY and rule.team is None:
            least = sum(not stated for _room, stated in self.problem.teams.values())
        if rule.kind is Kind.DEMAND_MIN and rule.challenge is None:
            most = len(self.problem.challenges)
        teams = [self.teams[column] for column in found.teams]
        return Repair(
            rule, found.by, found.to, least, most,
            {team: self._why(Kind.FORBIDDEN, (rule.challenge or 0, team)) for team in teams},
        )  # fmt: skip
