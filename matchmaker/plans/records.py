"""A plan as rows of a table: one for each planned pair and each reserve."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from matchmaker.matching.lifecycle import CandidacyState
from matchmaker.plans.models import Plan, PlanWish
from matchmaker.plans.sheet import Row, TeamPlace

COLUMNS = (
    "plan", "run", "challenge", "title_zh", "title_en", "least", "most",
    "challenge_score", "attainment", "role", "position", "team", "name_zh", "name_en",
    "score", "fit", "fixed", "wish", "state", "queued", "reason_zh", "reason_en",
)  # fmt: skip


def of_plan(
    plan: Plan, rows: Iterable[Row], wishes: Mapping[tuple[int, int], PlanWish]
) -> Iterator[dict[str, object]]:
    """The pairs of a plan as its list shows them, planned ones before reserves.

    A challenge that gets no team has one row without a team.
    """
    for row in rows:
        head = _head(plan, row)
        places = [*row.planned, *row.reserves]
        for place in places:
            key = (row.challenge.id, place.team.id)
            yield head | _place(place, wishes.get(key))
        if not places:
            yield head


def _head(plan: Plan, row: Row) -> dict[str, object]:
    return {
        "plan": plan.number,
        "run": plan.run.number,
        "challenge": row.challenge.ref or row.challenge.public_id,
        "title_zh": row.challenge.title.zh_TW,
        "title_en": row.challenge.title.en,
        "least": row.came_off.least,
        "most": row.came_off.most,
        "challenge_score": _rounded(row.score),
        "attainment": _rounded(row.attainment),
        **dict.fromkeys(COLUMNS[9:]),
    }


def _place(place: TeamPlace, wish: PlanWish | None) -> dict[str, object]:
    candidacy, found = place.candidacy, place.recommendation
    reason = _shown_reason(found.reasons if found else ())
    return {
        "role": place.pair.role.value,
        "position": place.pair.position,
        "team": place.team.ref,
        "name_zh": place.team.name.zh_TW,
        "name_en": place.team.name.en,
        "score": _rounded(place.pair.score),
        "fit": place.pair.band,
        "fixed": place.pair.cause.value if place.pair.cause else "",
        "wish": wish.kind.value if wish else "",
        "state": (candidacy.state if candidacy else CandidacyState.SUGGESTED).value,
        "queued": "yes" if candidacy and candidacy.queued_at else "",
        "reason_zh": reason.get("zh_TW", ""),
        "reason_en": reason.get("en", ""),
    }


def _shown_reason(reasons: Sequence[Mapping[str, Any]]) -> Mapping[str, str]:
    """The sentence that the list shows: the strongest that speaks of the two texts."""
    of_texts = [reason for reason in reasons if reason["part"] != "feedback"]
    return next((reason["says"] for reason in (*of_texts, *reasons)), {})


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
