"""Lays records end to end in micro-batches of a fixed number of rows (src/engine/model/packing.ts)."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

NO_TARGET = -100


class Record(NamedTuple):
    """A record as tokens: `labels[t]` is the id wanted at position t, or −100 for none."""

    ids: Sequence[int]
    labels: Sequence[int]
    task: int
    """Index of its task in the run's list; routing is counted by it."""


class MicroBatch(NamedTuple):
    """Records laid end to end. Only rows in use are here: the studio's unused rows neither give nor take."""

    ids: array[int]
    positions: array[int]
    tasks: array[int]
    rows: array[int]
    """Rows that predict a target, ascending."""
    wanted: array[int]
    """What they have to predict."""
    members: list[int]
    """Which of the given records are here, in order."""
    lengths: list[int]
    """Rows of each of them."""
    targets: list[int]
    """Targets of each of them."""


def target_count(record: Record) -> int:
    """How many targets a record has after the shift: nothing comes before the first position to predict it."""
    return sum(1 for label in record.labels[1:] if label != NO_TARGET)


class Batch(Protocol):
    """The micro-batches of a step, each made when it is asked for: a process reads the records of its own only."""

    def __len__(self) -> int: ...

    def __getitem__(self, micro: int, /) -> MicroBatch: ...


class LazyBatch:
    """A step whose records are read a micro-batch at a time."""

    def __init__(self, lengths: Sequence[int], rows: int, read: Callable[[int], Record]) -> None:
        """`read` gives the record at a place of the step."""
        self._read = read
        self._members = places(lengths, rows)
        self.tokens = sum(lengths)

    def __len__(self) -> int:
        return len(self._members)

    def __getitem__(self, micro: int) -> MicroBatch:
        own = self._members[micro]
        return packed({index: self._read(index) for index in own}, own)


def pack(records: Sequence[Record], rows: int) -> list[MicroBatch]:
    """Distributes records over micro-batches, first fit in the order given."""
    found = dict(enumerate(records))
    return [packed(found, own) for own in places([len(record.ids) for record in records], rows)]


def places(lengths: Sequence[int], rows: int) -> list[list[int]]:
    """Which records each micro-batch has, first fit in the order given."""
    used: list[int] = []
    members: list[list[int]] = []
    for index, length in enumerate(lengths):
        if length > rows:
            raise ValueError(f"A record of {length} tokens exceeds {rows} rows")
        place = next((at for at, taken in enumerate(used) if taken + length <= rows), None)
        if place is None:
            place = len(used)
            used.append(0)
            members.append([])
        used[place] += length
        members[place].append(index)
    return members


def packed(records: Mapping[int, Record], members: list[int]) -> MicroBatch:
    """Lays the records of one micro-batch end to end."""
    ids, positions, tasks = array("q"), array("q"), array("q")
    rows, wanted = array("q"), array("q")
    lengths: list[int] = []
    targets: list[int] = []
    for index in members:
        record = records[index]
        first, before, length = len(ids), len(rows), len(record.ids)
        ids.extend(record.ids)
        positions.extend(range(length))
        tasks.extend([record.task] * length)
        for t in range(1, length):
            label = record.labels[t]
            if label != NO_TARGET:
                rows.append(first + t - 1)
                wanted.append(label)
        lengths.append(length)
        targets.append(len(rows) - before)
    return MicroBatch(ids, positions, tasks, rows, wanted, list(members), lengths, targets)
