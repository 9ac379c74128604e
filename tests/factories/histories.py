"""Invented histories of decisions, by seed: with a taste that is known, or with none.

Each challenge shows the ten teams that the measured weights put first; people like two or three of
them and put some aside. What they like is ``taste`` (part → times its measured weight) and luck.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from matchmaker.learning.assessment import Field, Pool
from matchmaker.recommender import PARTS, Weights
from matchmaker.recommender.decisions import LEARNT, Decided, Grade
from matchmaker.recommender.learning import History
from tests.conftest import NOON

DEFAULT = Weights(**{part: 1.0 if part in ("text", "bridge") else 0.1 for part in PARTS})
POINTS = {
    "text": (0.08, 0.03), "bridge": (0.04, 0.02), "meaning": (0.05, 0.02),
    "taxonomy": (0.03, 0.015), "capability": (0.04, 0.02), "evidence": (0.02, 0.01),
}  # fmt: skip
"""Mean and standard deviation of each part's points under the measured weights."""
SHOWN = 10


@dataclass(frozen=True)
class Taste:
    """What people decide by.

    Attributes:
        times: part → how many times its measured weight it counts; the others count once.
        noise: standard deviation of luck, beside what the parts differ by (about 1).
        is_blind: the parts count for nothing.
        fame: how much a team's name counts, the same for all challenges.
    """

    times: Mapping[str, float] = field(default_factory=dict)
    noise: float = 1.0
    is_blind: bool = False
    fame: float = 0.0


def invent(
    seed: int, taste: Taste, *, challenges: int = 150, teams: int = 60, famous_part: str = ""
) -> tuple[History, Field]:
    """A history and the lists it came from.

    Args:
        famous_part: a part that well known teams have much of, whatever the challenge.
    """
    rng = np.random.default_rng(seed)
    fame = np.where(rng.random(teams) < 0.08, 3.0, 0.0) + rng.normal(0, 0.2, teams)
    names = [f"t{n:03}" for n in range(teams)]
    decided: list[Decided] = []
    pools: list[Pool] = []
    for number in range(challenges):
        points = _points(rng, teams)
        if famous_part:
            column = LEARNT.index(famous_part)
            points[:, column] += 0.6 * POINTS[famous_part][1] * fame
        raw = points / np.array([DEFAULT.of(part) for part in LEARNT])
        pools.append(Pool(names, raw))
        order = np.argsort(-points.sum(axis=1))[:SHOWN]
        times = np.array([taste.times.get(part, 1.0) for part in LEARNT])
        liking = np.zeros(SHOWN) if taste.is_blind else points[order] @ times
        liking = (liking - liking.mean()) / (liking.std() or 1.0)
        liking = liking + taste.fame * fame[order] + taste.noise * rng.normal(size=SHOWN)
        at = NOON + timedelta(days=number)
        for place, grade in zip(np.argsort(-liking), _ladder(rng), strict=True):
            decided.append(_decided(f"c{number:04}", names[order[place]], raw[order[place]],
                                    grade, at))  # fmt: skip
    return History.of(decided), Field(pools, teams)


def _points(rng: np.random.Generator, teams: int) -> np.ndarray:
    columns = [
        np.maximum(0.0, rng.normal(*POINTS.get(part, (0.03, 0.015)), teams)) for part in LEARNT
    ]
    return np.column_stack(columns)


def _ladder(rng: np.random.Generator) -> list[Grade]:
    """Grades of ten shown pairs, the best liked first."""
    liked = [Grade.PROPOSED, Grade.INTERESTED, Grade.INVITED][: rng.integers(2, 4)]
    aside = [Grade.PUT_ASIDE] * int(rng.integers(0, 2))
    return [*liked, *[Grade.IGNORED] * (SHOWN - len(liked) - len(aside)), *aside]


def _decided(challenge: str, team: str, raw: np.ndarray, grade: Grade, at: datetime) -> Decided:
    values = dict(zip(LEARNT, map(float, raw), strict=True))
    return Decided(challenge, team, values, grade, at)
