"""The curves of a run, a part of them in a file: steps with the rows that each trained on.

A run may have a hundred million records. So rows take four bytes each, and a part to which no step is added any more is
made into text and compressed once, however often the archive is written.
"""

from __future__ import annotations

import zipfile
import zlib
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from medcare_train.files.archived_json import figures_of, text_of

PART_CHARACTERS = 8_000_000
"""Length of one part of the curves: the studio reads one part at a time."""

Json = dict[str, Any]


@dataclass(frozen=True)
class ClosedPart:
    """A part of the curves to which no step is added any more, as a zip holds it: it is made into text once."""

    steps: int
    last: Json
    """The very step that ends it: where another one is there, the part is of another run."""
    size: int
    crc: int
    packed: bytes

    @property
    def text(self) -> bytes:
        """Its lines."""
        return zlib.decompress(self.packed, -zlib.MAX_WBITS)

    def write(self, file: zipfile.ZipFile, name: str) -> None:
        """Writes bytes that are compressed already, which zipfile has no call for."""
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.file_size, info.compress_size, info.CRC = self.size, len(self.packed), self.crc
        output = cast(BinaryIO, file.fp)
        info.header_offset = output.tell()
        output.write(info.FileHeader())
        output.write(self.packed)
        file.start_dir = output.tell()
        file.filelist.append(info)
        file.NameToInfo[name] = info


def step_parts(steps: Sequence[Json], closed: list[ClosedPart]) -> Iterator[bytes | ClosedPart]:
    """The parts in order; `closed` are those that were closed before, and becomes those that are."""
    closed[:] = _still_closed(steps, closed)
    yield from closed
    begin = sum(part.steps for part in closed)
    lines: list[bytes] = []
    length = 0
    for step in steps[begin:]:
        rows = ",".join(map(str, step["rows"])).encode()
        lines.append(b'{"metrics":' + text_of(step["metrics"]) + b',"rows":[' + rows + b"]}\n")
        length += len(lines[-1])
        if length >= PART_CHARACTERS:
            closed.append(_close(lines, step))
            yield closed[-1]
            lines, length = [], 0
    if lines:
        yield b"".join(lines)


def _still_closed(steps: Sequence[Json], closed: Sequence[ClosedPart]) -> list[ClosedPart]:
    """The closed parts up to the first that does not end in the step that it did."""
    found, end = [], 0
    for part in closed:
        end += part.steps
        if end > len(steps) or steps[end - 1] is not part.last:
            break
        found.append(part)
    return found


def _close(lines: list[bytes], last: Json) -> ClosedPart:
    text = b"".join(lines)
    packing = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return ClosedPart(len(lines), last, len(text), zlib.crc32(text), packing.compress(text) + packing.flush())


def step_of(json: Json) -> Json:
    """A step as it is kept, from a line of a part."""
    return {"metrics": figures_of(json["metrics"]), "rows": array("I", json["rows"])}
