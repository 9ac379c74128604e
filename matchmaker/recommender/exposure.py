"""How evenly the first places of lists go to the teams, and when a change is too uneven.

Scores know nothing of how often a team was shown; all the same a ranking can put few teams first
everywhere, and what is learnt from its lists would then raise them further.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

FIRST = 5  # places of a list that count as exposure
MOST_RISE = 0.05  # in the share of the most shown tenth, or in the Gini index


@dataclass(frozen=True, slots=True)
class Exposure:
    """How the first places of many lists spread over the teams.

    Attributes:
        lists, places: how many lists, and first places in all.
        teams: how many teams could have stood there; ``shown`` of them do at least once.
        top_tenth: share of the places that the most shown tenth of the teams takes, in 0–1.
        gini: 0 when every team has as many places, near 1 when one has them all.
    """

    lists: int
    places: int
    teams: int
    shown: int
    top_tenth: float
    gini: float


def exposure(lists: Iterable[Sequence[str]], teams: int, *, first: int = FIRST) -> Exposure:
    """Measure lists of team ids, best first, against the number of teams there are.

    The tenth is rounded to a whole number of teams, at least one.
    """
    cut = [each[:first] for each in lists]
    counted = Counter(team for each in cut for team in each)
    places = sum(counted.values())
    counts = sorted(counted.values())
    many = max(teams, len(counts))
    tenth = max(1, round(many / 10))
    top = sum(counts[-tenth:]) / places if places else 0.0
    return Exposure(len(cut), places, many, len(counts), top, gini(counts, many))


def gini(counts: Sequence[int], teams: int) -> float:
    """The Gini index of places over teams; teams that are not counted have none.

    Source: Sen, On Economic Inequality, 1973, chapter 2 (mean difference over twice the mean).
    """
    total = sum(counts)
    if not total or not teams:
        return 0.0
    ordered = [0] * (teams - len(counts)) + sorted(counts)
    weighted = sum(place * count for place, count in enumerate(ordered, 1))
    return 2 * weighted / (teams * total) - (teams + 1) / teams


def is_concentrated(before: Exposure, after: Exposure) -> bool:
    """Whether a change gives clearly more of the first places to the few that have most."""
    return after.top_tenth > before.top_tenth + MOST_RISE or after.gini > before.gini + MOST_RISE
