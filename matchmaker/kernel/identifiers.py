"""Names that things go by in addresses: random public ids and spoken references."""

import hashlib
import secrets
from datetime import datetime
from zoneinfo import ZoneInfo

ALPHABET = "abcdefghjkmnpqrstvwxyz0123456789"
TAIPEI = ZoneInfo("Asia/Taipei")


def public_id() -> str:
    """A random name of 80 bits in 16 characters that tells nothing about the thing."""
    return "".join(secrets.choice(ALPHABET) for _ in range(16))


def secret_token() -> str:
    """A random token of 192 bits for a link or a session."""
    return secrets.token_urlsafe(24)


def fingerprint(token: str) -> str:
    """What is stored instead of a token: SHA-256 in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


def reference(prefix: str, number: int, at: datetime | None = None) -> str:
    """A reference that can be read out: ``CH-26-014`` with a year, ``TM-0172`` without."""
    if at is None:
        return f"{prefix}-{number:04d}"
    return f"{prefix}-{at.astimezone(TAIPEI):%y}-{number:03d}"
