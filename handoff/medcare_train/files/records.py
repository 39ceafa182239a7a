"""A file of records as tokens, read where they lie: it may be far larger than memory.

`words` U32 [tokens] are the token ids of all records, one after another, with the highest bit set where a token is a
target; `lengths` U32 [records] says how many tokens each has (0: it teaches nothing), `tasks` U32 [records] which task
of the run it belongs to.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from pathlib import Path

from medcare_train.faults import RecordsInvalid
from medcare_train.files.safetensors import Tensor, TensorFile, safetensors_bytes
from medcare_train.plan.packing import NO_TARGET, Record

FORMAT = "medcare-records-1"
TARGET = 1 << 31
STRIDE = 256
"""Records of which the first one's place is kept in memory; the others' are counted from it."""


class RecordFile:
    """The records of one data set."""

    def __init__(self, path: Path) -> None:
        self._path = path
        file = TensorFile(path)
        if file.metadata.get("format") != FORMAT:
            raise self._invalid(f"its format is not {FORMAT}")
        self._words = self._tensor(file, "words")
        self._tasks = self._tensor(file, "tasks")
        self._lengths = self._tensor(file, "lengths")
        self._begins, tokens = _begins(self._lengths)
        if len(self._lengths) != len(self._tasks) or tokens != len(self._words):
            raise self._invalid("the lengths of its records do not add up")

    def __len__(self) -> int:
        return len(self._lengths)

    @property
    def tokens(self) -> int:
        """Tokens of all records."""
        return len(self._words)

    def length(self, row: int) -> int:
        """Tokens of a record."""
        return self._lengths[row]

    def read(self, row: int) -> Record | None:
        """A record; None where it teaches nothing."""
        known = row // STRIDE
        begin = self._begins[known] + sum(self._lengths[known * STRIDE : row])
        words = self._words[begin : begin + self.length(row)]
        if not words:
            return None
        ids = [word & (TARGET - 1) for word in words]
        labels = [token if word >= TARGET else NO_TARGET for token, word in zip(ids, words)]
        return Record(ids, labels, self._tasks[row])

    def _tensor(self, file: TensorFile, name: str) -> memoryview:
        entry = file.tensors.get(name)
        if entry is None or entry.dtype != "U32" or len(entry.shape) != 1:
            raise self._invalid(f"it has no list {name}")
        return file.bytes(name).cast("I")

    def _invalid(self, why: str) -> RecordsInvalid:
        return RecordsInvalid(f"{self._path.name} is not a file of records: {why}.", "Make the bundle again.")


def _begins(lengths: memoryview) -> tuple[array[int], int]:
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
