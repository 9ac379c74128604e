"""Facts about proposals worth telling others.

Until the challenge closes they are known to the team, the programme manager and auditors only:
whoever listens must not tell anybody else, not even by a number.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ProposalFact:
    """Something happened to one team's proposal to one challenge."""

    proposal_id: int
    challenge_id: int
    team_id: int
    actor_id: int | None
    at: datetime


@dataclass(frozen=True)
class ProposalStarted(ProposalFact):
    """The team began to write; nobody outside of it may learn of this."""


@dataclass(frozen=True)
class ProposalSubmitted(ProposalFact):
    """The team handed a version in."""

    version: int


@dataclass(frozen=True)
class ProposalReturned(ProposalFact):
    """The team took what it handed in back to a draft."""


@dataclass(frozen=True)
class ProposalWithdrawn(ProposalFact):
    """The team gave the proposal up; ``was_handed_in`` tells whether others knew of it."""

    was_handed_in: bool
