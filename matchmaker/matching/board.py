"""What the match board reads: the runs of a call, its challenges, candidates, and what changed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select, true, union_all
from sqlalchemy.orm import Session, aliased, joinedload, undefer

from matchmaker.challenges.models import Challenge
from matchmaker.kernel import search
from matchmaker.kernel.actor import Actor
from matchmaker.kernel.pages import Page
from matchmaker.matching.lifecycle import UNDER_WAY, CandidacyState, RunState
from matchmaker.matching.models import Candidacy, Recommendation, RecommendationRun, RunChallenge
from matchmaker.matching.policy import OWNERS, TEAM_ROLES
from matchmaker.matching.queries import MATCHED_STATES, RESULTS
from matchmaker.programs.models import Call
from matchmaker.teams.models import Team

HAS_ROWS = (*RESULTS, RunState.WITHDRAWN, RunState.SUPERSEDED)
INTERESTED = (CandidacyState.INTERESTED, CandidacyState.CONVERTED, CandidacyState.OUTCOME_KNOWN)
TOP = 5  # what counts as exposure


class Standing(NamedTuple):
    """A call with the runs that matter now, and how many invitations wait for their release."""

    call: Call
    shown: RecommendationRun | None
    under_way: RecommendationRun | None
    queued: int


def standings(
    session: Session, programs: Collection[int] | None, *, number: int | None = None
) -> list[Standing]:
    """Calls of programmes, newest first, each with its newest run that has results and the one
    under way. One statement.

    ``programs`` None means all; ``number`` asks for an older run instead of the newest.
    """
    run, newest = RecommendationRun, aliased(RecommendationRun)
    last = (
        select(func.max(newest.number))
        .where(newest.call_id == Call.id, newest.state.in_(RESULTS))
        .correlate(Call)
        .scalar_subquery()
    )
    wanted = or_(
        run.state.in_(UNDER_WAY),
        run.number == last,
        and_(run.number == number, run.state.in_(HAS_ROWS)),
    )
    stmt = (
        select(Call, run, _queued())
        .outerjoin(run, and_(run.call_id == Call.id, wanted))
        .options(undefer(run.inputs))
        .order_by(Call.opens_at.desc(), Call.id.desc())
    )
    if programs is not None:
        stmt = stmt.where(Call.program_id.in_(programs))
    found: dict[int, Standing] = {}
    for call, each, queued in session.execute(stmt):
        before = found.get(call.id, Standing(call, None, None, queued))
        found[call.id] = _with(before, each, number)
    return list(found.values())


def _with(standing: Standing, run: RecommendationRun | None, number: int | None) -> Standing:
    if run is None:
        return standing
    if run.state in UNDER_WAY:
        return standing._replace(under_way=run)
    is_asked_for = run.number == number
    return standing._replace(shown=run) if is_asked_for or not standing.shown else standing


def _queued() -> ColumnElement[int]:
    """How many invitations of a call wait for their release, as a column."""
    return (
        select(func.count(Candidacy.id))
        .join(Challenge, Challenge.id == Candidacy.challenge_id)
        .where(Challenge.call_id == Call.id, Candidacy.queued_at.is_not(None))
        .correlate(Call)
        .scalar_subquery()
    )


class Only(StrEnum):
    """What the list of challenges is narrowed to."""

    ALL = ""
    GAP = "gap"
    CONFLICT = "conflict"
    QUIET = "quiet"
    ANSWERED = "answered"


@dataclass(frozen=True)
class Filter:
    """What the list of challenges is narrowed to, and a text that is searched for in them.

    ``QUIET``: nobody has been invited or is interested. ``ANSWERED``: a team is interested.
    """

    only: Only = Only.ALL
    query: str = ""


class BoardRow(NamedTuple):
    """One challenge on the left of the board; ``is_listed`` if it belongs on this page of it."""

    challenge: Challenge
    outcome: RunChallenge
    interested: int
    invited: int
    is_listed: bool


def board(
    session: Session,
    run: RecommendationRun,
    *,
    seen_by: Actor,
    wanted: Filter = Filter(),
    asked: str = "",
    after_id: int = 0,
    size: int = 50,
) -> tuple[Page[BoardRow], BoardRow | None]:
    """The challenges of a run, and the one asked for by its key. One statement.

    Without those the reader has a conflict with. The one asked for is found wherever it stands;
    None asked for, or not found, means the first of the page.
    """
    belongs = and_(Challenge.id > after_id, narrowed(session, wanted))
    named = or_(Challenge.ref == asked.upper(), Challenge.public_id == asked)
    if not asked:
        named = Challenge.id.is_(None)
    stmt = (
        select(
            Challenge,
            RunChallenge,
            _decided(Challenge.id, *INTERESTED),
            _decided(Challenge.id, CandidacyState.INVITED),
            belongs,
        )
        .join(RunChallenge, RunChallenge.challenge_id == Challenge.id)
        .where(RunChallenge.run_id == run.id, open_to(seen_by), or_(belongs, named))
        .order_by(case((named, 0), else_=1), Challenge.id)
        .limit(size + 2)
    )
    rows = [BoardRow(*row) for row in session.execute(stmt)]
    found = next((row for row in rows if asked and _is_named(row.challenge, asked)), None)
    listed = sorted((row for row in rows if row.is_listed), key=lambda row: row.challenge.id)
    older = str(listed[size - 1].challenge.id) if len(listed) > size else None
    page = Page(listed[:size], older=older)
    return page, found or next(iter(page.rows), None)


def open_to(actor: Actor) -> ColumnElement[bool]:
    """Challenges that the reader has no conflict of interest with, as a condition."""
    declared = [key for kind, key in actor.conflicts if kind == "challenge"]
    return and_(
        Challenge.organization_id.not_in(actor.scopes(*OWNERS)), Challenge.id.not_in(declared)
    )


def teams_open_to(actor: Actor) -> ColumnElement[bool]:
    """The same for the teams of recommendations."""
    declared = {key for kind, key in actor.conflicts if kind == "team"}
    return Recommendation.team_id.not_in(actor.scopes(*TEAM_ROLES) | declared)


def narrowed(session: Session, wanted: Filter) -> ColumnElement[bool]:
    """The filter as a condition on challenges and how they came off in a run."""
    invited = _decided(Challenge.id, CandidacyState.INVITED, *INTERESTED)
    conditions: dict[Only, ColumnElement[bool]] = {
        Only.ALL: true(),
        Only.GAP: RunChallenge.is_gap.is_(True),
        Only.CONFLICT: RunChallenge.conflicts > 0,
        Only.QUIET: invited == 0,
        Only.ANSWERED: _decided(Challenge.id, *INTERESTED) > 0,
    }
    found = search.matching(session, "challenge", wanted.query)
    if found is None:
        return conditions[wanted.only]
    named = Challenge.ref == wanted.query.strip().upper()
    return and_(conditions[wanted.only], or_(Challenge.id.in_(found), named))


def _is_named(challenge: Challenge, key: str) -> bool:
    return key.upper() == challenge.ref or key == challenge.public_id


class Candidate(NamedTuple):
    """One team for one challenge with what was decided; ``exposure`` counts top-five places."""

    recommendation: Recommendation
    team: Team
    candidacy: Candidacy | None
    exposure: int


def candidates(
    session: Session,
    run: RecommendationRun,
    challenge_id: int,
    *,
    seen_by: Actor,
    with_held_back: bool = False,
    after_rank: int = 0,
    size: int = 10,
) -> tuple[Page[Candidate], list[Candidate]]:
    """The teams for a challenge by rank, and those held back. One statement."""
    ranked = and_(Recommendation.rank > after_rank, Recommendation.rank <= after_rank + size + 1)
    shown: ColumnElement[bool] = ranked
    if with_held_back and after_rank == 0:
        shown = or_(ranked, Recommendation.held_back.is_not(None))
    other = aliased(Recommendation)
    exposure = (
        select(func.count(other.id))
        .where(other.run_id == run.id, other.team_id == Recommendation.team_id, other.rank <= TOP)
        .correlate(Recommendation)
        .scalar_subquery()
    )
    stmt = (
        select(Recommendation, Team, Candidacy, exposure)
        .join(Team, Team.id == Recommendation.team_id)
        .outerjoin(Candidacy, same_pair())
        .where(Recommendation.run_id == run.id, Recommendation.challenge_id == challenge_id, shown)
        .where(teams_open_to(seen_by))
        .options(joinedload(Candidacy.dismissals))
        .order_by(Recommendation.rank.is_(None), Recommendation.rank, Recommendation.score.desc())
        .limit(size + 41)
    )
    rows = [Candidate(*row) for row in session.execute(stmt).unique()]
    free = [row for row in rows if row.recommendation.rank is not None]
    held = [row for row in rows if row.recommendation.rank is None]
    older = str(free[size - 1].recommendation.rank) if len(free) > size else None
    newer = str(max(0, after_rank - size)) if after_rank else None
    return Page(free[:size], older=older, newer=newer), held


class Changes(NamedTuple):
    """What differs from what a run read: ids changed, come and gone."""

    challenges: frozenset[int]
    teams: frozenset[int]

    @property
    def profiles(self) -> int:
        """How many profiles changed, came or went."""
        return len(self.challenges) + len(self.teams)


def changes_since(session: Session, run: RecommendationRun) -> Changes:
    """Challenges and teams that changed, came or went since a run read them. One statement."""
    rows = session.execute(
        union_all(
            select(literal("challenges"), Challenge.id, Challenge.version).where(
                Challenge.call_id == run.call_id, Challenge.state.in_(MATCHED_STATES)
            ),
            select(literal("teams"), Team.id, Team.version).where(Team.is_listed.is_(True)),
        )
    )
    present: dict[str, dict[str, int]] = {"challenges": {}, "teams": {}}
    for kind, key, version in rows:
        present[kind][str(key)] = version
    differing = {
        kind: frozenset(
            int(key)
            for key in {**now, **run.inputs.get(kind, {})}
            if now.get(key) != run.inputs.get(kind, {}).get(key)
        )
        for kind, now in present.items()
    }
    return Changes(differing["challenges"], differing["teams"])


def _decided(
    challenge_id: ColumnElement[int] | object, *states: CandidacyState
) -> ColumnElement[int]:
    """How many pairs of a challenge are in one of the states, as a column."""
    return (
        select(func.count(Candidacy.id))
        .where(Candidacy.challenge_id == challenge_id, Candidacy.state.in_(states))
        .correlate(Challenge)
        .scalar_subquery()
    )


def same_pair() -> ColumnElement[bool]:
    """What joins the decisions on a pair to its recommendation."""
    return and_(
        Candidacy.challenge_id == Recommendation.challenge_id,
        Candidacy.team_id == Recommendation.team_id,
    )
