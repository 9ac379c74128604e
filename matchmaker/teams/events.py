"""Facts about teams worth telling others."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class TeamCreated:
    """A new team was entered; ``actor_id`` leads it, None when the system entered it."""

    team_id: int
    actor_id: int | None
    at: datetime


@dataclass(frozen=True)
class TeamProfileChanged:
    """What a team says it can do has changed, so matches computed before are out of date."""

    team_id: int
    version: int
    at: datetime


@dataclass(frozen=True)
class TeamMembersChanged:
    """Somebody joined a team, left it, or became its representative."""

    team_id: int
    user_id: int | None
    at: datetime
