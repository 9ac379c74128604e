"""Rules that never bend: pairs that must not be, and pairs that are fixed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from matchmaker.recommender.records import TeamProfile

Pair = tuple[str, str]


class HeldBackFor(StrEnum):
    """Why a team is not recommended although it was scored."""

    CONFLICT = "conflict"
    INELIGIBLE = "ineligible"
    CAPACITY = "capacity"
    EXCLUDED = "excluded"


class ClashingConstraints(ValueError):
    """A pair is fixed and forbidden at once; ``pair`` names it, ``code`` says why forbidden."""

    def __init__(self, pair: Pair, code: HeldBackFor):
        super().__init__(f"challenge {pair[0]} and team {pair[1]} are pinned and held back: {code}")
        self.pair, self.code = pair, code


@dataclass(frozen=True)
class Constraints:
    """Hard constraints of a run.

    Attributes:
        forbidden: (challenge id, team id) → reason code.
        held_back: team id → reason code, for every challenge.
        pinned: (challenge id, team id) pairs that are recommended first whatever they score.
        respect_capacity: hold teams back that say they can take on nothing now.
    """

    forbidden: Mapping[Pair, HeldBackFor | str] = field(default_factory=dict)
    held_back: Mapping[str, HeldBackFor | str] = field(default_factory=dict)
    pinned: frozenset[Pair] = frozenset()
    respect_capacity: bool = True

    def check(self) -> None:
        """Refuse constraints that cannot all hold.

        Raises:
            ClashingConstraints: a pinned pair is forbidden too.
            ValueError: a reason code is unknown.
        """
        for given in (*self.forbidden.values(), *self.held_back.values()):
            HeldBackFor(given)
        for pair in sorted(self.pinned):
            code = self._code(pair)
            if code:
                raise ClashingConstraints(pair, code)

    def reason(self, challenge_id: str, team: TeamProfile) -> HeldBackFor | None:
        """Why this team may not be recommended for the challenge; None if it may."""
        return self.obstacle(challenge_id, team.id, team.capacity)

    def obstacle(self, challenge_id: str, team_id: str, capacity: int | None) -> HeldBackFor | None:
        """The same from what decides it."""
        pair = (challenge_id, team_id)
        if pair in self.pinned:
            return None
        code = self._code(pair)
        if code:
            return code
        full = self.respect_capacity and capacity is not None and capacity <= 0
        return HeldBackFor.CAPACITY if full else None

    def _code(self, pair: Pair) -> HeldBackFor | None:
        code = self.forbidden.get(pair) or self.held_back.get(pair[1])
        return HeldBackFor(code) if code else None
