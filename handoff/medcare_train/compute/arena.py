"""Branch values by name, in and out of the flat arena of a stage."""

from __future__ import annotations

from collections.abc import Mapping

import torch

from medcare_train.compute.buffers import bytes_of, tensor_of
from medcare_train.compute.random import initial_values
from medcare_train.files.checkpoint import branches_bytes, read_branches
from medcare_train.plan.layout import Layout, Slot, branches_differ
from medcare_train.plan.recipe import Branch, Recipe

Named = Mapping[str, torch.Tensor]


def slot_view(arena: torch.Tensor, slot: Slot) -> torch.Tensor:
    """The place of a parameter in an arena [rows, columns]."""
    return arena.as_strided((slot.rows, slot.columns), (slot.stride, 1), slot.offset)


def unpack(layout: Layout, arena: torch.Tensor) -> dict[str, torch.Tensor]:
    """Copies of the named parameters of an arena, in main memory."""
    return {slot.name: slot_view(arena, slot).reshape(slot.shape).cpu().clone() for slot in layout.slots}


def pack(layout: Layout, named: Named, device: torch.device) -> torch.Tensor:
    """An arena with these parameters; each has to be there, in its shape."""
    arena = torch.zeros(layout.elements)
    for slot in layout.slots:
        value = named.get(slot.name)
        if value is None or tuple(value.shape) != slot.shape:
            found = "is missing" if value is None else f"has the shape {tuple(value.shape)}"
            raise branches_differ(f"{slot.name} {found}")
        slot_view(arena, slot).copy_(value.reshape(slot.rows, slot.columns))
    return arena.to(device)


def first_parameters(layout: Layout, recipe: Recipe, carried: Named) -> dict[str, torch.Tensor]:
    """What a stage begins with: values that an earlier one left, else initial values."""
    return {
        slot.name: carried[slot.name]
        if slot.name in carried
        else initial_values(slot, recipe.seed, recipe.initialisation).view(slot.shape)
        for slot in layout.slots
    }


def trained_mask(layout: Layout, device: torch.device) -> torch.Tensor | None:
    """0 for everything of frozen branches; None where nothing is frozen."""
    if all(slot.branch.trains for slot in layout.slots):
        return None
    mask = torch.ones(layout.elements)
    for slot in layout.slots:
        if not slot.branch.trains:
            slot_view(mask, slot).zero_()
    return mask.to(device)


def carried_over(named: Named, remaining: list[Branch]) -> dict[str, torch.Tensor]:
    """Of a stage's values, those of the branches that remain."""
    names = {branch.name for branch in remaining}
    return {name: value for name, value in named.items() if name.split(".")[4] in names}


def write_branches(layout: Layout, named: Named, stage: int, recipe: Recipe) -> bytes:
    """A stage's branches as a file."""
    values = {name: bytes_of(value) for name, value in named.items()}
    return branches_bytes(layout, values, stage, recipe.name)


def load_branches(data: bytes, layout: Layout) -> dict[str, torch.Tensor]:
    """A stage's branches from a file, which has to hold all of them."""
    stored = read_branches(data)
    named = {}
    for slot in layout.slots:
        values = stored.get(slot.name)
        if values is None or len(values) != slot.rows * slot.columns:
            raise branches_differ(f"{slot.name} is missing or has another shape")
        named[slot.name] = tensor_of(values).view(slot.shape)
    return named
