"""Errors of golden cases beside their bounds, which are those of scripts/parity/golden-case.ts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch

LONG_CASE = 20
"""Steps from which a case is long: a near-tie of the router may flip, and what follows differs in kind."""
NOISE_SHARE = 1e-8
"""Share of the whole gradient's norm below which a tensor's reference gradient is rounding alone."""


@dataclass(frozen=True)
class Bounds:
    """How large errors may be."""

    logits: float = 1e-4
    nll: float = 1e-5
    orthogonal: float = 1e-5
    gradients: float = 2e-4
    gradient_norm: float = 2e-4
    change: float = 2e-3
    merged: float = 1e-3
    validation: float = 5e-3

    @staticmethod
    def of_case(steps: int) -> Bounds:
        """The bounds of a case with this many steps."""
        return replace(Bounds(), nll=5e-3, orthogonal=1e-2) if steps >= LONG_CASE else Bounds()


@dataclass(frozen=True)
class Finding:
    """The largest error of one quantity."""

    quantity: str
    error: float
    bound: float
    detail: str

    @property
    def holds(self) -> bool:
        """Whether the bound holds; a NaN does not."""
        return self.error <= self.bound


class Findings:
    """The largest error of each quantity so far."""

    def __init__(self) -> None:
        self._largest: dict[str, Finding] = {}

    def note(self, quantity: str, error: float, bound: float, detail: str = "") -> None:
        """Keeps an error where it is larger than those before, or no number."""
        before = self._largest.get(quantity)
        if before is None or not error <= before.error:
            self._largest[quantity] = Finding(quantity, error, bound, detail)

    def all(self) -> list[Finding]:
        """One finding for each quantity."""
        return list(self._largest.values())


def relative(found: float, due: float) -> float:
    """|found − due| / |due|."""
    return abs(found - due) / abs(due)


def relative_l2(found: torch.Tensor, due: torch.Tensor) -> float:
    """The L2 norm of the difference over that of what is due."""
    return float((found.double() - due.double()).norm() / due.double().norm())


def largest_relative(found: torch.Tensor, due: torch.Tensor) -> float:
    """The largest difference over the largest value that is due."""
    return float((found.double() - due.double()).abs().max() / due.double().abs().max())
