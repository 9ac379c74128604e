"""Challenges that were stated and published elsewhere, and are taken over as they were stated.

Nobody hands them in, accepts terms for them or fills their gaps, so the gaps that hold back a
problem written here do not hold them back: pages say "not stated" instead.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from matchmaker.challenges import content, queries, service
from matchmaker.challenges.content import Content
from matchmaker.challenges.events import ChallengeEdited, ChallengePublished
from matchmaker.challenges.models import Challenge
from matchmaker.challenges.moves import demand, make_findable, move, note, touch
from matchmaker.challenges.policy import NewChallenge
from matchmaker.kernel.actor import Actor
from matchmaker.kernel.errors import Invalid
from matchmaker.kernel.events import publish as tell
from matchmaker.kernel.i18n import msg
from matchmaker.kernel.permissions import require
from matchmaker.organizations.models import Organization
from matchmaker.programs.models import Call

PROVENANCE = "imported"


def bring_in(
    session: Session,
    call: Call,
    organization: Organization,
    said: Content,
    *,
    source: str,
    actor: Actor,
    now: datetime,
) -> Challenge:
    """Take a challenge over and make it public in a call, with whatever it says.

    Args:
        source: where it comes from, for the record.

    Raises:
        NotAllowed: a person asks; people post challenges and have them approved.
        Invalid: it has no title, an entry cannot be accepted, or the call takes none.
    """
    require(actor, "challenge.bring_in", NewChallenge(organization, call))
    _refuse_nameless(said)
    challenge = service.create(
        session, call, organization, said, actor=actor, now=now, provenance=PROVENANCE
    )
    for verb in ("submit", "approve"):
        move(session, challenge, verb, actor=actor, now=now, reason=source)
    challenge.ref = queries.next_reference(session, now)
    challenge.published_at = now
    move(
        session, challenge, "publish", actor=actor, now=now, reason=source,
        after={"ref": challenge.ref},
    )  # fmt: skip
    make_findable(session, challenge)
    tell(session, ChallengePublished(challenge.id, actor.user_id, now))
    return challenge


def renew(
    session: Session,
    challenge: Challenge,
    said: Content,
    *,
    source: str,
    actor: Actor,
    now: datetime,
) -> bool:
    """Follow a change of the record that a challenge was taken over from; whether there was any.

    Raises:
        NotAllowed: a person asks.
        WrongState: people edited it since, or proposals to it are not taken any more.
        Invalid: an entry cannot be accepted.
    """
    demand(session, challenge, "bring_in", actor=actor)
    _refuse_nameless(said)
    own = challenge.closes_at if challenge.closes_at != challenge.call.closes_at else None
    said = replace(said, dates=replace(said.dates, closes_at=own))
    service.refuse_unless_sound(said.sections, challenge.call, PROVENANCE)
    before = _facts(challenge, said)
    for section in said.sections:
        content.fill(challenge, section, actor=actor, now=now)
    content.tag(challenge)
    after = _facts(challenge, said)
    if before == after:
        return False
    challenge.edited_at = now
    touch(session, challenge)
    make_findable(session, challenge)
    note(
        session, challenge, "bring_in", actor=actor, now=now, reason=source,
        before=before, after=after,
    )  # fmt: skip
    tell(session, ChallengeEdited(challenge.id, actor.user_id, now))
    return True


def _facts(challenge: Challenge, said: Content) -> dict[str, object]:
    return {
        name: value
        for section in said.sections
        for name, value in content.facts(challenge, section).items()
    }


def _refuse_nameless(said: Content) -> None:
    if not (said.need.title_zh.strip() or said.need.title_en.strip()):
        raise Invalid({"title": msg("Give the problem a title.")})
