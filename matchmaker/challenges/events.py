"""Facts about challenges worth telling others."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ChallengeFact:
    """Something happened to a challenge; ``actor_id`` is None when the clock did it."""

    challenge_id: int
    actor_id: int | None
    at: datetime


@dataclass(frozen=True)
class ChallengeCreated(ChallengeFact):
    """Somebody began to describe a problem."""


@dataclass(frozen=True)
class ChallengeEdited(ChallengeFact):
    """The description changed."""


@dataclass(frozen=True)
class ChallengeSubmitted(ChallengeFact):
    """The owner handed it to the programme office for approval."""


@dataclass(frozen=True)
class ChallengeChangesRequested(ChallengeFact):
    """The programme office asks the owner for changes."""

    comment: str


@dataclass(frozen=True)
class ChallengeApproved(ChallengeFact):
    """The programme office approved it; it is not public yet."""


@dataclass(frozen=True)
class ChallengeRejected(ChallengeFact):
    """The programme office did not take it on."""

    reason: str


@dataclass(frozen=True)
class ChallengePublished(ChallengeFact):
    """Everybody can read it from now on."""


@dataclass(frozen=True)
class ChallengePaused(ChallengeFact):
    """No proposals are taken until it goes on."""

    reason: str


@dataclass(frozen=True)
class ChallengeResumed(ChallengeFact):
    """Proposals are taken again, until ``closes_at`` and not ``was``."""

    was: datetime
    closes_at: datetime


@dataclass(frozen=True)
class ChallengeExtended(ChallengeFact):
    """It closes later than announced: at ``closes_at`` and not at ``was``."""

    was: datetime
    closes_at: datetime
    reason: str


@dataclass(frozen=True)
class ChallengeWithdrawalAsked(ChallengeFact):
    """The owner asks the programme office to withdraw it."""

    reason: str


@dataclass(frozen=True)
class ChallengeWithdrawn(ChallengeFact):
    """It was withdrawn; whoever applied has to be told."""

    reason: str


@dataclass(frozen=True)
class ChallengeEvaluationBegan(ChallengeFact):
    """The closing time passed; proposals are evaluated from now on."""


@dataclass(frozen=True)
class ChallengeTermsSigned(ChallengeFact):
    """A team may read the confidential parts of the call's challenges from now on."""

    team_id: int
