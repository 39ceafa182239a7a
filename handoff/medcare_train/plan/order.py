"""Which records each step trains on: a function of seed, stage and step (src/engine/training/run/data-order.ts)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from medcare_train.plan.counters import rounded, shuffled
from medcare_train.plan.recipe import Recipe

SHUFFLE_STREAM = 0x5EED0000
FRACTION_STREAM = 0x5EED1000
SPLIT_STREAM = 0x5EED2000


class Place(NamedTuple):
    """Where a record of a run comes from."""

    kind: str
    data_set: int
    row: int


def validation_rows(counts: Sequence[int], recipe: Recipe) -> list[list[int]]:
    """Rows of each data set kept apart for validation, ascending (src/engine/training/run/validation-split.ts)."""
    kept = recipe.validation
    least = min(kept.min_records, kept.max_records // max(1, len(counts))) if kept.fraction > 0 else 0
    total = max(1, sum(counts))
    rows = []
    for data_set, own in enumerate(counts):
        share = kept.max_records * own // total
        usual = min(rounded(own * kept.fraction), share, own - 1)
        count = max(usual, min(least, own // 4))
        chosen = shuffled(own, recipe.seed, data_set, SPLIT_STREAM)[:count] if count > 0 else []
        rows.append(sorted(chosen))
    return rows


def stage_records(recipe: Recipe, stage: int, places: Sequence[Place]) -> list[int]:
    """Indices of the records that a stage trains on: those of its kinds, or its fraction of them."""
    data = recipe.stages[stage].data
    eligible = [index for index, place in enumerate(places) if place.kind in data.kinds]
    if data.fraction == 1:
        return eligible
    count = max(1, rounded(len(eligible) * data.fraction))
    chosen = shuffled(len(eligible), recipe.seed, stage, FRACTION_STREAM)[:count]
    return [eligible[position] for position in sorted(chosen)]


class DataOrder:
    """The records of each step of a stage; every epoch has an order of its own."""

    def __init__(self, recipe: Recipe, stage: int, places: Sequence[Place]) -> None:
        self._seed = recipe.seed
        self._stage = stage
        self._batch = recipe.batch.records
        self._eligible = stage_records(recipe, stage, places)
        self._per_epoch = math.ceil(len(self._eligible) / self._batch)
        self.steps = recipe.stages[stage].epochs * self._per_epoch
        self._epoch = -1
        self._shuffled: list[int] = []

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
            self._shuffled = shuffled(len(self._eligible), self._seed, epoch, SHUFFLE_STREAM + self._stage)
            self._epoch = epoch
        first = (step % self._per_epoch) * self._batch
        return first, min(first + self._batch, len(self._eligible))
