"""The board as rows of a table: one for each pair that a run holds, with what was decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from matchmaker.challenges.models import Challenge
from matchmaker.kernel.actor import Actor
from matchmaker.matching.board import Filter, narrowed, open_to, same_pair, teams_open_to
from matchmaker.matching.lifecycle import CandidacyState
from matchmaker.matching.models import (
    Candidacy,
    Recommendation,
    RecommendationRun,
    RunChallenge,
)
from matchmaker.matching.service import PARTS
from matchmaker.teams.models import Team

COLUMNS = (
    "run", "challenge", "title_zh", "title_en", "wanted",
    "rank", "team", "name_zh", "name_en", "score", "fit", *PARTS,
    "state", "queued", "shortlisted", "held_back",
    "reasons_zh", "reasons_en", "missing_zh", "missing_en",
)  # fmt: skip


def of_board(
    session: Session, run: RecommendationRun, *, seen_by: Actor, wanted: Filter
) -> Iterator[dict[str, object]]:
    """The pairs of a run as the board lists them under a filter. One statement.

    Best first within each challenge; those held back by a rule at the end, without a rank.
    """
    stmt = (
        select(
            Challenge.ref, Challenge.public_id, Challenge.title, RunChallenge.wanted,
            Team.ref, Team.name,
            Recommendation.rank, Recommendation.score, Recommendation.band,
            Recommendation.parts, Recommendation.held_back,
            Recommendation.reasons, Recommendation.counter,
            Candidacy.state, Candidacy.queued_at, Candidacy.shortlisted_at,
        )
        .join(Challenge, Challenge.id == Recommendation.challenge_id)
        .join(
            RunChallenge,
            and_(RunChallenge.run_id == run.id, RunChallenge.challenge_id == Challenge.id),
        )
        .join(Team, Team.id == Recommendation.team_id)
        .outerjoin(Candidacy, same_pair())
        .where(Recommendation.run_id == run.id, open_to(seen_by), teams_open_to(seen_by))
        .where(narrowed(session, wanted))
        .order_by(
            Challenge.id,
            Recommendation.rank.is_(None),
            Recommendation.rank,
            Recommendation.score.desc(),
            Recommendation.team_id,
        )
    )  # fmt: skip
    for row in session.execute(stmt):
        yield _record(run, *row)


def _record(
    run: RecommendationRun,
    ref: str | None,
    public_id: str,
    title: Any,
    places: int,
    team: str,
    name: Any,
    rank: int | None,
    score: float,
    band: str,
    parts: Mapping[str, float],
    held_back: str | None,
    reasons: Sequence[Mapping[str, Any]],
    counter: Sequence[Mapping[str, Any]],
    state: CandidacyState | None,
    queued_at: object,
    shortlisted_at: object,
) -> dict[str, object]:
    return {
        "run": run.number,
        "challenge": ref or public_id,
        "title_zh": title.zh_TW,
        "title_en": title.en,
        "wanted": places,
        "rank": rank,
        "team": team,
        "name_zh": name.zh_TW,
        "name_en": name.en,
        "score": round(score, 4),
        "fit": band,
        **{part: round(parts[part], 4) if part in parts else None for part in PARTS},
        "state": (state or CandidacyState.SUGGESTED).value,
        "queued": "yes" if queued_at else "",
        "shortlisted": "yes" if shortlisted_at else "",
        "held_back": held_back or "",
        "reasons_zh": _sentences(reasons, "zh_TW"),
        "reasons_en": _sentences(reasons, "en"),
        "missing_zh": _sentences(counter, "zh_TW"),
        "missing_en": _sentences(counter, "en"),
    }


def _sentences(given: Sequence[Mapping[str, Any]], lang: str) -> str:
    """The stored sentences of one language, each on its own line."""
    return "\n".join(each["says"][lang] for each in given)
