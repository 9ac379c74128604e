"""Two teams of one challenge beside each other: who leads by what, and what would turn it.

Everything comes from what a run kept, so nothing is scored here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from matchmaker.kernel.actor import Actor
from matchmaker.kernel.localized import Localized
from matchmaker.matching.board import teams_open_to
from matchmaker.matching.models import PairSteps, Recommendation, RecommendationRun
from matchmaker.matching.service import PARTS
from matchmaker.teams.models import Team

OTHERS = 40  # teams by rank that one can be compared with


class Other(NamedTuple):
    """A team of the same challenge; without a rank it is held back by a rule."""

    ref: str
    name: Localized
    rank: int | None


@dataclass(frozen=True)
class Step:
    """One change, or two together.

    Attributes:
        says: the sentence of each change in both languages.
        score: what the pair would have then.
    """

    says: Sequence[Mapping[str, str]]
    score: float


@dataclass(frozen=True)
class Standing:
    """One team for the challenge, as a run left it.

    Attributes:
        terms: what its texts share with the challenge, as its reasons name them.
        single, double: what would raise it, best first.
        is_explained: whether terms and steps were worked out for its rank.
    """

    score: float
    parts: Mapping[str, float]
    terms: Sequence[str] = ()
    single: Sequence[Step] = ()
    double: Sequence[Step] = ()
    is_explained: bool = True


@dataclass(frozen=True)
class Lead:
    """By how much the upper team leads in one part; below 0 where the lower one is ahead."""

    part: str
    lower: float
    upper: float

    @property
    def by(self) -> float:
        """The difference in points of score."""
        return self.upper - self.lower


@dataclass(frozen=True)
class Comparison:
    """Why one team stands above another, and what would turn it.

    Attributes:
        leads: every part, the largest difference first; they add up to the difference.
        enough: the fewest changes that suffice: single ones, else pairs; empty if none do.
        only_upper: what only the upper team's texts share with the challenge.
    """

    lower: Standing
    upper: Standing
    leads: Sequence[Lead]
    enough: Sequence[Step]
    only_upper: Sequence[str]

    @property
    def by(self) -> float:
        """The difference of the scores."""
        return self.upper.score - self.lower.score

    def short_of(self, step: Step) -> float:
        """How much a change still lacks; 0 or less where it suffices."""
        return self.upper.score - step.score


def compare(lower: Standing, upper: Standing) -> Comparison:
    """Two teams for one challenge; ``upper`` has at least the score of ``lower``."""
    names = [name for name in PARTS if name in lower.parts or name in upper.parts]
    leads = [Lead(p, lower.parts.get(p, 0.0), upper.parts.get(p, 0.0)) for p in names]
    leads.sort(key=lambda lead: -abs(lead.by))
    enough = [step for step in lower.single if step.score > upper.score]
    enough = enough or [step for step in lower.double if step.score > upper.score]
    return Comparison(lower, upper, leads, enough, _only(upper.terms, lower.terms))


def _only(ours: Iterable[str], theirs: Iterable[str]) -> list[str]:
    """Terms of the first that the second does not have, in order."""
    known = {term.casefold() for term in theirs}
    return [term for term in dict.fromkeys(ours) if term.casefold() not in known]


def others(
    session: Session,
    run: RecommendationRun,
    own: Recommendation,
    *,
    seen_by: Actor,
    for_staff: bool,
) -> list[Other]:
    """Teams that one can be compared with, by rank; those held back for staff. One statement."""
    ranked = Recommendation.rank <= OTHERS
    shown = or_(ranked, Recommendation.held_back.is_not(None)) if for_staff else ranked
    stmt = (
        select(Team.ref, Team.name, Recommendation.rank)
        .join(Recommendation, Recommendation.team_id == Team.id)
        .where(
            Recommendation.run_id == run.id,
            Recommendation.challenge_id == own.challenge_id,
            Recommendation.team_id != own.team_id,
            shown,
            teams_open_to(seen_by),
        )
        .order_by(Recommendation.rank.is_(None), Recommendation.rank, Team.id)
        .limit(2 * OTHERS)
    )
    return [Other(*row) for row in session.execute(stmt)]


def standings(
    session: Session, run: RecommendationRun, challenge_id: int, refs: Sequence[str]
) -> dict[str, Standing]:
    """How teams stand for a challenge in a run, by their references. One statement."""
    stmt = (
        select(Team.ref, Recommendation, PairSteps.steps)
        .join(Recommendation, Recommendation.team_id == Team.id)
        .outerjoin(
            PairSteps,
            and_(
                PairSteps.run_id == Recommendation.run_id,
                PairSteps.challenge_id == Recommendation.challenge_id,
                PairSteps.team_id == Recommendation.team_id,
            ),
        )
        .where(
            Recommendation.run_id == run.id,
            Recommendation.challenge_id == challenge_id,
            Team.ref.in_(refs),
        )
    )
    return {ref: _standing(found, steps) for ref, found, steps in session.execute(stmt)}


def _standing(found: Recommendation, steps: Mapping[str, Any] | None) -> Standing:
    single = [Step([each["says"]], each["score"]) for each in (steps or {}).get("single", ())]
    double = [
        Step([*single[one].says, *single[two].says], score)
        for one, two, score in (steps or {}).get("double", ())
    ]
    terms = [term for reason in found.reasons for term in reason["params"].get("terms", ())]
    return Standing(found.score, found.parts, terms, single, double, steps is not None)
