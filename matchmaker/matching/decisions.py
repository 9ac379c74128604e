"""People's decisions on pairs as grades on one ladder, with what the pair scored then.

Only pairs count that a run showed among the first ten of their challenge: what nobody saw, nobody
decided about. A later stage (selection, PoC, PoB) adds its word in :func:`grade_of`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, exists, select
from sqlalchemy.orm import Session, selectinload

from matchmaker.challenges.models import Challenge
from matchmaker.matching.lifecycle import CandidacyState, DismissReason
from matchmaker.matching.models import Candidacy, Recommendation, RecommendationRun
from matchmaker.programs.models import Call
from matchmaker.recommender.decisions import Grade

SHOWN = 10  # ranks that people look at
NOT_ABOUT_FIT = frozenset({DismissReason.NO_CAPACITY, DismissReason.CONFLICT})
GRADES = {
    CandidacyState.PINNED: Grade.INVITED,
    CandidacyState.INVITED: Grade.INVITED,
    CandidacyState.EXPIRED: Grade.INVITED,
    CandidacyState.INTERESTED: Grade.INTERESTED,
    CandidacyState.CONVERTED: Grade.PROPOSED,
    CandidacyState.OUTCOME_KNOWN: Grade.SELECTED,
}
ACCEPTED_FROM = Grade.INTERESTED
OPEN = frozenset({CandidacyState.SUGGESTED, CandidacyState.PINNED, CandidacyState.INVITED})


def grade_of(candidacy: Candidacy) -> Grade | None:
    """How far a pair came; None where the decision says nothing about how well the two fit."""
    if candidacy.state is CandidacyState.DISMISSED:
        reasons = {each.reason for each in candidacy.dismissals}
        return Grade.PUT_ASIDE if reasons - NOT_ABOUT_FIT else None
    if candidacy.state is CandidacyState.DECLINED:
        return None if candidacy.reason in NOT_ABOUT_FIT else Grade.PUT_ASIDE
    if candidacy.state is CandidacyState.SUGGESTED:  # considered again, or wished for
        return Grade.INVITED if candidacy.shortlisted_at else Grade.IGNORED
    return GRADES[candidacy.state]


def outcome_of(candidacy: Candidacy) -> bool | None:
    """Whether a pair was accepted; None while it is open, or where it was not about fit."""
    grade = grade_of(candidacy)
    if grade is None or candidacy.state in OPEN:
        return None
    return grade >= ACCEPTED_FROM


class Shown(NamedTuple):
    """A pair that people saw, with its parts in the run that they saw it in.

    ``outcome`` as in :func:`outcome_of`; ``grade`` is ``IGNORED`` where nothing was decided.
    """

    challenge_id: int
    team_id: int
    parts: Mapping[str, float]
    weights: Mapping[str, float]
    version: str
    grade: Grade
    outcome: bool | None
    at: datetime


@dataclass
class Seen:
    """All shown pairs of challenges about which anything was decided, and what was left out.

    ``left_out`` counts decisions: ``unranked`` (the pair stood in no run, or too low to be seen),
    ``not_about_fit`` (no room at that time, conflict of interest).
    """

    pairs: list[Shown] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


def seen(session: Session, program_id: int | None) -> Seen:
    """Every decision of a programme, or of the whole site, with what was ignored beside it.

    Three statements.
    """
    found = Seen()
    decided: set[tuple[int, int]] = set()
    first: dict[int, datetime] = {}
    for candidacy, *rest in session.execute(_decided(program_id)):
        decided.add((candidacy.challenge_id, candidacy.team_id))
        row, grade = _Place(*rest), grade_of(candidacy)
        if grade is None:
            found.left_out["not_about_fit"] += 1
        elif row.rank is None or row.rank > SHOWN:
            found.left_out["unranked"] += grade is not Grade.IGNORED
        else:
            at = decided_at(candidacy)
            first[row.challenge_id] = min(first.get(row.challenge_id, at), at)
            found.pairs.append(row.shown(grade, outcome_of(candidacy), at))
    latest: dict[tuple[int, int], _Place] = {}
    for place in session.execute(_beside(program_id)):
        row = _Place(*place)
        if row.challenge_id in first and (row.challenge_id, row.team_id) not in decided:
            latest[row.challenge_id, row.team_id] = row
    found.pairs += [
        row.shown(Grade.IGNORED, None, first[row.challenge_id]) for row in latest.values()
    ]
    return found


def decided_at(candidacy: Candidacy) -> datetime:
    """When somebody first decided about a pair, as far as that is kept."""
    known = [
        candidacy.shortlisted_at,
        candidacy.invited_at,
        candidacy.answered_at,
        *(each.at for each in candidacy.dismissals),
    ]
    return min((at for at in known if at is not None), default=candidacy.changed_at)


class _Place(NamedTuple):
    """Where a pair stood in a run; all None where it stood in none."""

    challenge_id: int
    team_id: int
    rank: int | None
    parts: Mapping[str, float]
    weights: Mapping[str, float]
    version: str

    def shown(self, grade: Grade, outcome: bool | None, at: datetime) -> Shown:
        """The pair with what came of it."""
        return Shown(
            self.challenge_id, self.team_id, self.parts, self.weights, self.version,
            grade, outcome, at,
        )  # fmt: skip


PLACE = (
    Recommendation.challenge_id,
    Recommendation.team_id,
    Recommendation.rank,
    Recommendation.parts,
    RecommendationRun.weights,
    RecommendationRun.code_version,
)


def _decided(program_id: int | None) -> Select[Any]:
    """Candidacies with the place in the run that their first decision was taken on."""
    stmt: Select[Any] = (
        select(Candidacy, *PLACE)
        .outerjoin(RecommendationRun, RecommendationRun.id == Candidacy.run_id)
        .outerjoin(
            Recommendation,
            and_(
                Recommendation.run_id == Candidacy.run_id,
                Recommendation.challenge_id == Candidacy.challenge_id,
                Recommendation.team_id == Candidacy.team_id,
            ),
        )
        .options(selectinload(Candidacy.dismissals))
        .order_by(Candidacy.id)
    )
    return _within(stmt, Candidacy.challenge_id, program_id)


def _beside(program_id: int | None) -> Select[Any]:
    """What stood beside decided pairs in the same runs, older runs first."""
    same = exists().where(
        Candidacy.run_id == Recommendation.run_id,
        Candidacy.challenge_id == Recommendation.challenge_id,
    )
    stmt: Select[Any] = (
        select(*PLACE)
        .join(RecommendationRun, RecommendationRun.id == Recommendation.run_id)
        .where(Recommendation.rank <= SHOWN, same)
        .order_by(Recommendation.run_id, Recommendation.challenge_id, Recommendation.rank)
    )
    return _within(stmt, Recommendation.challenge_id, program_id)


def _within(stmt: Select[Any], challenge_id: Any, program_id: int | None) -> Select[Any]:
    if program_id is None:
        return stmt
    of_program = (
        select(Challenge.id)
        .join(Call, Call.id == Challenge.call_id)
        .where(Call.program_id == program_id)
    )
    return stmt.where(challenge_id.in_(of_program))
