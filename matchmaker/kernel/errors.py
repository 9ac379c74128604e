"""Refusals: what a verb raises when it will not do what was asked, in words for the reader."""

from __future__ import annotations

from collections.abc import Mapping

from matchmaker.kernel.i18n import Message, msg


class Refusal(Exception):
    """Something was not done; ``message`` says why and ``status`` which HTTP answer fits."""

    status = 409

    def __init__(self, message: Message):
        super().__init__(message.text)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class NotFound(Refusal):
    """No such thing, or none that this person may know of: the two must look alike."""

    status = 404

    def __init__(self, message: Message | None = None):
        super().__init__(message or msg("There is no such page, or you may not see it."))


class NotAllowed(Refusal):
    """The person may know that the thing exists, but not do this to it."""

    status = 403

    def __init__(self, message: Message | None = None):
        super().__init__(message or msg("Your role does not allow this."))


class WrongState(Refusal):
    """The move is not possible from the state the thing is in."""

    status = 409


class Stale(Refusal):
    """Somebody else saved since this page was opened."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            msg("Somebody else saved this in the meantime. Compare both texts and save again.")
        )


class Invalid(Refusal):
    """Entries that cannot be accepted, each with its sentence.

    Args:
        fields: field name → sentence; the empty name speaks of the whole entry.
    """

    status = 422

    def __init__(self, fields: Mapping[str, Message]):
        super().__init__(next(iter(fields.values())))
        self.fields = dict(fields)


class TooMany(Refusal):
    """A limit on attempts was reached."""

    status = 429


class Unavailable(Refusal):
    """The database or a service is out of order for the moment; nothing was changed."""

    status = 503
