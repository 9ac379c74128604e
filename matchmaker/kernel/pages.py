"""One page of a long list, without counting the whole list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

T = TypeVar("T")
SIZE = 50
LONGEST_ID = 10  # digits; an id of as many may be too large for its column


@dataclass(frozen=True)
class Page(Generic[T]):
    """Rows with the keys that lead to the pages before and after (None at the ends)."""

    rows: Sequence[T]
    older: str | None = None
    newer: str | None = None
    total: int | None = None


def place_key(at: datetime, number: int) -> str:
    """The key of a row in a list that is ordered by an instant, then by id."""
    return f"{at:%Y%m%dT%H%M%S%f}.{number}"


def read_place(text: str | None) -> tuple[datetime, int] | None:
    """The instant and id that a key stands for; None when it is none of ours."""
    instant, _dot, number = (text or "").partition(".")
    try:
        at = datetime.strptime(f"{instant}+0000", "%Y%m%dT%H%M%S%f%z")
        return at, int(number) if len(number) < LONGEST_ID else 0
    except ValueError:
        return None
