"""Frozen matrices kept in the bits that the run's precision gives them, and unpacked for each product.

The values are those of compute/rounding.py to the last bit, so that the run is the same; only memory and time differ.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812

from medcare_train.compute.rounding import GROUP, Precision


class Packed:
    """A matrix [rows, columns] in 16, 8 or 4 bits a value, with a scale of 16 bits for 32 of them where below 16."""

    def __init__(self, codes: torch.Tensor, scales: torch.Tensor | None, shape: torch.Size, bits: int) -> None:
        self._codes, self._scales, self.shape, self.bits = codes, scales, shape, bits

    @staticmethod
    def of(values: torch.Tensor, precision: Precision, device: torch.device) -> Packed | None:
        """A matrix that was rounded to this precision; None where packing it would change a value."""
        bits = {"8-bit": 8, "4-bit": 4}.get(precision, 16) if values.shape[1] % GROUP == 0 else 16
        if bits == 16:
            kinds = (torch.bfloat16, torch.float16)
            narrow = next((kind for kind in kinds if torch.equal(values.to(kind).float(), values)), None)
            return None if narrow is None else Packed(values.to(narrow).to(device), None, values.shape, bits)
        codes, scales = (_eight if bits == 8 else _four)(values.reshape(-1, GROUP))
        packed = Packed(codes, scales.half(), values.shape, bits)
        if not torch.equal(packed.values(torch.float32), values):
            return None
        return Packed(codes.to(device), scales.half().to(device), values.shape, bits)

    @property
    def bytes(self) -> int:
        """Bytes in memory."""
        parts = [self._codes, *([] if self._scales is None else [self._scales])]
        return sum(part.numel() * part.element_size() for part in parts)

    def values(self, dtype: torch.dtype) -> torch.Tensor:
        """The matrix."""
        if self._scales is None:
            return self._codes.to(dtype)
        codes = self._codes
        if self.bits == 4:
            codes = torch.stack([codes & 15, codes >> 4], dim=2).flatten(1).to(torch.int8) - 8
        return (codes.float() * self._scales.float()).view(self.shape).to(dtype)

    def product(self, x: torch.Tensor, bias: torch.Tensor | None) -> torch.Tensor:
        """x Wᵀ + bias."""
        return _Product.apply(x, self, bias)


class _Product(torch.autograd.Function):
    """Unpacks in both passes, so that no unpacked matrix waits for the backward pass."""

    @staticmethod
    def forward(ctx: torch.autograd.function.FunctionCtx, x: torch.Tensor, kept: Packed, bias: torch.Tensor | None):
        ctx.kept = kept  # type: ignore[attr-defined]
        return F.linear(x, kept.values(x.dtype), bias)

    @staticmethod
    def backward(ctx: torch.autograd.function.FunctionCtx, *gradients: torch.Tensor):
        (gradient,) = gradients
        kept: Packed = ctx.kept  # type: ignore[attr-defined]
        return gradient @ kept.values(gradient.dtype), None, None


def _eight(groups: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    scales = groups.abs().amax(1, keepdim=True) / 127
    return torch.where(scales > 0, groups / scales, 0.0).round().to(torch.int8), scales


def _four(groups: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    scales = groups.gather(1, groups.abs().argmax(1, keepdim=True)) / -8
    nibbles = (torch.where(scales != 0, groups / scales, 0.0).round() + 8).to(torch.uint8)
    return nibbles[:, ::2] | (nibbles[:, 1::2] << 4), scales
