"""What every verb on a challenge does: hold the row, ask the rule, write down, make findable."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from matchmaker import taxonomy
from matchmaker.audit.service import record
from matchmaker.challenges import content, policy, queries
from matchmaker.challenges.lifecycle import CHALLENGE
from matchmaker.challenges.models import Challenge
from matchmaker.kernel import search
from matchmaker.kernel.actor import Actor
from matchmaker.kernel.errors import Invalid, WrongState
from matchmaker.kernel.i18n import Message, msg
from matchmaker.kernel.localized import Localized
from matchmaker.kernel.permissions import can, require
from matchmaker.kernel.text import clean

LONGEST_REASON = 4_000


def demand(session: Session, challenge: Challenge, verb: str, *, actor: Actor) -> None:
    """Hold the row and go on only if the actor may do this now.

    Raises:
        NotFound, NotAllowed: by the policy.
        WrongState: the role would allow it, but the state has changed.
    """
    queries.lock(session, challenge)
    refuse_unless_possible(challenge, verb, actor)


def refuse_unless_possible(challenge: Challenge, verb: str, actor: Actor) -> None:
    """The check of :func:`demand` alone, for pages that only ask.

    Raises:
        NotFound, NotAllowed: by the policy.
        WrongState: the role would allow it, but the state has changed.
    """
    action = f"challenge.{verb}"
    verdict = can(actor, action, challenge)
    if verdict == policy.WRONG_STATE and verdict.reason is not None:
        raise WrongState(verdict.reason)
    require(actor, action, challenge)


def move(
    session: Session,
    challenge: Challenge,
    verb: str,
    *,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Take the challenge to where ``verb`` leads, and write that down."""
    before = challenge.state
    challenge.state = CHALLENGE.after(before, verb)
    touch(session, challenge)
    note(
        session, challenge, verb, actor=actor, now=now, reason=reason,
        before={"state": before.value}, after={"state": challenge.state.value, **(after or {})},
    )  # fmt: skip


def touch(session: Session, challenge: Challenge) -> None:
    """Count one more version and store what changed."""
    challenge.version += 1
    session.flush()


def note(
    session: Session,
    challenge: Challenge,
    verb: str,
    *,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write an entry about the challenge, holding only the values that differ."""
    old, new = dict(before or {}), dict(after or {})
    same = {name for name in old.keys() & new.keys() if old[name] == new[name]}
    record(
        session, f"challenge.{verb}", actor=actor, now=now, kind="challenge",
        object_id=challenge.id, name=challenge.ref or challenge.public_id,
        program_id=challenge.call.program_id, reason=reason,
        before={name: value for name, value in old.items() if name not in same},
        after={name: value for name, value in new.items() if name not in same},
    )  # fmt: skip


def needed(reason: str, field: str, sentence: Message) -> str:
    """A reason that has to be given, as it is kept.

    Raises:
        Invalid: nothing was written, or too much.
    """
    text = clean(reason)
    if not text:
        raise Invalid({field: sentence})
    if len(text) > LONGEST_REASON:
        raise Invalid({field: msg("Use at most %(n)s characters.", n=str(LONGEST_REASON))})
    return text


def make_findable(session: Session, challenge: Challenge) -> None:
    """Index what the public page shows, and nothing of the confidential part."""
    texts: list[str | None] = [challenge.ref]
    names = [name for name in content.LOCALIZED if name != "confidential"]
    for text in (getattr(challenge, name) or Localized() for name in names):
        texts += [text.zh_TW, text.en]
    for kpi in challenge.kpis:
        texts += [kpi.name.zh_TW, kpi.name.en]
    for kind in content.TAGGED:
        for term in getattr(challenge, kind):
            label = taxonomy.label(kind, term)
            texts += [label.zh_TW, label.en]
    owner = challenge.organization.name
    search.remember(session, "challenge", challenge.id, [*texts, owner.zh_TW, owner.en])
