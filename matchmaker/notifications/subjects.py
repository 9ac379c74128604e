"""What notices are about: looked up anew for each reader, by the rules that hold now.

A thing that the reader may not see any more has no name and no address here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matchmaker.accounts.models import StaffProposal
from matchmaker.challenges import policy as challenge_policy
from matchmaker.challenges.models import Challenge
from matchmaker.kernel.actor import Actor, Role
from matchmaker.kernel.i18n import msg
from matchmaker.kernel.localized import Localized
from matchmaker.matching.models import Candidacy, RecommendationRun
from matchmaker.organizations import queries as organizations
from matchmaker.programs.models import Call
from matchmaker.proposals import policy as proposal_policy
from matchmaker.proposals.models import Proposal
from matchmaker.teams import policy as team_policy
from matchmaker.teams.models import Team


class Subject(NamedTuple):
    """A thing as a notice shows it: its name and the page that speaks of it."""

    name: Localized | object
    path: str


Subjects = dict[int, Subject]
Finder = Callable[[Session, Collection[int], Actor, datetime], Subjects]


def visible(
    session: Session, things: Iterable[tuple[str, int]], *, actor: Actor, now: datetime
) -> dict[tuple[str, int], Subject]:
    """The things that the actor may see, by kind and number. One statement for each kind."""
    wanted: dict[str, set[int]] = {}
    for kind, thing_id in things:
        wanted.setdefault(kind, set()).add(thing_id)
    return {
        (kind, thing_id): subject
        for kind, ids in wanted.items()
        if kind in FINDERS
        for thing_id, subject in FINDERS[kind](session, ids, actor, now).items()
    }


def _challenges(session: Session, ids: Collection[int], actor: Actor, _now: datetime) -> Subjects:
    stmt = select(Challenge).where(Challenge.id.in_(ids), challenge_policy.visible_to(actor))
    return {row.id: Subject(row.title, f"/challenges/{row.key}") for row in session.scalars(stmt)}


def _matches(session: Session, ids: Collection[int], actor: Actor, _now: datetime) -> Subjects:
    """Recommendations for a challenge: for its owner and the programme office."""
    owners = actor.scopes(*challenge_policy.OWNERS)
    stmt = (
        select(Challenge)
        .join(Challenge.call)
        .where(
            Challenge.id.in_(ids),
            challenge_policy.visible_to(actor),
            Challenge.organization_id.in_(owners) | Call.program_id.in_(actor.scopes(Role.PM)),
        )
    )
    return {
        row.id: Subject(row.title, f"/challenges/{row.key}/matches")
        for row in session.scalars(stmt)
    }


def _proposals(session: Session, ids: Collection[int], actor: Actor, now: datetime) -> Subjects:
    stmt = (
        select(Proposal)
        .join(Proposal.challenge)
        .join(Challenge.call)
        .where(Proposal.id.in_(ids), proposal_policy.visible_to(actor, now))
        .options(joinedload(Proposal.challenge))
    )
    return {
        row.id: Subject(row.challenge.title, f"/proposals/{row.key}")
        for row in session.scalars(stmt)
    }


def _teams(session: Session, ids: Collection[int], actor: Actor, _now: datetime) -> Subjects:
    stmt = select(Team).where(Team.id.in_(ids), team_policy.visible_to(actor))
    return {row.id: Subject(row.name, f"/teams/{row.ref}") for row in session.scalars(stmt)}


def _recommendations(
    session: Session, ids: Collection[int], actor: Actor, now: datetime
) -> Subjects:
    """Recommendations for a team: for its members only."""
    own = set(ids) & actor.scopes(*team_policy.OWN)
    found = _teams(session, own, actor, now)
    return {
        team_id: Subject(subject.name, f"/recommendations?team={subject.path.rpartition('/')[2]}")
        for team_id, subject in found.items()
    }


def _organizations(
    session: Session, ids: Collection[int], _actor: Actor, _now: datetime
) -> Subjects:
    return {
        row.id: Subject(row.name, f"/organizations/{row.ref}")
        for row in organizations.of_ids(session, ids)
    }


def _invitations(session: Session, ids: Collection[int], actor: Actor, _now: datetime) -> Subjects:
    """An invitation to a problem: for the invited team."""
    stmt = (
        select(Candidacy)
        .where(
            Candidacy.id.in_(ids),
            Candidacy.invited_at.is_not(None),
            Candidacy.team_id.in_(actor.scopes(*team_policy.OWN)),
        )
        .options(joinedload(Candidacy.challenge))
    )
    return {
        row.id: Subject(row.challenge.title, f"/recommendations/invitations/{row.public_id}")
        for row in session.scalars(stmt)
    }


def _pairs(session: Session, ids: Collection[int], actor: Actor, _now: datetime) -> Subjects:
    """A pair on the board: for the programme office."""
    stmt = (
        select(Candidacy)
        .join(Candidacy.challenge)
        .join(Challenge.call)
        .where(Candidacy.id.in_(ids), Call.program_id.in_(actor.scopes(Role.PM)))
        .options(joinedload(Candidacy.challenge), joinedload(Candidacy.team))
    )
    return {
        row.id: Subject(
            row.challenge.title, f"/challenges/{row.challenge.key}/matches/{row.team.ref}"
        )
        for row in session.scalars(stmt)
    }


def _runs(session: Session, ids: Collection[int], actor: Actor, _now: datetime) -> Subjects:
    stmt = (
        select(RecommendationRun)
        .join(RecommendationRun.call)
        .where(RecommendationRun.id.in_(ids), Call.program_id.in_(actor.scopes(Role.PM)))
        .options(joinedload(RecommendationRun.call))
    )
    return {
        row.id: Subject(row.call.name, f"/matching/runs/{row.public_id}")
        for row in session.scalars(stmt)
    }


def _staff_proposals(
    session: Session, ids: Collection[int], actor: Actor, _now: datetime
) -> Subjects:
    if not actor.holds(Role.ADMIN):
        return {}
    stmt = select(StaffProposal.id).where(StaffProposal.id.in_(ids))
    name = msg("Staff roles that wait for a second administrator")
    return {key: Subject(name, "/admin/invitations/staff") for key in session.scalars(stmt)}


def _own_account(_session: Session, ids: Collection[int], actor: Actor, _now: datetime) -> Subjects:
    """How one signs in: for nobody else."""
    own = set(ids) & {actor.user_id}
    return {key: Subject(msg("Second step"), "/settings/second-factor") for key in own}


FINDERS: Mapping[str, Finder] = {
    "account": _own_account,
    "challenge": _challenges,
    "matches": _matches,
    "proposal": _proposals,
    "team": _teams,
    "recommendations": _recommendations,
    "organization": _organizations,
    "invitation": _invitations,
    "pair": _pairs,
    "run": _runs,
    "staff_proposal": _staff_proposals,
}
