"""Verbs on pairs: pin, put aside, wish for, be interested. Each side decides for itself.

A pair gets a row with its first decision. ``version`` is what the page showed (0 without a row);
it guards the decisions of programme office and owner. A team decides without it: what the others
did meanwhile is not its business, and the state alone refuses a second answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.audit.service import record
from matchmaker.challenges.models import Challenge
from matchmaker.kernel.actor import SYSTEM, Actor
from matchmaker.kernel.errors import Invalid, NotAllowed, NotFound, Stale, WrongState
from matchmaker.kernel.events import publish, subscribe
from matchmaker.kernel.i18n import msg
from matchmaker.kernel.permissions import require
from matchmaker.kernel.text import clean
from matchmaker.matching import constraints, policy
from matchmaker.matching.events import InterestShown, PairShortlisted
from matchmaker.matching.lifecycle import (
    CANDIDACY,
    OBSTACLE_WORDS,
    CandidacyState,
    DismissReason,
    Obstacle,
    RunState,
    Side,
)
from matchmaker.matching.models import Candidacy, Dismissal, Recommendation, RecommendationRun
from matchmaker.matching.policy import Pair
from matchmaker.proposals.events import ProposalSubmitted
from matchmaker.teams.models import Team

NOTE_LENGTH = 1_000


@dataclass(frozen=True)
class Refused:
    """Why a pair is put aside; ``OTHER`` needs a note."""

    reason: DismissReason
    note: str = ""


def pin(session: Session, pair: Pair, *, version: int, actor: Actor, now: datetime) -> Candidacy:
    """Fix a pair: later runs put it first.

    Raises:
        WrongState: a conflict of interest forbids the pair.
    """
    require(actor, "recommendation.pin", pair)
    refuse_conflict(session, pair)
    candidacy = opened(session, pair, version=version, now=now)
    return moved(session, candidacy, "pin", pair, actor=actor, now=now)


def unpin(session: Session, pair: Pair, *, version: int, actor: Actor, now: datetime) -> Candidacy:
    """Let a pair be ranked by its score again."""
    require(actor, "recommendation.pin", pair)
    candidacy = opened(session, pair, version=version, now=now)
    return moved(session, candidacy, "unpin", pair, actor=actor, now=now)


def dismiss(
    session: Session,
    pair: Pair,
    why: Refused,
    *,
    side: Side,
    version: int | None,
    actor: Actor,
    now: datetime,
) -> Candidacy:
    """Put a pair aside for one side; the others are not told.

    Raises:
        NotAllowed: the actor does not decide for that side.
        Invalid: another reason without saying which.
        WrongState: that side put it aside already, or the pair has gone on.
    """
    require(actor, "recommendation.dismiss", pair)
    if policy.side_of(actor, pair) is not side:
        raise NotAllowed
    text = clean(why.note)[:NOTE_LENGTH]
    if why.reason is DismissReason.OTHER and not text:
        raise Invalid({"note": msg("Say in a few words what the other reason is.")})
    candidacy = opened(session, pair, version=version, now=now)
    if candidacy.dismissal(side) is not None:
        raise WrongState(msg("This was put aside already."))
    candidacy.state = CANDIDACY.after(candidacy.state, "dismiss")
    candidacy.queued_at = candidacy.queued_by = None
    candidacy.dismissals.append(
        Dismissal(side=side, reason=why.reason, note=text or None, at=now, by=actor.user_id)
    )
    return noted(
        session, candidacy, "dismiss", pair, actor=actor, now=now, side=side,
        after={"reason": why.reason.value}, reason=text or None,
    )  # fmt: skip


def reconsider(
    session: Session,
    pair: Pair,
    *,
    side: Side,
    version: int | None,
    actor: Actor,
    now: datetime,
) -> Candidacy:
    """Take back that one side put a pair aside."""
    require(actor, "recommendation.dismiss", pair)
    if policy.side_of(actor, pair) is not side:
        raise NotAllowed
    candidacy = opened(session, pair, version=version, now=now)
    own = candidacy.dismissal(side)
    if own is None:
        raise WrongState(msg("This was taken back already."))
    candidacy.dismissals.remove(own)
    if not candidacy.dismissals and candidacy.state is CandidacyState.DISMISSED:
        candidacy.state = CANDIDACY.after(candidacy.state, "reconsider")
    return noted(session, candidacy, "reconsider", pair, actor=actor, now=now, side=side)


def shortlist(
    session: Session, pair: Pair, *, version: int, actor: Actor, now: datetime
) -> Candidacy:
    """Wish for a team: the programme office is asked to invite it."""
    require(actor, "recommendation.shortlist", pair)
    candidacy = opened(session, pair, version=version, now=now)
    if candidacy.shortlisted_at is not None:
        raise WrongState(msg("This team is on your wish list already."))
    candidacy.shortlisted_at, candidacy.shortlisted_by = now, actor.user_id
    noted(session, candidacy, "shortlist", pair, actor=actor, now=now, side=Side.OWNER)
    publish(session, PairShortlisted(candidacy.id, actor.user_id, now))
    return candidacy


def unshortlist(
    session: Session, pair: Pair, *, version: int, actor: Actor, now: datetime
) -> Candidacy:
    """Take a wish back."""
    require(actor, "recommendation.shortlist", pair)
    candidacy = opened(session, pair, version=version, now=now)
    if candidacy.shortlisted_at is None:
        raise WrongState(msg("This was taken back already."))
    candidacy.shortlisted_at = candidacy.shortlisted_by = None
    return noted(session, candidacy, "unshortlist", pair, actor=actor, now=now, side=Side.OWNER)


def show_interest(session: Session, pair: Pair, *, actor: Actor, now: datetime) -> Candidacy:
    """A team would answer this problem, whether it was asked or not.

    Raises:
        NotFound: the challenge is not public.
        WrongState: the team answered before, or put the problem aside itself.
    """
    require(actor, "recommendation.show_interest", pair)
    if not pair.challenge.is_public:
        raise NotFound
    candidacy = opened(session, pair, version=None, now=now)
    if candidacy.dismissal(Side.TEAM) is not None:
        raise WrongState(msg("Your team put this aside. Take that back first."))
    was_invited = candidacy.state is CandidacyState.INVITED
    candidacy.answered_at, candidacy.queued_at, candidacy.queued_by = now, None, None
    moved(session, candidacy, "show_interest", pair, actor=actor, now=now, side=Side.TEAM)
    publish(session, InterestShown(candidacy.id, was_invited, actor.user_id, now))
    return candidacy


def convert(session: Session, pair: Pair, *, now: datetime) -> Candidacy:
    """Note that the team handed in a proposal, however the pair came about."""
    candidacy = opened(session, pair, version=None, now=now)
    if not CANDIDACY.allows(candidacy.state, "convert"):
        return candidacy
    candidacy.queued_at = candidacy.queued_by = None
    return moved(session, candidacy, "convert", pair, actor=SYSTEM, now=now)


@subscribe(ProposalSubmitted)
def follow(session: Session, handed_in: ProposalSubmitted) -> None:
    """Take the pair along when its proposal is handed in."""
    challenge = session.get_one(Challenge, handed_in.challenge_id)
    team = session.get_one(Team, handed_in.team_id)
    convert(session, Pair(challenge, team), now=handed_in.at)


def find(session: Session, pair: Pair) -> Candidacy | None:
    """What was decided about a pair so far, locked for a change."""
    stmt = (
        select(Candidacy)
        .where(Candidacy.challenge_id == pair.challenge.id, Candidacy.team_id == pair.team.id)
        .with_for_update()
    )
    return session.scalar(stmt)


def opened(session: Session, pair: Pair, *, version: int | None, now: datetime) -> Candidacy:
    """The row of a pair, made at its first decision.

    Raises:
        Stale: somebody decided since the page with ``version`` was shown.
    """
    candidacy = find(session, pair)
    if version is not None and version != (candidacy.version if candidacy else 0):
        raise Stale
    if candidacy is None:
        run_id, rank = _standing(session, pair)
        candidacy = Candidacy(
            challenge_id=pair.challenge.id, team_id=pair.team.id, run_id=run_id, rank_then=rank,
            version=0, state=CandidacyState.SUGGESTED, changed_at=now,
        )  # fmt: skip
        session.add(candidacy)
        session.flush()
    return candidacy


def moved(
    session: Session,
    candidacy: Candidacy,
    verb: str,
    pair: Pair,
    *,
    actor: Actor,
    now: datetime,
    side: Side = Side.PM,
    after: Mapping[str, object] | None = None,
    reason: str | None = None,
) -> Candidacy:
    """Take the candidacy along one move of its lifecycle and note it."""
    candidacy.state = CANDIDACY.after(candidacy.state, verb)
    return noted(
        session, candidacy, verb, pair, actor=actor, now=now, side=side, after=after, reason=reason
    )


def noted(
    session: Session,
    candidacy: Candidacy,
    verb: str,
    pair: Pair,
    *,
    actor: Actor,
    now: datetime,
    side: Side = Side.PM,
    after: Mapping[str, object] | None = None,
    reason: str | None = None,
) -> Candidacy:
    """Raise the version and write the entry of the record."""
    candidacy.changed_at = now
    candidacy.version += 1
    session.flush()
    record(
        session, f"candidacy.{verb}", actor=actor, now=now, kind="candidacy",
        object_id=candidacy.id,
        name=f"{pair.challenge.ref or pair.challenge.public_id} – {pair.team.ref}",
        program_id=pair.program_id,
        after={"state": candidacy.state.value, "side": side.value} | dict(after or {}),
        reason=reason,
    )  # fmt: skip
    return candidacy


def refuse_conflict(session: Session, pair: Pair) -> None:
    """Stop where a conflict of interest forbids a pair; nobody can decide it away."""
    found = constraints.conflict_now(session, pair.challenge, pair.team)
    if found is not None:
        raise WrongState(
            msg("A conflict of interest forbids this pair: %(obstacle)s",
                obstacle=OBSTACLE_WORDS[Obstacle(found)])
        )  # fmt: skip


def _standing(session: Session, pair: Pair) -> tuple[int | None, int | None]:
    """The run people look at when they decide, and where the team stands in it."""
    shown = (RunState.PUBLISHED, RunState.COMPLETED)
    row = session.execute(
        select(RecommendationRun.id, Recommendation.rank)
        .outerjoin(
            Recommendation,
            (Recommendation.run_id == RecommendationRun.id)
            & (Recommendation.challenge_id == pair.challenge.id)
            & (Recommendation.team_id == pair.team.id),
        )
        .where(
            RecommendationRun.call_id == pair.challenge.call_id, RecommendationRun.state.in_(shown)
        )
        .order_by(RecommendationRun.number.desc())
        .limit(1)
    ).first()
    return (row[0], row[1]) if row else (None, None)
