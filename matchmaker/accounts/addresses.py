"""E-mail addresses: as they are stored and compared, and as the record may keep them."""

from __future__ import annotations

from matchmaker.kernel.text import clean, fold


def address_of(text: str) -> str:
    """An address as it is stored and looked up, however it was typed."""
    return fold(clean(text, single_line=True))


def masked(email: str) -> str:
    """An address as the record keeps it: enough to recognise, too little to write to."""
    name, _at, host = email.partition("@")
    return f"{name[:1]}…@{host}"
