"""The decoder of every architecture that the studio trains, over records laid end to end."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn
from torch.utils.checkpoint import checkpoint

from medcare_train.compute.base_folder import BaseFolder
from medcare_train.compute.branches import Branched
from medcare_train.compute.config import ModelConfig, Rope
from medcare_train.compute.packed import Packed
from medcare_train.plan.layout import MODULES

MOST_LOGITS = 1 << 26
"""Logits that are in memory at once: a large vocabulary is scored some rows at a time."""


class Keeping(NamedTuple):
    """Where frozen weights are, what they compute in, and whether matrices stay packed."""

    device: torch.device
    dtype: torch.dtype
    packed: bool


class Inputs(NamedTuple):
    """Records laid end to end: ids and positions [rows], and the rows of each record."""

    ids: torch.Tensor
    positions: torch.Tensor
    lengths: list[int]


class Norm(nn.Module):
    """RMS norm, in float32."""

    def __init__(self, weight: torch.Tensor, config: ModelConfig) -> None:
        super().__init__()
        self.weight = nn.Parameter(weight, requires_grad=False)
        self.epsilon = config.epsilon
        self.add_one = config.architecture.norms_add_one

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Over the last dimension of x."""
        wide = x.float()
        normed = wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + self.epsilon)
        weight = self.weight.float()
        return (normed * (1 + weight if self.add_one else weight)).to(x.dtype)


class Angles(NamedTuple):
    """Cosines and sines of every row's position [rows, 1, head size / 2]."""

    cosine: torch.Tensor
    sine: torch.Tensor

    @staticmethod
    def of(rope: Rope, positions: torch.Tensor, head_size: int) -> Angles:
        """The angles of these positions."""
        half = head_size // 2
        share = torch.arange(half, dtype=torch.float64, device=positions.device) / half
        frequency = rope.theta**-share
        if rope.divisors:
            frequency = frequency / torch.tensor(rope.divisors, dtype=torch.float64, device=positions.device)
        angle = positions[:, None, None].double() * frequency
        return Angles((rope.magnitude * angle.cos()).float(), (rope.magnitude * angle.sin()).float())

    def rotate(self, x: torch.Tensor) -> torch.Tensor:
        """Rotates each head's first half with its second [rows, heads, size]."""
        first, second = x.float().chunk(2, dim=-1)
        turned = (first * self.cosine - second * self.sine, second * self.cosine + first * self.sine)
        return torch.cat(turned, dim=-1).to(x.dtype)


class Attention(nn.Module):
    """Causal grouped-query attention within each record."""

    def __init__(self, base: BaseFolder, layer: int, keeping: Keeping) -> None:
        super().__init__()
        config = base.config
        self.config = config
        self.q_proj, self.k_proj, self.v_proj, self.o_proj = _linears(base, layer, "qkvo", keeping)
        names = ("q_norm", "k_norm") if config.architecture.head_norms else ()
        norms = [_norm(base, f"model.layers.{layer}.self_attn.{name}", keeping) for name in names]
        self.q_norm, self.k_norm = norms or (None, None)
        self.window = config.window if config.local[layer] else 0

    def forward(self, x: torch.Tensor, angles: Angles, lengths: list[int]) -> torch.Tensor:
        """x [rows, hidden] → [rows, hidden]."""
        size = self.config.head_size
        query, key, value = (linear(x).unflatten(1, (-1, size)) for linear in (self.q_proj, self.k_proj, self.v_proj))
        if self.q_norm is not None and self.k_norm is not None:
            query, key = self.q_norm(query), self.k_norm(key)
        query, key = angles.rotate(query), angles.rotate(key)
        records = zip(query.split(lengths), key.split(lengths), value.split(lengths))
        return self.o_proj(torch.cat([self._within(*record) for record in records]).flatten(1))

    def _within(self, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
        """One record [tokens, heads, size]."""
        shared = query.shape[1] // key.shape[1]
        heads = [part.transpose(0, 1)[None] for part in (query, key, value)]
        if shared > 1:
            heads[1:] = [part.repeat_interleave(shared, dim=1) for part in heads[1:]]
        tokens, mask = len(query), None
        if 0 < self.window < tokens:
            rows = torch.arange(tokens, device=query.device)
            back = rows[:, None] - rows[None, :]
            mask = (back >= 0) & (back < self.window)
        attended = F.scaled_dot_product_attention(
            *heads, attn_mask=mask, is_causal=mask is None, scale=self.config.attention_scale
        )
        return attended[0].transpose(0, 1)


class FeedForward(nn.Module):
    """(x W_uᵀ · act(x W_gᵀ)) W_dᵀ (eq. 2)."""

    def __init__(self, base: BaseFolder, layer: int, keeping: Keeping) -> None:
        super().__init__()
        parts = ("gate", "up", "down")
        self.gate_proj, self.up_proj, self.down_proj = _linears(base, layer, parts, keeping)
        self.gelu = base.config.architecture.gelu

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x [rows, hidden] → [rows, hidden]."""
        gate = self.gate_proj(x)
        active = F.gelu(gate, approximate="tanh") if self.gelu else F.silu(gate)
        return self.down_proj(active * self.up_proj(x))


class Block(nn.Module):
    """Attention and feed-forward, each with its norms and its residual."""

    def __init__(self, base: BaseFolder, layer: int, keeping: Keeping) -> None:
        super().__init__()
        outputs = base.config.architecture.output_norms
        prefix = f"model.layers.{layer}"
        self.self_attn = Attention(base, layer, keeping)
        self.mlp = FeedForward(base, layer, keeping)
        before = "pre_feedforward_layernorm" if outputs else "post_attention_layernorm"
        self.attention_norm = _norm(base, f"{prefix}.input_layernorm", keeping)
        self.feed_forward_norm = _norm(base, f"{prefix}.{before}", keeping)
        names = ("post_attention_layernorm", "post_feedforward_layernorm") if outputs else ()
        after = [_norm(base, f"{prefix}.{name}", keeping) for name in names]
        self.attention_output_norm, self.feed_forward_output_norm = after or (None, None)
        self.recomputing = "none"

    def forward(self, x: torch.Tensor, angles: Angles, lengths: list[int]) -> torch.Tensor:
        """x [rows, hidden] → [rows, hidden]."""
        x = x + self._attend(x, angles, lengths)
        if self.recomputing == "feed-forward":
            return x + checkpoint(self._feed, x, use_reentrant=False, preserve_rng_state=False)
        return x + self._feed(x)

    def _attend(self, x: torch.Tensor, angles: Angles, lengths: list[int]) -> torch.Tensor:
        y = self.self_attn(self.attention_norm(x), angles, lengths)
        return y if self.attention_output_norm is None else self.attention_output_norm(y)

    def _feed(self, x: torch.Tensor) -> torch.Tensor:
        y = self.mlp(self.feed_forward_norm(x))
        return y if self.feed_forward_output_norm is None else self.feed_forward_output_norm(y)


class Decoder(nn.Module):
    """Embedding, blocks, norm and head; frozen but for the branches that a stage attaches."""

    def __init__(self, base: BaseFolder, device: torch.device, dtype: torch.dtype, packed: bool = False) -> None:
        super().__init__()
        config = base.config
        keeping = Keeping(device, dtype, packed)
        self.config = config
        self.dtype = dtype
        self.embedding = nn.Parameter(base.tensor("model.embed_tokens.weight").to(device, dtype), requires_grad=False)
        self.layers = nn.ModuleList(Block(base, layer, keeping) for layer in range(config.layers))
        self.norm = _norm(base, "model.norm", keeping)
        tied = config.tied_head or not base.has("lm_head.weight")
        head = None if tied else base.tensor("lm_head.weight").to(device, dtype)
        self.head = None if head is None else nn.Parameter(head, requires_grad=False)
        self.recomputing = "none"

    def linear(self, layer: int, projection: str) -> Branched:
        """A projection of a layer."""
        found = self.layers[layer].get_submodule(MODULES[projection])
        assert isinstance(found, Branched)
        return found

    def recompute(self, what: str) -> None:
        """What the backward pass computes again instead of keeping: `none`, `feed-forward`, `block`."""
        self.recomputing = what
        for block in self.layers:
            block.recomputing = what

    def forward(self, inputs: Inputs, rows: torch.Tensor, wanted: torch.Tensor | None = None) -> torch.Tensor:
        """−log p of what these rows have to predict, float32 [targets]; without `wanted`, their logits."""
        hidden = self._hidden(inputs)[rows]
        if wanted is None:
            return self._logits(hidden)
        size = max(1, MOST_LOGITS // self.config.vocabulary)
        if len(rows) <= size:
            return self._losses(hidden, wanted)
        parts = [
            checkpoint(self._losses, some, due, use_reentrant=False, preserve_rng_state=False)
            for some, due in zip(hidden.split(size), wanted.split(size))
        ]
        return torch.cat(parts)

    def _hidden(self, inputs: Inputs) -> torch.Tensor:
        config = self.config
        x = F.embedding(inputs.ids, self.embedding)
        if config.architecture.scaled_embedding:
            x = x * torch.tensor(math.sqrt(config.hidden), dtype=torch.float32).to(x.dtype)
        everywhere = Angles.of(config.rope, inputs.positions, config.head_size)
        local = everywhere
        if config.local_rope != config.rope:
            local = Angles.of(config.local_rope, inputs.positions, config.head_size)
        for layer, block in enumerate(self.layers):
            angles = local if config.local[layer] else everywhere
            if self.recomputing == "block" and torch.is_grad_enabled():
                x = checkpoint(block, x, angles, inputs.lengths, use_reentrant=False, preserve_rng_state=False)
            else:
                x = block(x, angles, inputs.lengths)
        return x

    def _logits(self, hidden: torch.Tensor) -> torch.Tensor:
        head = self.embedding if self.head is None else self.head
        return F.linear(self.norm(hidden), head).float()

    def _losses(self, hidden: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
        return F.cross_entropy(self._logits(hidden), wanted, reduction="none")


def _norm(base: BaseFolder, name: str, keeping: Keeping) -> Norm:
    return Norm(base.tensor(f"{name}.weight").to(keeping.device, keeping.dtype), base.config)


def _linears(base: BaseFolder, layer: int, projections: tuple[str, ...] | str, keeping: Keeping) -> list[Branched]:
    config = base.config
    prefix = f"model.layers.{layer}"
    biased = {"o": config.output_bias, **dict.fromkeys("qkv", config.query_key_value_bias)}
    found = []
    for projection in projections:
        name = f"{prefix}.{MODULES[projection]}"
        bias = base.tensor(f"{name}.bias") if biased.get(projection, config.feed_forward_bias) else None
        weight = _weight(base, prefix, projection)
        at, dtype, packed = keeping
        kept = Packed.of(weight, base.precision, at) if packed else None
        found.append(Branched(kept or weight.to(at, dtype), None if bias is None else bias.to(at, dtype)))
    return found


FUSED = {"self_attn.qkv_proj": ("q", "k", "v"), "mlp.gate_up_proj": ("gate", "up")}


def _weight(base: BaseFolder, prefix: str, projection: str) -> torch.Tensor:
    """A projection's matrix, cut out of the one that holds several where the architecture stores it so."""
    fused = next((name for name, parts in FUSED.items() if projection in parts), None)
    if not base.config.architecture.fused or fused is None:
        return base.tensor(f"{prefix}.{MODULES[projection]}.weight")
    sizes = [base.config.shape.projections[part][0] for part in FUSED[fused]]
    whole = base.tensor(f"{prefix}.{fused}.weight")
    return whole.split(sizes)[FUSED[fused].index(projection)].clone()
