"""Passwords: hashed with argon2id, judged by length and by what everybody would try first.

Source of the rules: NIST SP 800-63B-4, section 3.1.1 (no composition rules, no forced change,
blocklist, at least 15 characters where the password is the only factor).
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

    def is_outdated(self, stored: str) -> bool:
        """Whether the hash was made at another cost and should be made anew."""
        return self._hasher.check_needs_rehash(stored)

    def problem(self, password: str, *, about: tuple[str, ...] = ()) -> Message | None:
        """Why a new password is not accepted; None when it is.

        ``about`` holds the person's name and address, which others would guess.
        """
        if len(password) < self.min_length:
            return msg(
                "Use at least %(n)s characters. A short sentence works well.", n=self.min_length
            )
        if len(password) > MAX_LENGTH:
            return msg("Use at most %(n)s characters.", n=MAX_LENGTH)
        folded = fold(password)
        if folded in common_passwords() or len(set(folded)) < 4:
            return msg("This password is among the first that anybody would try. Choose another.")
        guesses = [fold(word) for word in (*OWN_WORDS, *about) if len(word) >= 2]
        if any(_mostly(folded, guess) for guess in guesses):
            return msg("This password is too close to a name or to the name of this site.")
        return None


def _mostly(password: str, guess: str) -> bool:
    """Whether little is left of the password once the guess is taken out."""
    return guess in password and len(password.replace(guess, "")) < 6


@cache
def common_passwords() -> frozenset[str]:
    """Passwords that are refused because everybody tries them."""
    path = folder("data") / "common_passwords.txt"
    return frozenset(fold(line) for line in path.read_text(encoding="utf-8").split("\n") if line)
