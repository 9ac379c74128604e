"""States as a table that can be read aloud: named moves from states to a state."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar, cast

from matchmaker.kernel.errors import WrongState
from matchmaker.kernel.i18n import Message, msg

S = TypeVar("S", bound=StrEnum)


@dataclass(frozen=True)
class Move:
    """One verb: from which states it may happen and where it leads."""

    verb: str
    of: frozenset[StrEnum]
    to: StrEnum


@dataclass(frozen=True)
class Words:
    """The two names of a state, and the tone it is shown in.

    ``tone`` is one of ``quiet``, ``note``, ``caution``, ``proof``, ``refused``.
    """

    staff: Message
    public: Message
    tone: str = "quiet"


def move(verb: str, *, of: Collection[StrEnum], to: StrEnum) -> Move:
    """A move of a lifecycle."""
    return Move(verb, frozenset(of), to)


class Lifecycle:
    """All moves of one kind of thing."""

    def __init__(self, *moves: Move):
        self.moves = moves
        pairs = [(m.verb, state) for m in moves for state in m.of]
        if len(pairs) != len(set(pairs)):
            raise ValueError("a verb leads from one state to two")

    def allows(self, state: StrEnum, verb: str) -> bool:
        """Whether ``verb`` may happen in ``state``."""
        return any(m.verb == verb and state in m.of for m in self.moves)

    def after(self, state: S, verb: str) -> S:
        """The state that ``verb`` leads to.

        Raises:
            WrongState: the verb is not possible from ``state``.
        """
        for m in self.moves:
            if m.verb == verb and state in m.of:
                return cast(S, m.to)
        raise WrongState(
            msg("This is not possible any more: the state has changed. Reload the page.")
        )

    def verbs_from(self, state: StrEnum) -> list[str]:
        """Verbs possible in ``state``, in the order of the table."""
        return [m.verb for m in self.moves if state in m.of]
