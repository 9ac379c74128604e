"""Facts about programmes and calls worth telling others."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class CallPublished:
    """Everybody can read the call from now on."""

    call_id: int
    actor_id: int | None
    at: datetime


@dataclass(frozen=True)
class CallExtended:
    """A call stays open longer: it closes at ``closes_at`` and not at ``was``.

    Challenges that close with their call move along (see the challenges room).
    """

    call_id: int
    was: datetime
    closes_at: datetime
    actor_id: int | None
    at: datetime
