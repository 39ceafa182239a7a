"""Trains one stage: steps over global batches, losses of records, counts of routing, checkpoints.

Micro-batch m of a step is computed by process m mod N, under its own number m; sums over processes are sums over the
batch. So the number of processes changes nothing but the order of sums.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from medcare_train.compute.arena import Named, pack, trained_mask, unpack
from medcare_train.compute.base_folder import BaseFolder
from medcare_train.compute.branches import Clock, RoutingCounts
from medcare_train.compute.buffers import bytes_of, tensor_of
from medcare_train.compute.decoder import Inputs
from medcare_train.compute.losses import orthogonal_loss
from medcare_train.compute.model_state import Computing, Merge, attach, open_decoder, shard
from medcare_train.compute.optimizer import AdamW, Draw
from medcare_train.files.checkpoint import RoutingState, StageState, checkpoint_bytes
from medcare_train.plan.counters import stage_seed
from medcare_train.plan.layout import Layout, branches_differ
from medcare_train.plan.packing import Batch, MicroBatch, Record
from medcare_train.plan.packing import pack as pack_records
from medcare_train.plan.recipe import Recipe


@dataclass(frozen=True)
class StepFigures:
    """The figures of a step."""

    nll: float
    """Token mean over the global batch."""
    orthogonal: float | None
    """Σ|A_k A_dᵀ| before the step, unweighted; None without the term."""
    gradient_norm: float
    """Before clipping."""
    targets: int
    """Of the global batch."""

    @property
    def usable(self) -> bool:
        """Whether the run can go on: a gradient of exactly zero means that activations overflowed."""
        figures = (self.nll, self.gradient_norm, self.orthogonal or 0.0)
        return all(map(math.isfinite, figures)) and self.gradient_norm > 0


class StageTrainer:
    """One stage on this process's device."""

    def __init__(
        self,
        base: BaseFolder,
        recipe: Recipe,
        stage: int,
        layout: Layout,
        named: Named,
        *,
        merges: Sequence[Merge],
        tasks: int,
        computing: Computing,
    ) -> None:
        self.recipe, self.index, self.layout, self.tasks = recipe, stage, layout, tasks
        self.processes = computing.processes
        self.sharded = computing.sharded and self.processes.count > 1
        device = self.processes.device
        self.clock = Clock(seed=stage_seed(recipe.seed, stage))
        self.arena = pack(layout, named, device)
        self.gradients = torch.zeros_like(self.arena)
        self.mask = trained_mask(layout, device)
        self.optimizer = AdamW(recipe.optimizer, layout.elements, device)
        self.decoder = open_decoder(base, merges, computing)
        self.attached = attach(self.decoder, layout, self.arena, self.clock)
        shard(self.decoder, self.attached, computing)
        self._point_gradients()
        self.counts = self._open_counts(device)
        self.counted_before: list[tuple[torch.Tensor, torch.Tensor]] = []

    def step(self, batch: Batch, step: int, rate: float) -> StepFigures:
        """One optimiser step over a global batch."""
        nll, orthogonal, targets = self.accumulate(batch, step)
        return StepFigures(nll, orthogonal, self.update(step, rate), targets)

    def update(self, step: int, rate: float) -> float:
        """Moves the parameters by the gradient that was accumulated; gives its norm before clipping."""
        draw = Draw(self.clock.seed, step)
        return self.optimizer.step(self.arena, self.gradients, rate, draw, self.mask)

    def accumulate(self, batch: Batch, step: int) -> tuple[float, float | None, int]:
        """The gradient of a global batch into `gradients`; gives nll, orthogonal loss and targets."""
        self.gradients.zero_()
        own = self._own(batch)
        found = self._global(sum(len(part.rows) for _, part in own if part is not None))
        targets = max(1, found)
        total = torch.zeros(1, dtype=torch.float64, device=self.processes.device)
        self.clock.step = step
        for micro, part in own:
            self.clock.micro, self.clock.training = micro, True
            losses = self._losses(part, count=True)
            losses.sum().div(targets).backward()
            total += losses.detach().double().sum()
        self.clock.training = False
        self.processes.sum(self.gradients)
        return float(self.processes.sum(total)) / targets, self._add_orthogonal(), found

    @torch.no_grad()
    def record_losses(self, records: Sequence[Record]) -> list[float]:
        """Sum of −log p over the targets of each record, without dropout."""
        sums = torch.zeros(len(records), dtype=torch.float64, device=self.processes.device)
        batch = pack_records(records, self.recipe.batch.micro_batch_tokens)
        for _, part in self._own(batch):
            losses = self._losses(part, count=False).double()
            if part is not None:
                for member, own in zip(part.members, losses.split(part.targets)):
                    sums[member] = own.sum()
        return [float(value) for value in self.processes.sum(sums)]

    def named(self) -> dict[str, torch.Tensor]:
        """The parameters by name."""
        return unpack(self.layout, self.arena)

    def routing(self) -> list[RoutingCounts]:
        """Choices since the stage began, over all processes; every process has to ask."""
        found = []
        for index, counts in enumerate(self.counts):
            pairs = self.processes.sum(counts.pairs.clone()).cpu()
            weights = self.processes.sum(counts.weights.clone()).cpu()
            if self.counted_before:
                pairs, weights = pairs + self.counted_before[index][0], weights + self.counted_before[index][1]
            found.append(RoutingCounts(counts.unit, pairs, weights))
        return found

    def checkpoint(self, step: int) -> bytes:
        """Everything needed to go on after `step` steps; every process has to ask."""
        routing = [stored_counts(counts.pairs, counts.weights) for counts in self.routing()]
        parameters = bytes_of(self.arena)
        return checkpoint_bytes(StageState(self.index, step, parameters, self.optimizer.moments(), routing))

    def resume(self, state: StageState) -> None:
        """Goes on from a checkpoint of this stage."""
        self.arena.copy_(tensor_of(state.parameters))
        if state.moments:
            self.optimizer.load(state.moments)
        self.counted_before = [
            counts_of(stored, counts.pairs.shape, counts.weights.shape)
            for counts, stored in zip(self.counts, state.routing)
        ]

    def release(self) -> None:
        """Lets go of the model, before another one is opened."""
        del self.decoder, self.gradients, self.optimizer
        self.attached = []

    def _global(self, own: int) -> int:
        """A count over all processes."""
        return int(self.processes.sum(torch.tensor([own], dtype=torch.int64, device=self.processes.device)))

    def _own(self, batch: Batch) -> list[tuple[int, MicroBatch | None]]:
        """This process's micro-batches; sharded weights are gathered together, so all take equally many turns."""
        count, rank = self.processes.count, self.processes.rank
        own: list[tuple[int, MicroBatch | None]] = [(micro, batch[micro]) for micro in range(rank, len(batch), count)]
        if self.sharded:
            own += [(len(batch), None)] * (math.ceil(len(batch) / count) - len(own))
        return own

    def _losses(self, part: MicroBatch | None, count: bool) -> torch.Tensor:
        """−log p of each target of a micro-batch; a turn without one reads a token and predicts nothing."""
        device = self.processes.device
        clock = self.clock
        if part is None:
            one, none = (
                torch.zeros(1, dtype=torch.long, device=device),
                torch.zeros(0, dtype=torch.long, device=device),
            )
            return self.decoder(Inputs(one, one, [1]), none, none)
        ids, positions, tasks, rows, wanted = (
            torch.frombuffer(values, dtype=torch.int64).to(device)
            if len(values)
            else torch.zeros(0, dtype=torch.long, device=device)
            for values in (part.ids, part.positions, part.tasks, part.rows, part.wanted)
        )
        clock.tasks, clock.counting = tasks, count
        losses = self.decoder(Inputs(ids, positions, part.lengths), rows, wanted)
        clock.counting = False
        return losses

    def _add_orthogonal(self) -> float | None:
        """Adds the orthogonal loss once to a step's gradient, which is the same on every process."""
        pair = self.recipe.stages[self.index].orthogonal
        if pair is None:
            return None
        loss = orthogonal_loss(self.attached, pair.between)
        if loss is None:
            return 0.0
        if pair.weight:
            (pair.weight * loss).backward()
        return float(loss.detach())

    def _point_gradients(self) -> None:
        """Gradients of all branches add up in one flat array."""
        for branches in self.attached:
            for parameter, offset in branches.parameters_with_ranges():
                part = self.gradients[offset : offset + parameter.numel()]
                parameter.grad = part.view(parameter.shape)

    def _open_counts(self, device: torch.device) -> list[RoutingCounts]:
        counts = [RoutingCounts.empty(unit, self.tasks, device) for unit in self.layout.units]
        places = {
            (one.unit.layer, projection): (one, place)
            for one in counts
            for place, projection in enumerate(one.unit.projections)
        }
        for branches in self.attached:
            found = places.get((branches.block.layer, branches.block.projection))
            if found:
                branches.counts, branches.place = found
        return counts


MOST_COUNT = 2**32 - 1
"""The largest count that 32 bits hold: a hundred million records make more choices than that."""


def stored_counts(pairs: torch.Tensor, weights: torch.Tensor) -> RoutingState:
    """Choices of routers as a checkpoint has them."""
    held = pairs.clamp(max=MOST_COUNT)
    beyond = pairs - held
    # PyTorch has no arithmetic on unsigned words: the upper half of them are negative numbers of 32 bits.
    words = torch.where(held > MOST_COUNT // 2, held - MOST_COUNT - 1, held).to(torch.int32)
    return RoutingState(bytes_of(words), bytes_of(weights.float()), bytes_of(beyond) if beyond.any() else None)


def counts_of(stored: RoutingState, pairs: torch.Size, weights: torch.Size) -> tuple[torch.Tensor, torch.Tensor]:
    """Both from a checkpoint, in these shapes; a fault where they have others."""
    lengths = [memoryview(part).nbytes for part in stored if part is not None]
    due = [4 * pairs.numel(), 4 * weights.numel(), 8 * pairs.numel()]
    if lengths != due[: len(lengths)]:
        raise branches_differ("the checkpoint's counts of routers have another shape")
    counted = tensor_of(stored.pairs, torch.int32).long() & MOST_COUNT
    if stored.beyond is not None:
        counted = counted + tensor_of(stored.beyond, torch.int64)
    return counted.view(pairs), tensor_of(stored.weights).double().view(weights)
