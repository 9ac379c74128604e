"""Who is acting: a person with the roles they hold, and in what they hold them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from matchmaker.kernel.i18n import Lang


class Role(StrEnum):
    """What somebody may be, always *in* something (see :class:`Scope`)."""

    OWNER_LEAD = "owner_lead"
    OWNER_MEMBER = "owner_member"
    TEAM_LEAD = "team_lead"
    TEAM_MEMBER = "team_member"
    PM = "pm"
    REVIEWER = "reviewer"
    REVIEW_CHAIR = "review_chair"
    FINANCE = "finance"
    COORDINATOR = "coordinator"
    MENTOR = "mentor"
    INVESTOR = "investor"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Scope(StrEnum):
    """The kind of thing a role is held in."""

    PROGRAM = "program"
    ORGANIZATION = "organization"
    TEAM = "team"
    PANEL = "panel"
    PLATFORM = "platform"


STAFF_ROLES = frozenset({Role.PM, Role.FINANCE, Role.REVIEW_CHAIR, Role.AUDITOR, Role.ADMIN})


@dataclass(frozen=True, order=True)
class Hat:
    """One role in one thing. ``scope_id`` is 0 for the platform itself."""

    role: Role
    scope: Scope
    scope_id: int = 0


@dataclass(frozen=True)
class Actor:
    """A signed-in person, a visitor, or the system, with the hats worn at this moment.

    ``conflicts`` holds (kind, id) of things the person has a conflict of interest with.
    """

    user_id: int | None = None
    name: str = ""
    email: str = ""
    hats: frozenset[Hat] = frozenset()
    lang: Lang | None = None
    is_suspended: bool = False
    is_system: bool = False
    address: str | None = None
    conflicts: frozenset[tuple[str, int]] = field(default_factory=frozenset)

    @property
    def is_signed_in(self) -> bool:
        """Whether somebody stands behind this actor."""
        return self.user_id is not None

    @property
    def initials(self) -> str:
        """Up to two characters that stand for the person."""
        words = self.name.split()
        if len(words) > 1 and self.name.isascii():
            return (words[0][0] + words[-1][0]).upper()
        return self.name[:1]

    def holds(self, role: Role, scope_id: int | None = None) -> bool:
        """Whether the person holds ``role``, anywhere or in one thing."""
        return any(
            hat.role is role and (scope_id is None or hat.scope_id == scope_id) for hat in self.hats
        )

    def holds_any(self, roles: frozenset[Role] | set[Role], scope_id: int | None = None) -> bool:
        """Whether the person holds one of several roles, anywhere or in one thing."""
        return any(self.holds(role, scope_id) for role in roles)

    def scopes(self, *roles: Role) -> frozenset[int]:
        """Ids of the things in which one of these roles is held."""
        return frozenset(hat.scope_id for hat in self.hats if hat.role in roles)

    def role_words(self) -> str:
        """The distinct roles in fixed order, for the audit record."""
        if self.is_system:
            return "system"
        return ",".join(sorted({hat.role.value for hat in self.hats})) or "public"


PUBLIC = Actor()
SYSTEM = Actor(name="system", is_system=True)
