"""States of an account."""

from enum import StrEnum

from matchmaker.kernel.i18n import msg
from matchmaker.kernel.lifecycle import Lifecycle, Words, move


class AccountState(StrEnum):
    """Where an account stands."""

    PENDING = "pending"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    DEACTIVATED = "deactivated"


ACCOUNT = Lifecycle(
    move("activate", of={AccountState.PENDING}, to=AccountState.ACTIVE),
    move("suspend", of={AccountState.PENDING, AccountState.ACTIVE}, to=AccountState.SUSPENDED),
    move("restore", of={AccountState.SUSPENDED}, to=AccountState.ACTIVE),
    move("restore_unconfirmed", of={AccountState.SUSPENDED}, to=AccountState.PENDING),
    move(
        "deactivate",
        of={AccountState.PENDING, AccountState.ACTIVE, AccountState.SUSPENDED},
        to=AccountState.DEACTIVATED,
    ),
)

WORDS = {
    AccountState.PENDING: Words(msg("Waiting for confirmation"), msg("Waiting"), "caution"),
    AccountState.ACTIVE: Words(msg("Active"), msg("Active"), "proof"),
    AccountState.SUSPENDED: Words(msg("Suspended"), msg("Suspended"), "refused"),
    AccountState.DEACTIVATED: Words(msg("Closed account"), msg("Closed account"), "quiet"),
}
