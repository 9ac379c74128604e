"""Facts about accounts worth telling others. What holds a secret is never printed."""

from dataclasses import dataclass, field
from datetime import datetime

from matchmaker.kernel.actor import Role, Scope
from matchmaker.kernel.i18n import Lang
from matchmaker.kernel.localized import Localized


@dataclass(frozen=True)
class LinkMade:
    """A secret link that only the holder of ``email`` may get."""

    email: str
    lang: Lang
    token_id: int
    token: str = field(repr=False)
    expires_at: datetime
    at: datetime


@dataclass(frozen=True)
class RegistrationToConfirm(LinkMade):
    """Somebody registered and has to show that the address is theirs."""


@dataclass(frozen=True)
class PasswordResetAsked(LinkMade):
    """Somebody wants to choose a new password."""


@dataclass(frozen=True)
class EmailChangeAsked(LinkMade):
    """Somebody wants to use this address from now on; it is the new one."""


@dataclass(frozen=True)
class InvitationMade(LinkMade):
    """Somebody is invited to hold a role in something."""

    inviter: str
    role: Role
    scope: Scope
    thing: Localized


@dataclass(frozen=True)
class KnownAddressRegistered:
    """Somebody entered the address of an account as if it were new."""

    email: str
    lang: Lang
    token_id: int
    at: datetime


@dataclass(frozen=True)
class ResetWithoutAccount:
    """Somebody wants a new password for an address without an account that can be opened."""

    email: str
    lang: Lang
    token_id: int
    at: datetime


@dataclass(frozen=True)
class PasswordChanged:
    """A person's password is another one now."""

    user_id: int
    at: datetime


@dataclass(frozen=True)
class SecondFactorSwitchedOn:
    """From now on an account asks for a code; ``is_another`` when an app took another's place."""

    user_id: int
    is_another: bool
    at: datetime


@dataclass(frozen=True)
class SecondFactorSwitchedOff:
    """An account no longer asks for a code."""

    user_id: int
    at: datetime


@dataclass(frozen=True)
class SecondFactorReset:
    """Somebody else took the second step off an account, for a person who lost the app."""

    user_id: int
    at: datetime


@dataclass(frozen=True)
class RecoveryCodesMade:
    """A person has new recovery codes; the old ones are dead."""

    user_id: int
    at: datetime


@dataclass(frozen=True)
class RecoveryCodeUsed:
    """A recovery code stood in for the app; ``left`` of them remain."""

    user_id: int
    left: int
    at: datetime


@dataclass(frozen=True)
class EmailChangeBegan:
    """Somebody signed in as this person asked for another address; the old one has to know."""

    user_id: int
    at: datetime


@dataclass(frozen=True)
class EmailChanged:
    """A person's address is another one now; ``old_email`` has to know."""

    user_id: int
    old_email: str
    at: datetime


@dataclass(frozen=True)
class InvitationAccepted:
    """An invited person holds the role now."""

    user_id: int
    inviter_id: int | None
    role: Role
    scope: Scope
    scope_id: int
    at: datetime


@dataclass(frozen=True)
class StaffRoleProposed:
    """One administrator proposes a staff role; another one has to look."""

    proposal_id: int
    at: datetime


@dataclass(frozen=True)
class RoleEnded:
    """Somebody no longer holds a role, because others decided so."""

    user_id: int
    role: Role
    at: datetime


@dataclass(frozen=True)
class StaffRoleGiven:
    """Somebody holds a staff role now."""

    user_id: int
    role: Role
    scope: Scope
    scope_id: int
    at: datetime
