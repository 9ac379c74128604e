"""Accounts, grants, sessions and tokens as they are stored."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.accounts.lifecycle import AccountState
from matchmaker.kernel.actor import Role, Scope
from matchmaker.kernel.database import Base, Identified, Versioned, word
from matchmaker.kernel.i18n import Lang


class User(Identified, Versioned, Base):
    """A person who can sign in. ``email`` is stored folded; ``name`` as the person writes it."""

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
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    is_demo: Mapped[bool] = mapped_column(default=False)

    grants: Mapped[list[Grant]] = relationship(
        back_populates="user", foreign_keys="Grant.user_id", order_by="Grant.id"
    )


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


class SignInSession(Base):
    """One signed-in browser. The cookie holds the token, this row only its fingerprint."""

    __tablename__ = "sign_in_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    address: Mapped[str | None] = mapped_column(String(64))
    agent: Mapped[str] = mapped_column(String(200), default="")

    user: Mapped[User] = relationship()


class Purpose(StrEnum):
    """What a mailed token is good for."""

    CONFIRM_EMAIL = "confirm_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - the name of a purpose
    INVITATION = "invitation"
    CHANGE_EMAIL = "change_email"


class MailToken(Base):
    """A secret sent to one address for one purpose, usable once before it expires.

    ``role``, ``scope`` and ``scope_id`` say what an invitation grants.
    """

    __tablename__ = "mail_token"

    id: Mapped[int] = mapped_column(primary_key=True)
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
