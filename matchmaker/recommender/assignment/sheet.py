"""A linear programme put together block by block, and handed to HiGHS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

Floats = NDArray[np.float64]
Part = tuple[slice, Any]  # variables and their coefficients, a sparse matrix
TIMED_OUT = 1
INFEASIBLE = 2


class Unsolved(RuntimeError):
    """The solver found that nothing satisfies all rows, or gave up on numerical grounds."""


class OutOfTime(RuntimeError):
    """The solver used up the seconds it was given."""


@dataclass(frozen=True)
class Answer:
    """What the solver found.

    Attributes:
        x: value of each variable.
        value: what was minimised.
        equal, most: price of each row of that kind: how the value moves with its right side.
    """

    x: Floats
    value: float
    equal: Floats
    most: Floats


@dataclass(frozen=True)
class Whole:
    """The answer when variables had to be whole.

    Attributes:
        x: value of each variable; None when none was found.
        bound: no plan has a lower value; None when nothing satisfies all rows.
        is_proven: whether the search came to its end.
    """

    x: Floats | None
    bound: float | None
    is_proven: bool


class Sheet:
    """Minimise ``cost @ x`` with ``low <= x <= high`` and two kinds of rows."""

    def __init__(self) -> None:
        self._cost: list[Floats] = []
        self._low: list[Floats] = []
        self._high: list[Floats] = []
        self._size = 0
        self._rows: dict[str, list[tuple[Sequence[Part], Floats]]] = {"equal": [], "most": []}
        self._count = {"equal": 0, "most": 0}

    def variables(self, cost: Any, low: Any, high: Any, many: int) -> slice:
        """Add variables; single numbers stand for all. Their places come back."""
        for kept, given in ((self._cost, cost), (self._low, low), (self._high, high)):
            kept.append(np.broadcast_to(np.asarray(given, dtype=np.float64), (many,)))
        self._size += many
        return slice(self._size - many, self._size)

    def equal(self, parts: Sequence[Part], right: Any) -> slice:
        """Add rows whose sums are ``right``; their places among such rows come back."""
        return self._add("equal", parts, right)

    def most(self, parts: Sequence[Part], right: Any) -> slice:
        """Add rows whose sums are at most ``right``."""
        return self._add("most", parts, right)

    def _add(self, kind: str, parts: Sequence[Part], right: Any) -> slice:
        many = parts[0][1].shape[0]
        self._rows[kind].append((parts, np.broadcast_to(np.asarray(right, np.float64), (many,))))
        self._count[kind] += many
        return slice(self._count[kind] - many, self._count[kind])

    def minimise(self, *, interior: bool = False, seconds: float | None = None) -> Answer:
        """Solve with fractions allowed; the answer is a corner, never a point between.

        Args:
            interior: begin with the interior point method, which suits scores with levels.

        Raises:
            Unsolved: nothing satisfies all rows.
            OutOfTime: ``seconds`` were not enough.
        """
        equal, equal_right = self._matrix("equal")
        most, most_right = self._matrix("most")
        answer = linprog(
            np.concatenate(self._cost),
            A_eq=equal, b_eq=equal_right, A_ub=most, b_ub=most_right,
            bounds=np.column_stack([np.concatenate(self._low), np.concatenate(self._high)]),
            method="highs-ipm" if interior else "highs-ds",
            options={"presolve": interior} | _limit(seconds),  # few pairs: looking ahead costs more
        )  # fmt: skip
        if answer.status == TIMED_OUT:
            raise OutOfTime
        if answer.status != 0:
            raise Unsolved(answer.message)
        return Answer(answer.x, float(answer.fun), answer.eqlin.marginals, answer.ineqlin.marginals)

    def minimise_whole(
        self, whole: Sequence[slice], *, nodes: int, gap: float, seconds: float | None = None
    ) -> Whole:
        """Solve with some variables whole, looking at no more than ``nodes`` branches."""
        rows = []
        for kind in ("equal", "most"):
            matrix, right = self._matrix(kind)
            low = right if kind == "equal" else np.full(len(right), -np.inf)
            rows.append(LinearConstraint(matrix, low, right))
        kinds = np.zeros(self._size)
        for places in whole:
            kinds[places] = 1
        options = {"node_limit": nodes, "mip_rel_gap": gap} | _limit(seconds)
        answer = milp(
            np.concatenate(self._cost),
            integrality=kinds,
            bounds=Bounds(np.concatenate(self._low), np.concatenate(self._high)),
            constraints=rows,
            options=options,
        )
        if answer.status == INFEASIBLE:
            return Whole(None, None, is_proven=True)
        bound = None if answer.mip_dual_bound is None else float(answer.mip_dual_bound)
        return Whole(answer.x, bound, is_proven=answer.status == 0)

    def _matrix(self, kind: str) -> tuple[sparse.csr_array, Floats]:
        """All rows of a kind as one matrix, and their right sides."""
        rows, columns, values, right = [], [], [], []
        above = 0
        for parts, sides in self._rows[kind]:
            for place, matrix in parts:
                entries = sparse.coo_array(matrix)
                rows.append(entries.row + above)
                columns.append(entries.col + place.start)
                values.append(entries.data)
            right.append(sides)
            above += len(sides)
        if not rows:
            return sparse.csr_array((0, self._size)), np.zeros(0)
        entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
        return sparse.csr_array(entries, shape=(above, self._size)), np.concatenate(right)


def _limit(seconds: float | None) -> dict[str, float]:
    return {} if seconds is None else {"time_limit": max(seconds, 0.01)}
