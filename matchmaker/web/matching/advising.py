"""What a team could add to its profile, as its own page and its recommendations tell it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matchmaker.kernel.localized import Localized
from matchmaker.matching import team_queries
from matchmaker.matching.models import TeamAdvice
from matchmaker.teams.models import Team
from matchmaker.web import door, languages

SECTIONS = {
    "advice.project": "projects",
    "advice.first_project": "projects",
    "advice.taxonomy": "projects",
    "advice.capability": "capabilities",
    "advice.chinese": "profile",
    "advice.english": "profile",
    "advice.capacity": "capacity",
}
SHOWN = 5  # pieces of advice
NAMED = 5  # challenges of each


@dataclass(frozen=True)
class Line:
    """One piece of advice.

    Attributes:
        section: where the profile says it.
        gain: points of score on the average; None where what others gained was taken instead.
        raised: the challenges it would help most, with the scores before and after.
    """

    sentence: str
    section: str
    challenges: int
    better: int
    gain: float | None
    raised: list[Mapping[str, Any]]


@dataclass(frozen=True)
class Shown:
    """Advice as of a moment; ``kept`` is None before it was worked out for the first time."""

    kept: TeamAdvice | None
    lines: list[Line]
    is_stale: bool


def shown(team: Team) -> Shown:
    """The advice that is kept for a team. One statement."""
    kept = team_queries.advice(door.db(), team.id)
    if kept is None:
        return Shown(None, [], is_stale=False)
    return Shown(
        kept, [_line(each) for each in kept.content[:SHOWN]], kept.team_version != team.version
    )


def _line(each: Mapping[str, Any]) -> Line:
    raised = each["raised"]
    gain = sum(one["after"] - one["before"] for one in raised) / len(raised)
    return Line(
        sentence=Localized.from_json(dict(each["says"])).best(languages.current())[0],
        section=SECTIONS.get(each["code"], "projects"),
        challenges=len(raised),
        better=sum(one["is_better_fit"] for one in raised),
        gain=None if each["is_estimate"] else gain,
        raised=raised[:NAMED],
    )
