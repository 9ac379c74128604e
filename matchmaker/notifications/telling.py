"""One way of telling people: a notice in the product, and a mail that says the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from matchmaker.accounts.models import User
from matchmaker.notifications import notices
from matchmaker.notifications.letters import Letter
from matchmaker.notifications.outbox import Recipient, queue


@dataclass(frozen=True)
class News:
    """Something that happened to a thing, as people are told of it."""

    kind: str
    about_kind: str
    about_id: int
    at: datetime
    program_id: int | None = None

    def key(self, user: User) -> str:
        """What makes the mail of this event to this person unique."""
        return f"{self.kind}:{self.about_id}:{self.at.timestamp()}:{user.id}"


def tell(
    session: Session,
    people: Iterable[User],
    news: News,
    letter: Letter | None = None,
    *,
    but: int | None = None,
) -> None:
    """Give people a notice, and a mail where there is a letter; ``but`` did it and knows."""
    told = {user.id: user for user in people if user.id != but}
    notices.tell(session, list(told), news.kind, news.about_kind, news.about_id, now=news.at)
    if letter is None:
        return
    for user in told.values():
        queue(
            session, news.kind, letter, to=Recipient.of(user), unique_key=news.key(user),
            now=news.at, program_id=news.program_id,
        )  # fmt: skip
