"""Computing a plan: reading what decides it, solving, and keeping what came out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session, undefer

from matchmaker.challenges.models import Challenge
from matchmaker.kernel import work
from matchmaker.kernel.database import Database
from matchmaker.kernel.work import Clock, Pulse, Transaction
from matchmaker.matching.constraints import PairIds
from matchmaker.matching.models import Recommendation, RecommendationRun, RunChallenge
from matchmaker.matching.queries import MATCHED_STATES
from matchmaker.plans import queries, repairs, solving
from matchmaker.plans.binding import Binding, binding
from matchmaker.plans.lifecycle import PlanState
from matchmaker.plans.models import Plan, PlanChallenge, PlanPair, PlanTeam
from matchmaker.plans.numbers import Numbers
from matchmaker.plans.service import PLANS, end
from matchmaker.plans.solving import Known, Problem, Solution
from matchmaker.teams.models import Team

CHUNK = 1_000
Found = tuple[Problem, Solution]


def execute(database: Database, plan_id: int, *, clock: Clock) -> PlanState | None:
    """Compute a plan that was asked for; None when it is not waiting (any more)."""
    return _execute(database.transaction, database.reading, plan_id, clock)


def solve_within(session: Session, plan: Plan, *, now: datetime) -> PlanState | None:
    """Compute a small plan inside the transaction of the caller."""
    state = _execute(
        lambda: work.within(session), lambda: work.within(session), plan.id, lambda: now
    )
    session.refresh(plan)
    return state


def _execute(
    transaction: Transaction, reading: Transaction, plan_id: int, clock: Clock
) -> PlanState | None:
    def compute(pulse: Pulse) -> Found:
        with reading() as session:
            problem = read(session, session.get_one(Plan, plan_id))

        def told(done: int, total: int) -> None:
            pulse.beat(problem.pairs * done // max(1, total), problem.pairs)

        try:
            return problem, solving.solve(problem, on_progress=told, should_stop=pulse.should_stop)
        except solving.Cancelled:
            raise work.Stopped from None

    def keep(session: Session, plan: Plan, found: Found, spent_ms: int) -> None:
        problem, solution = found
        plan.duration_ms = spent_ms
        plan.pairs_total = plan.pairs_done = problem.pairs
        plan.input_digest, plan.solver = solution.digest, solution.solver[:60]
        if solution.is_plan:
            _complete(session, plan, problem, solution, now=clock())
        else:
            plan.outcome = {
                **solution.summary,
                "reasons": repairs.stored(solution.reasons),
                "suffices": solution.suffices,
            }
            end(session, plan, "find_infeasible", now=clock())

    state = work.perform(PLANS, transaction, plan_id, clock, compute=compute, keep=keep)
    return PlanState(state) if state is not None else None


def read(session: Session, plan: Plan) -> Problem:
    """Everything that decides a plan, as it stands at this moment."""
    run = session.scalars(
        select(RecommendationRun)
        .where(RecommendationRun.id == plan.run_id)
        .options(undefer(RecommendationRun.inputs))
    ).one()
    challenges = _challenges(session, run)
    listed = list(session.scalars(select(Team).where(Team.is_listed.is_(True)).order_by(Team.id)))
    rules = binding(session, plan.call, challenges, listed, queries.wishes(session, plan.id))
    fixed_teams = {team for _challenge, team in rules.fixed}
    teams = [t for t in listed if str(t.id) in run.inputs.get("teams", {}) or t.id in fixed_teams]
    there = {each.id for each in challenges}, {each.id for each in teams}
    numbers = Numbers.from_json(plan.numbers, plan.objective)
    previous = queries.planned_pairs(session, plan.base_id) if plan.base_id else []
    return Problem(
        plan.objective,
        {each.id: numbers.span(each.id, each.k_poc) for each in challenges},
        {each.id: numbers.room(each.id, each.capacity) for each in teams},
        _known(session, run, there),
        _narrowed(rules, there),
        frozenset(pair for pair in previous if _is_there(pair, there)),
        frozenset(pair for pair in rules.fixed if not _is_there(pair, there)),
    )


There = tuple[set[int], set[int]]


def _is_there(pair: PairIds, there: There) -> bool:
    return pair[0] in there[0] and pair[1] in there[1]


def _narrowed(rules: Binding, there: There) -> Binding:
    """The rules as far as they speak of challenges and teams that take part."""
    return Binding(
        {pair: why for pair, why in rules.forbidden.items() if _is_there(pair, there)},
        {team: why for team, why in rules.away.items() if team in there[1]},
        frozenset(pair for pair in rules.excluded if _is_there(pair, there)),
        {pair: why for pair, why in rules.fixed.items() if _is_there(pair, there)},
    )


def _challenges(session: Session, run: RecommendationRun) -> Sequence[Challenge]:
    """The challenges that the run scored and that are still matched."""
    stmt = (
        select(Challenge)
        .join(RunChallenge, RunChallenge.challenge_id == Challenge.id)
        .where(RunChallenge.run_id == run.id, Challenge.state.in_(MATCHED_STATES))
        .order_by(Challenge.id)
    )
    return session.scalars(stmt).all()


def _known(session: Session, run: RecommendationRun, there: There) -> dict[PairIds, Known]:
    """The scores that a run keeps; of a large one only the best of each challenge."""
    stmt = select(
        Recommendation.challenge_id,
        Recommendation.team_id,
        Recommendation.score,
        Recommendation.band,
    ).where(Recommendation.run_id == run.id)
    return {
        (challenge, team): Known(score, band)
        for challenge, team, score, band in session.execute(stmt)
        if _is_there((challenge, team), there)
    }


def _complete(
    session: Session, plan: Plan, problem: Problem, solution: Solution, *, now: datetime
) -> None:
    for table in (PlanPair, PlanChallenge, PlanTeam):
        session.execute(delete(table).where(table.plan_id == plan.id))
    filled = dict.fromkeys(problem.challenges, 0)
    for each in solution.placed:
        filled[each.challenge_id] += each.role == "planned"
    _insert(session, PlanPair, [vars(each) | {"plan_id": plan.id} for each in solution.placed])
    _insert(
        session,
        PlanChallenge,
        [
            {
                "plan_id": plan.id, "challenge_id": key, "least": least, "most": most,
                "filled": filled[key], "score": solution.scores[key],
                "attainment": solution.attainment.get(key),
            }
            for key, (least, most) in problem.challenges.items()
        ],
    )  # fmt: skip
    _insert(
        session,
        PlanTeam,
        [
            {
                "plan_id": plan.id, "team_id": key, "capacity": room, "is_stated": is_stated,
                "load": solution.loads[key],
            }
            for key, (room, is_stated) in problem.teams.items()
        ],
    )  # fmt: skip
    plan.outcome = dict(solution.summary)
    end(session, plan, "complete", now=now, after={"digest": solution.digest})


def _insert(
    session: Session,
    table: type[PlanPair | PlanChallenge | PlanTeam],
    rows: Sequence[dict[str, object]],
) -> None:
    for start in range(0, len(rows), CHUNK):
        session.execute(insert(table), rows[start : start + CHUNK])
