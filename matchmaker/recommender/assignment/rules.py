"""The rules of a problem by name, so that a reason can point at them.

A code is ``demand_min:i``, ``demand_max:i``, ``capacity:j``, ``forbidden:i`` (all forbidden pairs
of challenge i), ``forbidden:i,j``, ``pinned:i,j`` or ``unknown:i`` (all pairs of challenge i
without a score). ``demand_min:*`` and ``capacity:*`` stand for all of them, where only the sums
do not fit.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

EVERY = -1


class Kind(StrEnum):
    """What a rule is about."""

    DEMAND_MIN = "demand_min"
    DEMAND_MAX = "demand_max"
    CAPACITY = "capacity"
    FORBIDDEN = "forbidden"
    PINNED = "pinned"
    UNKNOWN = "unknown"


@dataclass(frozen=True, order=True)
class Rule:
    """One rule: of a challenge, of a team (capacity), or of a pair.

    Attributes:
        place: the challenge, or the team for a capacity; ``EVERY`` for all.
        team: the team of a pair; None when the rule is not about one pair.
    """

    kind: Kind
    place: int
    team: int | None = None

    @property
    def challenge(self) -> int:
        """The challenge it is about; not for a capacity."""
        return self.place

    @property
    def code(self) -> str:
        """The rule as text, such as ``pinned:3,17``."""
        place = "*" if self.place == EVERY else str(self.place)
        return f"{self.kind}:{place}" if self.team is None else f"{self.kind}:{place},{self.team}"

    @classmethod
    def parse(cls, code: str) -> Rule:
        """The rule of a code.

        Raises:
            ValueError: it is none.
        """
        kind, _, places = code.partition(":")
        place, _, team = places.partition(",")
        return cls(Kind(kind), EVERY if place == "*" else int(place), int(team) if team else None)
