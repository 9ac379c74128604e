"""One question for every door: may this actor do this to that thing?

Each room's ``policy`` answers with a :class:`Verdict` and registers its sentence under the name of
the action (``challenge.submit``). What no rule allows is denied.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from matchmaker.kernel.actor import Actor
from matchmaker.kernel.errors import NotAllowed, NotFound
from matchmaker.kernel.i18n import Message


class Answer(StrEnum):
    """Allowed; refused openly; or refused as if the thing did not exist."""

    YES = "yes"
    DENY = "deny"
    HIDE = "hide"


@dataclass(frozen=True)
class Verdict:
    """An answer with the sentence that explains a refusal. True when allowed."""

    answer: Answer
    reason: Message | None = None

    def __bool__(self) -> bool:
        return self.answer is Answer.YES


YES = Verdict(Answer.YES)
DENY = Verdict(Answer.DENY)
HIDE = Verdict(Answer.HIDE)


def deny(reason: Message) -> Verdict:
    """An open refusal with its reason."""
    return Verdict(Answer.DENY, reason)


def allow_if(allowed: bool, otherwise: Verdict = DENY) -> Verdict:
    """YES when ``allowed``, else the given refusal."""
    return YES if allowed else otherwise


Rule = Callable[[Actor, Any], Verdict]
_RULES: dict[str, Rule] = {}


def rule(action: str) -> Callable[[Rule], Rule]:
    """Register a policy sentence as the rule for ``action``."""

    def register(function: Rule) -> Rule:
        if action in _RULES:
            raise ValueError(f"two rules for {action}")
        _RULES[action] = function
        return function

    return register


def can(actor: Actor, action: str, thing: Any) -> Verdict:
    """The verdict of the one rule for ``action``; unknown actions are denied."""
    if actor.is_suspended:
        return HIDE
    known = _RULES.get(action)
    return known(actor, thing) if known else DENY


def require(actor: Actor, action: str, thing: Any) -> None:
    """Go on only when allowed.

    Raises:
        NotFound: the actor may not even know that the thing exists.
        NotAllowed: the actor may know, but not do this.
    """
    verdict = can(actor, action, thing)
    if verdict.answer is Answer.HIDE:
        raise NotFound
    if verdict.answer is Answer.DENY:
        raise NotAllowed(verdict.reason)


def actions() -> list[str]:
    """Every action that has a rule, in alphabetical order."""
    return sorted(_RULES)
