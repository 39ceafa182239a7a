"""Losses on the records kept for validation, as the studio measures them (src/engine/training/run/run-measures.ts)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from medcare_train.compute.stage_trainer import StageTrainer
from medcare_train.plan.order import Place
from medcare_train.plan.packing import Record, target_count
from medcare_train.plan.recipe import KINDS, Recipe

Json = dict[str, Any]


class Validation:
    """The records kept for validation; measuring them leaves no trace in the training."""

    def __init__(self, recipe: Recipe, records: Sequence[tuple[Place, Record]]) -> None:
        self.recipe = recipe
        self.records = records
        self._sums: dict[str, tuple[float, int]] = {}

    def measure(self, trainer: StageTrainer, stage: int, step: int, snapshot: str) -> Json | None:
        """Token means by kind, and the loss of each record; None without records."""
        if not self.records:
            return None
        self._sums = {}
        by_record: list[Json] = []
        for kind in KINDS:
            own = [(place, record) for place, record in self.records if place.kind == kind]
            if not own:
                continue
            losses = trainer.record_losses([record for _, record in own])
            targets = [target_count(record) for _, record in own]
            self._sums[kind] = (sum(losses), sum(targets))
            by_record += [
                {"dataSet": place.data_set, "kind": kind, "nll": nll, "targets": count}
                for (place, _), nll, count in zip(own, losses, targets)
            ]
        point = {"stage": stage, "step": step, **{kind: self._mean([kind]) for kind in KINDS}}
        point["snapshot"] = snapshot
        # Points within a stage are many, and nobody compares their records.
        return point if snapshot == "training" else {**point, "records": by_record}

    def stage_loss(self, stage: int, measured: Json | None) -> float | None:
        """The loss that was measured last, over the kinds that the stage trains on."""
        return self._mean(self.recipe.stages[stage].data.kinds) if measured else None

    def _mean(self, kinds: Sequence[str]) -> float | None:
        sums = [self._sums[kind] for kind in kinds if kind in self._sums]
        targets = sum(count for _, count in sums)
        return sum(nll for nll, _ in sums) / targets if targets else None
