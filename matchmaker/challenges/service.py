"""Verbs on challenges: those of the owner here, those of the programme office beside this file."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from matchmaker.challenges import checks, content, policy
from matchmaker.challenges.content import (
    Background,
    Content,
    Data,
    Dates,
    Kpi,
    Kpis,
    Need,
    Rules,
    Section,
)
from matchmaker.challenges.deadlines import (
    evaluate,
    extend_close,
    pause,
    resume,
    run_clock,
)
from matchmaker.challenges.decisions import (
    approve,
    publish,
    reject,
    request_changes,
    withdraw,
)
from matchmaker.challenges.events import (
    ChallengeCreated,
    ChallengeEdited,
    ChallengeSubmitted,
    ChallengeTermsSigned,
    ChallengeWithdrawalAsked,
)
from matchmaker.challenges.models import TAKEN_OVER, Challenge, SavedChallenge, TermsSignature
from matchmaker.challenges.moves import demand, make_findable, move, needed, note, touch
from matchmaker.challenges.readiness import gaps
from matchmaker.kernel.actor import Actor, Role
from matchmaker.kernel.errors import Invalid, NotAllowed, Stale
from matchmaker.kernel.events import publish as tell
from matchmaker.kernel.i18n import Message, msg
from matchmaker.kernel.localized import Localized
from matchmaker.kernel.permissions import require
from matchmaker.organizations.models import Organization
from matchmaker.programs.models import Call, Window

__all__ = [
    "Background",
    "Content",
    "Data",
    "Dates",
    "Kpi",
    "Kpis",
    "Need",
    "Rules",
    "Section",
    "approve",
    "ask_withdrawal",
    "create",
    "edit",
    "evaluate",
    "extend_close",
    "follow",
    "pause",
    "publish",
    "reject",
    "request_changes",
    "resume",
    "run_clock",
    "sign_terms",
    "submit",
    "unfollow",
    "withdraw",
]


def create(
    session: Session,
    call: Call,
    organization: Organization,
    content_: Content | None = None,
    *,
    actor: Actor,
    now: datetime,
    provenance: str = "own",
) -> Challenge:
    """Begin a challenge as a draft; what is not said yet can be filled in later.

    Raises:
        NotFound, NotAllowed: by the policy.
        Invalid: the call takes no more challenges, or an entry cannot be accepted.
    """
    require(actor, "call.view", call)
    require(actor, "challenge.create", policy.NewChallenge(organization, call))
    said = content_ or Content()
    if call.window(now) not in {Window.UPCOMING, Window.OPEN}:
        raise Invalid({"call": msg("This call takes no more challenges.")})
    refuse_unless_sound(said.sections, call, provenance)
    challenge = Challenge(
        call=call, organization=organization, kind=said.need.kind, k_poc=1,
        provenance=provenance, created_at=now, created_by=actor.user_id, edited_at=now,
        edited_by=actor.user_id, closes_at=call.closes_at,
        readiness={}, notices=[], **{name: Localized() for name in content.LOCALIZED},
    )  # fmt: skip
    session.add(challenge)
    for section in said.sections:
        content.fill(challenge, section, actor=actor, now=now)
    content.tag(challenge)
    session.flush()
    make_findable(session, challenge)
    note(
        session, challenge, "create", actor=actor, now=now,
        after={"state": challenge.state.value, "call": call.slug, "owner": organization.ref},
    )  # fmt: skip
    tell(session, ChallengeCreated(challenge.id, actor.user_id, now))
    return challenge


def edit(
    session: Session,
    challenge: Challenge,
    section: Section,
    *,
    version: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Change one section; when nothing differs, nothing is written.

    Raises:
        NotFound, NotAllowed: by the policy.
        Stale: somebody saved since ``version``.
        Invalid: an entry cannot be accepted.
    """
    demand(session, challenge, "edit", actor=actor)
    if challenge.version != version:
        raise Stale
    refuse_unless_sound((section,), challenge.call, challenge.provenance)
    before = content.facts(challenge, section)
    words = _words(challenge)
    content.fill(challenge, section, actor=actor, now=now)
    content.tag(challenge)
    after = content.facts(challenge, section)
    if before == after and words == _words(challenge):
        return
    challenge.edited_at, challenge.edited_by = now, actor.user_id
    touch(session, challenge)
    make_findable(session, challenge)
    note(session, challenge, "edit", actor=actor, now=now, before=before, after=after)
    tell(session, ChallengeEdited(challenge.id, actor.user_id, now))


def submit(
    session: Session, challenge: Challenge, *, accept_terms: bool, actor: Actor, now: datetime
) -> None:
    """Hand a challenge to the programme office for approval.

    Raises:
        NotFound, NotAllowed, WrongState: by the policy and the state.
        Invalid: gaps remain (as ``section.field``), the owner's terms were not accepted, or the
            closing time has passed.
    """
    demand(session, challenge, "submit", actor=actor)
    problems: dict[str, Message] = {
        f"{gap.section}.{gap.field}": gap.message for gap in gaps(challenge)
    }
    if now >= challenge.closes_at:
        problems["dates.closes_at"] = msg("The closing time has passed.")
    if not accept_terms:
        problems["accept_terms"] = msg("Accept the terms for problem owners to hand it in.")
    if problems:
        raise Invalid(problems)
    challenge.terms_accepted_at, challenge.terms_accepted_by = now, actor.user_id
    challenge.submitted_at = now
    move(session, challenge, "submit", actor=actor, now=now, after={"terms": "accepted"})
    tell(session, ChallengeSubmitted(challenge.id, actor.user_id, now))


def ask_withdrawal(
    session: Session, challenge: Challenge, reason: str, *, actor: Actor, now: datetime
) -> None:
    """Ask the programme office to withdraw the challenge.

    Raises:
        NotFound, NotAllowed, WrongState: by the policy and the state.
        Invalid: no reason is given.
    """
    demand(session, challenge, "ask_withdrawal", actor=actor)
    why = needed(reason, "reason", msg("Say why the problem is to be withdrawn."))
    challenge.withdrawal_asked_at, challenge.withdrawal_asked_by = now, actor.user_id
    challenge.withdrawal_reason = why
    touch(session, challenge)
    note(session, challenge, "ask_withdrawal", actor=actor, now=now, reason=why)
    tell(session, ChallengeWithdrawalAsked(challenge.id, actor.user_id, now, why))


def follow(session: Session, challenge: Challenge, *, actor: Actor, now: datetime) -> None:
    """Keep the challenge in one's list; doing so twice changes nothing.

    Raises:
        NotFound, NotAllowed: by the policy.
    """
    require(actor, "challenge.follow", challenge)
    if session.get(SavedChallenge, (actor.user_id, challenge.id)) is None:
        _add_once(
            session,
            SavedChallenge(user_id=actor.user_id, challenge_id=challenge.id, saved_at=now),
        )


def unfollow(session: Session, challenge: Challenge, *, actor: Actor) -> None:
    """Drop the challenge from one's list; doing so twice changes nothing.

    Raises:
        NotFound, NotAllowed: by the policy.
    """
    require(actor, "challenge.follow", challenge)
    saved = session.get(SavedChallenge, (actor.user_id, challenge.id))
    if saved is not None:
        session.delete(saved)
        session.flush()


def sign_terms(
    session: Session, challenge: Challenge, team_id: int, *, actor: Actor, now: datetime
) -> None:
    """Have a team promise confidentiality, so that its lead reads the confidential parts.

    Holds for all challenges of the call. Signing twice changes nothing.

    Raises:
        NotFound, NotAllowed: by the policy, or the actor does not lead this team.
    """
    require(actor, "challenge.sign_terms", challenge)
    if not actor.holds(Role.TEAM_LEAD, team_id):
        raise NotAllowed(msg("Only the lead of the team may do this."))
    signed = TermsSignature(
        call_id=challenge.call_id, team_id=team_id, signed_at=now, signed_by=actor.user_id
    )
    if _add_once(session, signed):
        note(session, challenge, "sign_terms", actor=actor, now=now, after={"team": team_id})
        tell(session, ChallengeTermsSigned(challenge.id, actor.user_id, now, team_id))


def _add_once(session: Session, row: SavedChallenge | TermsSignature) -> bool:
    """Store a row; False when the database has one like it already."""
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True


def refuse_unless_sound(sections: tuple[Section, ...], call: Call, provenance: str) -> None:
    """Go on only if every entry can be accepted.

    Raises:
        Invalid: with one sentence for each field.
    """
    problems: dict[str, Message] = {}
    for section in sections:
        problems |= checks.problems(section, call, as_stated=provenance in TAKEN_OVER)
    if problems:
        raise Invalid(problems)


def _words(challenge: Challenge) -> Localized:
    """The one text that the record does not hold, to see whether it changed."""
    return challenge.confidential
