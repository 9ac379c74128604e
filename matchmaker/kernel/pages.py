"""One page of a long list, without counting the whole list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
