"""Bytes of tensors and tensors of bytes, without numpy."""

from __future__ import annotations

import ctypes

import torch


def bytes_of(tensor: torch.Tensor) -> bytes:
    """A copy of a tensor's bytes."""
    whole = tensor.detach().cpu().contiguous()
    return ctypes.string_at(whole.data_ptr(), whole.numel() * whole.element_size())


def tensor_of(buffer: object, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    """A tensor of a copy of these bytes."""
    data = bytearray(memoryview(buffer).cast("B"))  # type: ignore[arg-type]
    return torch.frombuffer(data, dtype=dtype) if data else torch.zeros(0, dtype=dtype)
