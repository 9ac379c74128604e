"""Teams and challenges of this site's database for the index of the command line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlalchemy import select

from matchmaker.challenges.models import Challenge
from matchmaker.cli import migrate
from matchmaker.config import Settings
from matchmaker.kernel.errors import NotFound
from matchmaker.matching import profiles, queries
from matchmaker.recommender import ChallengeProfile, TeamProfile
from matchmaker.teams.models import Team


def teams(refs: Sequence[str] = ()) -> dict[str, TeamProfile | None]:
    """Listed teams under their references; all of them, or those that are named.

    A named team that is not listed or not there is None.
    """
    return dict(_teams([ref.upper() for ref in refs]))


def _teams(refs: Sequence[str]) -> Iterator[tuple[str, TeamProfile | None]]:
    database = migrate.checked(Settings())
    try:
        with database.reading() as session:
            stmt = select(Team).where(Team.is_listed.is_(True)).order_by(Team.id)
            if refs:
                stmt = stmt.where(Team.ref.in_(refs))
            yield from ((ref, None) for ref in refs)
            for team in session.scalars(stmt):
                yield team.ref, replace(profiles.team_profile(team), id=team.ref)
    finally:
        database.close()


def challenge(ref: str) -> ChallengeProfile | None:
    """A challenge by its reference or address; None if there is none."""
    database = migrate.checked(Settings())
    try:
        with database.reading() as session:
            found: Challenge = queries.challenge(session, ref)
            return replace(profiles.challenge_profile(found), id=found.ref or found.public_id)
    except NotFound:
        return None
    finally:
        database.close()
