"""Reads and writes safetensors without loading them: a file is mapped, and a tensor is a view of its bytes."""

from __future__ import annotations

import json
import math
import mmap
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO, NamedTuple

from medcare_train.faults import TensorFileInvalid
from medcare_train.plan.values import WRONG

SIZES = {
    **{"F64": 8, "I64": 8, "U64": 8, "F32": 4, "I32": 4, "U32": 4},
    **{"F16": 2, "BF16": 2, "I16": 2, "U16": 2, "I8": 1, "U8": 1, "BOOL": 1},
}
MOST_HEADER_BYTES = 100_000_000


class Entry(NamedTuple):
    """Type, shape and place of a tensor; the place counts from the end of the header."""

    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int


class TensorFile:
    """A safetensors file, or the bytes of one."""

    def __init__(self, source: Path | bytes | memoryview, name: str | None = None) -> None:
        self.name = name or (str(source) if isinstance(source, Path) else "a file of tensors")
        self._bytes = _mapped(source) if isinstance(source, Path) else memoryview(source)
        header = parse_header(len(self._bytes), lambda begin, end: bytes(self._bytes[begin:end]), self.name)
        self.tensors, self.metadata, self._data = header

    def bytes(self, name: str) -> memoryview:
        """The bytes of a tensor, as they are stored."""
        entry = self.tensors.get(name)
        if entry is None:
            raise self._invalid(f"it has no tensor {name}")
        return self._bytes[self._data + entry.begin : self._data + entry.end]

    def _invalid(self, why: str) -> TensorFileInvalid:
        return _invalid(self.name, why)


class Header(NamedTuple):
    """What the header of a file says, and where its data begin."""

    tensors: dict[str, Entry]
    metadata: dict[str, str]
    data: int

    def place(self, name: str) -> tuple[int, int]:
        """Where a tensor begins and ends in the file."""
        entry = self.tensors[name]
        return self.data + entry.begin, self.data + entry.end


def read_header(file: BinaryIO, size: int, name: str) -> Header:
    """The header of an open file; nothing else of it is read."""

    def read(begin: int, end: int) -> bytes:
        file.seek(begin)
        return file.read(end - begin)

    return parse_header(size, read, name)


def parse_header(size: int, read: Callable[[int, int], bytes], file: str) -> Header:
    """The header of a file of this size, whose bytes from one place to another `read` gives."""
    if size < 8:
        raise _invalid(file, "it is shorter than a header")
    length = int.from_bytes(read(0, 8), "little")
    if length > min(MOST_HEADER_BYTES, size - 8):
        raise _invalid(file, "its header is longer than the file")
    try:
        header = json.loads(read(8, 8 + length))
        metadata = {str(k): str(v) for k, v in header.pop("__metadata__", {}).items()}
        tensors = {name: _entry(about) for name, about in header.items()}
    except WRONG as error:
        raise _invalid(file, f"its header cannot be read ({error})") from error
    for name, entry in tensors.items():
        due = math.prod(entry.shape) * SIZES.get(entry.dtype, 0)
        if entry.dtype not in SIZES or min(entry.shape, default=0) < 0:
            raise _invalid(file, f"the type or shape of {name} is unknown")
        if not 0 <= entry.begin <= entry.end <= size - 8 - length or entry.end - entry.begin != due:
            raise _invalid(file, f"{name} does not lie where the header says")
    return Header(tensors, metadata, 8 + length)


def _invalid(file: str, why: str) -> TensorFileInvalid:
    return TensorFileInvalid(f"{file} is not a whole safetensors file: {why}.", "Copy it again.")


def _entry(about: dict[str, object]) -> Entry:
    begin, end = about["data_offsets"]  # type: ignore[misc]
    return Entry(str(about["dtype"]), tuple(int(size) for size in about["shape"]), int(begin), int(end))  # type: ignore[attr-defined]


def _mapped(path: Path) -> memoryview:
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size == 0:
            return memoryview(b"")
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


class Tensor(NamedTuple):
    """A tensor to write: its bytes may be any buffer."""

    dtype: str
    shape: tuple[int, ...]
    data: object


def safetensors_bytes(tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> bytes:
    """A whole file, in the order of the studio's writer: wide types first, then by name."""
    declared = {name: (tensor.dtype, tensor.shape) for name, tensor in tensors.items()}
    head, ordered = head_of(declared, metadata)
    return b"".join([head, *(_plain(tensors[name].data) for name in ordered)])


def write_safetensors(
    path: Path,
    declared: Mapping[str, tuple[str, tuple[int, ...]]],
    provide: Callable[[str], object],
    metadata: Mapping[str, str],
) -> None:
    """Writes a file of declared types and shapes; asks for one tensor at a time."""
    head, ordered = head_of(declared, metadata)
    with path.open("wb") as file:
        file.write(head)
        for name in ordered:
            file.write(_plain(provide(name)))


def head_of(
    declared: Mapping[str, tuple[str, tuple[int, ...]]], metadata: Mapping[str, str]
) -> tuple[bytes, list[str]]:
    """Length and header, and the names in the order of their bytes."""
    ordered = sorted(declared, key=lambda name: (-SIZES[declared[name][0]], name))
    header: dict[str, object] = {"__metadata__": dict(sorted(metadata.items()))} if metadata else {}
    offset = 0
    for name in ordered:
        dtype, shape = declared[name]
        end = offset + SIZES[dtype] * math.prod(shape)
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text, ordered


def _plain(data: object) -> memoryview:
    view = memoryview(data)  # type: ignore[arg-type]
    return view.cast("B") if view.nbytes else memoryview(b"")  # an empty view cannot be cast
