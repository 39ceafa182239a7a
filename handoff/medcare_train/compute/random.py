"""Random words of whole tensors, equal to those of plan/counters.py: masks of dropout, and initial values."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch

from medcare_train.plan.counters import MASK, MICRO_BATCH, TWO_32, name_hash
from medcare_train.plan.layout import Slot

AT_ONCE = 1 << 16
"""Words that are drawn together."""


def _signed(value: int) -> int:
    """The int32 with these bits."""
    value &= MASK
    return value - (1 << 32) if value >= 1 << 31 else value


def random_words(seed: int, step: int, stream: int, elements: torch.Tensor) -> torch.Tensor:
    """pcg4d for each element (int32): the words as the bits of an int32."""
    x, y, z = (
        torch.tensor(_signed(value * 1664525 + 1013904223), dtype=torch.int32, device=elements.device)
        for value in (seed, step, stream)
    )
    w = elements * 1664525 + 1013904223
    x, y, z, w = _mixed(x, y, z, w)
    x, y, z, w = (value ^ ((value >> 16) & 0xFFFF) for value in (x, y, z, w))
    return _mixed(x, y, z, w)[3]


def _mixed(
    x: torch.Tensor, y: torch.Tensor, z: torch.Tensor, w: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    x = x + y * w
    y = y + z * x
    z = z + x * y
    w = w + y * z
    return x, y, z, w


def unsigned(words: torch.Tensor) -> torch.Tensor:
    """The words as numbers from 0 to 2³² − 1, int64."""
    return words.long() & MASK


def swap_targets(count: int, seed: int, step: int, stream: int) -> Iterator[int]:
    """As plan/counters.py gives them, many at a time: a shuffle of a hundred million records takes a minute."""
    for last in range(count - 1, 0, -AT_ONCE):
        places = torch.arange(last, max(0, last - AT_ONCE), -1, dtype=torch.int32)
        shares = unsigned(random_words(seed, step, stream, places)).double() / TWO_32
        yield from (shares * (places.double() + 1)).long().tolist()


def dropout_mask(
    shape: torch.Size, probability: float, draws: tuple[int, int, int, int], device: torch.device
) -> torch.Tensor:
    """0 or 1/(1 − p) for each element; `draws` are seed, step, stream and micro-batch."""
    seed, step, stream, micro = draws
    elements = torch.arange(shape.numel(), dtype=torch.int32, device=device)
    words = random_words(seed, step, (stream + micro * MICRO_BATCH) & MASK, elements)
    # Unsigned comparison of int32: the highest bit is turned over on both sides.
    threshold = _signed(math.floor(probability * 2**32) ^ (1 << 31))
    kept = (words ^ torch.tensor(-(1 << 31), dtype=torch.int32, device=device)) >= threshold
    scale = torch.tensor(1 / (1 - probability), dtype=torch.float32, device=device)
    return torch.where(kept, scale, torch.zeros_like(scale)).view(shape)


def initial_values(slot: Slot, seed: int, initialisation: str) -> torch.Tensor:
    """A and router uniform in ±1/√d_in, or A normal with that deviation; B zero. A function of seed and name."""
    count = slot.rows * slot.columns
    if slot.name.endswith(".B"):
        return torch.zeros(count)
    bound = 1 / math.sqrt(slot.inputs)
    even = torch.arange(0, 2 * count, 2, dtype=torch.int32)
    stream = name_hash(slot.name)
    first = (unsigned(random_words(seed, 0, stream, even)).double() + 0.5) / TWO_32
    if initialisation == "gaussian" and slot.name.endswith(".A"):
        second = (unsigned(random_words(seed, 0, stream, even + 1)).double() + 0.5) / TWO_32
        values = bound * torch.sqrt(-2 * torch.log(first)) * torch.cos(2 * math.pi * second)
    else:
        values = bound * (2 * first - 1)
    return values.float()
