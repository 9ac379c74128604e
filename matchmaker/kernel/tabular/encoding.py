"""Bytes to text without guessing: UTF-8, UTF-16 with BOM, or Big5 that really is Big5."""

from __future__ import annotations

import codecs

from matchmaker.kernel.i18n import msg
from matchmaker.kernel.tabular.problems import Findings

UTF_16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
COMMON_BIG5 = range(0xA1, 0xC7)  # lead bytes of signs and of the 5,401 frequent characters
COMMON_SHARE = 0.9  # of the characters of a Traditional Chinese text; in misread ones about half


def decode(content: bytes, findings: Findings) -> str:
    """The text of a file.

    Raises:
        BadTable: no encoding fits for certain, or the text holds NUL.
    """
    text = _decoded(content)
    if text is None:
        raise findings.fail(
            msg("The encoding is neither UTF-8, UTF-16 with a mark nor Big5. Save it as UTF-8.")
        )
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise findings.fail(msg("There is a NUL character in the file."), line)
    return text


def _decoded(content: bytes) -> str | None:
    if content.startswith(codecs.BOM_UTF8):
        return _strict(content[3:], "utf-8")
    for mark, encoding in UTF_16.items():
        if content.startswith(mark):
            return _strict(content[2:], encoding)
    text = _strict(content, "utf-8")
    return text if text is not None else _big5(content)


def _strict(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _big5(content: bytes) -> str | None:
    """Big5 only if nearly all its characters are frequent ones.

    GBK, Shift-JIS and Western files often decode as Big5 too, but into rare characters.
    """
    text = _strict(content, "cp950")
    if text is None:
        return None
    leads = [char.encode("cp950")[0] for char in text if ord(char) > 0x7F]
    common = sum(lead in COMMON_BIG5 for lead in leads)
    private = any(0xE000 <= ord(char) <= 0xF8FF for char in text)
    return text if not private and common >= COMMON_SHARE * len(leads) else None
