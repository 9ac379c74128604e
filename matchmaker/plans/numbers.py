"""The numbers that a plan has to keep: teams for a challenge, challenges for a team."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from matchmaker.kernel.errors import Invalid
from matchmaker.kernel.i18n import Message, msg
from matchmaker.plans.lifecycle import Objective, Places

MOST_TEAMS, MOST_CHALLENGES = 50, 50  # for one challenge; for one team
Span = tuple[int, int]


@dataclass(frozen=True)
class Numbers:
    """What somebody asks a plan to keep.

    Attributes:
        places: ``SAME`` gives every challenge between ``least`` and ``most`` teams; ``WANTED``
            gives as many as it wants PoCs, and at least ``least`` where it wants so many.
        challenges: challenge id → (least, most) where it differs from the rest.
        capacity: challenges for a team that does not say how many it can take on.
        teams: team id → challenges, instead of what the team says.
    """

    objective: Objective = Objective.TOTAL
    places: Places = Places.WANTED
    least: int = 2
    most: int = 3
    challenges: Mapping[int, Span] = field(default_factory=dict)
    capacity: int = 1
    teams: Mapping[int, int] = field(default_factory=dict)

    def span(self, challenge_id: int, wanted: int) -> Span:
        """The least and most teams for a challenge that wants so many PoCs."""
        own = self.challenges.get(challenge_id)
        if own is not None:
            return own
        if self.places is Places.WANTED:
            return min(self.least, wanted), wanted
        return self.least, self.most

    def room(self, team_id: int, stated: int | None) -> tuple[int, bool]:
        """How many challenges a team may take, and whether that was said of this very team."""
        if team_id in self.teams:
            return self.teams[team_id], True
        return (self.capacity, False) if stated is None else (stated, True)

    def refuse_nonsense(self) -> None:
        """Stop at numbers that mean nothing.

        Raises:
            Invalid: at ``least``, ``most``, ``capacity``, ``challenges`` or ``teams``.
        """
        wrong: dict[str, Message] = {}
        if not 0 <= self.least <= MOST_TEAMS:
            wrong["least"] = _BETWEEN
        if self.places is Places.SAME and not 1 <= self.most <= MOST_TEAMS:
            wrong["most"] = _BETWEEN
        elif self.places is Places.SAME and self.least > self.most:
            wrong["most"] = _UPSIDE_DOWN
        if not 0 <= self.capacity <= MOST_CHALLENGES:
            wrong["capacity"] = _BETWEEN
        for low, high in self.challenges.values():
            if not (0 <= low <= MOST_TEAMS and 0 <= high <= MOST_TEAMS):
                wrong["challenges"] = _BETWEEN
            elif low > high:
                wrong["challenges"] = _UPSIDE_DOWN
        if not all(0 <= each <= MOST_CHALLENGES for each in self.teams.values()):
            wrong["teams"] = _BETWEEN
        if wrong:
            raise Invalid(wrong)

    def to_json(self) -> dict[str, Any]:
        """Plain values for a column; the objective has a column of its own."""
        return {
            "places": self.places.value,
            "least": self.least,
            "most": self.most,
            "challenges": {str(key): list(span) for key, span in sorted(self.challenges.items())},
            "capacity": self.capacity,
            "teams": {str(key): room for key, room in sorted(self.teams.items())},
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any], objective: Objective) -> Numbers:
        """The numbers that a plan was asked for."""
        return cls(
            objective,
            Places(stored["places"]),
            stored["least"],
            stored["most"],
            {int(key): (span[0], span[1]) for key, span in stored["challenges"].items()},
            stored["capacity"],
            {int(key): room for key, room in stored["teams"].items()},
        )


_BETWEEN = msg("Give a number between 0 and 50.")
_UPSIDE_DOWN = msg("The most must not be smaller than the least.")
