"""The values that the studio keeps of frozen matrices (docs/formats.md): exact, in 16 bits, in Q8_0 or in Q4_0."""

from __future__ import annotations

from typing import Literal, get_args

import torch

Precision = Literal["stored", "float32", "16-bit", "8-bit", "4-bit"]
PRECISIONS: tuple[Precision, ...] = get_args(Precision)
GROUP = 32
BITS = {"16-bit": 16, "8-bit": 8, "4-bit": 4}


def as_kept(stored: torch.Tensor, precision: Precision) -> torch.Tensor:
    """A matrix in float32, rounded as the device of the run keeps it; a coarser format is never made finer."""
    own = 16 if stored.dtype in (torch.float16, torch.bfloat16) else 32
    columns = stored.shape[-1]
    values = stored.float().clone() if stored.dtype == torch.float32 else stored.float()
    bits = BITS.get(precision, own)
    if bits >= own:
        return values
    if bits < 16 and columns % GROUP == 0:
        return _q8_0(values) if bits == 8 else _q4_0(values)
    return values.half().float() if columns % 4 == 0 else values


def _q8_0(values: torch.Tensor) -> torch.Tensor:
    """d · q with q in −127 … 127: d is the largest value of 32 over 127."""
    groups = values.view(-1, GROUP)
    d = groups.abs().amax(dim=1, keepdim=True) / 127
    scaled = groups * torch.where(d > 0, 1 / d, 0.0)
    q = torch.sign(scaled) * torch.floor(scaled.abs() + 0.5)  # halves away from zero, as C rounds
    return (q * d.half().float()).view_as(values)


def _q4_0(values: torch.Tensor) -> torch.Tensor:
    """d · (q − 8) with q in 0 … 15: d is the value farthest from zero over −8."""
    groups = values.view(-1, GROUP)
    farthest = groups.gather(1, groups.abs().argmax(dim=1, keepdim=True))
    d = farthest / -8
    scaled = groups * torch.where(d != 0, 1 / d, 0.0)
    q = torch.clamp(torch.trunc(scaled + 8.5), max=15.0)
    return ((q - 8) * d.half().float()).view_as(values)
