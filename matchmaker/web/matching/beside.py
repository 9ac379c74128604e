"""What a page of one pair says when another team of the same challenge stands beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request

from matchmaker.kernel.localized import Localized
from matchmaker.matching import beside
from matchmaker.matching.beside import Comparison, Other, Step
from matchmaker.matching.models import Recommendation, RecommendationRun
from matchmaker.web import door, languages
from matchmaker.web.matching import showing

SHOWN = 8  # changes
PLACES = 2
UNIT = 10**PLACES


@dataclass(frozen=True)
class Line:
    """One change, or two together, as the page tells it.

    Attributes:
        score: what the lower team would have then, as text rounds it.
        short_of: what it still lacks, rounded up; 0 where it suffices.
    """

    sentences: list[str]
    score: float
    short_of: float


@dataclass(frozen=True)
class Shown:
    """Two teams beside each other; ``lower`` and ``upper`` name them."""

    lower: Other
    upper: Other
    comparison: Comparison
    parts: list[tuple[str, float, float, float]]
    ahead: list[tuple[str, float]]
    behind: list[tuple[str, float]]
    single: list[Line]
    pairs: list[Line]

    @property
    def by(self) -> float:
        """The difference of the scores as they are shown."""
        upper, lower = self.comparison.upper.score, self.comparison.lower.score
        return _rounded(_rounded(upper) - _rounded(lower))

    @property
    def suffices(self) -> bool:
        """Whether a single change would turn it."""
        return any(not line.short_of for line in self.single)


def shown(
    run: RecommendationRun, own: Recommendation, *, for_staff: bool
) -> tuple[list[Other], Shown | None]:
    """Teams to choose from, and the comparison with the one that the address names, if any."""
    others = beside.others(door.db(), run, own, seen_by=door.actor(), for_staff=for_staff)
    asked = request.args.get("beside", "").strip().upper()
    other = next((each for each in others if each.ref == asked), None)
    if other is None:
        return others, None
    this = Other(own.team.ref, own.team.name, own.rank)
    found = beside.standings(door.db(), run, own.challenge_id, [this.ref, other.ref])
    lower, upper = sorted((this, other), key=lambda each: (found[each.ref].score, -_place(each)))
    return others, _shown(lower, upper, beside.compare(found[lower.ref], found[upper.ref]))


def _place(other: Other) -> int:
    """The rank, with those held back last."""
    return other.rank if other.rank is not None else 10**9


def _shown(lower: Other, upper: Other, comparison: Comparison) -> Shown:
    leads = [lead for lead in comparison.leads if lead.lower or lead.upper]
    least = _points({lead.part: lead.lower for lead in leads}, comparison.lower.score)
    most = _points({lead.part: lead.upper for lead in leads}, comparison.upper.score)
    rows = [
        (word, least.get(word, 0.0), most.get(word, 0.0), by)
        for word in (str(showing.PARTS[lead.part]) for lead in leads)
        for by in [_rounded(most.get(word, 0.0) - least.get(word, 0.0))]
    ]
    suffices = bool(comparison.enough) and len(comparison.enough[0].says) == 1
    return Shown(
        lower,
        upper,
        comparison,
        rows,
        [(word, by) for word, _, _, by in rows if by > 0],
        [(word, -by) for word, _, _, by in rows if by < 0],
        [_line(step, comparison) for step in comparison.lower.single[:SHOWN]],
        [] if suffices else [_line(step, comparison) for step in comparison.enough[:SHOWN]],
    )


def _points(parts: Mapping[str, float], score: float) -> dict[str, float]:
    """The parts as every page rounds them."""
    return dict(showing.parts(parts, score))


def _line(step: Step, comparison: Comparison) -> Line:
    lang, lacks = languages.current(), comparison.short_of(step)
    return Line(
        [Localized.from_json(dict(says)).best(lang)[0] for says in step.says],
        step.score,
        max(1 / UNIT, _rounded(lacks)) if lacks >= 0 else 0.0,
    )


def _rounded(value: float) -> float:
    return round(value, PLACES)
