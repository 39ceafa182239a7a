"""Lays records end to end in micro-batches of a fixed number of rows (src/engine/model/packing.ts)."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import NamedTuple

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


def pack(records: Sequence[Record], rows: int) -> list[MicroBatch]:
    """Distributes records over micro-batches, first fit in the order given."""
    used: list[int] = []
    members: list[list[int]] = []
    for index, record in enumerate(records):
        length = len(record.ids)
        if length > rows:
            raise ValueError(f"A record of {length} tokens exceeds {rows} rows")
        place = next((at for at, taken in enumerate(used) if taken + length <= rows), None)
        if place is None:
            place = len(used)
            used.append(0)
            members.append([])
        used[place] += length
        members[place].append(index)
    return [_packed(records, own) for own in members]


def _packed(records: Sequence[Record], members: list[int]) -> MicroBatch:
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
