"""What was computed for single teams after a run, as the board and a team's own list tell it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from matchmaker.challenges.models import Challenge
from matchmaker.kernel.i18n import Message
from matchmaker.matching.models import RecommendationRun
from matchmaker.supplements import queries
from matchmaker.supplements.lifecycle import SupplementState
from matchmaker.supplements.models import SupplementPair
from matchmaker.teams.models import Team
from matchmaker.web import door
from matchmaker.web.matching import showing


class Line(NamedTuple):
    """One pair: what it scored in the run, if it was there, and what it scores now.

    ``sentences`` are the strongest reasons; ``place`` and ``obstacle`` are for staff.
    """

    challenge: Challenge | None
    team: Team | None
    level: str
    score: float
    before: float | None
    sentences: list[str]
    place: int | None = None
    rank_before: int | None = None
    obstacle: Message | None = None
    is_new: bool = False
    version: int | None = None
    computed_at: datetime | None = None


@dataclass(frozen=True)
class AfterRun:
    """A team's list after it changed.

    Attributes:
        is_waiting: a newer version of the profile is about to be read.
        is_present: what stands here rests on the profile as it is.
        is_new: no run has read the team yet.
    """

    lines: list[Line]
    version: int | None
    computed_at: datetime | None
    is_waiting: bool
    is_present: bool
    is_new: bool


def of_team(team: Team) -> AfterRun | None:
    """What a team reads of itself; None where it did not change since. One statement."""
    found = queries.of_team(door.db(), team.id, door.now())
    if not found:
        return None
    newest = max((each.supplement for each in found), key=lambda each: each.id)
    return AfterRun(
        lines=[_line(each.pair, sentences=2) for each in found if each.pair is not None],
        version=newest.team_version,
        computed_at=newest.computed_at,
        is_waiting=any(each.supplement.state is SupplementState.WAITING for each in found),
        is_present=newest.team_version == team.version,
        is_new=newest.is_new,
    )


def on_board(run: RecommendationRun, challenge_id: int) -> list[Line]:
    """Teams computed after a run that stand, or stood, high for a challenge. One statement."""
    pairs = queries.beside(door.db(), run, challenge_id, seen_by=door.actor())
    return [_line(pair, with_team=True) for pair in pairs]


def _line(pair: SupplementPair, *, sentences: int = 0, with_team: bool = False) -> Line:
    supplement = pair.supplement if with_team else None
    return Line(
        challenge=None if with_team else pair.challenge,
        team=supplement.team if supplement else None,
        level=pair.band or "unknown",
        score=pair.score,
        before=pair.score_before,
        sentences=[showing.said(each["says"]) for each in pair.reasons[:sentences]],
        place=pair.place,
        rank_before=pair.rank_before,
        obstacle=showing.obstacle(pair.held_back),
        is_new=bool(supplement and supplement.is_new),
        version=supplement.team_version if supplement else None,
        computed_at=supplement.computed_at if supplement else None,
    )
