"""A frozen linear with its branches: y = base(x) + Σ scale · (x Aᵀ) Bᵀ (eq. 1, 3–9).

The A matrices of all branches of a linear, its router included, are one matrix, and so are the B matrices: each is a
view of the arena that the stage trains.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn

from medcare_train.compute.packed import Packed
from medcare_train.compute.random import dropout_mask
from medcare_train.plan.layout import LinearBlock, RouterUnit


@dataclass
class RoutingCounts:
    """Choices of one unit of routers: how often each pair, and the sum of each expert's weights."""

    unit: RouterUnit
    pairs: torch.Tensor
    """int64 [tasks, linears, E, E]: [a][b] with a < b counts the pair, the diagonal each expert."""
    weights: torch.Tensor
    """float64 [tasks, linears, E]."""

    @staticmethod
    def empty(unit: RouterUnit, tasks: int, device: torch.device) -> RoutingCounts:
        """Nothing counted yet."""
        experts, linears = unit.experts, len(unit.projections)
        return RoutingCounts(
            unit,
            torch.zeros(tasks, linears, experts, experts, dtype=torch.int64, device=device),
            torch.zeros(tasks, linears, experts, dtype=torch.float64, device=device),
        )


@dataclass
class Clock:
    """Where training stands: what masks are drawn from, and whether routing is counted."""

    seed: int = 0
    step: int = 0
    micro: int = 0
    training: bool = False
    counting: bool = False
    """Off while activations are recomputed, or choices would be counted twice."""
    tasks: torch.Tensor | None = None
    """The task of each row."""
    seen: dict[str, torch.Tensor] = field(default_factory=dict)
    """Where a parity check asks for them: the router's choices of each linear, by name."""
    watching: bool = False


class Branched(nn.Module):
    """A frozen linear, and the branches that a stage attaches to it."""

    def __init__(self, weight: torch.Tensor | Packed, bias: torch.Tensor | None) -> None:
        super().__init__()
        self.packed = weight if isinstance(weight, Packed) else None
        self.weight = None if isinstance(weight, Packed) else nn.Parameter(weight, requires_grad=False)
        self.bias = nn.Parameter(bias, requires_grad=False) if bias is not None else None
        self.branches: Branches | None = None
        self.merged: list[tuple[torch.Tensor, torch.Tensor]] = []
        """A and scale · B of merged branches, where rounding would destroy them in the weights."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x [rows, inputs] → [rows, outputs]."""
        y = F.linear(x, self.weight, self.bias) if self.packed is None else self.packed.product(x, self.bias)
        if self.branches is not None:
            y = y + self.branches(x.float()).to(y.dtype)
        for a, b in self.merged:
            y = y + ((x.float() @ a.T) @ b.T).to(y.dtype)
        return y


class Branches(nn.Module):
    """The branches of one linear, computed in float32 whatever the base computes in."""

    def __init__(self, block: LinearBlock, arena: torch.Tensor, clock: Clock, stream: int) -> None:
        super().__init__()
        self.block = block
        self.clock = clock
        self.stream = stream
        self.a = _view(arena, (block.columns, block.inputs), block.a)
        self.b = _view(arena, (block.outputs, block.rank_columns), block.b)
        experts = block.mixture.experts if block.mixture else 0
        self.router_bias = _view(arena, (experts,), block.bias) if block.bias is not None else None
        scales = [plain.branch.scale for plain in block.plain for _ in range(plain.branch.rank)]
        self.register_buffer("scales", torch.tensor(scales, device=arena.device), persistent=False)
        self.counts: RoutingCounts | None = None
        self.place = 0
        """Its place among the linears of its unit of routers."""

    def parameters_with_ranges(self) -> list[tuple[nn.Parameter, int]]:
        """What is trained here, and where it begins in the arena."""
        found = [(self.a, self.block.a), (self.b, self.block.b)]
        if self.router_bias is not None and self.block.bias is not None:
            found.append((self.router_bias, self.block.bias))
        return found

    def rows_of(self, name: str) -> torch.Tensor | None:
        """A of the LoRA of this name [rank, inputs]; None where it is not attached here."""
        for plain in self.block.plain:
            if plain.branch.name == name:
                return self.a[plain.first : plain.first + plain.branch.rank]
        return None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x [rows, inputs] in float32 → [rows, outputs]."""
        block, clock = self.block, self.clock
        if block.dropout > 0 and clock.training:
            draws = (clock.seed, clock.step, self.stream, clock.micro)
            x = x * dropout_mask(x.shape, block.dropout, draws, x.device)
        wide = x @ self.a.T
        parts = [wide[:, : block.plain_columns] * self.scales]
        if block.mixture:
            gate = self._gate(wide[:, block.rank_columns :])
            inner = wide[:, block.plain_columns : block.rank_columns]
            gated = inner.unflatten(1, (block.mixture.experts, block.mixture.rank)) * gate.unsqueeze(2)
            parts.append(gated.flatten(1) * block.mixture.scale)
        return torch.cat(parts, dim=1) @ self.b.T

    def _gate(self, logits: torch.Tensor) -> torch.Tensor:
        """Weights of the chosen experts, zero for the others [rows, E]; ties go to the lower index."""
        mixture = self.block.mixture
        assert mixture is not None
        if self.router_bias is not None:
            logits = logits + self.router_bias
        if mixture.forced:
            index = torch.tensor(mixture.forced, device=logits.device).expand(len(logits), -1)
            chosen = torch.full(index.shape, 1 / len(mixture.forced), device=logits.device)
        else:
            order = torch.sort(logits, dim=1, descending=True, stable=True).indices
            index = order[:, : mixture.active]
            chosen = logits.softmax(1).gather(1, index)
            if mixture.renormalise:
                chosen = chosen / chosen.sum(1, keepdim=True)
        gate = torch.zeros_like(logits).scatter(1, index, chosen)
        self._count(index, gate.detach(), logits.detach())
        return gate

    @torch.no_grad()
    def _count(self, index: torch.Tensor, gate: torch.Tensor, logits: torch.Tensor) -> None:
        clock, counts = self.clock, self.counts
        if clock.watching:
            clock.seen[f"{self.block.name}.index"] = index
            clock.seen[f"{self.block.name}.gate"] = gate
            clock.seen[f"{self.block.name}.probs"] = logits.softmax(1)
        if not clock.counting or counts is None or clock.tasks is None:
            return
        tasks, experts = len(counts.pairs), gate.shape[1]
        hot = F.one_hot(index, experts).sum(1).double()
        task = F.one_hot(clock.tasks, tasks).double()
        both = torch.einsum("nt,ne,nf->tef", task, hot, hot)
        counts.pairs[:, self.place] += both.triu().round().long()
        counts.weights[:, self.place] += task.T @ gate.double()


def _view(arena: torch.Tensor, shape: tuple[int, ...], offset: int) -> nn.Parameter:
    """A parameter that is a part of the arena."""
    count = 1
    for size in shape:
        count *= size
    return nn.Parameter(arena[offset : offset + count].view(shape))
