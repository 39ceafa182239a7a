"""Opens the model as a stage finds it: the base with the branches that earlier stages merged, others beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch.distributed.fsdp import fully_shard

from medcare_train.compute.base_folder import BaseFolder
from medcare_train.compute.branches import Branches, Clock
from medcare_train.compute.decoder import Decoder
from medcare_train.compute.processes import Processes
from medcare_train.plan.layout import MODULES, Layout
from medcare_train.plan.recipe import INTO_WEIGHTS, PROJECTIONS, Branch, Recipe, stage_branches

Named = Mapping[str, torch.Tensor]
"""Branch parameters by name, float32."""


@dataclass(frozen=True)
class Computing:
    """How a model is computed."""

    processes: Processes
    dtype: torch.dtype = torch.float32
    sharded: bool = False
    """Whether the frozen base is spread over the processes (FSDP2); the branches are whole on each."""
    recomputing: str = "none"
    packed: bool = False
    """Whether frozen matrices stay in the bits of the run's precision, and are unpacked for each product."""


@dataclass(frozen=True)
class Merge:
    """A branch that goes into the weights, with the values that its stage ended with."""

    branch: Branch
    named: Named


def merges_before(recipe: Recipe, stage: int, ended: Sequence[Named], merging: str) -> list[Merge]:
    """What the stages before `stage` merged into the weights, in order."""
    if merging != INTO_WEIGHTS:
        return []
    found = []
    for earlier, named in enumerate(ended[:stage]):
        branches = {branch.name: branch for branch in stage_branches(recipe, earlier)}
        acts = recipe.stages[earlier].after
        found += [Merge(branches[act.branch], named) for act in acts if act.action == "merge"]
    return found


def open_decoder(base: BaseFolder, merges: Sequence[Merge], computing: Computing) -> Decoder:
    """The base with these branches merged, W' = W + scale · B A (eq. 13); not sharded yet."""
    decoder = Decoder(base, computing.processes.device, computing.dtype, computing.packed)
    decoder.requires_grad_(False)
    for merge in merges:
        for layer in range(base.config.layers):
            for projection in merge.branch.targets:
                add_branch(decoder, merge, layer, projection)
    decoder.recompute(computing.recomputing)
    return decoder


@torch.no_grad()
def add_branch(decoder: Decoder, merge: Merge, layer: int, projection: str) -> None:
    """Adds a branch to the weights of one linear; beside them where they have too few bits to take it in."""
    linear = decoder.linear(layer, projection)
    name = f"layers.{layer}.{MODULES[projection]}.{merge.branch.name}"
    a, b = (merge.named[f"{name}.{side}"].to(decoder.embedding.device) for side in "AB")
    if linear.weight is not None and linear.weight.dtype == torch.float32:
        linear.weight += merge.branch.scale * (b @ a)
    else:
        linear.merged.append((a, merge.branch.scale * b))


def attach(decoder: Decoder, layout: Layout, arena: torch.Tensor, clock: Clock) -> list[Branches]:
    """Puts the branches of a layout, whose values lie in the arena, beside their linears."""
    attached = []
    for block in layout.linears:
        stream = block.layer * len(PROJECTIONS) + PROJECTIONS.index(block.projection)
        branches = Branches(block, arena, clock, stream)
        decoder.linear(block.layer, block.projection).branches = branches
        attached.append(branches)
    return attached


def shard(decoder: Decoder, attached: Sequence[Branches], computing: Computing) -> None:
    """Spreads the frozen base over the processes, block by block; branches stay whole."""
    if not computing.sharded or computing.processes.count == 1:
        return
    mesh = torch.distributed.init_device_mesh(computing.processes.device.type, (computing.processes.count,))
    whole = {parameter for branches in attached for parameter in branches.parameters()}
    for block in decoder.layers:
        fully_shard(block, mesh=mesh, ignored_params=whole)
    fully_shard(decoder, mesh=mesh, ignored_params=whole)
