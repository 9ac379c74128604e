"""Whether rules can hold together: a question of how much can flow from challenges to teams."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from matchmaker.recommender.assignment.problem import Bools, Ints, Problem
from matchmaker.recommender.assignment.rules import EVERY, Kind, Rule


@dataclass(frozen=True, eq=False)
class Shortage:
    """Places that nobody can fill, and where: a cut through the flow.

    Attributes:
        missing: places that stay empty.
        challenges: bool (n_challenges,), those that compete.
        teams: bool (n_teams,), those whose capacity they use up.
    """

    missing: int
    challenges: Bools
    teams: Bools


def shortage(needs: Ints, room: Ints, allowed: Bools) -> Shortage | None:
    """Where places stay empty however teams are spread; None when all can be filled.

    Args:
        needs: places to fill, shape (n_challenges,).
        room: challenges that each team can still take, shape (n_teams,).
        allowed: pairs that may be used, each once.
    """
    many, teams = allowed.shape
    wanted = int(needs.sum())
    if wanted == 0:
        return None
    left, right = np.nonzero(allowed)
    source, sink = many + teams, many + teams + 1
    tail = np.concatenate([np.full(many, source), left, many + np.arange(teams)])
    head = np.concatenate([np.arange(many), many + right, np.full(teams, sink)])
    width = np.concatenate([needs, np.ones(len(left), np.int64), np.minimum(room, many)])
    graph = sparse.csr_array(
        (width.astype(np.int32), (tail.astype(np.int32), head.astype(np.int32))),
        shape=(sink + 1, sink + 1),
    )
    flow = maximum_flow(graph, source, sink)
    if flow.flow_value == wanted:
        return None
    rest = graph - flow.flow
    rest.data = np.maximum(rest.data, 0)
    rest.eliminate_zeros()
    reached = np.zeros(sink + 1, bool)
    reached[breadth_first_order(rest, source, return_predecessors=False)] = True
    return Shortage(wanted - int(flow.flow_value), reached[:many], reached[many : many + teams])


@dataclass(frozen=True)
class Repair:
    """One rule bent as little as possible.

    Attributes:
        rule: what is bent.
        by: units: places, challenges of a team, or pairs.
        to: the new number of a demand or capacity; None for pairs and for all at once.
        teams: teams whose pairs with the challenge are to be allowed, or to be given a score.
    """

    rule: Rule
    by: int
    to: int | None = None
    teams: tuple[int, ...] = ()


def can_hold(problem: Problem, rules: Iterable[Rule]) -> bool:
    """Whether some plan keeps these rules when all others are switched off."""
    return Court(problem).can_hold(rules)


class Court:
    """Judges sets of rules of one problem, each set on its own."""

    def __init__(self, problem: Problem):
        self.problem = problem

    def can_hold(self, rules: Iterable[Rule], repair: Repair | None = None) -> bool:
        """Whether some plan keeps these rules when all others are switched off.

        Only challenges and teams that a rule speaks of matter: a team without a rule has room for
        every challenge, so it is counted and not modelled.

        Args:
            repair: a rule among them that is bent.
        """
        return self._judge(rules, repair) == 0

    def missing(self, rules: Iterable[Rule]) -> int:
        """Places that stay empty under these rules; 0 also when pins alone break them."""
        return self._judge(rules, None) or 0

    def _judge(self, rules: Iterable[Rule], repair: Repair | None) -> int | None:
        """Places that stay empty; None when numbers or pins contradict each other."""
        problem, by = self.problem, _by_kind(rules)
        least = _numbers(problem.demand_min, by[Kind.DEMAND_MIN], 0, repair)
        most = _numbers(problem.demand_max, by[Kind.DEMAND_MAX], problem.shape[1], repair)
        room = _numbers(problem.capacity, by[Kind.CAPACITY], problem.shape[0], repair)
        pins = [(r.place, r.team) for r in by[Kind.PINNED] if r.team is not None]
        if (least > most).any() or any(self._is_barred(i, j, by) for i, j in pins):
            return None
        pinned = np.zeros(problem.shape[0], np.int64)
        for i, j in pins:
            pinned[i] += 1
            room[j] -= 1
        if (pinned > most).any() or (room < 0).any():
            return None
        return self._unfilled(np.maximum(least - pinned, 0), room, pins, by, repair)

    def _unfilled(
        self,
        needs: Ints,
        room: Ints,
        pins: Sequence[tuple[int, int]],
        by: Mapping[Kind, list[Rule]],
        repair: Repair | None,
    ) -> int:
        rows = np.flatnonzero(needs > 0)
        where = {int(row): place for place, row in enumerate(rows)}
        allowed = self._allowed(where, by)
        if repair is not None and repair.teams and repair.rule.place in where:
            allowed[where[repair.rule.place], list(repair.teams)] = True
        for i, j in pins:
            if i in where:
                allowed[where[i], j] = False
        roomy = room >= len(rows)
        left = np.maximum(needs[rows] - allowed[:, roomy].sum(axis=1), 0)
        found = shortage(left, room[~roomy], allowed[:, ~roomy])
        return 0 if found is None else found.missing

    def _allowed(self, where: Mapping[int, int], by: Mapping[Kind, list[Rule]]) -> Bools:
        """Pairs of some challenges that the rules leave, one row for each."""
        problem = self.problem
        allowed = np.ones((len(where), problem.shape[1]), bool)
        for kind, marks in ((Kind.FORBIDDEN, problem.forbidden), (Kind.UNKNOWN, problem.unknown)):
            for rule in by[kind]:
                if rule.place not in where:
                    continue
                teams = slice(None) if rule.team is None else rule.team
                allowed[where[rule.place], teams] &= ~marks[rule.place, teams]
        return allowed

    def _is_barred(self, i: int, j: int, by: Mapping[Kind, list[Rule]]) -> bool:
        return bool(self.problem.forbidden[i, j]) and any(
            rule.place == i and rule.team in (None, j) for rule in by[Kind.FORBIDDEN]
        )


def _by_kind(rules: Iterable[Rule]) -> Mapping[Kind, list[Rule]]:
    found: dict[Kind, list[Rule]] = {kind: [] for kind in Kind}
    for rule in rules:
        found[rule.kind].append(rule)
    return found


def _numbers(given: Ints, rules: Sequence[Rule], otherwise: int, repair: Repair | None) -> Ints:
    """The numbers that rules set, and what holds without a rule."""
    numbers = np.full(len(given), otherwise, np.int64)
    for rule in rules:
        if rule.place == EVERY:
            return given.copy()
        value = int(given[rule.place])
        if repair is not None and repair.rule == rule and repair.to is not None:
            value = repair.to
        numbers[rule.place] = value
    return numbers
