"""Reads config.json of the architectures that the studio trains, in both dialects (src/engine/model/config.ts)."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medcare_train.faults import BaseMissing, BaseUnsupported
from medcare_train.plan.layout import Shape
from medcare_train.plan.values import WRONG, number, whole

Json = dict[str, Any]
MOST_LAYERS = 10_000
MOST_SIZE = 1 << 24
"""Of any side of a matrix: larger ones are no model, and would be asked of the memory before hashes are compared."""


@dataclass(frozen=True)
class Architecture:
    """What differs between architectures; names of tensors are Llama's but for these."""

    context: int
    head_size: int | None = None
    attention_bias: str = "none"
    """`declared`: by config.json; `query-key-value`: always there, and only there."""
    feed_forward_bias: str = "none"
    windows: str = "none"
    gelu: bool = False
    norms_add_one: bool = False
    scaled_embedding: bool = False
    tied_head: bool = False
    query_scalar: bool = False
    head_norms: bool = False
    output_norms: bool = False
    fused: bool = False
    rope_theta: float = 10_000.0


ARCHITECTURES = {
    "qwen2": Architecture(32_768, attention_bias="query-key-value", windows="named-layers"),
    "qwen3": Architecture(32_768, head_size=128, attention_bias="declared", windows="named-layers", head_norms=True),
    "llama": Architecture(2048, attention_bias="declared", feed_forward_bias="declared"),
    "mistral": Architecture(131_072, windows="every-layer"),
    "phi3": Architecture(4096, windows="every-layer-if-stated", fused=True),
    "gemma3_text": Architecture(
        131_072,
        head_size=256,
        attention_bias="declared",
        windows="local-layers",
        gelu=True,
        norms_add_one=True,
        scaled_embedding=True,
        tied_head=True,
        query_scalar=True,
        head_norms=True,
        output_norms=True,
        rope_theta=1_000_000.0,
    ),
}
GEMMA_SIZES = {
    "vocab_size": 262_208,
    "hidden_size": 2304,
    "intermediate_size": 9216,
    "num_hidden_layers": 26,
    "num_attention_heads": 8,
    "num_key_value_heads": 4,
}
"""What files of Gemma 3 with pictures leave out."""


@dataclass(frozen=True)
class Rope:
    """Rotary positions: the divisor of each frequency, and a factor of sines and cosines."""

    theta: float
    divisors: tuple[float, ...] = ()
    """What each frequency is divided by; empty: 1."""
    magnitude: float = 1.0


@dataclass(frozen=True)
class ModelConfig:
    """A decoder-only transformer."""

    architecture: Architecture
    name: str
    hidden: int
    layers: int
    heads: int
    key_value_heads: int
    head_size: int
    feed_forward: int
    vocabulary: int
    context: int
    epsilon: float
    tied_head: bool
    attention_scale: float
    query_key_value_bias: bool
    output_bias: bool
    feed_forward_bias: bool
    rope: Rope
    local_rope: Rope
    window: int
    local: tuple[bool, ...]
    """Whether a layer looks back over the window only."""

    @property
    def shape(self) -> Shape:
        """What decides where branches lie."""
        query, key = self.heads * self.head_size, self.key_value_heads * self.head_size
        hidden, wide = self.hidden, self.feed_forward
        projections = {"q": (query, hidden), "k": (key, hidden), "v": (key, hidden), "o": (hidden, query)}
        projections |= {"gate": (wide, hidden), "up": (wide, hidden), "down": (hidden, wide)}
        return Shape(self.layers, projections)


def read_config(folder: Path) -> ModelConfig:
    """The configuration of a model folder."""
    try:
        raw = _text_part(json.loads((folder / "config.json").read_text(encoding="utf-8")))
        name = raw.get("model_type")
    except (OSError, *WRONG) as error:
        raise BaseMissing(
            f"{folder} has no readable config.json.", "Name the Hugging Face folder of the base with --model."
        ) from error
    architecture = ARCHITECTURES.get(str(name))
    if architecture is None:
        raise BaseUnsupported(
            f"Models of the type {name} are not trained here.", f"Known are {', '.join(ARCHITECTURES)}."
        )
    try:
        return _config(str(name), architecture, raw)
    except (*WRONG, ZeroDivisionError) as error:
        raise BaseUnsupported(
            f"config.json cannot be followed: {type(error).__name__}: {error}.", "Download the base again."
        ) from error


def _text_part(all_of_it: Json) -> Json:
    """The part that writes text, of a Gemma 3 with pictures."""
    part = all_of_it.get("text_config")
    if "hidden_size" in all_of_it or not isinstance(part, dict) or all_of_it.get("model_type") != "gemma3":
        return {**GEMMA_SIZES, **all_of_it} if all_of_it.get("model_type") == "gemma3_text" else all_of_it
    said = {key: all_of_it[key] for key in ("tie_word_embeddings",) if key in all_of_it}
    return {**GEMMA_SIZES, **said, **part, "model_type": "gemma3_text"}


def _config(name: str, architecture: Architecture, raw: Json) -> ModelConfig:
    heads, hidden = (whole(raw[name], 1, MOST_SIZE) for name in ("num_attention_heads", "hidden_size"))
    layers = whole(raw["num_hidden_layers"], 1, MOST_LAYERS)
    fixed = architecture.head_size if "head_dim" not in raw else None
    head_size = whole(raw.get("head_dim") or fixed or hidden // heads, 1, MOST_SIZE)
    declared = raw.get("attention_bias") is True and architecture.attention_bias == "declared"
    query_key_value = architecture.attention_bias == "query-key-value" or declared
    scaled_by = (raw.get("query_pre_attn_scalar") or 256) if architecture.query_scalar else head_size
    _check_computable(architecture, raw)
    context = whole(raw.get("max_position_embeddings") or architecture.context, 1)
    window, local = _windows(architecture, raw, layers)
    rope, local_rope = _ropes(architecture, raw, context, head_size)
    tied = raw.get("tie_word_embeddings")
    return ModelConfig(
        architecture=architecture,
        name=name,
        hidden=hidden,
        layers=layers,
        heads=heads,
        key_value_heads=whole(raw.get("num_key_value_heads") or heads, 1, heads),
        head_size=head_size,
        feed_forward=whole(raw["intermediate_size"], 1, MOST_SIZE),
        vocabulary=whole(raw["vocab_size"], 1, MOST_SIZE),
        context=_unstretched(raw, context),
        epsilon=number(raw.get("rms_norm_eps") or 1e-6, 0, 1),
        tied_head=architecture.tied_head if tied is None else bool(tied),
        attention_scale=1 / math.sqrt(scaled_by),
        query_key_value_bias=query_key_value,
        output_bias=declared,
        feed_forward_bias=architecture.feed_forward_bias == "declared" and raw.get("mlp_bias") is True,
        rope=rope,
        local_rope=local_rope,
        window=window,
        local=local,
    )


def _check_computable(architecture: Architecture, raw: Json) -> None:
    activation = raw.get("hidden_activation" if architecture.gelu else "hidden_act")
    known = ("gelu_pytorch_tanh",) if architecture.gelu else ("silu", "swish")
    if activation is not None and activation not in known:
        raise ValueError(f"the activation {activation} is not computed here")
    for field in ("attn_logit_softcapping", "final_logit_softcapping", "use_bidirectional_attention"):
        if architecture.gelu and raw.get(field):
            raise ValueError(f"{field} is not computed here")


def _windows(architecture: Architecture, raw: Json, layers: int) -> tuple[int, tuple[bool, ...]]:
    kind = architecture.windows
    stated = raw.get("sliding_window", None if kind == "every-layer-if-stated" else 4096)
    window = stated if stated and stated > 0 else 0
    none = (0, (False,) * layers)
    types = raw.get("layer_types")
    if kind == "none" or not window:
        return none
    if kind in ("every-layer", "every-layer-if-stated"):
        return window, (True,) * layers
    named = types and tuple(kind == "sliding_attention" for kind in types[:layers])
    if kind == "local-layers":
        pattern = raw.get("sliding_window_pattern") or raw.get("_sliding_window_pattern") or 6
        return window, named or tuple((layer + 1) % pattern != 0 for layer in range(layers))
    if raw.get("use_sliding_window") is not True:
        return none
    first = raw.get("max_window_layers", 28)
    return window, named or tuple(layer >= first for layer in range(layers))


def _ropes(architecture: Architecture, raw: Json, context: int, head_size: int) -> tuple[Rope, Rope]:
    """The rotary positions of all layers, and of local ones."""
    parameters = raw.get("rope_parameters") or {}
    if architecture.windows != "local-layers":
        rope = _rope(raw, raw.get("rope_scaling") or parameters, context, head_size, architecture.rope_theta)
        return rope, rope
    full, local = parameters.get("full_attention") or {}, parameters.get("sliding_attention") or {}
    everywhere = _rope(raw, raw.get("rope_scaling") or full, context, head_size, architecture.rope_theta)
    base = {"rope_theta": local.get("rope_theta") or raw.get("rope_local_base_freq")}
    return everywhere, _rope(base, local, context, head_size, 10_000.0)


def _rope(raw: Json, stated: Json, context: int, head_size: int, default: float) -> Rope:
    other = raw.get("rope_parameters") or {}
    theta = stated.get("rope_theta") or raw.get("rope_theta") or other.get("rope_theta") or default
    kind = stated.get("rope_type") or stated.get("type") or "default"
    factor = stated.get("factor") or 1.0
    half = head_size // 2
    if kind == "default" or (kind == "yarn" and factor == 1):
        return Rope(theta)
    if kind == "linear":
        return Rope(theta, (factor,) * half)
    if kind == "llama3":
        return Rope(theta, tuple(_llama3_divisor(theta, stated, k / half) for k in range(half)))
    original = stated.get("original_max_position_embeddings") or raw.get("original_max_position_embeddings")
    if kind in ("longrope", "su"):
        return _longrope(theta, stated, original or context, context, half)
    if kind == "dynamic" and (original or context) >= context:
        return Rope(theta)
    raise ValueError(f"rotary positions of the type {kind} are not computed here")


def _llama3_divisor(theta: float, stated: Json, share: float) -> float:
    """Long waves are stretched by the factor, short ones not, those between by something between."""
    wave = 2 * math.pi * theta**share
    low, high = stated["low_freq_factor"], stated["high_freq_factor"]
    original, factor = stated["original_max_position_embeddings"], stated["factor"]
    if wave < original / high:
        return 1.0
    if wave > original / low:
        return factor
    smooth = (original / wave - low) / (high - low)
    return 1 / ((1 - smooth) / factor + smooth)


def _longrope(theta: float, stated: Json, original: int, context: int, half: int) -> Rope:
    factors = tuple(stated["short_factor"])
    if len(factors) != half:
        raise ValueError(f"{len(factors)} factors for {half} frequencies")
    stretch = stated.get("factor") or context / original
    derived = 1.0 if stretch <= 1 else math.sqrt(1 + math.log(stretch) / math.log(original))
    return Rope(theta, factors, stated.get("attention_factor") or derived)


def _unstretched(raw: Json, context: int) -> int:
    """Positions up to which a stretched model uses its short factors."""
    for field in ("rope_scaling", "rope_parameters"):
        stated = raw.get(field) or {}
        if stated.get("short_factor"):
            original = stated.get("original_max_position_embeddings") or raw.get("original_max_position_embeddings")
            return min(context, original or context)
    return context
