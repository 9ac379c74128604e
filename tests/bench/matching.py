"""How well teams are ranked, and how long it takes."""

from __future__ import annotations

import secrets
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from matchmaker import benchmark
from matchmaker.cli.match_files import read_challenges, read_teams
from matchmaker.demo import accounts
from matchmaker.demo.accounts import Seat
from matchmaker.demo.cohort import cohort
from matchmaker.kernel import clock
from matchmaker.kernel.actor import SYSTEM, Role, Scope
from matchmaker.kernel.resources import folder
from matchmaker.matching import execution, service
from matchmaker.matching.models import RecommendationRun
from matchmaker.recommender import recommend, score_records
from matchmaker.transfer import loading
from matchmaker.transfer.files import Files, Kind
from matchmaker.transfer.service import Plan, Report
from tests.bench.pages import Site

OUTSIDE = Path(__file__).parents[3] / "shared" / "bench" / "evaluate_matching.py"
COHORT = folder("data") / "cohort"


@dataclass(frozen=True)
class Timed:
    """How long something took, and over how many of what."""

    name: str
    seconds: float
    many: int
    unit: str


def outside_figures() -> str | None:
    """What the public evaluation says, where it lies beside the checkout."""
    if not OUTSIDE.exists():
        return None
    done = subprocess.run(
        [sys.executable, str(OUTSIDE), "--rank", "matchmaker.recommender:score_records"],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout if done.returncode == 0 else done.stderr


def own_figures() -> dict[str, dict[str, float]]:
    """Ranking over the invented cohort, beside chance and bare character overlap."""
    everything = cohort()
    graded = [
        {"challenge": challenge, "team": team, "grade": grade}
        for (challenge, team), grade in everything.fit.items()
    ]
    grades = benchmark.grade_matrix(everything.challenges, everything.teams, graded)
    scorers: dict[str, Callable[..., Any]] = {
        "matchmaker": score_records,
        "characters 2-4": benchmark.character_scores,
        "chance": benchmark.random_scores(7),
    }
    return {
        name: benchmark.measure(scorer(everything.challenges, everything.teams), grades).means()
        for name, scorer in scorers.items()
    }


def import_cohort(place: Site) -> tuple[Report, Timed]:
    """The cohort as a programme of its own, loaded as files are."""
    files = Files()
    files.by_kind[Kind.ORGANIZATION] = [COHORT / "owners.json"]
    files.by_kind[Kind.CHALLENGE] = [COHORT / "challenges.jsonl"]
    files.by_kind[Kind.TEAM] = [COHORT / "teams.jsonl"]
    started = time.process_time()
    content = loading.read(files)
    with place.database.transaction() as session:
        report = loading.load(session, content, Plan("Cohort", "Cohort"), now=clock.now())
    spent = time.process_time() - started
    with place.database.transaction() as session:
        seat = Seat(Role.PM, Scope.PROGRAM, report.program.id, "江專案")
        accounts.fill(session, [seat], password=secrets.token_hex(16), now=clock.now())
    return report, Timed("import of the cohort", spent, content.size, "records")


def full_run(place: Site, report: Report) -> Timed:
    """A whole run of the cohort: scores, ranks, reasons, stored."""
    with place.database.transaction() as session:
        run_id = _requested(session, report)
    started = time.process_time()
    execution.execute(place.database, run_id, clock=clock.now)
    spent = time.process_time() - started
    with place.database.reading() as session:
        run = session.get_one(RecommendationRun, run_id)
        if run.state != "completed":
            raise RuntimeError(f"the run ended as {run.state}: {run.failure}")
        return Timed("full matching, stored", spent, run.pairs_total, "pairs")


def _requested(session: Session, report: Report) -> int:
    run = service.request_run(
        session, report.call, service.Parameters(), actor=SYSTEM, now=clock.now()
    )
    return run.id


def throughput() -> list[Timed]:
    """What ``matchmaker recommend`` computes, with and without reasons."""
    found = []
    for explains in (False, True):
        started = time.process_time()
        challenges, _records = read_challenges(COHORT / "challenges.jsonl")
        teams, _records = read_teams(COHORT / "teams.jsonl")
        recommend(challenges, teams, top=10, explain=explains)
        spent = time.process_time() - started
        name = "recommend --explain" if explains else "recommend"
        found.append(Timed(name, spent, len(challenges) * len(teams), "pairs"))
    return found
