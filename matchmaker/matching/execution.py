"""Computing a run: what ``kernel.work`` does for all long work, with the inputs of matching."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from matchmaker.challenges.models import Challenge
from matchmaker.kernel import work
from matchmaker.kernel.database import Database
from matchmaker.kernel.events import publish
from matchmaker.kernel.work import Clock, Progress, Pulse, Transaction
from matchmaker.matching import computing, decisions, fitting, profiles
from matchmaker.matching.computing import Clash, Results
from matchmaker.matching.events import RunComputed
from matchmaker.matching.lifecycle import CLASH, RunState
from matchmaker.matching.models import (
    PairSteps,
    Recommendation,
    RecommendationRun,
    RunChallenge,
)
from matchmaker.matching.profiles import Inputs
from matchmaker.matching.service import RUNS, end
from matchmaker.recommender import Cancelled
from matchmaker.teams.models import Team

CHUNK = 1_000
T = TypeVar("T")
Found = tuple[Inputs, Results | Clash, dict[str, Any]]


def execute(
    database: Database, run_id: int, *, clock: Clock, on_progress: Progress | None = None
) -> RunState | None:
    """Compute a run that was asked for; None when it is not waiting (any more)."""
    return _execute(database.transaction, database.reading, run_id, clock, on_progress)


def compute_within(session: Session, run: RecommendationRun, *, now: datetime) -> RunState | None:
    """Compute a run inside the transaction of the caller, for loading past runs."""
    state = _execute(
        lambda: work.within(session), lambda: work.within(session), run.id, lambda: now
    )
    session.refresh(run)
    return state


def sweep(session: Session, *, now: datetime) -> int:
    """End runs whose worker gave no sign of life; returns how many."""
    return RUNS.sweep(session, now=now)


def waiting(session: Session) -> list[int]:
    """Runs that nobody has started, oldest first."""
    return RUNS.waiting(session)


def _execute(
    transaction: Transaction,
    reading: Transaction,
    run_id: int,
    clock: Clock,
    on_progress: Progress | None = None,
) -> RunState | None:
    def compute(pulse: Pulse) -> Found:
        with reading() as session:
            run = session.get_one(RecommendationRun, run_id)
            inputs, decided = profiles.read(session, run), decisions.seen(session, run.program_id)
        try:
            results = computing.compute(
                inputs, on_progress=pulse.beat, should_stop=pulse.should_stop
            )
        except Cancelled:
            raise work.Stopped from None
        except Clash as clash:
            return inputs, clash, {}
        return inputs, results, fitting.of_run(decided.pairs, inputs.weights, results.version)

    def keep(session: Session, run: RecommendationRun, found: Found, spent_ms: int) -> None:
        inputs, results, fit = found
        if isinstance(results, Clash):
            run.outcome = _named(session, results)
            end(session, run, "find_infeasible", now=clock(), failure=CLASH)
        else:
            _complete(session, run, inputs, results, fit, duration_ms=spent_ms, now=clock())

    state = work.perform(
        RUNS, transaction, run_id, clock, compute=compute, keep=keep, on_progress=on_progress
    )
    return RunState(state) if state is not None else None


def _complete(
    session: Session,
    run: RecommendationRun,
    inputs: Inputs,
    results: Results,
    fit: dict[str, Any],
    *,
    duration_ms: int,
    now: datetime,
) -> None:
    session.execute(delete(Recommendation).where(Recommendation.run_id == run.id))
    session.execute(delete(RunChallenge).where(RunChallenge.run_id == run.id))
    session.execute(delete(PairSteps).where(PairSteps.run_id == run.id))
    for chunk in _chunks(results.rows):
        session.execute(insert(Recommendation), [vars(row) | {"run_id": run.id} for row in chunk])
    for outcomes in _chunks(results.outcomes):
        session.execute(
            insert(RunChallenge),
            [asdict(each) | {"run_id": run.id, "is_gap": each.is_gap} for each in outcomes],
        )
    for steps in _chunks(list(results.steps.items())):
        session.execute(
            insert(PairSteps),
            [
                {"run_id": run.id, "challenge_id": pair[0], "team_id": pair[1], "steps": found}
                for pair, found in steps
            ],
        )
    run.inputs = inputs.versions()
    run.input_digest, run.code_version = results.digest, results.version
    run.outcome = results.summary() | {
        "teams": len(inputs.teams),
        "exposure": asdict(results.exposure(len(inputs.teams))),
        "fit": fit,
    }
    run.pairs_total = run.pairs_done = inputs.pairs
    run.duration_ms = duration_ms
    publish(session, RunComputed(run.id, results.statistics, now))
    end(session, run, "complete", now=now, after={"digest": results.digest})


def _named(session: Session, clash: Clash) -> dict[str, str]:
    """The pair and the rule that make a run impossible."""
    challenge = session.get_one(Challenge, clash.pair[0])
    team = session.get_one(Team, clash.pair[1])
    return {
        "challenge": challenge.ref or challenge.public_id,
        "team": team.ref,
        "obstacle": clash.obstacle.value,
    }


def _chunks(rows: Sequence[T]) -> Iterator[list[T]]:
    pending = iter(rows)
    while chunk := list(islice(pending, CHUNK)):
        yield chunk
