"""What learning makes of invented histories: tastes that are known, and none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rich.console import Console
from rich.table import Table

from matchmaker.learning.assessment import Assessment, assess
from matchmaker.recommender.decisions import LEARNT
from tests.factories.histories import DEFAULT, Taste, invent

CHALLENGES = 100
HISTORIES: dict[str, tuple[Taste, str, str]] = {
    "capability counts thrice": (Taste({"capability": 3}), "", "capability"),
    "evidence counts thrice": (Taste({"evidence": 3}), "", "evidence"),
    "as the measured weights": (Taste(), "", "capability"),
    "by lot": (Taste(is_blind=True), "", "capability"),
    "by fame alone": (Taste(is_blind=True, fame=1.5), "capability", "capability"),
}
"""Name → what people decide by, the part that famous teams have much of, the part looked at."""


@dataclass(frozen=True)
class Learnt:
    """Many histories of one kind, by seed.

    Attributes:
        used: how many of them gave a model that may be used.
        times: how much more the part counts than the others after learning, middle history.
        agreement: share of later comparisons in the people's order: text, measured, model (means).
        refused: how many were refused for their exposure.
    """

    name: str
    seeds: int
    used: int
    refused: int
    times: float
    agreement: Sequence[float]


def measure(seeds: int = 40) -> list[Learnt]:
    """Learn from every kind of history, ``seeds`` times."""
    return [_measured(name, seeds) for name in HISTORIES]


def _measured(name: str, seeds: int) -> Learnt:
    taste, famous, part = HISTORIES[name]
    found: list[Assessment] = []
    for seed in range(seeds):
        history, field = invent(seed, taste, challenges=CHALLENGES, famous_part=famous)
        found.append(assess(history, DEFAULT, field))
    rows = [each.figures["rows"] for each in found]
    return Learnt(
        name,
        seeds,
        sum(not each.reasons for each in found),
        sum("concentrates" in each.reasons for each in found),
        float(np.median([_times(each, part) for each in found])),
        [
            float(np.mean([row[scorer]["agreement"]["mean"] for row in rows]))
            for scorer in ("text", "default", "model")
        ],
    )


def _times(found: Assessment, part: str) -> float:
    if found.weights is None:
        return 1.0
    times = {each: found.weights.of(each) / DEFAULT.of(each) for each in LEARNT}
    return times.pop(part) / float(np.mean(list(times.values())))


def report(console: Console, seeds: int = 40) -> None:
    """Print what was learnt from each kind of history."""
    table = Table(title=f"Learning from {seeds} invented histories of {CHALLENGES} challenges each")
    table.add_column("people decide")
    for name in ("used", "refused for exposure", "part ×", "text", "measured", "model"):
        table.add_column(name, justify="right")
    for row in measure(seeds):
        table.add_row(
            row.name, str(row.used), str(row.refused), f"{row.times:.2f}",
            *(f"{share:.3f}" for share in row.agreement),
        )  # fmt: skip
    console.print(table)
    console.print(
        "part ×: how much more the part counts than the others, middle history. Text, measured, "
        "model: share of later comparisons in the order of people."
    )
