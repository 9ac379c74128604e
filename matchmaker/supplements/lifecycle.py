"""States of a supplement."""

from enum import StrEnum


class SupplementState(StrEnum):
    """Where a supplement stands; one that waits still shows what was computed before."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
