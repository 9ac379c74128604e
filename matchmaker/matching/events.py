"""Facts about runs and pairs worth telling others."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class RunRequested:
    """A run waits to be computed."""

    run_id: int
    at: datetime


@dataclass(frozen=True)
class RunFinished:
    """A run came to its end: completed, infeasible, failed, cancelled or timed out."""

    run_id: int
    at: datetime


@dataclass(frozen=True)
class RunComputed:
    """The results of a run are stored; ``statistics`` is what its weights rest on."""

    run_id: int
    statistics: bytes
    at: datetime


@dataclass(frozen=True)
class RunPublished:
    """Owners and teams may now read the recommendations of a run."""

    run_id: int
    call_id: int
    actor_id: int | None
    at: datetime


@dataclass(frozen=True)
class RunWithdrawn:
    """The recommendations of a run are hidden again."""

    run_id: int
    call_id: int
    actor_id: int | None
    at: datetime


@dataclass(frozen=True)
class PairShortlisted:
    """A problem owner wishes for a team."""

    candidacy_id: int
    actor_id: int | None
    at: datetime


@dataclass(frozen=True)
class TeamInvited:
    """An invitation was released; its text is made by ``matching.letters.invitation``."""

    candidacy_id: int
    challenge_id: int
    team_id: int
    answer_by: datetime
    actor_id: int | None
    at: datetime


@dataclass(frozen=True)
class InterestShown:
    """A team is interested, asked or unasked."""

    candidacy_id: int
    was_invited: bool
    actor_id: int | None
    at: datetime


@dataclass(frozen=True)
class InvitationDeclined:
    """A team does not want to answer this problem."""

    candidacy_id: int
    actor_id: int | None
    at: datetime


@dataclass(frozen=True)
class InvitationExpired:
    """Nobody answered an invitation in time."""

    candidacy_id: int
    at: datetime
