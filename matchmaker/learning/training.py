"""Training a model: decisions are read, learnt from, judged, and kept as plain data.

Loads scikit-learn: workers and commands import it, web pages do not.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload, undefer

from matchmaker.challenges.models import Challenge
from matchmaker.kernel import work
from matchmaker.kernel.database import Database
from matchmaker.kernel.work import Clock, Progress, Pulse, Transaction
from matchmaker.learning.assessment import Assessment, Field, Pool, Reason, assess
from matchmaker.learning.service import MODELS, end
from matchmaker.matching import decisions, fitting, profiles
from matchmaker.matching.decisions import Shown
from matchmaker.matching.lifecycle import ModelState
from matchmaker.matching.models import RankingModel, Recommendation, RecommendationRun
from matchmaker.matching.queries import RESULTS
from matchmaker.recommender import PARTS, Matcher, Weights, version
from matchmaker.recommender.decisions import LEARNT, Decided, Grade, raw_of
from matchmaker.recommender.learning import History
from matchmaker.teams.models import Team

STEPS = 4
LISTS = 5  # newest runs over which exposure is measured, one for each call
Values = Mapping[tuple[int, int], Mapping[str, float]]


@dataclass(frozen=True)
class Trained:
    """A model that is not kept yet.

    Attributes:
        data: which decisions it rests on: counts, period, what was left out, digest.
    """

    assessment: Assessment
    measured: Weights
    data: Mapping[str, Any]
    version: str

    def weights(self) -> list[tuple[str, float, float]]:
        """Each part with its weight before and after; empty where nothing was learnt."""
        learnt = self.assessment.weights
        if learnt is None:
            return []
        return [(part, self.measured.of(part), learnt.of(part)) for part in PARTS]


def execute(
    database: Database, model_id: int, *, clock: Clock, on_progress: Progress | None = None
) -> ModelState | None:
    """Train a model that was asked for; None when it is not waiting (any more)."""
    return _execute(database.transaction, database.reading, model_id, clock, on_progress)


def train_within(session: Session, model: RankingModel, *, now: datetime) -> ModelState | None:
    """Train a model inside the transaction of the caller."""
    state = _execute(
        lambda: work.within(session), lambda: work.within(session), model.id, lambda: now
    )
    session.refresh(model)
    return state


def _execute(
    transaction: Transaction,
    reading: Transaction,
    model_id: int,
    clock: Clock,
    on_progress: Progress | None = None,
) -> ModelState | None:
    def compute(pulse: Pulse) -> Trained:
        with reading() as session:
            program_id = session.get_one(RankingModel, model_id).program_id
            return train(session, program_id, on_progress=pulse.beat)

    def keep(session: Session, model: RankingModel, trained: Trained, spent_ms: int) -> None:
        found = trained.assessment
        model.weights = asdict(found.weights) if found.weights else {}
        model.measured, model.data = asdict(trained.measured), dict(trained.data)
        model.figures, model.reasons = dict(found.figures), [each.value for each in found.reasons]
        model.code_version, model.duration_ms = trained.version, spent_ms
        model.pairs_done = model.pairs_total
        verb = "reject" if found.reasons else "offer"
        end(session, model, verb, now=clock(), after={"digest": trained.data["digest"]})

    state = work.perform(
        MODELS, transaction, model_id, clock, compute=compute, keep=keep, on_progress=on_progress
    )
    return ModelState(state) if state is not None else None


def kept(model: RankingModel) -> Trained:
    """What was learnt, from a model that is kept."""
    weights = Weights(**model.weights) if model.weights else None
    reasons = [Reason(code) for code in model.reasons]
    return Trained(
        Assessment(weights, model.figures, reasons),
        Weights(**model.measured),
        model.data,
        model.code_version,
    )


def train(
    session: Session, program_id: int | None, *, on_progress: Progress | None = None
) -> Trained:
    """Learn from the decisions of a programme, or of the whole site, and judge what was learnt.

    Changes nothing.
    """
    tell = on_progress or (lambda _done, _total: None)
    measured, now_used = Weights(), version()
    seen = decisions.seen(session, program_id)
    tell(1, STEPS)
    old = [pair for pair in seen.pairs if not fitting.is_comparable(pair, now_used)]
    fresh = scored_again(session, old)
    tell(2, STEPS)
    values = {
        (pair.challenge_id, pair.team_id): fitting.raw(pair)
        for pair in seen.pairs
        if fitting.is_comparable(pair, now_used)
    } | fresh
    usable = [pair for pair in seen.pairs if (pair.challenge_id, pair.team_id) in values]
    names = _names(session, usable)
    history = History.of(_decided(usable, values, names))
    found = assess(history, measured, field_of(session, program_id, now_used))
    tell(3, STEPS)
    figures = dict(found.figures)
    figures["calibration"] = fitting.calibration(
        [
            (pair.challenge_id, values[pair.challenge_id, pair.team_id], pair.outcome)
            for pair in usable
            if pair.outcome is not None
        ],
        found.weights or measured,
    )
    figures["calibration"].pop("table", None)  # runs keep their own
    left_out = dict(seen.left_out) | {"gone": len(seen.pairs) - len(usable)}
    data = _summary(usable, values, names) | {"left_out": left_out, "again": len(fresh)}
    tell(STEPS, STEPS)
    return Trained(Assessment(found.weights, figures, found.reasons), measured, data, now_used)


def scored_again(session: Session, pairs: Sequence[Shown]) -> dict[tuple[int, int], Any]:
    """Values of pairs that were scored by another version of the method, from today's texts.

    Pairs whose challenge or team is no longer there to be read are missing.
    """
    if not pairs:
        return {}
    wanted = {(pair.challenge_id, pair.team_id) for pair in pairs}
    texts = ("background", "pain", "current_way", "wanted", "data_description")
    challenges = session.scalars(
        select(Challenge)
        .where(Challenge.id.in_({challenge_id for challenge_id, _ in wanted}))
        .options(*(undefer(getattr(Challenge, name)) for name in texts))
        .options(selectinload(Challenge.kpis))
        .order_by(Challenge.id)
    ).all()
    teams = profiles.teams_taking_part(session)
    if not teams:
        return {}
    matcher = Matcher([profiles.team_profile(team) for team in teams])
    rows = [profiles.challenge_profile(challenge) for challenge in challenges]
    found = {}
    for challenge, (_scores, parts) in zip(challenges, matcher.scored(rows), strict=True):
        for place, team in enumerate(teams):
            if (challenge.id, team.id) in wanted:
                own = {part: float(values[place]) for part, values in parts.items()}
                found[challenge.id, team.id] = raw_of(own, matcher.weights)
    return found


def field_of(session: Session, program_id: int | None, now_used: str) -> Field:
    """The newest lists of the newest calls, over which exposure is measured. Three statements."""
    newest = (
        select(func.max(RecommendationRun.id))
        .where(RecommendationRun.state.in_(RESULTS), RecommendationRun.code_version == now_used)
        .group_by(RecommendationRun.call_id)
        .order_by(func.max(RecommendationRun.id).desc())
        .limit(LISTS)
    )
    if program_id is not None:
        newest = newest.where(RecommendationRun.program_id == program_id)
    stmt = (
        select(
            Recommendation.run_id,
            Recommendation.challenge_id,
            Recommendation.team_id,
            Recommendation.parts,
            RecommendationRun.weights,
        )
        .join(RecommendationRun, RecommendationRun.id == Recommendation.run_id)
        .where(
            Recommendation.run_id.in_(session.scalars(newest).all()),
            Recommendation.rank.is_not(None),
        )
        .order_by(Recommendation.run_id, Recommendation.challenge_id, Recommendation.rank)
    )
    lists: dict[tuple[int, int], tuple[list[str], list[list[float]]]] = {}
    for run_id, challenge_id, team_id, parts, weights in session.execute(stmt):
        teams, rows = lists.setdefault((run_id, challenge_id), ([], []))
        values = raw_of(parts, Weights(**weights))
        teams.append(str(team_id))
        rows.append([values[part] for part in LEARNT])
    many = session.scalar(select(func.count(Team.id)).where(Team.is_listed.is_(True))) or 0
    return Field([Pool(teams, np.array(rows)) for teams, rows in lists.values()], many)


@dataclass(frozen=True)
class _Names:
    """Public names of challenges and teams by their ids, which no digest should hold."""

    challenges: Mapping[int, str]
    teams: Mapping[int, str]


def _names(session: Session, pairs: Sequence[Shown]) -> _Names:
    asked, told = {pair.challenge_id for pair in pairs}, {pair.team_id for pair in pairs}
    challenges = select(Challenge.id, Challenge.public_id).where(Challenge.id.in_(asked))
    teams = select(Team.id, Team.public_id).where(Team.id.in_(told))
    return _Names(
        {row.id: row.public_id for row in session.execute(challenges)},
        {row.id: row.public_id for row in session.execute(teams)},
    )


def _decided(pairs: Sequence[Shown], values: Values, names: _Names) -> list[Decided]:
    return [
        Decided(
            names.challenges[pair.challenge_id],
            names.teams[pair.team_id],
            values[pair.challenge_id, pair.team_id],
            pair.grade,
            pair.at,
        )
        for pair in pairs
    ]


def _summary(pairs: Sequence[Shown], values: Values, names: _Names) -> dict[str, Any]:
    """What a model rests on, for its card."""
    taken = [pair for pair in pairs if pair.grade is not Grade.IGNORED]
    days = [pair.at.isoformat() for pair in taken]
    counted = Counter(pair.grade.name.lower() for pair in pairs)
    content = sorted(
        [
            names.challenges[pair.challenge_id],
            names.teams[pair.team_id],
            int(pair.grade),
            pair.at.isoformat(),
            *(round(values[pair.challenge_id, pair.team_id][part], 6) for part in LEARNT),
        ]
        for pair in pairs
    )
    return {
        "decisions": len(taken),
        "shown": len(pairs),
        "challenges": len({pair.challenge_id for pair in taken}),
        "teams": len({pair.team_id for pair in taken}),
        "grades": dict(counted),
        "from": min(days, default=None),
        "to": max(days, default=None),
        "digest": hashlib.sha256(json.dumps(content).encode()).hexdigest(),
    }
