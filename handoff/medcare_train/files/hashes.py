"""Sizes and SHA-256 of files, read piece by piece."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

PIECE = 1 << 20


class Seal(NamedTuple):
    """What a file's content is known by."""

    bytes: int
    sha256: str

    def json(self) -> dict[str, object]:
        """As manifests write it."""
        return {"bytes": self.bytes, "sha256": self.sha256}


def seal_file(path: Path) -> Seal:
    """The seal of a file."""
    hashed, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            hashed.update(piece)
            size += len(piece)
    return Seal(size, hashed.hexdigest())


def seal_bytes(data: bytes) -> Seal:
    """The seal of bytes in memory."""
    return Seal(len(data), hashlib.sha256(data).hexdigest())
