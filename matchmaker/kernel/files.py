"""Where uploaded files lie: outside the web root, under random names, never under their own.

A file is first written in full and forced to the disk, then renamed; only afterwards a row may
name it. What no row names is swept away later, so a row never points to nothing.
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
import zipfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

import filetype

from matchmaker.kernel.errors import Invalid
from matchmaker.kernel.i18n import Message, msg
from matchmaker.kernel.identifiers import secret_token
from matchmaker.kernel.text import clean

CHUNK = 1 << 16
HEAD = 8192
MOST_BYTES = 20_000_000
LONGEST_NAME = 120
MOST_ENTRIES = 5_000
MOST_UNPACKED = 400_000_000
ORPHAN_AGE = timedelta(days=1)
STORAGE_NAME = re.compile(r"[A-Za-z0-9_-]{32}")
FORBIDDEN_IN_NAMES = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
MACROS = re.compile(r"vbaProject\.bin|/activeX/|/embeddings/.*\.bin", re.IGNORECASE)


@dataclass(frozen=True)
class FileKind:
    """A kind of file that is accepted.

    ``part`` names the entry that makes a packed office document what it is.
    """

    extension: str
    media_type: str
    part: str | None = None


_OFFICE = "application/vnd.openxmlformats-officedocument."
KINDS = {
    kind.extension: kind
    for kind in (
        FileKind("pdf", "application/pdf"),
        FileKind("docx", _OFFICE + "wordprocessingml.document", "word/document.xml"),
        FileKind("xlsx", _OFFICE + "spreadsheetml.sheet", "xl/workbook.xml"),
        FileKind("pptx", _OFFICE + "presentationml.presentation", "ppt/presentation.xml"),
        FileKind("png", "image/png"),
        FileKind("jpg", "image/jpeg"),
        FileKind("csv", "text/csv"),
    )
}
SYNONYMS = {"jpeg": "jpg"}
KIND_WORDS = "PDF, DOCX, XLSX, PPTX, PNG, JPEG, CSV"


@dataclass(frozen=True)
class StoredFile:
    """A file that lies in the store."""

    stored_as: str
    kind: FileKind
    name: str
    size: int
    sha256: str


class FileStore:
    """A folder of files that only the application reads."""

    def __init__(self, folder: Path):
        self.folder = folder

    def put(self, stream: IO[bytes], name: str, *, most: int = MOST_BYTES) -> StoredFile:
        """Take a file in, if it is of a kind we accept.

        Raises:
            Invalid: empty, too large, or not what its extension says (field ``file``).
        """
        shown = display_name(name)
        kind = kind_of_name(shown)
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        stored_as = secret_token()
        temporary = self.folder / f"{stored_as}.part"
        try:
            size, digest = _write(stream, temporary, most)
            _check(temporary, kind)
            temporary.replace(self.folder / stored_as)
            _force_folder(self.folder)
        finally:
            temporary.unlink(missing_ok=True)
        return StoredFile(stored_as, kind, shown, size, digest)

    def path(self, stored_as: str) -> Path:
        """Where a file lies.

        Raises:
            FileNotFoundError: no such file, or no name of ours.
        """
        path = self.folder / stored_as
        if not STORAGE_NAME.fullmatch(stored_as) or not path.is_file():
            raise FileNotFoundError(stored_as)
        return path

    def sweep(self, wanted: Collection[str], *, now: datetime) -> int:
        """Delete files that nothing refers to and that are older than a day; returns how many."""
        gone = 0
        for path in self._files():
            if path.name not in wanted and now.timestamp() - path.stat().st_mtime > (
                ORPHAN_AGE.total_seconds()
            ):
                path.unlink(missing_ok=True)
                gone += 1
        return gone

    def _files(self) -> Iterator[Path]:
        if self.folder.is_dir():
            yield from (path for path in self.folder.iterdir() if path.is_file())


def display_name(name: str) -> str:
    """The name that people read: no path, no control or direction characters, not too long."""
    bare = clean(name.replace("\\", "/").rsplit("/", 1)[-1], single_line=True)
    bare = FORBIDDEN_IN_NAMES.sub("_", unicodedata.normalize("NFC", bare)).strip(". ")
    stem, dot, extension = bare.rpartition(".")
    if not dot:
        return bare[:LONGEST_NAME]
    return f"{stem[: LONGEST_NAME - len(extension) - 1]}.{extension}"


def kind_of_name(name: str) -> FileKind:
    """The kind that the extension announces.

    Raises:
        Invalid: no extension, or one that is not accepted.
    """
    stem, _dot, extension = unicodedata.normalize("NFKC", name).casefold().rpartition(".")
    kind = KINDS.get(SYNONYMS.get(extension, extension)) if stem else None
    if kind is None:
        raise _refused(msg("Files of this kind are not accepted. Use %(kinds)s.", kinds=KIND_WORDS))
    return kind


def _write(stream: IO[bytes], path: Path, most: int) -> tuple[int, str]:
    """Copy the stream to the disk; size and SHA-256 of what was written."""
    size, digest = 0, hashlib.sha256()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > most:
                raise _refused(
                    msg("The file is larger than %(most)s MB.", most=str(most // 1_000_000))
                )
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    if size == 0:
        raise _refused(msg("The file is empty."))
    return size, digest.hexdigest()


def _check(path: Path, kind: FileKind) -> None:
    """Compare the content with what the extension announces."""
    with path.open("rb") as file:
        head = file.read(HEAD)
        fits = _holds(path, kind) if kind.part else _begins(head, kind)
        if kind.extension == "csv":
            fits = _is_table(path)
    if not fits:
        raise _refused(
            msg("The content is not what the extension .%(kind)s says.", kind=kind.extension)
        )


def _begins(head: bytes, kind: FileKind) -> bool:
    guessed = filetype.guess(head)
    return guessed is not None and guessed.mime == kind.media_type


def _holds(path: Path, kind: FileKind) -> bool:
    """Whether a packed document is one of its kind, of sane size, and free of macros."""
    try:
        with zipfile.ZipFile(path) as packed:
            entries = packed.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return False
    names = {entry.filename for entry in entries}
    if len(entries) > MOST_ENTRIES or sum(e.file_size for e in entries) > MOST_UNPACKED:
        raise _refused(msg("The document unpacks to far too much. Save it anew and try again."))
    if any(MACROS.search(name) for name in names):
        raise _refused(msg("Documents with macros or embedded programs are not accepted."))
    return {"[Content_Types].xml", kind.part} <= names


def _is_table(path: Path) -> bool:
    """Whether the content is plain text in an encoding that tables come in."""
    content = path.read_bytes()
    if filetype.guess(content[:HEAD]) is not None or b"\x00" in content:
        return False
    for encoding in ("utf-8-sig", "cp950"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return not text.lstrip().startswith("<")
    return False


def _force_folder(folder: Path) -> None:
    """Make the renaming survive a power cut, where the system can do that."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refused(message: Message) -> Invalid:
    return Invalid({"file": message})
