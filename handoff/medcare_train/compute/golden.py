"""Runs one golden case (test/fixtures/golden/README.md): the largest error of every quantity against its bound.

Bounds and quantities are those of scripts/parity/golden-case.ts, which does the same with the studio's engine.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from medcare_train.compute.arena import carried_over, unpack
from medcare_train.compute.base_folder import BaseFolder
from medcare_train.compute.decoder import Decoder, Inputs
from medcare_train.compute.findings import (
    LONG_CASE,
    NOISE_SHARE,
    Bounds,
    Findings,
    largest_relative,
    relative,
    relative_l2,
)
from medcare_train.compute.golden_files import Json, Tensors, golden_recipe, read_tensors, rows_as_records
from medcare_train.compute.model_state import Computing, Merge, merges_before, open_decoder
from medcare_train.compute.stage_trainer import StageTrainer
from medcare_train.plan.layout import lay_out
from medcare_train.plan.packing import NO_TARGET, MicroBatch, Record, pack
from medcare_train.plan.recipe import (
    INTO_WEIGHTS,
    KINDS,
    remaining_branches,
    stage_branches,
)
from medcare_train.plan.schedule import learning_rate

STAGES = ("mka", "da")


@dataclass
class GoldenCase:
    """A case, and what was found."""

    folder: Path
    computing: Computing
    findings: Findings

    def __post_init__(self) -> None:
        self.case: Json = json.loads((self.folder / "case.json").read_text(encoding="utf-8"))
        self.recipe = golden_recipe(self.case)
        self.tensors = read_tensors(self.folder / "tensors.safetensors")
        self.base = BaseFolder(self.folder / "model")
        self.device = self.computing.processes.device
        self.long = self.case["steps"] >= LONG_CASE
        self.bounds = Bounds.of_case(self.case["steps"])
        self.ended: list[Tensors] = []

    def run(self) -> Findings:
        """Every quantity of the case."""
        self._check_base()
        for stage, name in enumerate(STAGES):
            self._check_stage(stage, name)
        self._check_merged()
        return self.findings

    # The base, and the merged model

    def _plain(self, merges: list[Merge]) -> Decoder:
        alone = Computing(self.computing.processes, recomputing="none")
        return open_decoder(self.base, merges, alone)

    def _check_base(self) -> None:
        decoder = self._plain([])
        self._note_logits("base logits", decoder, "forward.logits", self.bounds.logits)
        if "generate.prompt" in self.tensors:
            wrong = self._greedy_differences(decoder)
            self.findings.note("greedy tokens that differ", wrong, 0)
        self._check_validation("base", self._losses_of(decoder))

    def _check_merged(self) -> None:
        merges = merges_before(self.recipe, len(STAGES), self.ended, INTO_WEIGHTS)
        decoder = self._plain(merges)
        if not self.long:
            for name, due in read_tensors(self.folder / "merged.weights.safetensors").items():
                found = decoder.get_submodule(name).weight.detach().cpu()
                self.findings.note("merged weights", largest_relative(found, due), self.bounds.merged, name)
        # After many real steps of either side's own rounding the logits agree in kind, not in digits.
        bound = 5e-2 if self.long else self.bounds.merged
        self._note_logits("merged logits", decoder, "merged.logits", bound)

    @torch.no_grad()
    def _greedy_differences(self, decoder: Decoder) -> int:
        ids = self.tensors["generate.prompt"].flatten().tolist()
        due = self.tensors["generate.greedy"].flatten().tolist()
        for _ in due:
            inputs = self._inputs([Record(ids, [NO_TARGET] * len(ids), 0)])
            last = torch.tensor([len(ids) - 1], device=self.device)
            ids.append(int(decoder(inputs, last).argmax()))
        return sum(one != other for one, other in zip(ids[-len(due) :], due))

    # Forward passes

    def _inputs(self, records: list[Record]) -> Inputs:
        part = pack(records, 1 << 30)[0]
        ids, positions = (torch.tensor(list(values), device=self.device) for values in (part.ids, part.positions))
        return Inputs(ids, positions, part.lengths)

    def _real_rows(self, batch: int) -> torch.Tensor:
        """Rows of tokens rather than padding: the reference treats positions after a row's end in its own way."""
        padded = self.tensors["forward.input_ids"][:batch] == self.case["padTokenId"]
        tail = padded.flip(1).cumprod(1).flip(1).bool()
        return ~tail.flatten()

    @torch.no_grad()
    def _note_logits(self, quantity: str, decoder: Decoder, expected: str, bound: float) -> None:
        due = self.tensors[expected]
        batch = due.shape[0]
        ids, labels = (self.tensors[f"forward.{name}"][:batch] for name in ("input_ids", "labels"))
        inputs = self._inputs(rows_as_records(ids, labels))
        found = decoder(inputs, torch.arange(len(inputs.ids), device=self.device)).cpu()
        real = self._real_rows(batch)
        self.findings.note(quantity, largest_relative(found[real], due.flatten(0, 1)[real]), bound)

    def _check_routing(self, trainer: StageTrainer) -> None:
        trainer.clock.watching = True
        self._note_logits("stage-1 logits", trainer.decoder, "mka.logits", self.bounds.logits)
        trainer.clock.watching = False
        real = self._real_rows(self.tensors["mka.logits"].shape[0])
        for name, value in trainer.clock.seen.items():
            linear, what = name.rsplit(".", 1)
            found = value.cpu()[real]
            due = self.tensors[f"mka.router.{linear}.{what}"].flatten(0, -2)[: len(real)][real]
            if what == "index":
                self.findings.note("router choices that differ", int((found != due).sum()), 0, linear)
            else:
                quantity = "router probabilities" if what == "probs" else "router gates"
                self.findings.note(quantity, largest_relative(found, due), self.bounds.logits, linear)

    # Training

    def _check_stage(self, stage: int, name: str) -> None:
        layout = lay_out(self.base.config.shape, stage_branches(self.recipe, stage))
        start = read_tensors(self.folder / f"{name}.start.safetensors")
        trainer = StageTrainer(
            self.base,
            self.recipe,
            stage,
            layout,
            start,
            merges=merges_before(self.recipe, stage, self.ended, INTO_WEIGHTS),
            tasks=1,
            computing=self.computing,
        )
        if stage == 0 and "mka.logits" in self.tensors:
            self._check_routing(trainer)
        for step, batch in enumerate(self._batches(name)):
            self._check_step(trainer, name, step, batch)
        end = trainer.named()
        if not self.long:
            self._check_change(name, start, end)
        if "validation" in self.case:
            state = "stage1WithNA" if stage == 0 else "stage2"
            self._check_validation(state, trainer.record_losses)
        self.ended.append(end)
        trainer.release()
        if stage == 0 and "validation" in self.case:
            self._check_without_aggregator()

    def _batches(self, name: str) -> Iterator[list[MicroBatch]]:
        ids, labels = (self.tensors[f"{name}.{what}"] for what in ("input_ids", "labels"))
        each = self.case["optimizer"]["accumulate"]
        for step in range(self.case["steps"]):
            micros = range(step * each, (step + 1) * each)
            yield [pack(rows_as_records(ids[micro], labels[micro]), ids[0].numel())[0] for micro in micros]

    def _check_step(self, trainer: StageTrainer, name: str, step: int, batch: list[MicroBatch]) -> None:
        due, note, bounds = self.case[name][step], self.findings.note, self.bounds
        where = f"step {step}"
        rate = learning_rate(step, self.case["steps"], self.recipe.optimizer)
        note("learning rate", abs(rate - due["learningRate"]), 1e-12, f"{name} {where}")
        nll, orthogonal, _ = trainer.accumulate(batch, step)
        if step == 0:
            self._check_gradients(name, unpack(trainer.layout, trainer.gradients))
        norm = trainer.update(step, rate)
        note(f"{name} nll", relative(nll, due["nll"]), bounds.nll, where)
        if not self.long or step == 0:
            note(f"{name} gradient norm", relative(norm, due["gradNorm"]), bounds.gradient_norm, where)
        if orthogonal is not None and due["orthogonal"] != 0:
            note(f"{name} orthogonal loss", relative(orthogonal, due["orthogonal"]), bounds.orthogonal, where)

    def _check_gradients(self, name: str, gradients: Tensors) -> None:
        for parameter, due in read_tensors(self.folder / f"{name}.grads.safetensors").items():
            found = gradients[parameter]
            if not self._is_noise(name, due):
                error = relative_l2(found, due)
                self.findings.note(f"{name} gradients", error, self.bounds.gradients, parameter)
                continue
            share = float(found.norm()) / self.case[name][0]["gradNorm"]
            self.findings.note(f"{name} gradients, truly zero", share, NOISE_SHARE, parameter)

    def _check_change(self, name: str, start: Tensors, end: Tensors) -> None:
        gradients = read_tensors(self.folder / f"{name}.grads.safetensors")
        rates = sum(step["learningRate"] for step in self.case[name])
        for parameter, due in read_tensors(self.folder / f"{name}.end.safetensors").items():
            moved = end[parameter] - start[parameter]
            if self._is_noise(name, gradients[parameter]):
                # The reference moved by amplified noise, at most a small part of what a real gradient moves.
                most = float(moved.abs().max()) / rates
                self.findings.note(f"{name} change, truly zero", most, 2e-2, parameter)
                continue
            error = relative_l2(moved, due - start[parameter])
            self.findings.note(f"{name} parameter change", error, self.bounds.change, parameter)

    def _is_noise(self, name: str, gradient: torch.Tensor) -> bool:
        """Whether the exact gradient is zero, so that the reference holds rounding alone."""
        return float(gradient.norm()) < NOISE_SHARE * self.case[name][0]["gradNorm"]

    # Validation, where a case has it

    def _check_without_aggregator(self) -> None:
        remaining = remaining_branches(self.recipe, 0)
        trainer = StageTrainer(
            self.base,
            self.recipe,
            0,
            lay_out(self.base.config.shape, remaining),
            carried_over(self.ended[0], remaining),
            merges=merges_before(self.recipe, 1, self.ended, INTO_WEIGHTS),
            tasks=1,
            computing=self.computing,
        )
        self._check_validation("stage1WithoutNA", trainer.record_losses)

    def _losses_of(self, decoder: Decoder) -> Any:
        @torch.no_grad()
        def losses(records: list[Record]) -> list[float]:
            sums = []
            for record in records:
                part = pack([record], len(record.ids))[0]
                rows, wanted = (torch.tensor(list(v), device=self.device) for v in (part.rows, part.wanted))
                sums.append(float(decoder(self._inputs([record]), rows, wanted).double().sum()))
            return sums

        return losses

    def _check_validation(self, state: str, losses: Any) -> None:
        if "validation" not in self.case:
            return
        file = read_tensors(self.folder / "validation.safetensors")
        for kind in KINDS:
            records = rows_as_records(file[f"{kind}.input_ids"], file[f"{kind}.labels"])
            targets = int((file[f"{kind}.labels"][:, 1:] != NO_TARGET).sum())
            due = self.case["validation"][state][kind]
            error = relative(sum(losses(records)) / targets, due)
            self.findings.note("validation nll", error, self.bounds.validation, f"{state} {kind}")
