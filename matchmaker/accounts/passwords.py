"""Passwords: hashed with argon2id, judged by length and by what everybody would try first.

Source of the rules: NIST SP 800-63B-4, section 3.1.1 (no composition rules, no forced change,
blocklist, at least 15 characters where the password is the only factor). With a second factor 8
would do; one rule for all is simpler, and the factor may be switched off or reset later.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from matchmaker.kernel.i18n import Message, msg
from matchmaker.kernel.resources import folder
from matchmaker.kernel.text import fold

MAX_LENGTH = 128
OWN_WORDS = ("matchmaker", "媒合", "產業出題", "團隊解題")
LISTS = ("common_passwords.txt", "leaked_passwords.txt")


class Passwords:
    """Hashes and checks passwords at a given cost."""

    def __init__(self, cost: Literal["full", "low"] = "full", min_length: int = 15):
        self.min_length = min_length
        self._hasher = (
            PasswordHasher()
            if cost == "full"
            else PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        )
        self._nobody = self._hasher.hash("nobody knows this account")

    def hash(self, password: str) -> str:
        """The argon2id hash that is stored."""
        return self._hasher.hash(password)

    def matches(self, stored: str | None, password: str) -> bool:
        """Whether the password is right; takes as long for an unknown account."""
        try:
            self._hasher.verify(stored or self._nobody, password)
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None

    def problem(self, password: str, *, about: tuple[str, ...] = ()) -> Message | None:
        """Why a new password is not accepted; None when it is.

        ``about`` holds the person's names and e-mail address, which others would guess.
        """
        if len(password) < self.min_length:
            return msg(
                "Use at least %(n)s characters. A short sentence works well.", n=self.min_length
            )
        if len(password) > MAX_LENGTH:
            return msg("Use at most %(n)s characters.", n=MAX_LENGTH)
        folded = fold(password)
        bare = _bare(folded)
        if any(_is_mostly(bare, guess) for guess in _guesses(about)):
            return msg("This password is too close to a name or to the name of this site.")
        if folded in common_passwords() or _is_repetition(folded):
            return msg("This password is among the first that anybody would try. Choose another.")
        return None


def _is_repetition(password: str) -> bool:
    """Whether it is something short or common over and over, or made of very few characters."""
    unit = password[: (password + password).find(password, 1)]
    is_short = len(unit) <= 8 or unit.strip() in common_passwords()
    return len(set(password)) < 4 or (unit != password and is_short)


def _guesses(about: tuple[str, ...]) -> set[str]:
    """What the service and the person are called, and the parts of an address."""
    words = {*OWN_WORDS, *about}
    for address in about:
        name, at, host = address.partition("@")
        if at:
            words |= {name, host.partition(".")[0]}
    return {bare for word in words if len(bare := _bare(fold(word))) >= 2}


def _bare(text: str) -> str:
    """Letters and digits only, so that blanks and marks between them make no difference."""
    return "".join(character for character in text if character.isalnum())


def _is_mostly(password: str, guess: str) -> bool:
    """Whether little is left of the password once the guess is taken out."""
    return guess in password and len(password.replace(guess, "")) < 6


@cache
def common_passwords() -> frozenset[str]:
    """Passwords that are refused because everybody tries them; the files hold them folded."""
    texts = [(folder("data") / name).read_text(encoding="utf-8") for name in LISTS]
    return frozenset(line for text in texts for line in text.split("\n") if line)
