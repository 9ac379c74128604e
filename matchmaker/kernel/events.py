"""Facts that others may care about: the speaker does not know the listeners."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy.orm import Session

E = TypeVar("E")
_LISTENERS: dict[type[Any], list[Callable[[Session, Any], None]]] = defaultdict(list)


def subscribe(
    kind: type[E],
) -> Callable[[Callable[[Session, E], None]], Callable[[Session, E], None]]:
    """Have a function called in the same transaction whenever such a fact is published."""

    def register(function: Callable[[Session, E], None]) -> Callable[[Session, E], None]:
        _LISTENERS[kind].append(function)
        return function

    return register


def publish(session: Session, event: object) -> None:
    """Tell every listener of the event's type, in the order they subscribed."""
    for listener in _LISTENERS[type(event)]:
        listener(session, event)
