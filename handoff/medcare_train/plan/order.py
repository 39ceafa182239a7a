"""Which records each step trains on: a function of seed, stage and step (src/engine/training/run/data-order.ts)."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

from medcare_train.plan.counters import Targets, rounded, shuffled, swap_targets
from medcare_train.plan.recipe import Recipe

SHUFFLE_STREAM = 0x5EED0000
FRACTION_STREAM = 0x5EED1000
SPLIT_STREAM = 0x5EED2000


class Place(NamedTuple):
    """Where a record of a run comes from."""

    kind: str
    data_set: int
    row: int


class Ranges(Sequence[int]):
    """Indices in ascending ranges, none of them written out: there may be a hundred million."""

    def __init__(self, ranges: Iterable[range]) -> None:
        self._ranges = [one for one in ranges if len(one)]
        self._ends = list(accumulate(map(len, self._ranges)))

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __getitem__(self, at: int) -> int:  # type: ignore[override]
        own = bisect_right(self._ends, at)
        return self._ranges[own][at - (self._ends[own - 1] if own else 0)]


class Places(Sequence[Place]):
    """The records that train, by index: all rows of all data sets but those kept for validation."""

    def __init__(self, kinds: Sequence[str], counts: Sequence[int], kept: Sequence[Sequence[int]]) -> None:
        """`kept` are rows of each data set, ascending."""
        self._kinds = kinds
        self._ends = list(accumulate(count - len(rows) for count, rows in zip(counts, kept)))
        # Of kept rows, how many that train come before each.
        self._before = [[row - i for i, row in enumerate(rows)] for rows in kept]

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __getitem__(self, index: int) -> Place:  # type: ignore[override]
        if not 0 <= index < len(self):
            raise IndexError(index)
        data_set = bisect_right(self._ends, index)
        at = index - (self._ends[data_set - 1] if data_set else 0)
        return Place(self._kinds[data_set], data_set, at + bisect_right(self._before[data_set], at))

    def of_kinds(self, kinds: Sequence[str]) -> Ranges:
        """Indices of the records of these kinds."""
        begins = [0, *self._ends]
        own = zip(self._kinds, begins, self._ends)
        return Ranges(range(begin, end) for kind, begin, end in own if kind in kinds)


def validation_rows(counts: Sequence[int], recipe: Recipe, targets: Targets = swap_targets) -> list[list[int]]:
    """Rows of each data set kept apart for validation, ascending (src/engine/training/run/validation-split.ts)."""
    kept = recipe.validation
    least = min(kept.min_records, kept.max_records // max(1, len(counts))) if kept.fraction > 0 else 0
    total = max(1, sum(counts))
    rows = []
    for data_set, own in enumerate(counts):
        share = kept.max_records * own // total
        usual = min(rounded(own * kept.fraction), share, own - 1)
        count = max(usual, min(least, own // 4))
        chosen = shuffled(own, recipe.seed, data_set, SPLIT_STREAM, targets)[:count] if count > 0 else []
        rows.append(sorted(chosen))
    return rows


def stage_records(
    recipe: Recipe, stage: int, places: Sequence[Place], targets: Targets = swap_targets
) -> Sequence[int]:
    """Indices of the records that a stage trains on: those of its kinds, or its fraction of them."""
    data = recipe.stages[stage].data
    eligible: Sequence[int]
    if isinstance(places, Places):
        eligible = places.of_kinds(data.kinds)
    else:
        eligible = [index for index, place in enumerate(places) if place.kind in data.kinds]
    if data.fraction == 1:
        return eligible
    count = max(1, rounded(len(eligible) * data.fraction))
    chosen = shuffled(len(eligible), recipe.seed, stage, FRACTION_STREAM, targets)[:count]
    return array("I", (eligible[position] for position in sorted(chosen)))


class DataOrder:
    """The records of each step of a stage; every epoch has an order of its own."""

    def __init__(self, recipe: Recipe, stage: int, places: Sequence[Place], targets: Targets = swap_targets) -> None:
        self._targets = targets
        self._seed = recipe.seed
        self._stage = stage
        self._batch = recipe.batch.records
        self._eligible = stage_records(recipe, stage, places, targets)
        self._per_epoch = math.ceil(len(self._eligible) / self._batch)
        self.steps = recipe.stages[stage].epochs * self._per_epoch
        self._epoch = -1
        self._shuffled = array("I")

    @property
    def records(self) -> int:
        """Records of the stage, including any that turn out to teach nothing."""
        return len(self._eligible)

    def step(self, step: int) -> list[int]:
        """Indices of a step's records, in order."""
        first, end = self._epoch_of(step)
        return [self._eligible[position] for position in self._shuffled[first:end]]

    def following(self, step: int, skipped: int, count: int) -> list[int]:
        """The other records of a step's epoch, in the order in which they follow it, after the first `skipped`."""
        first, end = self._epoch_of(step)
        order = self._shuffled
        left = len(order) - (end - first) - skipped
        return [self._eligible[order[(end + skipped + i) % len(order)]] for i in range(max(0, min(count, left)))]

    def _epoch_of(self, step: int) -> tuple[int, int]:
        """Makes the order of the step's epoch the current one, and gives the step's part of it."""
        epoch = step // self._per_epoch
        if epoch != self._epoch:
            stream = SHUFFLE_STREAM + self._stage
            self._shuffled = shuffled(len(self._eligible), self._seed, epoch, stream, self._targets)
            self._epoch = epoch
        first = (step % self._per_epoch) * self._batch
        return first, min(first + self._batch, len(self._eligible))
