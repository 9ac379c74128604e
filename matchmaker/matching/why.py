"""Why a challenge is not among a team's recommendations: by rule or by score, never by others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from matchmaker.challenges.lifecycle import ChallengeState
from matchmaker.kernel.i18n import Message, msg
from matchmaker.matching.lifecycle import OBSTACLE_WORDS, REASON_WORDS, Obstacle, Side
from matchmaker.matching.models import Recommendation
from matchmaker.matching.team_queries import WhyNot
from matchmaker.teams.models import Team

LIFTS = {
    Obstacle.SAME_ORGANIZATION: msg("Nothing lifts this while the team belongs to the owner."),
    Obstacle.TIED: msg("It is lifted when the tie of the two organisations is entered as ended."),
    Obstacle.SHARED_PERSON: msg(
        "It is lifted when this person leaves the team or no longer speaks for the owner."
    ),
    Obstacle.FULL: msg("The team can free a place in its profile. A pin puts the pair first."),
    Obstacle.NOT_FREE: msg(
        "The team can enter an earlier day in its profile. A pin puts the pair first."
    ),
    Obstacle.DISMISSED_BY_PM: msg("The programme office can consider the pair again."),
    Obstacle.DISMISSED_BY_OWNER: msg("The problem owner can consider the team again."),
    Obstacle.DISMISSED_BY_TEAM: msg("The team can consider the problem again."),
    Obstacle.DECLINED: msg("The team's answer stands; only a proposal of its own changes it."),
}
"""What would lift a rule, for the programme office."""
TOLD = (Obstacle.FULL, Obstacle.NOT_FREE, Obstacle.DISMISSED_BY_TEAM, Obstacle.DECLINED)


def answer(
    why: WhyNot | None, team: Team, listed: Sequence[Recommendation | None], *, now: datetime
) -> list[Message]:
    """Sentences that answer the question, from what the team itself may know."""
    if why is None:
        return [msg("There is no public challenge with this reference.")]
    own = why.candidacy.dismissal(Side.TEAM) if why.candidacy else None
    if own is not None:
        return [msg("Your team put it aside: %(reason)s.", reason=REASON_WORDS[own.reason])]
    if why.challenge.state is not ChallengeState.PUBLISHED or why.challenge.closes_at <= now:
        return [msg("It takes no proposals any more, so it is recommended to nobody.")]
    if why.run is None:
        return [msg("No run of this call is published yet, so nothing is recommended in it.")]
    if why.recommendation is None:
        return _not_read(why, team)
    if why.recommendation.held_back is not None:
        return _held_back(Obstacle(why.recommendation.held_back))
    if any(row is not None and row.id == why.recommendation.id for row in listed):
        return [msg("It is on your list.")]
    return _outscored(why.recommendation, listed)


def _not_read(why: WhyNot, team: Team) -> list[Message]:
    published = why.challenge.published_at
    begun = why.run.started_at if why.run else None
    if published and begun and published > begun:
        return [msg("It was published after the run. The next run will read it.")]
    if begun and team.created_at > begun:
        return [msg("Your team was not registered yet when the run was computed.")]
    if not team.is_listed:
        return [msg("Your team is not listed, so runs do not read its profile.")]
    return [msg("The run found nothing that the problem and your profile have in common.")]


def _held_back(obstacle: Obstacle) -> list[Message]:
    if obstacle in TOLD:
        return [OBSTACLE_WORDS[obstacle]]
    return [
        msg(
            "A rule of the programme keeps it out of your recommendations. "
            "The programme office can tell you which."
        )
    ]


def _outscored(own: Recommendation, listed: Sequence[Recommendation | None]) -> list[Message]:
    scores = [row.score for row in listed if row is not None]
    sentences = [
        msg(
            "Its fit to your profile is %(own)s; the last on your list has %(last)s.",
            own=f"{own.score:.2f}",
            last=f"{min(scores):.2f}",
        )
        if scores
        else msg("Its fit to your profile is %(own)s.", own=f"{own.score:.2f}")
    ]
    if not own.is_explained:
        sentences.append(msg("Reasons are worked out for the best ten only."))
    return sentences
