"""The records of a step, others in place of those that teach nothing (src/engine/training/run/record-source.ts)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from medcare_train.faults import StageWithoutData
from medcare_train.plan.order import DataOrder

MOST_LOOKED_AT = 256
"""Records looked at together to find the first that teaches: one by one at first, then more."""


class StepRecords:
    """Says which records each step of a stage takes; none is read for it."""

    def __init__(self, order: DataOrder, length: Callable[[int], int], name: str, leaves_gaps: bool) -> None:
        """`length` gives the tokens of the record at an index, 0 for one that teaches nothing."""
        self.order = order
        self.length = length
        self._name = name
        self._leaves_gaps = leaves_gaps

    def take(self, step: int) -> list[int]:
        """Indices of a step's records; they depend on seed, step and the lengths only."""
        if self._leaves_gaps:
            return self._with_gaps(step)
        return self._filled(step)

    def _placed(self, indices: Sequence[int]) -> list[int | None]:
        return [index if self.length(index) > 0 else None for index in indices]

    def _filled(self, step: int) -> list[int]:
        """The next record of the epoch that is not in the step takes the place of one that teaches nothing."""
        places = self._placed(self.order.step(step))
        skipped, together = 0, 1
        while missing := [at for at, placed in enumerate(places) if placed is None]:
            others = self.order.following(step, skipped, max(len(missing), together))
            if not others:
                break
            skipped += len(others)
            together = min(2 * together, MOST_LOOKED_AT)
            fitting = [placed for placed in self._placed(others) if placed is not None]
            for at, placed in zip(missing, fitting):
                places[at] = placed
        kept = [placed for placed in places if placed is not None]
        if not kept:
            raise self._nothing_to_learn()
        return kept

    def _with_gaps(self, step: int) -> list[int]:
        """The rule of earlier runs: places stay empty, and a step of which nothing teaches takes the next one."""
        for tried in range(self.order.steps):
            placed = self._placed(self.order.step((step + tried) % self.order.steps))
            kept = [one for one in placed if one is not None]
            if kept:
                return kept
        raise self._nothing_to_learn()

    def _nothing_to_learn(self) -> StageWithoutData:
        return StageWithoutData(
            f"No record of the stage “{self._name}” has anything to learn: none has a target.",
            "Look at the records on the Data page, and make the bundle again.",
        )
