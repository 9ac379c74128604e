"""What teams could add to their profiles: worked out in the background, kept for pages to read.

A team whose people have accounts is advised anew when its profile changed, when a challenge opened,
closed or changed, or when another method or other weights are in use. Only what is public of
published challenges counts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session, selectinload, undefer

from matchmaker import recommender
from matchmaker.challenges.lifecycle import ChallengeState
from matchmaker.challenges.models import Challenge
from matchmaker.kernel.database import Database
from matchmaker.matching import profiles
from matchmaker.matching.lifecycle import RunState
from matchmaker.matching.models import RecommendationRun, TeamAdvice
from matchmaker.recommender import ChallengeProfile, Matcher, TeamProfile, Weights
from matchmaker.recommender.advice import Advice, Adviser, Raised, merged
from matchmaker.teams.models import Team, TeamMember

AT_ONCE = 50  # teams advised in one go


@dataclass(frozen=True)
class Open:
    """Challenges that are open now, by the weights that their call is matched with."""

    groups: Sequence[tuple[Mapping[str, float], Sequence[ChallengeProfile]]]
    refs: Mapping[str, str]
    basis: str


@dataclass(frozen=True)
class Case:
    """A team to be advised: its number, the version read, and what it says."""

    id: int
    version: int
    key: str


def advise_teams(database: Database, *, now: datetime, at_once: int = AT_ONCE) -> int:
    """Advise teams whose advice is missing or out of date; returns how many.

    Reading, computing and keeping are apart, so that nothing waits for the computation.
    """
    with database.reading() as session:
        known = open_challenges(session, now)
        cases = outdated(session, known.basis, at_once)
        pool = (
            [profiles.team_profile(t) for t in profiles.teams_taking_part(session)] if cases else []
        )
    if not cases:
        return 0
    found = compute(cases, pool, known)
    with database.transaction() as session:
        keep(session, found, known, now=now)
    return len(cases)


def open_challenges(session: Session, now: datetime) -> Open:
    """What is open, with its public texts. Three statements."""
    texts = ("background", "pain", "current_way", "wanted", "data_description")
    stmt = (
        select(Challenge, RecommendationRun.weights)
        .outerjoin(
            RecommendationRun,
            and_(
                RecommendationRun.call_id == Challenge.call_id,
                RecommendationRun.state == RunState.PUBLISHED,
            ),
        )
        .where(Challenge.state == ChallengeState.PUBLISHED, Challenge.closes_at > now)
        .options(
            *(undefer(getattr(Challenge, name)) for name in texts), selectinload(Challenge.kpis)
        )
        .order_by(Challenge.id)
    )
    groups: dict[str, tuple[Mapping[str, float], list[ChallengeProfile]]] = {}
    refs, versions = {}, []
    for challenge, weights in session.execute(stmt):
        given = {name: float(value) for name, value in (weights or {}).items()}
        key = json.dumps(given, sort_keys=True)
        groups.setdefault(key, (given, []))[1].append(profiles.challenge_profile(challenge))
        refs[challenge.public_id] = challenge.ref or challenge.public_id
        versions.append([challenge.id, challenge.version, key])
    basis = json.dumps([recommender.version(), versions])
    return Open(list(groups.values()), refs, hashlib.sha256(basis.encode()).hexdigest())


def outdated(session: Session, basis: str, at_once: int) -> list[Case]:
    """Listed teams of people with accounts that were not advised on this basis. One statement."""
    has_account = exists().where(
        TeamMember.team_id == Team.id,
        TeamMember.user_id.is_not(None),
        TeamMember.left_on.is_(None),
    )
    stmt = (
        select(Team.id, Team.version, Team.public_id)
        .outerjoin(TeamAdvice, TeamAdvice.team_id == Team.id)
        .where(
            Team.is_listed.is_(True),
            has_account,
            or_(
                TeamAdvice.team_id.is_(None),
                TeamAdvice.team_version != Team.version,
                TeamAdvice.basis != basis,
            ),
        )
        .order_by(Team.edited_at.desc(), Team.id)
        .limit(at_once)
    )
    return [Case(*row) for row in session.execute(stmt)]


def compute(
    cases: Sequence[Case], pool: Sequence[TeamProfile], known: Open
) -> list[tuple[Case, list[Advice]]]:
    """Advice for each team, most helpful first."""
    advisers = [
        Adviser(Matcher(pool, weights=Weights(**weights)), challenges)
        for weights, challenges in known.groups
    ]
    return [(case, merged(each.advise(case.key) for each in advisers)) for case in cases]


def keep(
    session: Session,
    found: Sequence[tuple[Case, list[Advice]]],
    known: Open,
    *,
    now: datetime,
) -> None:
    """Store advice in place of what was there."""
    for case, advice in found:
        session.merge(
            TeamAdvice(
                team_id=case.id,
                team_version=case.version,
                basis=known.basis,
                computed_at=now,
                challenges=len(known.refs),
                content=[_plain(each, known.refs) for each in advice],
            )
        )


def _plain(advice: Advice, refs: Mapping[str, str]) -> dict[str, Any]:
    code, params = advice.change.code, advice.change.params
    return {
        "code": code,
        "params": {k: list(v) if isinstance(v, tuple) else v for k, v in params.items()},
        "says": {lang: recommender.say(code, params, lang) for lang in ("zh_TW", "en")},
        "is_estimate": advice.is_estimate,
        "raised": [_raised(each, refs) for each in advice.raised],
    }


def _raised(each: Raised, refs: Mapping[str, str]) -> dict[str, Any]:
    return {
        "ref": refs[each.challenge_id],
        "before": round(each.before, 4),
        "after": round(each.after, 4),
        "is_better_fit": each.is_better_fit,
    }
