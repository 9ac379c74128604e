"""What an assignment answers: the plan, its proof, and how each challenge and team fares."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from matchmaker.recommender.assignment.feasibility import Repair
from matchmaker.recommender.assignment.leximin import Level
from matchmaker.recommender.assignment.prices import leading
from matchmaker.recommender.assignment.problem import Bools, Floats, Ints, Problem
from matchmaker.recommender.assignment.reasons import Reason

RESERVE = 5  # teams on the reserve list of a challenge


class Status(StrEnum):
    """How an assignment ended."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    TIMED_OUT = "timed_out"
    CANCELLED = "cancelled"


@dataclass(frozen=True, eq=False)
class Assignment:
    """A plan, or why there is none.

    Attributes:
        assigned: bool (n_challenges, n_teams); all false when nothing was found. When the search
            was cut short it holds the best plan until then, which keeps every rule.
        status: ``optimal`` only when the bound proves it.
        objective: ``total`` or ``fair``.
        total: sum of the scores of the plan; unknown scores of pinned pairs count 0.
        bound: no plan has a larger total; for ``fair``, none that is as fair. NaN without a plan.
        gap: (bound - total) / abs(bound), 0 when they agree.
        levels: for ``fair``, how far the worst challenges were raised, each with its bound.
        challenge_score: shape (n_challenges,), sum over its teams / demand_max.
        attainment: shape (n_challenges,), its score / what it would get choosing alone, at most 1;
            1 where it could get nothing.
        team_load: shape (n_teams,), challenges of each team.
        reserve: for each challenge, teams with room that could step in, best first.
        reasons: when infeasible, up to three sets of rules that cannot hold together.
        repairs_suffice: whether a plan exists once the cheapest repair of each reason is made.
        kept: share of the pairs of the earlier plan that are kept; None without one.
        input_digest: SHA-256 of everything that decides the plan.
        solver: what computed it, with versions.
        seconds: how long it took.
    """

    assigned: Bools
    status: Status
    objective: str
    total: float
    bound: float
    gap: float
    levels: tuple[Level, ...]
    challenge_score: Floats
    attainment: Floats
    team_load: Ints
    reserve: tuple[tuple[int, ...], ...]
    reasons: tuple[Reason, ...]
    repairs_suffice: bool
    kept: float | None
    input_digest: str
    solver: str
    seconds: float

    @property
    def binding(self) -> list[str]:
        """One sufficient reason why there is no plan, as codes; empty when there is one."""
        return self.reasons[0].codes if self.reasons else []

    @property
    def relaxations(self) -> tuple[Repair, ...]:
        """The cheapest repair of each reason, as far as one may be offered."""
        return tuple(reason.repairs[0] for reason in self.reasons if reason.repairs)

    @property
    def worst(self) -> float:
        """The lowest challenge score."""
        return float(self.challenge_score.min(initial=np.inf)) if self.has_plan else np.nan

    @property
    def has_plan(self) -> bool:
        """Whether ``assigned`` keeps every rule."""
        return not np.isnan(self.total)


def attainment(scores: Floats, best: Floats) -> Floats:
    """Score over the best possible one, in 0–1; 1 where nothing could be got."""
    shares = np.ones(len(scores))
    some = best > 0
    shares[some] = np.clip(scores[some] / best[some], 0.0, 1.0)
    shares[~some & (scores < best)] = 0.0
    return shares


def reserve_list(
    problem: Problem, chosen: Bools, most: int = RESERVE
) -> tuple[tuple[int, ...], ...]:
    """For each challenge the teams with room that it may have and has not, best first.

    Args:
        chosen: the plan, bool (n_challenges, n_teams).
        most: teams on each list.
    """
    pairs = problem.pairs
    has_room = problem.capacity > chosen.sum(axis=0)
    could = np.flatnonzero(has_room[pairs.team] & ~chosen[pairs.challenge, pairs.team])
    best = leading(problem, pairs.score, could, most)
    best = best[np.lexsort((-pairs.score[best], pairs.challenge[best]))]
    cuts = np.searchsorted(pairs.challenge[best], np.arange(1, problem.shape[0]))
    return tuple(tuple(int(j) for j in part) for part in np.split(pairs.team[best], cuts))[
        : problem.shape[0]
    ]
