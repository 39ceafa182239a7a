"""Trains a run stage by stage: steps, validation, growth, checkpoints, ends of stages."""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from medcare_train.compute.arena import (
    Named,
    carried_over,
    first_parameters,
    load_branches,
    write_branches,
)
from medcare_train.compute.base_folder import BaseFolder
from medcare_train.compute.growth import growth_of
from medcare_train.compute.model_state import Computing, merges_before
from medcare_train.compute.stage_trainer import StageTrainer, StepFigures
from medcare_train.faults import NotFinite
from medcare_train.files.archive import Best, Checkpoint, RunArchive
from medcare_train.files.bundle import Bundle
from medcare_train.files.checkpoint import read_checkpoint
from medcare_train.plan.layout import Layout, lay_out
from medcare_train.plan.packing import LazyBatch
from medcare_train.plan.recipe import remaining_branches, stage_branches
from medcare_train.plan.schedule import growth_due, learning_rate
from medcare_train.plan.snapshots import stage_snapshots
from medcare_train.plan.step_records import StepRecords
from medcare_train.run_records import RunRecords
from medcare_train.run_state import Point, note_progress, point_of
from medcare_train.validation import Validation

Json = dict[str, Any]


@dataclass
class Hooks:
    """What the outside does with a run."""

    save: Callable[[RunArchive], None]
    """Writes the archive; called on every process, where something new can be gone on from."""
    tell: Callable[[Json, Point], None] = lambda metrics, left: None
    """Hears of every step, and of the steps left."""
    stops: Callable[[Point], bool] = lambda point: False
    """Whether the run is to stop at this point, the same on every process."""


@dataclass
class Run:
    """A run on these processes."""

    bundle: Bundle
    base: BaseFolder
    records: RunRecords
    archive: RunArchive
    computing: Computing
    hooks: Hooks
    notes_steps: bool = True
    """Whether the archive here notes steps: where many processes run, only the one that writes needs them."""
    ended: list[Named] = field(default_factory=list)
    """The branches that each stage ended with."""

    def __post_init__(self) -> None:
        self.recipe = self.bundle.recipe
        self.studio = str(self.bundle.archive.environment["studio"])
        self.stages = [self.records.stage(stage) for stage in range(len(self.recipe.stages))]
        self.validation = Validation(self.recipe, self.records.validation)
        for stage, data in enumerate(self.archive.stages):
            self.ended.append(load_branches(data, self._layout(stage)))

    def go(self) -> bool:
        """Trains to the end, or until it is stopped; says whether it came to the end."""
        first = point_of(self.archive)
        for stage in range(first.stage, len(self.recipe.stages)):
            begin = first.step if stage == first.stage else 0
            trainer = self._open(stage, begin)
            if not self._train(trainer, stage, begin):
                return False
            self._end(trainer, stage)
        return True

    def _open(self, stage: int, begin: int) -> StageTrainer:
        """Opens a stage at its beginning, or where its checkpoint left it."""
        layout = self._layout(stage)
        trainer = self._trainer(stage, layout, first_parameters(layout, self.recipe, self._carried(stage)))
        checkpoint = self.archive.checkpoint
        if begin > 0 and checkpoint:
            trainer.resume(read_checkpoint(checkpoint.data, layout))
        if stage == 0 and begin == 0 and not self.archive.validation:
            # Every B is zero: the model says exactly what the base says.
            self._note(self.validation.measure(trainer, stage, 0, "base"))
        if begin == 0:
            self._grow(trainer, stage, 0)
        return trainer

    def _train(self, trainer: StageTrainer, stage: int, begin: int) -> bool:
        steps = self.stages[stage]
        total = steps.order.steps
        for step in range(begin, total):
            started = time.perf_counter()
            indices = steps.take(step)
            batch = self.records.batch(indices)
            rate = learning_rate(step, total, self.recipe.optimizer)
            figures = trainer.step(batch, step, rate)
            metrics = _metrics(stage, step, rate, figures, batch, time.perf_counter() - started)
            self._note_step(metrics, indices)
            if not figures.usable:
                raise _not_finite(stage, step, figures)
            if self._beside(trainer, Point(stage, step + 1), total):
                return False
        return True

    def _beside(self, trainer: StageTrainer, point: Point, total: int) -> bool:
        """What is done between two steps; says whether the run stops here."""
        done, within = point.step, point.step < total
        every = self.recipe.validation.every_steps
        if within and every > 0 and done % every == 0:
            self._validate(trainer, point, "training")
        if growth_due(done, total):
            self._grow(trainer, point.stage, done)
        stops = self.hooks.stops(point) and within
        if within and (stops or done % self.recipe.checkpoint_every == 0):
            self.archive.checkpoint = Checkpoint(point.stage, done, trainer.checkpoint(done))
            self._save()
        return stops

    def _end(self, trainer: StageTrainer, stage: int) -> None:
        """Keeps the branches, measures what they became, and what is left of them."""
        taken = self.stages[stage].order.steps
        named = trainer.named()
        self._grow(trainer, stage, taken)
        end, *after = stage_snapshots(self.recipe, stage)
        self._validate(trainer, Point(stage, taken), end.id)
        counts = self._routing(trainer)
        if counts:
            mixture = next(one.branch for one in trainer.layout.slots if one.branch.type == "mixture")
            self.archive.routing = {"experts": mixture.experts, "active": mixture.active, "counts": counts}
        self.archive.stages.append(write_branches(trainer.layout, named, stage, self.recipe))
        self.archive.checkpoint = None
        self.ended.append(named)
        trainer.release()
        for snapshot in after:
            self._note(self._measure_after(stage, taken, snapshot.id))
        self._save()

    def _measure_after(self, stage: int, step: int, snapshot: str) -> Json | None:
        """The losses once a stage's branches are dropped and merged."""
        if not self.validation.records:
            return None
        remaining = remaining_branches(self.recipe, stage, self.bundle.merging)
        layout = lay_out(self.base.config.shape, remaining)
        trainer = self._trainer(stage, layout, self._carried(stage + 1), merged_before=stage + 1)
        return self.validation.measure(trainer, stage, step, snapshot)

    def _trainer(self, stage: int, layout: Layout, named: Named, merged_before: int | None = None) -> StageTrainer:
        before = stage if merged_before is None else merged_before
        return StageTrainer(
            self.base,
            self.recipe,
            stage,
            layout,
            named,
            merges=merges_before(self.recipe, before, self.ended, self.bundle.merging),
            tasks=len(self.archive.tasks),
            computing=self.computing,
        )

    def _layout(self, stage: int) -> Layout:
        return lay_out(self.base.config.shape, stage_branches(self.recipe, stage, self.bundle.merging))

    def _carried(self, stage: int) -> Named:
        """What the stage before leaves beside the weights."""
        if stage == 0:
            return {}
        return carried_over(self.ended[stage - 1], remaining_branches(self.recipe, stage - 1, self.bundle.merging))

    def _validate(self, trainer: StageTrainer, point: Point, snapshot: str) -> None:
        """Notes the losses; keeps the branches where no step of the stage had a lower one."""
        measured = self.validation.measure(trainer, point.stage, point.step, snapshot)
        self._note(measured)
        loss = self.validation.stage_loss(point.stage, measured)
        before = self.archive.best_of(point.stage)
        # Without measurements in between, only the end exists, and it is kept anyway.
        if self.recipe.validation.every_steps == 0 or loss is None or (before and not loss < before.loss):
            return
        data = write_branches(trainer.layout, trainer.named(), point.stage, self.recipe)
        others = [best for best in self.archive.best if best.stage != point.stage]
        self.archive.best = [*others, Best(point.stage, point.step, loss, data)]

    def _grow(self, trainer: StageTrainer, stage: int, step: int) -> None:
        point = {"stage": stage, "step": step, "linears": growth_of(trainer.named())}
        self.archive.growth = [*self.archive.growth, {"point": point, "routing": self._routing(trainer)}]

    def _routing(self, trainer: StageTrainer) -> list[Json]:
        """Choices of each linear for each task, since the stage began."""
        return [
            {
                "layer": counts.unit.layer,
                "projection": projection,
                "task": task,
                "tokens": int(counts.pairs[at, linear].diagonal().sum()) // counts.unit.active,
                "pairs": counts.pairs[at, linear].flatten().tolist(),
                "weights": counts.weights[at, linear].tolist(),
            }
            for counts in trainer.routing()
            for linear, projection in enumerate(counts.unit.projections)
            for at, task in enumerate(self.archive.tasks)
        ]

    def _note(self, measured: Json | None) -> None:
        if measured:
            self.archive.validation = [*self.archive.validation, measured]

    def _note_step(self, metrics: Json, indices: Sequence[int]) -> None:
        if self.notes_steps:
            training = self.records.training
            places = (training[index] for index in indices)
            rows = array("I", (part for place in places for part in (place.data_set, place.row)))
            self.archive.steps.append({"metrics": metrics, "rows": rows})
        left = sum(steps.order.steps for steps in self.stages[metrics["stage"] :]) - metrics["step"] - 1
        self.hooks.tell(metrics, Point(metrics["stage"], left))

    def _save(self) -> None:
        checkpoint, ended = self.archive.checkpoint, len(self.archive.stages)

        def done(stage: int, steps: StepRecords) -> int:
            if stage < ended:
                return steps.order.steps
            return checkpoint.step if checkpoint and stage == ended else 0

        stages: list[Json] = [
            {
                "name": description.name,
                "steps": steps.order.steps,
                "stepsDone": done(stage, steps),
                "records": steps.order.records,
            }
            for stage, (description, steps) in enumerate(zip(self.recipe.stages, self.stages))
        ]
        note_progress(self.archive, self.recipe, stages, self.computing, self.studio)
        self.hooks.save(self.archive)


def _metrics(stage: int, step: int, rate: float, figures: StepFigures, batch: LazyBatch, seconds: float) -> Json:
    return {
        "stage": stage,
        "step": step,
        "nll": figures.nll,
        "orthogonal": figures.orthogonal,
        "learningRate": rate,
        "gradientNorm": figures.gradient_norm,
        "targetTokens": figures.targets,
        "tokens": batch.tokens,
        "milliseconds": 1000 * seconds,
    }


def _not_finite(stage: int, step: int, figures: StepFigures) -> NotFinite:
    what = "the gradient vanished" if figures.gradient_norm == 0 else "a figure is not a number"
    return NotFinite(
        f"Step {step + 1} of stage {stage + 1} cannot be used: {what} "
        f"(loss {figures.nll:.4g}, gradient norm {figures.gradient_norm:.4g}).",
        "The archive holds the run up to its last checkpoint. Try float32, or a lower rate.",
    )
