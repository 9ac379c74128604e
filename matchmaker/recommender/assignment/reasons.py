"""Why no plan can keep all rules: small sets of rules that cannot hold together.

A reason is minimal by inclusion: its rules alone cannot hold, and without any one of them they
can. It is one sufficient reason, not the only one; up to three that share no rule are looked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import SupportsInt

import numpy as np

from matchmaker.recommender.assignment.feasibility import Court, Repair, shortage
from matchmaker.recommender.assignment.problem import Bools, Problem
from matchmaker.recommender.assignment.repairs import repairs_of
from matchmaker.recommender.assignment.rules import EVERY, Kind, Rule

MOST_REASONS = 3


@dataclass(frozen=True)
class Reason:
    """Rules that cannot hold together, and what would let them.

    Attributes:
        rules: minimal by inclusion.
        repairs: each would do; the cheapest first, empty when nothing may be offered.
    """

    rules: tuple[Rule, ...]
    repairs: tuple[Repair, ...]

    @property
    def codes(self) -> list[str]:
        """The rules as codes."""
        return [rule.code for rule in self.rules]


class Loose:
    """A problem some of whose rules are switched off or bent, to look what else is wrong."""

    def __init__(self, problem: Problem):
        self.problem = problem
        self.least, self.most = problem.demand_min.copy(), problem.demand_max.copy()
        self.room = np.minimum(problem.capacity, problem.shape[0])
        self.pinned, self.forbidden = problem.pinned.copy(), problem.forbidden.copy()
        self.unknown = problem.unknown.copy()
        self.extra = 0  # places that a team nobody has named could take

    def switch_off(self, rule: Rule) -> None:
        """Take a rule away."""
        many, teams = self.problem.shape
        pair = (rule.place, slice(None) if rule.team is None else rule.team)
        match rule.kind:
            case Kind.DEMAND_MIN if rule.place != EVERY:
                self.least[rule.place] = 0
            case Kind.DEMAND_MAX:
                self.most[rule.place] = teams
            case Kind.CAPACITY:
                self.room[slice(None) if rule.place == EVERY else rule.place] = many
            case Kind.PINNED:
                self.pinned[pair] = False
            case Kind.FORBIDDEN:
                self.forbidden[pair] = False
            case Kind.UNKNOWN:
                self.unknown[pair] = False

    def bend(self, repair: Repair) -> None:
        """Bend a rule as a repair says."""
        rule, teams = repair.rule, list(repair.teams)
        match rule.kind:
            case Kind.DEMAND_MIN if rule.place != EVERY:
                self.least[rule.place] -= repair.by
            case Kind.DEMAND_MAX:
                self.most[rule.place] += repair.by
            case Kind.CAPACITY if rule.place != EVERY:
                self.room[rule.place] += repair.by
            case Kind.PINNED:
                self.pinned[rule.place, rule.team] = False
            case Kind.FORBIDDEN:
                self.forbidden[rule.place, teams] = False
            case Kind.UNKNOWN:
                self.unknown[rule.place, teams] = False
            case _:
                self.extra += repair.by

    @property
    def allowed(self) -> Bools:
        """Pairs that may be chosen freely."""
        return ~(self.forbidden | self.unknown | self.pinned)

    def is_possible(self) -> bool:
        """Whether a plan keeps all that is left."""
        return next(suspects(self), None) is None


def reasons_of(
    problem: Problem, pause: Callable[[], None], most: int = MOST_REASONS
) -> list[Reason]:
    """Up to three reasons that share no rule; empty when a plan exists."""
    loose, court = Loose(problem), Court(problem)
    found: list[Reason] = []
    while len(found) < most:
        pause()
        rules = next(suspects(loose), None)
        if rules is None:
            break
        rules = _minimal(court, rules)
        found.append(Reason(tuple(rules), tuple(repairs_of(court, rules))))
        for rule in rules:
            loose.switch_off(rule)
    return found


def would_suffice(problem: Problem, reasons: Iterable[Reason]) -> bool:
    """Whether a plan exists once the cheapest repair of every reason is made."""
    loose = Loose(problem)
    for reason in reasons:
        if not reason.repairs:
            return False
        loose.bend(reason.repairs[0])
    return loose.is_possible()


def suspects(loose: Loose) -> Iterator[list[Rule]]:
    """Sets of rules that cannot hold together, the plainest first; not yet minimal."""
    yield from _pins_against_rules(loose)
    yield from _single_challenges(loose)
    yield from _sums(loose)
    yield from _competition(loose)


def _pins_against_rules(loose: Loose) -> Iterator[list[Rule]]:
    for i, j in np.argwhere(loose.pinned & loose.forbidden):
        yield [_pair(Kind.PINNED, i, j), _pair(Kind.FORBIDDEN, i, j)]
    pins = loose.pinned.sum(axis=1)
    for i in np.flatnonzero(pins > loose.most):
        some = np.flatnonzero(loose.pinned[i])[: loose.most[i] + 1]
        yield [Rule(Kind.DEMAND_MAX, int(i)), *(_pair(Kind.PINNED, i, j) for j in some)]
    for j in np.flatnonzero(loose.pinned.sum(axis=0) > loose.room):
        some = np.flatnonzero(loose.pinned[:, j])[: loose.room[j] + 1]
        yield [Rule(Kind.CAPACITY, int(j)), *(_pair(Kind.PINNED, i, j) for i in some)]


def _single_challenges(loose: Loose) -> Iterator[list[Rule]]:
    """Challenges that want more than their own limit, or than teams they may have."""
    for i in np.flatnonzero(loose.least > loose.most):
        yield [Rule(Kind.DEMAND_MIN, int(i)), Rule(Kind.DEMAND_MAX, int(i))]
    at_hand = (loose.allowed | loose.pinned).sum(axis=1) + loose.extra
    for i in np.flatnonzero(at_hand < loose.least):
        kinds = [Kind.DEMAND_MIN, Kind.FORBIDDEN, *([Kind.UNKNOWN] if loose.unknown.any() else [])]
        yield [Rule(kind, int(i)) for kind in kinds]


def _sums(loose: Loose) -> Iterator[list[Rule]]:
    if int(loose.least.sum()) > int(loose.room.sum()) + loose.extra:
        yield [Rule(Kind.DEMAND_MIN, EVERY), Rule(Kind.CAPACITY, EVERY)]


def _competition(loose: Loose) -> Iterator[list[Rule]]:
    """Challenges whose teams are too few for all of them together."""
    needs = np.maximum(loose.least - loose.pinned.sum(axis=1), 0)
    room = loose.room - loose.pinned.sum(axis=0)
    allowed = loose.allowed
    if loose.extra:
        allowed = np.column_stack([allowed, np.ones((len(needs), loose.extra), bool)])
        room = np.concatenate([room, np.ones(loose.extra, np.int64)])
    cut = shortage(needs, room, allowed)
    if cut is None:
        return
    teams = cut.teams[: loose.problem.shape[1]]
    rows = [int(i) for i in np.flatnonzero(cut.challenges & (needs > 0))]
    touching = loose.pinned & (teams[None, :] | cut.challenges[:, None])
    rules = [_pair(Kind.PINNED, i, j) for i, j in np.argwhere(touching)]
    rules += [Rule(Kind.CAPACITY, int(j)) for j in np.flatnonzero(teams)]
    if loose.problem.unknown.any():
        rules += [Rule(Kind.UNKNOWN, i) for i in rows if loose.unknown[i].any()]
    rules += [Rule(Kind.FORBIDDEN, i) for i in rows if loose.forbidden[i].any()]
    yield rules + [Rule(Kind.DEMAND_MIN, i) for i in rows]


def _pair(kind: Kind, i: SupportsInt, j: SupportsInt) -> Rule:
    return Rule(kind, int(i), int(j))


def _minimal(court: Court, rules: Sequence[Rule]) -> list[Rule]:
    """The rules that are left when each that is not needed has been dropped.

    Whole runs are dropped at once where that goes, so that a long list costs few judgements.
    """
    kept: list[Rule] = []
    waiting = [list(rules)]
    while waiting:
        run = waiting.pop(0)
        rest = [rule for others in waiting for rule in others]
        if not court.can_hold([*kept, *rest]):
            continue
        if len(run) == 1:
            kept += run
        else:
            waiting[:0] = [run[: len(run) // 2], run[len(run) // 2 :]]
    return sorted(kept, key=lambda rule: (list(Kind).index(rule.kind), rule.place, rule.team or 0))
