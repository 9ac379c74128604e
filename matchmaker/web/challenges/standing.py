"""Where the reader's team stands towards a challenge: the rules it meets, and what it has begun."""

from __future__ import annotations

from dataclasses import dataclass

from matchmaker.challenges.models import Challenge
from matchmaker.challenges.policy import TEAM_ROLES
from matchmaker.programs.models import Window
from matchmaker.proposals import eligibility
from matchmaker.proposals import queries as proposals
from matchmaker.proposals.models import Proposal
from matchmaker.teams.models import Team
from matchmaker.web import door


@dataclass(frozen=True)
class Standing:
    """One team of the reader: the rules of the call held against it, and its proposal if any."""

    team: Team
    checks: list[eligibility.Check]
    proposal: Proposal | None


def of_reader(challenge: Challenge) -> Standing | None:
    """The standing of the reader's team, the one that writes a proposal before the others.

    None for readers in no team, and once no proposals are taken any more.
    """
    actor = door.actor()
    is_over = challenge.window(door.now()) not in {Window.OPEN, Window.UPCOMING}
    if is_over or not actor.scopes(*TEAM_ROLES):
        return None
    teams = proposals.teams_of(door.db(), actor)
    if not teams:
        return None
    living = {
        each.team_id: each
        for each in proposals.living(door.db(), challenge.id, [team.id for team in teams])
    }
    team = next((each for each in teams if each.id in living), teams[0])
    checks = eligibility.checks(door.db(), challenge, team)
    return Standing(team, checks, living.get(team.id))
