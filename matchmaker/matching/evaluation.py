"""How good recommendations were: people's decisions against ranks, and measured benchmarks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.challenges.models import Challenge
from matchmaker.kernel.i18n import Message, msg
from matchmaker.kernel.localized import Localized
from matchmaker.kernel.resources import folder
from matchmaker.matching.lifecycle import CandidacyState
from matchmaker.matching.models import Candidacy

BANDS: tuple[tuple[Message, int, int], ...] = (
    (msg("Rank 1 to 5"), 1, 5),
    (msg("Rank 6 to 10"), 6, 10),
    (msg("Rank 11 to 20"), 11, 20),
    (msg("Lower rank"), 21, 10**9),
)
NOT_RANKED = msg("Not recommended by a run")
YES = (CandidacyState.INTERESTED, CandidacyState.CONVERTED, CandidacyState.OUTCOME_KNOWN)
PROPOSED = (CandidacyState.CONVERTED, CandidacyState.OUTCOME_KNOWN)
ENOUGH = 30  # decisions below which a share says little


@dataclass
class Band:
    """Decisions on pairs that stood in one range of ranks when they were taken."""

    word: Message
    decided: int = 0
    invited: int = 0
    interested: int = 0
    proposed: int = 0
    dismissed: int = 0

    def add(self, state: CandidacyState, was_invited: bool, many: int) -> None:
        """Count pairs of one state."""
        self.decided += many
        self.invited += many * was_invited
        self.interested += many * (state in YES)
        self.proposed += many * (state in PROPOSED)
        self.dismissed += many * (state is CandidacyState.DISMISSED)


class Benchmark(NamedTuple):
    """One measured table: a labelled set, the day, and figures of several matchers.

    ``judged`` counts the pairs whose right answer is known. ``rows`` hold ``matcher`` and
    ``figures``: metric → ``mean`` with ``low`` and ``high``.
    """

    name: Localized
    note: Localized
    measured_on: date
    version: str
    challenges: int
    teams: int
    judged: int
    metrics: Sequence[str]
    rows: Sequence[dict[str, Any]]


class Languages(NamedTuple):
    """How alike problems are ranked when they are asked in Chinese and in English.

    ``sets`` hold ``name``, ``tags`` (whether tags were compared beside the texts), ``challenges``,
    ``tau`` (``mean``, ``low``, ``high``), ``worst``, ``shared`` and ``same_best``.
    """

    measured_on: date
    version: str
    teams: int
    sets: Sequence[Mapping[str, Any]]

    @property
    def main(self) -> Mapping[str, Any]:
        """The set that a sentence speaks of: the first."""
        return self.sets[0]


def decisions_by_rank(session: Session, call_id: int | None) -> list[Band]:
    """What people decided so far, by the rank the pair had then. One statement."""
    was_invited = Candidacy.invited_at.is_not(None)
    stmt = (
        select(Candidacy.rank_then, Candidacy.state, was_invited, func.count(Candidacy.id))
        .join(Challenge, Challenge.id == Candidacy.challenge_id)
        .group_by(Candidacy.rank_then, Candidacy.state, was_invited)
    )
    if call_id is not None:
        stmt = stmt.where(Challenge.call_id == call_id)
    bands = [Band(word) for word, _low, _high in BANDS] + [Band(NOT_RANKED)]
    for rank, state, invited, many in session.execute(stmt):
        bands[_place(rank)].add(state, bool(invited), many)
    return bands


def benchmarks() -> list[Benchmark]:
    """The measured tables in ``data/benchmark``, by file name; none where the folder is missing."""
    place = folder("data") / "benchmark"
    if not place.is_dir():
        return []
    contents = [json.loads(path.read_text("utf-8")) for path in sorted(place.glob("*.json"))]
    return [_benchmark(content) for content in contents if "rows" in content]


def languages() -> Languages | None:
    """What was measured of the two languages; None where it was not."""
    path = folder("data") / "benchmark" / "languages.json"
    if not path.is_file():
        return None
    content = json.loads(path.read_text("utf-8"))
    return Languages(
        date.fromisoformat(content["measured_on"]),
        content["version"],
        content["teams"],
        [row | {"name": Localized.from_json(row["name"])} for row in content["sets"]],
    )


def _benchmark(content: dict[str, Any]) -> Benchmark:
    rows = content["rows"]
    return Benchmark(
        Localized.from_json(content["name"]),
        Localized.from_json(content["note"]),
        date.fromisoformat(content["measured_on"]),
        content["version"],
        content["challenges"],
        content["teams"],
        content["judged"],
        list(dict.fromkeys(metric for row in rows for metric in row["figures"])),
        rows,
    )


def _place(rank: int | None) -> int:
    if rank is None:
        return len(BANDS)
    return next(n for n, (_word, low, high) in enumerate(BANDS) if low <= rank <= high)
