"""Queued mail and notices as they are stored."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.kernel.database import Base, Identified, word
from matchmaker.kernel.i18n import Lang


class Mail(Identified, Base):
    """One message to one address.

    ``unique_key`` makes queueing the same message twice impossible. Where the body holds a secret
    link (``is_secret``) it is wiped after sending, at the latest when the link is dead
    (``dies_at``). ``program_id`` lets the managers of a programme look after its mail.
    """

    __tablename__ = "mail"
    __table_args__ = (Index("ix_mail_waiting", "sent_at", "next_try_at"),)

    kind: Mapped[str] = mapped_column(String(40))
    unique_key: Mapped[str] = mapped_column(String(120), unique=True)
    to_address: Mapped[str] = mapped_column(String(254))
    to_user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    lang: Mapped[Lang] = mapped_column(word(Lang))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    is_secret: Mapped[bool] = mapped_column(default=False)
    dies_at: Mapped[datetime | None]
    program_id: Mapped[int | None] = mapped_column(index=True)
    created_at: Mapped[datetime]
    next_try_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)


class Notice(Identified, Base):
    """One line in a person's list of notices; its text is made anew whenever it is shown.

    ``about_kind`` and ``about_id`` name the thing, whose right to be seen is asked again.
    """

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_unread", "user_id", "read_at"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    kind: Mapped[str] = mapped_column(String(40))
    about_kind: Mapped[str] = mapped_column(String(20))
    about_id: Mapped[int]
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
