"""Accounts, grants, sessions and tokens as they are stored."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.accounts.lifecycle import AccountState
from matchmaker.kernel.actor import Role, Scope
from matchmaker.kernel.database import Base, Identified, Versioned, word
from matchmaker.kernel.i18n import Lang


class User(Identified, Versioned, Base):
    """A person who can sign in. ``email`` is stored folded; ``name`` as the person writes it.

    ``unread_notices`` is kept by the notices, so that no page has to count them;
    ``second_factor_at`` says since when a code is asked for after the password.
    """

    __tablename__ = "user_account"

    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str | None] = mapped_column(String(120))
    password_hash: Mapped[str | None] = mapped_column(String(200), deferred=True)
    lang: Mapped[Lang | None] = mapped_column(word(Lang))
    theme: Mapped[str] = mapped_column(String(8), default="system")
    state: Mapped[AccountState] = mapped_column(word(AccountState), default=AccountState.PENDING)
    created_at: Mapped[datetime]
    email_confirmed_at: Mapped[datetime | None]
    password_changed_at: Mapped[datetime | None]
    last_sign_in_at: Mapped[datetime | None]
    second_factor_at: Mapped[datetime | None]
    unread_notices: Mapped[int] = mapped_column(default=0)
    is_demo: Mapped[bool] = mapped_column(default=False)

    grants: Mapped[list[Grant]] = relationship(
        back_populates="user", foreign_keys="Grant.user_id", order_by="Grant.id"
    )

    def called(self, lang: Lang) -> str:
        """The name for readers of a language."""
        return (self.name_en if lang is Lang.EN else None) or self.name


class Grant(Base):
    """One role, held by one person in one thing, from a moment until another."""

    __tablename__ = "role_grant"
    __table_args__ = (
        UniqueConstraint("user_id", "role", "scope", "scope_id"),
        Index("ix_role_grant_scope", "scope", "scope_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    role: Mapped[Role] = mapped_column(word(Role))
    scope: Mapped[Scope] = mapped_column(word(Scope))
    scope_id: Mapped[int] = mapped_column(Integer, default=0)
    granted_at: Mapped[datetime]
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    user: Mapped[User] = relationship(back_populates="grants", foreign_keys=[user_id])


class SignInSession(Identified, Base):
    """One signed-in browser. The cookie holds the token, this row only its fingerprint."""

    __tablename__ = "sign_in_session"

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    address: Mapped[str | None] = mapped_column(String(64))
    agent: Mapped[str] = mapped_column(String(200), default="")

    user: Mapped[User] = relationship()


class SecondFactor(Base):
    """What the codes of a person's authenticator app are reckoned from.

    The seed itself is nowhere: it follows from ``salt`` and the secret key of the installation, so
    that the database alone is worth nothing. ``pending_salt`` waits for the first code of an app
    that is being set up, in the session ``pending_session`` only.
    """

    __tablename__ = "second_factor"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id"), primary_key=True, autoincrement=False
    )
    salt: Mapped[str | None] = mapped_column(String(64), deferred=True)
    last_step: Mapped[int] = mapped_column(default=0)
    pending_salt: Mapped[str | None] = mapped_column(String(64), deferred=True)
    pending_session: Mapped[int | None]
    pending_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """One of the codes that open an account without the app, once each. Only a fingerprint."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("user_id", "code_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]


class FailedSignIn(Base):
    """Wrong passwords given for one typed address, account or not; and wrong codes for accounts.

    The typed address is not kept, only its fingerprint: people type passwords into that field.
    """

    __tablename__ = "failed_sign_in"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(index=True)
    locked_until: Mapped[datetime | None]


class Purpose(StrEnum):
    """What a mailed token is good for."""

    CONFIRM_EMAIL = "confirm_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - the name of a purpose
    INVITATION = "invitation"
    CHANGE_EMAIL = "change_email"


class MailToken(Identified, Base):
    """A secret sent to one address for one purpose, usable once before it expires.

    ``role``, ``scope`` and ``scope_id`` say what an invitation grants.
    """

    __tablename__ = "mail_token"

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[Purpose] = mapped_column(word(Purpose))
    email: Mapped[str] = mapped_column(String(254), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    role: Mapped[Role | None] = mapped_column(word(Role))
    scope: Mapped[Scope | None] = mapped_column(word(Scope))
    scope_id: Mapped[int | None] = mapped_column(Integer)
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    inviter: Mapped[User | None] = relationship(foreign_keys=[created_by])


class Outcome(StrEnum):
    """What became of a proposal to give somebody a staff role."""

    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class StaffProposal(Identified, Base):
    """A staff role that one administrator proposes and another one confirms.

    The database itself refuses a confirmation by the person who proposed.
    """

    __tablename__ = "staff_proposal"
    __table_args__ = (
        CheckConstraint(
            "outcome IS NULL OR outcome <> 'confirmed' OR decided_by <> proposed_by",
            name="two_people",
        ),
        Index(
            "ix_staff_proposal_open",
            "email",
            "role",
            "scope",
            "scope_id",
            unique=True,
            sqlite_where=text("outcome IS NULL"),
            postgresql_where=text("outcome IS NULL"),
        ),
    )

    email: Mapped[str] = mapped_column(String(254))
    role: Mapped[Role] = mapped_column(word(Role))
    scope: Mapped[Scope] = mapped_column(word(Scope))
    scope_id: Mapped[int] = mapped_column(Integer, default=0)
    lang: Mapped[Lang] = mapped_column(word(Lang))
    reason: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None] = mapped_column(word(Outcome))

    proposer: Mapped[User] = relationship(foreign_keys=[proposed_by])
    decider: Mapped[User | None] = relationship(foreign_keys=[decided_by])
