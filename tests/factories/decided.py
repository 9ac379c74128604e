"""A programme with a history: a run, and decisions on what it showed, invented by seed."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from sqlalchemy import insert
from sqlalchemy.orm import Session

from matchmaker.challenges.lifecycle import ChallengeState
from matchmaker.challenges.models import Challenge, ChallengeKind
from matchmaker.kernel.identifiers import reference
from matchmaker.kernel.localized import Localized
from matchmaker.matching.lifecycle import CandidacyState, DismissReason, RunState, Side
from matchmaker.matching.models import Candidacy, Dismissal, Recommendation, RecommendationRun
from matchmaker.programs.models import Call
from matchmaker.recommender import PARTS, Weights, version
from matchmaker.recommender.decisions import LEARNT, Grade
from matchmaker.recommender.parts import bent
from matchmaker.teams.models import Team
from tests.factories import People
from tests.factories.histories import DEFAULT, Taste, invent

STATES = {
    Grade.PUT_ASIDE: CandidacyState.DISMISSED,
    Grade.INVITED: CandidacyState.EXPIRED,
    Grade.INTERESTED: CandidacyState.INTERESTED,
    Grade.PROPOSED: CandidacyState.CONVERTED,
}

CAPABILITY = Taste({"capability": 3})


def remember(
    session: Session,
    people: People,
    call: Call,
    *,
    seed: int = 1,
    taste: Taste = CAPABILITY,
    challenges: int = 100,
    code_version: str = "",
) -> RecommendationRun:
    """A completed run of the call and the decisions on it, as people with that taste take them."""
    history, field = invent(seed, taste, challenges=challenges)
    owner = people.organization()
    posted = {name: _challenge(n, name, call, owner.id, people) for n, name in
              enumerate(dict.fromkeys(history.challenges))}  # fmt: skip
    teams = {name: _team(n, name, people) for n, name in enumerate(field.pools[0].teams)}
    run = RecommendationRun(
        number=1, program_id=call.program_id, call_id=call.id, state=RunState.COMPLETED,
        code_version=code_version or version(), requested_at=people.now, finished_at=people.now,
        inputs={"challenges": {}, "teams": {}},
        outcome={"challenges": challenges, "teams": len(teams), "covered": 0, "wanted": 0,
                 "gaps": 0, "conflicts": 0, "worst": 0.0},
    )  # fmt: skip
    session.add_all([*posted.values(), *teams.values(), run])
    session.flush()
    rows, taken = [], []
    places: dict[str, int] = {}
    order = np.argsort(-history.totals(DEFAULT), kind="stable")
    for n in order:
        name, grade = history.challenges[n], Grade(history.grades[n])
        rank = places[name] = places.get(name, 0) + 1
        pair = {"challenge_id": posted[name].id, "team_id": teams[history.teams[n]].id}
        rows.append(pair | {"run_id": run.id, "rank": rank} | _scored(history.raw[n]))
        if grade in STATES:
            at = people.now + timedelta(days=int(history.groups[n]) - challenges)
            taken.append(_candidacy(pair, run.id, rank, grade, at))
    session.execute(insert(Recommendation), rows)
    session.add_all(taken)
    session.commit()
    return run


def _scored(raw: np.ndarray) -> dict[str, object]:
    """Score and parts that the measured weights make of points."""
    points = {part: np.zeros(1) for part in PARTS}
    for part, value in zip(LEARNT, raw, strict=True):
        if Weights().of(part):
            points[part] = np.array([DEFAULT.of(part) * value])
    score, parts = bent(points)
    return {
        "score": float(score[0]),
        "parts": {part: float(value[0]) for part, value in parts.items()},
        "band": "fair",
    }


def _candidacy(pair: dict[str, int], run_id: int, rank: int, grade: Grade, at: object) -> Candidacy:
    candidacy = Candidacy(
        **pair, run_id=run_id, rank_then=rank, state=STATES[grade], changed_at=at, version=1
    )
    if grade is Grade.PUT_ASIDE:
        candidacy.dismissals.append(
            Dismissal(side=Side.OWNER, reason=DismissReason.WRONG_DOMAIN, at=at)
        )
    else:
        candidacy.invited_at = at
    return candidacy


def _challenge(n: int, name: str, call: Call, organization_id: int, people: People) -> Challenge:
    return Challenge(
        public_id=f"{call.id}{name}", ref=reference("CH", 5_000 + 500 * call.id + n, people.now),
        call_id=call.id, organization_id=organization_id, kind=ChallengeKind.INDUSTRY,
        state=ChallengeState.PUBLISHED, title=Localized(en=f"Problem {n}"),
        pain=Localized(en=f"Scratches of kind {n} are missed."),
        created_at=people.now, edited_at=people.now, published_at=people.now,
        closes_at=call.closes_at,
    )  # fmt: skip


def _team(n: int, name: str, people: People) -> Team:
    return Team(
        public_id=name, ref=reference("TM", 5_000 + n), name=Localized(en=f"Team {n}"),
        profile=Localized(en=f"We find scratches of kind {n}."),
        created_at=people.now, edited_at=people.now,
    )  # fmt: skip
