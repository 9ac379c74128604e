"""Computing one team beside a run, with what the run rested on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import structlog
from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from matchmaker.audit.service import record
from matchmaker.kernel.actor import SYSTEM
from matchmaker.kernel.database import Database
from matchmaker.kernel.work import Clock
from matchmaker.matching import computing, constraints, profiles
from matchmaker.matching.computing import Row
from matchmaker.matching.models import RecommendationRun
from matchmaker.matching.profiles import ChallengeInput, Inputs, TeamInput
from matchmaker.programs.models import Call
from matchmaker.recommender import version
from matchmaker.supplements import queries
from matchmaker.supplements.lifecycle import SupplementState
from matchmaker.supplements.models import RunStatistics, Supplement, SupplementPair
from matchmaker.supplements.queries import Before

log = structlog.get_logger()
OUTDATED = "outdated"  # the run was computed by another version of the method


class Found(NamedTuple):
    """What was read and what came of it."""

    team_version: int
    is_new: bool
    rows: Sequence[Row]
    before: Mapping[int, Before]


def execute(database: Database, supplement_id: int, *, clock: Clock) -> SupplementState | None:
    """Compute a supplement that waits; None when it does not (any more).

    Computing twice does no harm: the outcome is put in the place of the one before.
    """
    try:
        with database.reading() as session:
            found = _found(session, supplement_id)
    except Exception as error:
        log.error("supplement failed", supplement=supplement_id, exc_info=error)
        with database.transaction() as session:
            return _fail(session, supplement_id, type(error).__name__)
    if found is None:
        return None
    with database.transaction() as session:
        if isinstance(found, str):
            return _fail(session, supplement_id, found)
        return _keep(session, supplement_id, found, clock)


def compute_within(session: Session, supplement: Supplement, *, clock: Clock) -> None:
    """Compute a supplement inside the transaction of the caller."""
    found = _found(session, supplement.id)
    if isinstance(found, Found):
        _keep(session, supplement.id, found, clock)


def _found(session: Session, supplement_id: int) -> Found | str | None:
    supplement = session.get(Supplement, supplement_id)
    if supplement is None or supplement.state is not SupplementState.WAITING:
        return None
    run, statistics = supplement.run, session.get(RunStatistics, supplement.run_id)
    if statistics is None:
        return None
    if run.code_version != version():
        return OUTDATED
    inputs = _inputs(session, run, supplement.team_id)
    others: dict[int, list[float]] = {}
    own: dict[int, Before] = {}
    for each in queries.before(session, run.id):
        if each.team_id == supplement.team_id:
            own[each.challenge_id] = each
        elif each.rank is not None:
            others.setdefault(each.challenge_id, []).append(each.score)
    rows = computing.compute_one(inputs, statistics.content, others)
    is_new = str(supplement.team_id) not in run.inputs.get("teams", {})
    return Found(inputs.teams[0].version, is_new, rows, own)


def _inputs(session: Session, run: RecommendationRun, team_id: int) -> Inputs:
    """The team as it is now, the challenges that the run read, and the rules between them."""
    call = session.get_one(Call, run.call_id)
    read = run.inputs.get("challenges", {})
    challenges = [c for c in profiles.challenges_of(session, call.id) if str(c.id) in read]
    teams = profiles.teams_named(session, [team_id])
    return Inputs(
        [ChallengeInput(c.id, c.version, c.k_poc, profiles.challenge_profile(c))
         for c in challenges],
        [TeamInput(t.id, t.version, profiles.team_profile(t)) for t in teams],
        constraints.rules_for(session, call, challenges, teams),
        weights={name: float(value) for name, value in run.weights.items()},
        seed=run.seed,
    )  # fmt: skip


def _keep(session: Session, supplement_id: int, found: Found, clock: Clock) -> SupplementState:
    supplement = session.get_one(
        Supplement, supplement_id, populate_existing=True, with_for_update=True
    )
    session.execute(delete(SupplementPair).where(SupplementPair.supplement_id == supplement_id))
    if found.rows:
        session.execute(
            insert(SupplementPair), [_pair(supplement_id, row, found.before) for row in found.rows]
        )
    supplement.team_version, supplement.is_new = found.team_version, found.is_new
    supplement.computed_at = now = clock()
    if found.team_version >= supplement.asked_version:
        supplement.state = SupplementState.DONE
    session.flush()
    run, team = supplement.run, supplement.team
    record(
        session, "recommendation_run.supplement", actor=SYSTEM, now=now,
        kind="recommendation_run", object_id=run.id, name=f"#{run.number}",
        program_id=run.program_id,
        after={"team": team.ref, "team_version": found.team_version, "pairs": len(found.rows)},
    )  # fmt: skip
    return supplement.state


def _pair(supplement_id: int, row: Row, before: Mapping[int, Before]) -> dict[str, object]:
    """A pair as it is stored."""
    then = before.get(row.challenge_id)
    return {
        "supplement_id": supplement_id,
        "challenge_id": row.challenge_id,
        "challenge_version": row.challenge_version,
        "score": row.score,
        "band": row.band,
        "place": row.rank,
        "team_rank": row.team_rank,
        "parts": dict(row.parts),
        "reasons": list(row.reasons),
        "counter": list(row.counter),
        "is_explained": row.is_explained,
        "held_back": row.held_back,
        "score_before": then.score if then else None,
        "rank_before": then.rank if then else None,
    }


def _fail(session: Session, supplement_id: int, failure: str) -> SupplementState | None:
    supplement = session.get(Supplement, supplement_id, with_for_update=True)
    if supplement is None:
        return None
    supplement.state, supplement.failure = SupplementState.FAILED, failure
    return supplement.state
