"""Asking for supplements: whenever a team changes, comes or goes, and when a run was computed.

How one is computed stands in ``execution``, which loads the recommender.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from matchmaker.kernel.events import publish, subscribe
from matchmaker.matching.events import RunComputed
from matchmaker.matching.lifecycle import RunState
from matchmaker.matching.models import RecommendationRun
from matchmaker.supplements import queries
from matchmaker.supplements.events import SupplementRequested
from matchmaker.supplements.lifecycle import SupplementState
from matchmaker.supplements.models import RunStatistics, Supplement
from matchmaker.teams.events import TeamCreated, TeamProfileChanged
from matchmaker.teams.models import Team


@subscribe(TeamProfileChanged)
def follow_a_change(session: Session, changed: TeamProfileChanged) -> None:
    """Have a team computed anew beside the runs of open calls."""
    ask(session, session.get_one(Team, changed.team_id), now=changed.at)


@subscribe(TeamCreated)
def follow_a_new_team(session: Session, created: TeamCreated) -> None:
    """Have a new team computed beside runs that could not read it."""
    ask(session, session.get_one(Team, created.team_id), now=created.at)


@subscribe(RunComputed)
def keep_statistics(session: Session, computed: RunComputed) -> None:
    """Keep what a run rests on, and let go of what older runs of its call rested on."""
    run = session.get_one(RecommendationRun, computed.run_id)
    older = select(RecommendationRun.id).where(
        RecommendationRun.call_id == run.call_id, RecommendationRun.state != RunState.PUBLISHED
    )
    session.execute(delete(RunStatistics).where(RunStatistics.run_id.in_(older)))
    session.add(RunStatistics(run_id=run.id, content=computed.statistics))
    session.flush()


def ask(session: Session, team: Team, *, now: datetime) -> list[Supplement]:
    """Ask for the supplements of a team; one that is not listed has none.

    Asking twice before a worker came asks once, for the newest version.
    """
    if not team.is_listed:
        session.execute(delete(Supplement).where(Supplement.team_id == team.id))
        return []
    held = {
        each.run_id: each
        for each in session.scalars(
            select(Supplement).where(Supplement.team_id == team.id).with_for_update()
        )
    }
    asked = []
    for run in queries.runs_of_open_calls(session, now):
        found = held.get(run.id)
        if found is None:
            found = Supplement(run_id=run.id, team_id=team.id)
            session.add(found)
        found.state, found.failure = SupplementState.WAITING, None
        found.asked_at, found.asked_version = now, team.version
        asked.append(found)
    session.flush()
    for each in asked:
        publish(session, SupplementRequested(each.id, now))
    return asked
