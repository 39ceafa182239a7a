"""Checkpoints and branch files as the studio writes them (src/engine/training/run/checkpoint.ts)."""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from medcare_train.files.safetensors import Tensor, TensorFile, safetensors_bytes
from medcare_train.plan.layout import Layout, branches_differ

FORMAT = "medcare-checkpoint-1"
RUN = 32
"""Neighbouring parameters whose moments share a scale, where those take 8 bits."""
WINDOW = 64 * RUN
"""Moments in 8 bits fill whole windows."""
Buffer = Any
"""Anything whose bytes can be read in place: an array, a view, a tensor's memory."""


@dataclass
class Moments:
    """Both running means: float32, or the words of 8-bit codes and scales."""

    first: Buffer
    second: Buffer
    eight_bit: bool = False


class RoutingState(NamedTuple):
    """What the routers of a unit have chosen."""

    pairs: Buffer
    """U32 [tasks, linears, E, E]; a count beyond 32 bits is the largest of them."""
    weights: Buffer
    """F32 [tasks, linears, E]"""
    beyond: Buffer | None = None
    """I64, what is missing in `pairs`: only in runs of billions of tokens, and only this program reads it."""


@dataclass
class StageState:
    """Everything that a stage under way needs to go on, beside base and records."""

    stage: int
    step: int
    parameters: Buffer
    moments: Moments | None
    routing: list[RoutingState] = field(default_factory=list)


def checkpoint_bytes(state: StageState) -> bytes:
    """A checkpoint file."""
    tensors = {"parameters": _flat("F32", state.parameters)}
    if state.moments:
        dtype = "I32" if state.moments.eight_bit else "F32"
        tensors["first_moment"] = _flat(dtype, state.moments.first)
        tensors["second_moment"] = _flat(dtype, state.moments.second)
    for index, (pairs, weights, beyond) in enumerate(state.routing):
        tensors[f"routing.{index}.pairs"] = _flat("U32", pairs)
        tensors[f"routing.{index}.weights"] = _flat("F32", weights)
        if beyond is not None:
            tensors[f"routing.{index}.beyond"] = Tensor("I64", (memoryview(beyond).nbytes // 8,), beyond)
    metadata = {
        "format": FORMAT,
        "stage": str(state.stage),
        "step": str(state.step),
        "routing": str(len(state.routing)),
    }
    return safetensors_bytes(tensors, metadata)


def read_checkpoint(data: bytes, layout: Layout) -> StageState:
    """A checkpoint of a stage with this layout."""
    file = TensorFile(data, "the checkpoint")
    if file.metadata.get("format") != FORMAT:
        raise branches_differ(f"the checkpoint's format is not {FORMAT}")
    parameters = file.bytes("parameters")
    if len(parameters) != 4 * layout.elements:
        raise branches_differ(f"the checkpoint holds {len(parameters) // 4} values, not {layout.elements}")
    moments = None
    if "first_moment" in file.tensors:
        eight_bit = file.tensors["first_moment"].dtype == "I32"
        moments = Moments(file.bytes("first_moment"), file.bytes("second_moment"), eight_bit)
        due = moment_bytes(layout.elements, eight_bit)
        if {len(moments.first), len(moments.second)} != {due}:
            raise branches_differ(f"the checkpoint's moments are not of {layout.elements} values")
    stage, step, count = (file.metadata.get(name, "") for name in ("stage", "step", "routing"))
    if not (stage.isdecimal() and step.isdecimal()):
        raise branches_differ("the checkpoint does not say which step it is of")
    if count != str(len(layout.units)):
        raise branches_differ(f"the checkpoint counts {count} groups of routers, not {len(layout.units)}")
    routing = [_routing(file, f"routing.{unit}") for unit in range(len(layout.units))]
    return StageState(int(stage), int(step), parameters, moments, routing)


def _routing(file: TensorFile, unit: str) -> RoutingState:
    beyond = file.bytes(f"{unit}.beyond") if f"{unit}.beyond" in file.tensors else None
    return RoutingState(file.bytes(f"{unit}.pairs"), file.bytes(f"{unit}.weights"), beyond)


def moment_bytes(elements: int, eight_bit: bool) -> int:
    """Bytes of a running mean of so many values: float32, or a code for each and a scale for each run of them."""
    padded = padded_count(elements)
    return padded + 4 * padded // RUN if eight_bit else 4 * elements


def padded_count(elements: int) -> int:
    """Values in whole windows."""
    return math.ceil(elements / WINDOW) * WINDOW


def branches_bytes(layout: Layout, named: Mapping[str, Buffer], stage: int, recipe: str) -> bytes:
    """The branches of a stage by name."""
    tensors = {slot.name: Tensor("F32", slot.shape, named[slot.name]) for slot in layout.slots}
    return safetensors_bytes(tensors, {"format": "medcare-branches-1", "stage": str(stage), "recipe": recipe})


def read_branches(data: bytes) -> dict[str, memoryview[float]]:
    """Named parameters, as views of float32 values."""
    file = TensorFile(data, "the branch file")
    return {name: file.bytes(name).cast("f") for name in file.tensors}


def _flat(dtype: str, values: Buffer) -> Tensor:
    return Tensor(dtype, (memoryview(values).nbytes // 4,), values)


def float_array(values: Sequence[float]) -> array[float]:
    """Numbers as float32 in one buffer."""
    return array("f", values)
