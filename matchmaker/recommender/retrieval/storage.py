"""Arrays in one file that opens at once: a checked header, then each array where memory maps it.

The file is written beside its place and renamed into it, so that it is whole or not there. The
header carries its own checksum and is always checked, together with the length of the file; the
checksum of the arrays is checked when asked, because that reads all of them.
"""

import json
import os
import struct
import tempfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAGIC = b"MMARRAYS"
VERSION = 1
HEAD = struct.Struct("<8sIII")  # magic, version, bytes of the header, its CRC-32
ALIGNED = 64  # bytes; every array begins at a multiple
CHUNK = 1 << 24  # bytes summed at a time
Array = NDArray[Any]
Arrays = Mapping[str, Array]


class Damaged(Exception):
    """A file is not what was once written; ``path`` and ``why`` say which and what is wrong."""

    def __init__(self, path: Path, why: str):
        super().__init__(f"{path}: {why}")
        self.path, self.why = path, why


def write_arrays(path: Path, arrays: Arrays, facts: Mapping[str, Any] | None = None) -> None:
    """Write arrays and a few facts to one file, whole or not at all.

    Args:
        facts: anything that JSON holds.
    """
    rows: list[dict[str, Any]] = []
    at = 0
    for name, array in arrays.items():
        at = _aligned(at)
        row: dict[str, Any] = {
            "name": name,
            "dtype": array.dtype.str,
            "shape": array.shape,
            "at": at,
        }
        rows.append(row | {"crc": _sum(array)})
        at += array.nbytes
    content = {"facts": dict(facts or {}), "arrays": rows, "bytes": at}
    header = json.dumps(content, ensure_ascii=False, sort_keys=True).encode("utf-8")
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(HEAD.pack(MAGIC, VERSION, len(header), zlib.crc32(header)))
            file.write(header)
            begin = _aligned(file.tell())
            for row, array in zip(rows, arrays.values(), strict=True):
                file.seek(begin + row["at"])
                np.ascontiguousarray(array).tofile(file)
            file.truncate(begin + at)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def read_arrays(path: Path, *, verify: bool = False) -> tuple[dict[str, Array], dict[str, Any]]:
    """Arrays of a file, mapped and read-only, and its facts.

    Args:
        verify: whether to read everything and compare checksums.

    Raises:
        FileNotFoundError: there is no such file.
        Damaged: it is no such file, of another version, cut short or changed.
    """
    content, begin = _header(path)
    if path.stat().st_size != begin + content["bytes"]:
        raise Damaged(path, "the file is not as long as it says")
    whole = np.memmap(path, dtype=np.uint8, mode="r").view(np.ndarray)
    found: dict[str, Array] = {}
    for row in content["arrays"]:
        kind, at = np.dtype(row["dtype"]), begin + row["at"]
        many = int(np.prod(row["shape"], dtype=np.int64))
        array = whole[at : at + many * kind.itemsize].view(kind).reshape(row["shape"])
        if verify and _sum(array) != row["crc"]:
            raise Damaged(path, f"{row['name']} was changed")
        found[row["name"]] = array
    return found, content["facts"]


def _header(path: Path) -> tuple[dict[str, Any], int]:
    """What stands in the header, and where the arrays begin."""
    with path.open("rb") as file:
        head = file.read(HEAD.size)
        if len(head) < HEAD.size or not head.startswith(MAGIC):
            raise Damaged(path, "this is no index file")
        _, version, length, checksum = HEAD.unpack(head)
        if version != VERSION:
            raise Damaged(path, f"written in version {version}, this program reads {VERSION}")
        header = file.read(length)
    if len(header) < length or zlib.crc32(header) != checksum:
        raise Damaged(path, "the header was changed")
    content: dict[str, Any] = json.loads(header)
    return content, _aligned(HEAD.size + length)


def _aligned(at: int) -> int:
    return -(-at // ALIGNED) * ALIGNED


def _sum(array: Array) -> int:
    """CRC-32 of an array's bytes, without copying more than a piece of it."""
    flat, checksum = np.ascontiguousarray(array).reshape(-1).view(np.uint8), 0
    for at in range(0, len(flat), CHUNK):
        checksum = zlib.crc32(flat[at : at + CHUNK].data, checksum)
    return checksum
