"""Two runs of one call beside each other: what was read, and whose place changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, undefer

from matchmaker.challenges.models import Challenge
from matchmaker.kernel.actor import Actor
from matchmaker.kernel.errors import NotFound
from matchmaker.kernel.localized import Localized
from matchmaker.matching.board import HAS_ROWS, TOP, open_to, teams_open_to
from matchmaker.matching.models import Recommendation, RecommendationRun, RunChallenge
from matchmaker.teams.models import Team


class Place(NamedTuple):
    """Where a team stands in a run for one challenge; no rank where a rule holds it back."""

    rank: int | None
    score: float


@dataclass(frozen=True)
class Mover:
    """A team that stands among the best of a challenge in one of two runs.

    ``before`` and ``after`` are None where a run does not hold the pair at all.
    """

    ref: str
    name: Localized
    before: Place | None
    after: Place | None

    @property
    def order(self) -> tuple[int, int]:
        """Best places of the newer run first, then those of the older one."""
        return _rank(self.after), _rank(self.before)

    @property
    def is_moved(self) -> bool:
        """Whether its rank differs."""
        return _rank(self.before) != _rank(self.after)


@dataclass(frozen=True)
class Shift:
    """What changed among the best teams of one challenge.

    ``before`` and ``after`` say how the challenge came off; None in a run that does not read it.
    """

    key: str
    ref: str | None
    title: Localized
    before: RunChallenge | None
    after: RunChallenge | None
    teams: list[Mover]

    @property
    def moved(self) -> list[Mover]:
        """The teams whose rank differs."""
        return [team for team in self.teams if team.is_moved]


class Read(NamedTuple):
    """How many rows of one kind the newer run read anew, read changed, and no longer read."""

    come: int
    changed: int
    gone: int

    @property
    def any(self) -> int:
        """How many differ at all."""
        return self.come + self.changed + self.gone


def with_rows(session: Session, call_id: int) -> list[RecommendationRun]:
    """The runs of a call that can be looked at, newest first. One statement."""
    stmt = (
        select(RecommendationRun)
        .where(RecommendationRun.call_id == call_id, RecommendationRun.state.in_(HAS_ROWS))
        .options(undefer(RecommendationRun.inputs))
        .order_by(RecommendationRun.number.desc())
        .limit(50)
    )
    return list(session.scalars(stmt))


def read(before: RecommendationRun, after: RecommendationRun, kind: str) -> Read:
    """How the ``challenges`` or ``teams`` that two runs read differ."""
    old: Mapping[str, int] = before.inputs.get(kind, {})
    new: Mapping[str, int] = after.inputs.get(kind, {})
    return Read(
        come=len(new.keys() - old.keys()),
        changed=sum(old[key] != new[key] for key in old.keys() & new.keys()),
        gone=len(old.keys() - new.keys()),
    )


def shifts(
    session: Session, before: RecommendationRun, after: RecommendationRun, *, seen_by: Actor
) -> list[Shift]:
    """Every challenge of two runs with the teams that are among the best five in either.

    Without what the reader has a conflict of interest with. Two statements.

    Raises:
        NotFound: the runs are not of the same call.
    """
    if before.call_id != after.call_id:
        raise NotFound
    outcomes = (
        select(Challenge, RunChallenge)
        .join(RunChallenge, RunChallenge.challenge_id == Challenge.id)
        .where(RunChallenge.run_id.in_((before.id, after.id)), open_to(seen_by))
        .order_by(Challenge.id)
    )
    came: dict[int, dict[int, RunChallenge]] = {}
    challenges: dict[int, Challenge] = {}
    for challenge, outcome in session.execute(outcomes):
        challenges[challenge.id] = challenge
        came.setdefault(challenge.id, {})[outcome.run_id] = outcome
    movers = _movers(session, before, after, seen_by)
    return [
        Shift(
            challenge.key, challenge.ref, challenge.title,
            came[number].get(before.id), came[number].get(after.id),
            sorted(movers.get(number, []), key=lambda mover: mover.order),
        )
        for number, challenge in challenges.items()
    ]  # fmt: skip


def _movers(
    session: Session, before: RecommendationRun, after: RecommendationRun, seen_by: Actor
) -> dict[int, list[Mover]]:
    best = (
        select(Recommendation.challenge_id, Recommendation.team_id)
        .where(Recommendation.run_id.in_((before.id, after.id)), Recommendation.rank <= TOP)
        .where(teams_open_to(seen_by))
        .distinct()
        .subquery()
    )
    stmt = (
        select(
            Recommendation.challenge_id, Recommendation.run_id, Recommendation.rank,
            Recommendation.score, Team.id, Team.ref, Team.name,
        )
        .join(
            best,
            and_(
                best.c.challenge_id == Recommendation.challenge_id,
                best.c.team_id == Recommendation.team_id,
            ),
        )
        .join(Team, Team.id == Recommendation.team_id)
        .where(Recommendation.run_id.in_((before.id, after.id)))
    )  # fmt: skip
    places: dict[tuple[int, int], dict[int, Place]] = {}
    names: dict[int, tuple[str, Localized]] = {}
    for challenge_id, run_id, rank, score, team_id, ref, name in session.execute(stmt):
        places.setdefault((challenge_id, team_id), {})[run_id] = Place(rank, score)
        names[team_id] = (ref, name)
    movers: dict[int, list[Mover]] = {}
    for (challenge_id, team_id), own in places.items():
        mover = Mover(*names[team_id], own.get(before.id), own.get(after.id))
        movers.setdefault(challenge_id, []).append(mover)
    return movers


def _rank(place: Place | None) -> int:
    """The rank as a number to compare; the last of all where there is none."""
    return place.rank if place and place.rank is not None else 10**9
