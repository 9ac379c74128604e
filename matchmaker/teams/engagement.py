"""Whether a team's people are fixed at the moment.

Rooms above know (a proposal in a closed call, say); this room asks them without knowing them::

    @fixes_members
    def has_proposal_in_closed_call(session: Session, team_id: int, now: datetime) -> bool: ...
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from matchmaker.teams.models import Team

Question = Callable[[Session, int, datetime], bool]
_QUESTIONS: list[Question] = []


def fixes_members(question: Question) -> Question:
    """Have a question asked before anybody joins or leaves a team."""
    _QUESTIONS.append(question)
    return question


def members_are_fixed(session: Session, team: Team, now: datetime) -> bool:
    """Whether some room says that the people of the team must stay as they are."""
    return any(question(session, team.id, now) for question in _QUESTIONS)
