"""What assigning a cohort costs, over the plain linear programme of all its pairs."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy import sparse
from scipy.optimize import linprog

from matchmaker.recommender.assignment import assign

SIZES = ((77, 172), (150, 400), (300, 1_000))
TOO_LARGE = 100_000  # pairs of which the plain programme takes minutes


def report(console: Console) -> None:
    """Print time and quality for a few sizes, invented and the same each time."""
    table = Table(title="Assignment (processor time; ratio to the linear programme over all pairs)")
    table.add_column("challenges × teams")
    for name in ("goal", "seconds", "ratio", "status", "gap", "worst", "bound of the worst"):
        table.add_column(name, justify="right")
    for size in SIZES:
        given = cohort(*size)
        floor = plain(given) if size[0] * size[1] <= TOO_LARGE else None
        for goal in ("total", "fair"):
            started = time.process_time()
            plan = assign(**given, objective=goal)
            spent = time.process_time() - started
            table.add_row(
                f"{size[0]} × {size[1]:,}", goal, f"{spent:.2f}",
                f"{spent / floor:.1f}" if floor else "–", plan.status, f"{plan.gap:.1e}",
                f"{plan.worst:.4f}", f"{plan.levels[0].bound:.4f}" if plan.levels else "–",
            )  # fmt: skip
    console.print(table)
    _print_reasons(console)


def _print_reasons(console: Console) -> None:
    """How long it takes to say why no plan exists."""
    given = cohort(*SIZES[0])
    teams, challenges = np.arange(7), np.arange(4)
    given["forbidden"][challenges] = True
    given["forbidden"][np.ix_(challenges, teams)] = False
    given["capacity"][teams] = 1
    started = time.process_time()
    found = assign(**given)
    spent = time.process_time() - started
    console.print(f"An impossible cohort: {len(found.binding)} rules named in {spent:.2f} s.")


def cohort(challenges: int, teams: int, seed: int = 7) -> dict[str, Any]:
    """Challenges and teams of a few fields: few good teams for each, some wanted by many."""
    rng = np.random.default_rng(seed)
    wanted = rng.dirichlet(np.full(8, 0.35), challenges)
    offered = rng.dirichlet(np.full(8, 0.35), teams)
    strength = rng.beta(5, 2, teams)
    scores = np.sqrt(wanted) @ np.sqrt(offered).T * strength
    scores += 0.1 * rng.random(scores.shape)
    shape = (challenges, teams)
    return {
        "affinity": scores,
        "demand_min": np.full(challenges, 2),
        "demand_max": np.full(challenges, 3),
        "capacity": 1 + (rng.random(teams) < 0.45),
        "forbidden": rng.random(shape) < 0.03,
        "pinned": np.zeros(shape, bool),
    }


def plain(given: dict[str, Any]) -> float:
    """Seconds of HiGHS over every pair at once."""
    challenge, team = np.nonzero(~given["forbidden"])
    ones, columns = np.ones(len(team)), np.arange(len(team))
    rows = sparse.csr_array((ones, (challenge, columns)))
    loads = sparse.csr_array((ones, (team, columns)))
    started = time.process_time()
    linprog(
        -given["affinity"][challenge, team],
        A_ub=sparse.vstack([rows, -rows, loads]),
        b_ub=np.concatenate([given["demand_max"], -given["demand_min"], given["capacity"]]),
        bounds=(0, 1),
        method="highs-ds",
    )
    return time.process_time() - started
