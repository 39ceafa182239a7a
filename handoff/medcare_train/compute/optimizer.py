"""AdamW over one flat arena, as the studio's shaders compute it (shaders/optimizer/adamw.wgsl)."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch

from medcare_train.compute.buffers import bytes_of, tensor_of
from medcare_train.compute.random import random_words, unsigned
from medcare_train.files.checkpoint import RUN, Moments, padded_count
from medcare_train.plan.recipe import Optimizer

ROUNDING_STREAM = 0xADA
"""The stream of random words that 8-bit codes are rounded with."""


class Draw(NamedTuple):
    """What the rounding of a step is drawn from."""

    seed: int
    step: int


class AdamW:
    """Moments of an arena in float32, and a step; parameters and gradients are the caller's."""

    def __init__(self, settings: Optimizer, elements: int, device: torch.device) -> None:
        self.settings = settings
        self.first = torch.zeros(elements, device=device)
        self.second = torch.zeros(elements, device=device)
        self.coded = settings.moments == "8-bit"

    @torch.no_grad()
    def step(
        self, parameters: torch.Tensor, gradients: torch.Tensor, rate: float, draw: Draw, mask: torch.Tensor | None
    ) -> float:
        """One step; gives the norm of the gradient before clipping. `mask` is 0 where nothing is trained."""
        s, count = self.settings, draw.step + 1
        if mask is not None:
            gradients.mul_(mask)
        norm = float(torch.linalg.vector_norm(gradients, dtype=torch.float64))
        if not math.isfinite(norm):
            return norm
        if s.clip_norm > 0:
            gradients.mul_(min(1.0, s.clip_norm / (norm + 1e-6)))
        self.first.lerp_(gradients, 1 - s.beta1)
        self.second.mul_(s.beta2).addcmul_(gradients, gradients, value=1 - s.beta2)
        if s.weight_decay > 0:
            decay = rate * s.weight_decay
            parameters.mul_(1 - (decay if mask is None else decay * mask))
        root = (self.second / (1 - s.beta2**count)).sqrt_().add_(s.epsilon)
        parameters.addcdiv_(self.first, root, value=-rate / (1 - s.beta1**count))
        if self.coded:
            first, second = encode(self.first, self.second, draw)
            self.first, self.second = decode(first, second, len(self.first))
        return norm

    def moments(self) -> Moments:
        """Both moments as a checkpoint stores them."""
        if not self.coded:
            return Moments(bytes_of(self.first), bytes_of(self.second))
        # Values that went through codes give the same codes again, whatever is drawn.
        first, second = encode(self.first, self.second, None)
        return Moments(bytes_of(first.words()), bytes_of(second.words()), eight_bit=True)

    def load(self, moments: Moments) -> None:
        """Goes on from a checkpoint."""
        elements, device = len(self.first), self.first.device
        if not moments.eight_bit:
            self.first.copy_(tensor_of(moments.first))
            self.second.copy_(tensor_of(moments.second))
            return
        first, second = (Codes.of(words, elements, device) for words in (moments.first, moments.second))
        self.first, self.second = decode(first, second, elements)


class Codes(NamedTuple):
    """A moment in 8 bits: a code for each value, a scale for 32 of them."""

    codes: torch.Tensor
    """uint8; the first moment's are the bits of int8."""
    scales: torch.Tensor

    def words(self) -> torch.Tensor:
        """As a checkpoint has them: codes four to a word, then the scales' bits."""
        return torch.cat([self.codes.cpu(), self.scales.cpu().view(torch.uint8)]).view(torch.int32)

    @staticmethod
    def of(words: object, elements: int, device: torch.device) -> Codes:
        """The codes and scales of a checkpoint's words."""
        stored = tensor_of(words, torch.uint8).to(device)
        padded = padded_count(elements)
        return Codes(stored[:padded], stored[padded:].view(torch.float32))


def encode(first: torch.Tensor, second: torch.Tensor, draw: Draw | None) -> tuple[Codes, Codes]:
    """Both moments in codes: sign(c) (c / 127)² and (c / 255)⁴ of a scale, rounded at random, or to the nearest."""
    first, second = _in_runs(first), _in_runs(second)
    low, high = _randoms(first.numel(), draw, first.device)
    scale = first.abs().amax(1, keepdim=True)
    size = _code(_share(first.abs(), scale), 127, 2, low.view_as(first))
    signed = torch.where(first < 0, -size, size).to(torch.int8)
    scale2 = second.amax(1, keepdim=True)
    size2 = _code(_share(second, scale2), 255, 4, high.view_as(second)).clamp_min(1)
    unsigned_codes = torch.where(second == 0, torch.zeros_like(size2), size2).to(torch.uint8)
    return (
        Codes(signed.flatten().view(torch.uint8), scale.flatten()),
        Codes(unsigned_codes.flatten(), scale2.flatten()),
    )


def decode(first: Codes, second: Codes, elements: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Both moments in float32."""
    c = first.codes.view(torch.int8).float().view(-1, RUN)
    c2 = second.codes.float().view(-1, RUN)
    m = torch.sign(c) * (c / 127).square() * first.scales[:, None]
    v = (c2 / 255).pow(4) * second.scales[:, None]
    return m.flatten()[:elements].contiguous(), v.flatten()[:elements].contiguous()


def _in_runs(values: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.pad(values, (0, padded_count(len(values)) - len(values))).view(-1, RUN)


def _share(values: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
    return torch.where(scale > 0, values / scale, torch.zeros_like(values)).clamp_max(1)


def _code(share: torch.Tensor, most: int, power: int, random: torch.Tensor) -> torch.Tensor:
    """One of the two codes around `share` of the scale, so that the mean of their values is the share."""
    share = share.double()
    low = torch.floor(share.pow(1 / power) * most).clamp_max(most - 1)
    least, next_value = (low / most).pow(power), ((low + 1) / most).pow(power)
    return low + (random * (next_value - least) < share - least)


def _randoms(count: int, draw: Draw | None, device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
    if draw is None:
        half = torch.full((count,), 0.5, dtype=torch.float64, device=device)
        return half, half
    elements = torch.arange(count, dtype=torch.int32, device=device)
    words = unsigned(random_words(draw.seed, draw.step, ROUNDING_STREAM, elements)).double()
    high = torch.floor(words / 65536)
    return (words - high * 65536) / 65536, high / 65536
