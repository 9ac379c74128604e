"""Every read of proposals; lists are narrowed by ``policy.visible_to`` before anything else."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload, undefer

from matchmaker.challenges.lifecycle import PUBLIC_STATES
from matchmaker.challenges.models import Challenge
from matchmaker.kernel import search
from matchmaker.kernel.actor import Actor
from matchmaker.kernel.errors import NotFound
from matchmaker.kernel.pages import SIZE, Page, place_key, read_place
from matchmaker.kernel.permissions import Answer, can
from matchmaker.organizations.models import Organization
from matchmaker.programs.models import Call
from matchmaker.proposals import policy
from matchmaker.proposals.lifecycle import GONE, ProposalState
from matchmaker.proposals.models import (
    Attachment,
    ConfidentialityAcceptance,
    Proposal,
    ProposalVersion,
)
from matchmaker.proposals.policy import Sight
from matchmaker.proposals.sealing import closed_at
from matchmaker.teams.models import Team, TeamMember


class ChallengeIntake(NamedTuple):
    """How many proposals to one challenge are handed in."""

    challenge: Challenge
    handed_in: int


class ToPromise(NamedTuple):
    """A closed challenge of the reader's organisation, and whether confidentiality is promised."""

    challenge: Challenge
    has_promised: bool


def get(session: Session, key: str, *, seen_by: Actor, now: datetime) -> Sight:
    """The proposal with this reference or random id, as the actor sees it. Two statements.

    Raises:
        NotFound: there is none, or the actor may not know of it.
        NotAllowed: the actor may know, but not read it.
    """
    found = session.scalar(_whole().where(or_(Proposal.public_id == key, Proposal.ref == key)))
    if found is None:
        raise NotFound
    sight = sight_of(session, found, actor=seen_by, now=now)
    if can(seen_by, "proposal.view", sight).answer is Answer.HIDE:
        raise NotFound
    return sight


def sight_of(session: Session, proposal: Proposal, *, actor: Actor, now: datetime) -> Sight:
    """What policies are asked about: the proposal, the instant, and the actor's promise.

    One statement for signed-in people outside the team, none for the others.
    """
    if not actor.is_signed_in or policy.is_own(actor, proposal):
        return Sight(proposal, now)
    key = (proposal.challenge_id, actor.user_id)
    promised = session.get(ConfidentialityAcceptance, key) is not None
    return Sight(proposal, now, promised)


def by_id(session: Session, proposal_id: int) -> Proposal:
    """A proposal by internal number, for listeners; they ask the policy themselves. One statement.

    Raises:
        NotFound: there is none.
    """
    found = session.scalar(_whole().where(Proposal.id == proposal_id))
    if found is None:
        raise NotFound
    return found


def locked(session: Session, proposal: Proposal) -> Proposal:
    """The proposal and its challenge as they stand now, locked until the end of the transaction.

    PostgreSQL locks the rows, and the row of the call, so that hand-ins of one call follow one
    another; SQLite has one writer at a time anyway. Three statements.
    """
    fresh = {"populate_existing": True}
    calls = select(Call).join(Challenge, Challenge.call_id == Call.id)
    session.scalar(
        calls.where(Challenge.id == proposal.challenge_id).with_for_update(of=Call),
        execution_options=fresh,
    )
    session.scalar(
        select(Challenge).where(Challenge.id == proposal.challenge_id).with_for_update(read=True),
        execution_options=fresh,
    )
    stmt = select(Proposal).where(Proposal.id == proposal.id).options(undefer(Proposal.content))
    return session.scalars(stmt.with_for_update(), execution_options=fresh).one()


def listing(
    session: Session,
    *,
    seen_by: Actor,
    now: datetime,
    teams: Collection[int] | None = None,
    organizations: Collection[int] | None = None,
    challenge: Challenge | None = None,
    call: Call | None = None,
    states: Collection[ProposalState] = (),
    query: str = "",
    after: str | None = None,
    size: int = SIZE,
) -> Page[Proposal]:
    """A page of the proposals one may see, last edited first. One statement.

    ``teams`` and ``organizations`` (that own the challenge) hold ids; ``after`` is the key that the
    page before gave as ``older``.
    """
    stmt = _listed().where(policy.visible_to(seen_by, now))
    stmt = stmt.order_by(Proposal.edited_at.desc(), Proposal.id.desc()).limit(size + 1)
    narrowing: list[tuple[object, ColumnElement[bool]]] = [
        (teams, Proposal.team_id.in_(teams or ())),
        (organizations, Challenge.organization_id.in_(organizations or ())),
        (challenge, Proposal.challenge_id == (challenge.id if challenge else 0)),
        (call, Challenge.call_id == (call.id if call else 0)),
        (states or None, Proposal.state.in_(states)),
    ]
    stmt = stmt.where(*(condition for given, condition in narrowing if given is not None))
    found = search.matching(session, "proposal", query)
    if found is not None:
        stmt = stmt.where(Proposal.id.in_(found))
    position = read_place(after)
    if position is not None:
        at, number = position
        stmt = stmt.where(
            or_(Proposal.edited_at < at, and_(Proposal.edited_at == at, Proposal.id < number))
        )
    rows = list(session.scalars(stmt))
    return Page(
        rows[:size],
        older=place_key(rows[size - 1].edited_at, rows[size - 1].id) if len(rows) > size else None,
    )


def intake_of_call(
    session: Session, call: Call, *, seen_by: Actor, now: datetime, skipped: int = 0
) -> Page[ChallengeIntake]:
    """The public challenges of a call with the proposals one may see, busiest first.

    One statement. Challenges without any proposal are part of the answer; ``total`` counts the
    proposals of the whole call, and ``skipped`` the challenges on the pages before.
    """
    visible = (
        select(Proposal.challenge_id, func.count(Proposal.id).label("handed_in"))
        .join(Proposal.challenge)
        .join(Challenge.call)
        .where(policy.visible_to(seen_by, now), _was_handed_in(), Challenge.call_id == call.id)
        .group_by(Proposal.challenge_id)
        .subquery()
    )
    number = func.coalesce(visible.c.handed_in, 0)
    stmt = (
        select(Challenge, number, func.sum(number).over())
        .outerjoin(visible, visible.c.challenge_id == Challenge.id)
        .where(Challenge.call_id == call.id, Challenge.state.in_(PUBLIC_STATES))
        .order_by(number.desc(), Challenge.id)
        .offset(skipped)
        .limit(SIZE + 1)
    )
    found = session.execute(stmt).all()
    return Page(
        [ChallengeIntake(challenge, many) for challenge, many, _all in found[:SIZE]],
        older=str(skipped + SIZE) if len(found) > SIZE else None,
        newer=str(max(0, skipped - SIZE)) if skipped else None,
        total=int(found[0][2]) if found else 0,
    )


def calls_read_by(session: Session, actor: Actor, programs: Collection[int] | None) -> list[Call]:
    """Published calls of some programmes (None: all), latest first. One statement."""
    stmt = select(Call).where(Call.published_at.is_not(None))
    if programs is not None:
        stmt = stmt.where(Call.program_id.in_(programs))
    return list(session.scalars(stmt.order_by(Call.opens_at.desc(), Call.id.desc())))


def closed_challenges(
    session: Session, organizations: Collection[int], *, actor: Actor, now: datetime
) -> list[ToPromise]:
    """Closed challenges of some organisations, latest first, with the actor's promise.

    One statement. Whether anything was proposed to them is not told.
    """
    stmt = (
        select(Challenge, ConfidentialityAcceptance.accepted_at)
        .outerjoin(ConfidentialityAcceptance, _own_promise(actor))
        .where(
            Challenge.organization_id.in_(organizations),
            Challenge.state.in_(PUBLIC_STATES),
            closed_at(now),
        )
        .order_by(Challenge.closes_at.desc(), Challenge.id.desc())
    )
    return [ToPromise(row, at is not None) for row, at in session.execute(stmt)]


def challenge(session: Session, key: str) -> Challenge:
    """A public challenge with all that a proposal answers to. Two statements.

    Raises:
        NotFound: there is none, or it is not public.
    """
    stmt = (
        select(Challenge)
        .where(
            or_(Challenge.ref == key, Challenge.public_id == key),
            Challenge.state.in_(PUBLIC_STATES),
        )
        .options(
            joinedload(Challenge.call), joinedload(Challenge.organization), *QUESTIONS,
            selectinload(Challenge.kpis),
        )
    )  # fmt: skip
    found = session.scalar(stmt)
    if found is None:
        raise NotFound
    return found


def challenge_of_list(session: Session, key: str, *, actor: Actor) -> ToPromise:
    """A public challenge as the head of a list, with the actor's promise. One statement.

    Raises:
        NotFound: there is none, or it is not public.
    """
    stmt = (
        select(Challenge, ConfidentialityAcceptance.accepted_at)
        .outerjoin(ConfidentialityAcceptance, _own_promise(actor))
        .where(
            or_(Challenge.ref == key, Challenge.public_id == key),
            Challenge.state.in_(PUBLIC_STATES),
        )
        .options(joinedload(Challenge.call), joinedload(Challenge.organization))
    )
    found = session.execute(stmt).first()
    if found is None:
        raise NotFound
    return ToPromise(found[0], found[1] is not None)


def living(session: Session, challenge_id: int, teams: Collection[int]) -> list[Proposal]:
    """The living proposals of some teams to one challenge. One statement."""
    stmt = _listed().where(
        Proposal.challenge_id == challenge_id,
        Proposal.team_id.in_(teams),
        Proposal.state.not_in(GONE),
    )
    return list(session.scalars(stmt))


def teams_of(session: Session, actor: Actor) -> list[Team]:
    """The teams that the actor is in, with their people, by id. Two statements."""
    stmt = (
        select(Team)
        .where(Team.id.in_(actor.scopes(*policy.TEAM)))
        .options(selectinload(Team.members))
        .order_by(Team.id)
    )
    return list(session.scalars(stmt))


def current_members(session: Session, team_id: int) -> list[TeamMember]:
    """Who is in a team now, its representative first. One statement."""
    stmt = (
        select(TeamMember)
        .where(TeamMember.team_id == team_id, TeamMember.left_on.is_(None))
        .order_by(TeamMember.role, TeamMember.id)
    )
    return list(session.scalars(stmt))


def versions(session: Session, proposal: Proposal, *, handed_in: bool) -> list[ProposalVersion]:
    """The versions of a proposal, newest first; with ``handed_in`` only such. One statement."""
    stmt = (
        select(ProposalVersion)
        .where(ProposalVersion.proposal_id == proposal.id)
        .order_by(ProposalVersion.number.desc())
        .options(undefer(ProposalVersion.content))
    )
    if handed_in:
        stmt = stmt.where(ProposalVersion.was_submitted.is_(True))
    return list(session.scalars(stmt))


def version(session: Session, proposal: Proposal, number: int | None) -> ProposalVersion | None:
    """One version with its content. One statement."""
    stmt = select(ProposalVersion).where(
        ProposalVersion.proposal_id == proposal.id, ProposalVersion.number == number
    )
    return session.scalar(stmt.options(undefer(ProposalVersion.content)))


def attachments(session: Session, proposal: Proposal) -> list[Attachment]:
    """The files that stand in the working copy, oldest first. One statement."""
    stmt = (
        select(Attachment)
        .where(Attachment.proposal_id == proposal.id, Attachment.removed_at.is_(None))
        .order_by(Attachment.id)
    )
    return list(session.scalars(stmt))


def attachment(session: Session, proposal: Proposal, public_id: str) -> Attachment:
    """One file of a proposal, also one that only a version holds. One statement.

    Raises:
        NotFound: the proposal has no such file.
    """
    found = session.scalar(
        select(Attachment).where(
            Attachment.proposal_id == proposal.id, Attachment.public_id == public_id
        )
    )
    if found is None:
        raise NotFound
    return found


def is_kept(session: Session, file: Attachment) -> bool:
    """Whether a version of the proposal holds a file. One statement."""
    stmt = select(ProposalVersion.content).where(ProposalVersion.proposal_id == file.proposal_id)
    return any(
        file.public_id == each["id"]
        for content in session.scalars(stmt)
        for each in content.get("attachments", [])
    )


def stands_in_closed_challenge(session: Session, team_id: int, now: datetime) -> bool:
    """Whether the team handed in to a challenge that has closed since. One statement."""
    stmt = (
        select(Proposal.id)
        .join(Proposal.challenge)
        .where(Proposal.team_id == team_id, _was_handed_in(), closed_at(now))
        .limit(1)
    )
    return session.scalar(stmt) is not None


def stored_names(session: Session) -> set[str]:
    """The storage names of all files that a row points to. One statement."""
    return set(session.scalars(select(Attachment.stored_as)))


QUESTIONS = tuple(
    undefer(column) for column in (Challenge.pain, Challenge.wanted, Challenge.data_description)
)


def _whole() -> Select[Proposal]:
    """A proposal with everything that its page shows of the challenge and the team."""
    challenge = joinedload(Proposal.challenge)
    return select(Proposal).options(
        undefer(Proposal.content),
        challenge.options(
            joinedload(Challenge.call).joinedload(Call.program),
            joinedload(Challenge.organization),
            selectinload(Challenge.kpis),
            *QUESTIONS,
        ),
        joinedload(Proposal.team).joinedload(Team.organization),
    )


def _listed() -> Select[Proposal]:
    """A proposal as lists show it: challenge, call and names, and nothing longer."""
    return (
        select(Proposal)
        .join(Proposal.challenge)
        .join(Challenge.call)
        .join(Proposal.team)
        .join(Challenge.organization)
        .options(
            contains_eager(Proposal.challenge).options(
                contains_eager(Challenge.call),
                contains_eager(Challenge.organization).load_only(
                    Organization.name, Organization.ref
                ),
            ),
            contains_eager(Proposal.team).load_only(Team.ref, Team.name),
        )
    )


def _own_promise(actor: Actor) -> ColumnElement[bool]:
    return and_(
        ConfidentialityAcceptance.challenge_id == Challenge.id,
        ConfidentialityAcceptance.user_id == actor.user_id,
    )


def _was_handed_in() -> ColumnElement[bool]:
    """Handed in and not taken back, which is what is counted."""
    return and_(
        Proposal.submitted_at.is_not(None),
        Proposal.state.not_in({ProposalState.DRAFT, *GONE}),
    )
