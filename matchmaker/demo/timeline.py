"""Many scripts played as one story: whatever comes first by the calendar is done first.

So the audit record, the numbering of references and what is read of each other come out as if
people had worked through the days.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from datetime import datetime

Script = Iterator[datetime]
"""One thread of the story: yields the instant at which it wants to go on."""


def play(scripts: Iterable[Script]) -> None:
    """Run all scripts in the order of their instants; equal ones in the order given."""
    waiting: list[tuple[datetime, int, Script]] = []
    for number, script in enumerate(scripts):
        _wait(waiting, number, script)
    while waiting:
        _at, number, script = heapq.heappop(waiting)
        _wait(waiting, number, script)


def _wait(waiting: list[tuple[datetime, int, Script]], number: int, script: Script) -> None:
    """Let a script do what it came for, and remember when it wants to go on."""
    at = next(script, None)
    if at is not None:
        heapq.heappush(waiting, (at, number, script))
