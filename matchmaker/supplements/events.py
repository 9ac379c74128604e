"""Facts about supplements worth telling others."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class SupplementRequested:
    """A team is to be computed anew beside a run."""

    supplement_id: int
    at: datetime
