"""Files of records as tokens, read where they lie: they may be far larger than memory.

`words` U32 [tokens] are the token ids of all records, one after another, with the highest bit set where a token is a
target; `lengths` U32 [records] says how many tokens each has (0: it teaches nothing), `tasks` U32 [records] which task
it belongs to. In memory are the lengths, four bytes a record; everything else is read when it is asked for.
"""

from __future__ import annotations

import hashlib
from array import array
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import BinaryIO

from medcare_train.faults import RecordsInvalid
from medcare_train.files.hashes import PIECE, Seal
from medcare_train.files.safetensors import Header, Tensor, head_of, read_header, safetensors_bytes
from medcare_train.plan.packing import NO_TARGET, Record

FORMAT = "medcare-records-1"
LISTS = ("words", "lengths", "tasks")
TARGET = 1 << 31
STRIDE = 256
"""Records of which the first one's place is kept in memory; the others' are counted from it."""
MOST_OPEN = 64
"""Files that are open at once: a large set has thousands."""


class RecordFile:
    """One file of records: its lengths, and the places of everything else."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            header = read_header(file, path.stat().st_size, path.name)
            if header.metadata.get("format") != FORMAT:
                raise self._invalid(f"its format is not {FORMAT}")
            self._places = {name: self._place(header, name) for name in LISTS}
            self.lengths = array("I")
            begin, end = self._places["lengths"]
            file.seek(begin)
            self.lengths.fromfile(file, (end - begin) // 4)
        self.tokens = self._count("words")
        self._begins, tokens = _begins(self.lengths)
        if len(self.lengths) != self._count("tasks") or tokens != self.tokens:
            raise self._invalid("the lengths of its records do not add up")

    def words(self, file: BinaryIO, row: int) -> array[int]:
        """The tokens of a record."""
        known = row // STRIDE
        begin = self._begins[known] + sum(self.lengths[known * STRIDE : row])
        return self._read(file, "words", begin, self.lengths[row])

    def task(self, file: BinaryIO, row: int) -> int:
        """The task of a record, as the file numbers them."""
        return self._read(file, "tasks", row, 1)[0]

    def pieces(self, name: str) -> Iterator[array[int]]:
        """A list, piece by piece."""
        count = self._count(name)
        with self.path.open("rb") as file:
            for first in range(0, count, PIECE // 4):
                yield self._read(file, name, first, min(PIECE // 4, count - first))

    def _place(self, header: Header, name: str) -> tuple[int, int]:
        entry = header.tensors.get(name)
        if entry is None or entry.dtype != "U32" or len(entry.shape) != 1:
            raise self._invalid(f"it has no list {name}")
        return header.place(name)

    def _count(self, name: str) -> int:
        begin, end = self._places[name]
        return (end - begin) // 4

    def _read(self, file: BinaryIO, name: str, first: int, count: int) -> array[int]:
        values = array("I")
        file.seek(self._places[name][0] + 4 * first)
        values.frombytes(file.read(4 * count))
        return values

    def _invalid(self, why: str) -> RecordsInvalid:
        return RecordsInvalid(f"{self.path.name} is not a file of records: {why}.", "Make the bundle again.")


class Records:
    """The records of one data set, from one file or from many that follow one another."""

    def __init__(self, files: Sequence[RecordFile], task_of: Sequence[int] | None = None) -> None:
        """`task_of` says the run's task for each task of the files, where they number them otherwise."""
        self._files, self._task_of = files, task_of
        self._ends = list(accumulate(len(file.lengths) for file in files))
        self._open: OrderedDict[int, BinaryIO] = OrderedDict()

    def __del__(self) -> None:
        for file in self._open.values():
            file.close()

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    @property
    def tokens(self) -> int:
        """Tokens of all records."""
        return sum(file.tokens for file in self._files)

    def length(self, row: int) -> int:
        """Tokens of a record; 0 where it teaches nothing."""
        own, at = self._place(row)
        return self._files[own].lengths[at]

    def task(self, row: int) -> int:
        """The task of a record, as the run numbers them."""
        own, at = self._place(row)
        task = self._files[own].task(self._opened(own), at)
        return task if self._task_of is None else self._task_of[task]

    def read(self, row: int) -> Record | None:
        """A record; None where it teaches nothing."""
        own, at = self._place(row)
        file = self._files[own]
        if file.lengths[at] == 0:
            return None
        words = file.words(self._opened(own), at)
        ids = [word & (TARGET - 1) for word in words]
        labels = [token if word >= TARGET else NO_TARGET for token, word in zip(ids, words)]
        return Record(ids, labels, self.task(row))

    def joined_seal(self) -> Seal:
        """Size and hash of the one file that holds these records as the run counts them."""
        counts = {"words": self.tokens, "lengths": len(self), "tasks": len(self)}
        head, ordered = head_of({name: ("U32", (count,)) for name, count in counts.items()}, {"format": FORMAT})
        hashed = hashlib.sha256(head)
        for name in ordered:
            for file in self._files:
                for piece in file.pieces(name):
                    if name == "tasks" and self._task_of is not None:
                        piece = array("I", map(self._task_of.__getitem__, piece))
                    hashed.update(piece)
        return Seal(len(head) + 4 * sum(counts.values()), hashed.hexdigest())

    def _place(self, row: int) -> tuple[int, int]:
        if not 0 <= row < len(self):
            raise IndexError(row)
        own = bisect_right(self._ends, row)
        return own, row - (self._ends[own - 1] if own else 0)

    def _opened(self, own: int) -> BinaryIO:
        file = self._open.pop(own, None) or self._files[own].path.open("rb", buffering=0)
        self._open[own] = file
        if len(self._open) > MOST_OPEN:
            self._open.popitem(last=False)[1].close()
        return file


def _begins(lengths: array[int]) -> tuple[array[int], int]:
    """Where every STRIDE-th record begins, and where the last one ends."""
    begins, end = array("Q"), 0
    for row in range(0, len(lengths), STRIDE):
        begins.append(end)
        end += sum(lengths[row : row + STRIDE])
    return begins, end


def records_bytes(records: Iterable[Record | None], tasks: Iterable[int]) -> bytes:
    """A file of records; `tasks` also says the task of those that teach nothing."""
    words, lengths = array("I"), array("I")
    for record in records:
        lengths.append(0 if record is None else len(record.ids))
        if record is not None:
            pairs = zip(record.ids, record.labels)
            words.extend(token if label == NO_TARGET else token | TARGET for token, label in pairs)
    tensors = {
        "words": Tensor("U32", (len(words),), words),
        "lengths": Tensor("U32", (len(lengths),), lengths),
        "tasks": Tensor("U32", (len(lengths),), array("I", tasks)),
    }
    return safetensors_bytes(tensors, {"format": FORMAT})
