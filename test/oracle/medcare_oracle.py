"""MedCare's two training stages on Hugging Face transformers and PyTorch autograd: makes golden cases.

Independent of the product: it writes folders of safetensors and JSON that the WGSL engine must reproduce.
Semantics follow the authors' released code where the paper is silent; the paper's own variant is a flag.

    python test/oracle/medcare_oracle.py test/fixtures/golden NAME...

needs torch, transformers and safetensors. CASES at the end lists what there is; a new architecture needs its
transformers classes in ARCH and a case there.
"""
import json, math, os, random, sys
import torch, torch.nn as nn, torch.nn.functional as F
from safetensors.torch import save_file, load_file
from transformers import (Gemma3ForCausalLM, Gemma3TextConfig, LlamaConfig, LlamaForCausalLM, MistralConfig, MistralForCausalLM,
                          Phi3Config, Phi3ForCausalLM, Qwen2Config, Qwen2ForCausalLM, Qwen3Config, Qwen3ForCausalLM)

torch.use_deterministic_algorithms(True)
FFN = ("gate_proj", "up_proj", "down_proj")
ATTN = ("q_proj", "k_proj", "v_proj", "o_proj")


class Recipe:
    """Adapter hyper-parameters. r: expert rank, s: shared experts (KA rank = s*r), E experts, K active per token."""
    def __init__(self, r=4, s=2, E=4, K=2, alpha=8.0, lam=1.0, router_bias=True, renormalise=True, scaling="alpha/r"):
        self.r, self.s, self.E, self.K, self.alpha, self.lam = r, s, E, K, alpha, lam
        self.router_bias, self.renormalise, self.scaling = router_bias, renormalise, scaling

    def scale(self, rank):
        return self.alpha / (self.r if self.scaling == "alpha/r" else rank)

    def json(self):
        return dict(rank=self.r, sharedExperts=self.s, experts=self.E, activeExperts=self.K, alpha=self.alpha,
                    orthogonalWeight=self.lam, routerBias=self.router_bias, renormaliseTopK=self.renormalise, scaling=self.scaling)


class Adapted(nn.Module):
    """y = x W^T + b + sum of low-rank branches; branches are held by name so that a stage can add or drop one."""
    def __init__(self, base: nn.Linear, recipe: Recipe, rng: torch.Generator):
        super().__init__()
        self.base, self.recipe, self.rng = base, recipe, rng
        for p in base.parameters(): p.requires_grad_(False)
        self.lora = self.ka = self.na = self.align = None
        self.last_router = None

    def _pair(self, rank):
        d_in, d_out = self.base.in_features, self.base.out_features
        a = torch.empty(rank, d_in).uniform_(-1 / math.sqrt(d_in), 1 / math.sqrt(d_in), generator=self.rng)
        b = torch.empty(d_out, rank).normal_(0, 0.02, generator=self.rng)   # not zero: a zero B hides gradient errors in A
        return nn.ParameterDict(dict(A=nn.Parameter(a), B=nn.Parameter(b)))

    def add_lora(self): self.lora = self._pair(self.recipe.r)
    def add_ka(self): self.ka = self._pair(self.recipe.r * self.recipe.s)
    def add_align(self): self.align = self._pair(self.recipe.r * self.recipe.s)
    def add_na(self):
        d_in = self.base.in_features
        w = torch.empty(self.recipe.E, d_in).uniform_(-1 / math.sqrt(d_in), 1 / math.sqrt(d_in), generator=self.rng)
        router = dict(weight=nn.Parameter(w))
        if self.recipe.router_bias:
            router["bias"] = nn.Parameter(torch.empty(self.recipe.E).uniform_(-1 / math.sqrt(d_in), 1 / math.sqrt(d_in), generator=self.rng))
        self.na = nn.ModuleDict(dict(router=nn.ParameterDict(router),
                                     experts=nn.ModuleList([self._pair(self.recipe.r) for _ in range(self.recipe.E)])))

    def low_rank(self, pair, x, rank):
        return (x @ pair["A"].T) @ pair["B"].T * self.recipe.scale(rank)

    def forward(self, x):
        R = self.recipe
        y = F.linear(x, self.base.weight, self.base.bias)
        if self.lora is not None: y = y + self.low_rank(self.lora, x, R.r)
        if self.ka is not None: y = y + self.low_rank(self.ka, x, R.r * R.s)
        if self.align is not None: y = y + self.low_rank(self.align, x, R.r * R.s)
        if self.na is not None:
            logits = x @ self.na["router"]["weight"].T
            if R.router_bias: logits = logits + self.na["router"]["bias"]
            probs = logits.softmax(-1)
            top, idx = torch.topk(probs, R.K, dim=-1)
            w = top / top.sum(-1, keepdim=True) if R.renormalise else top
            gate = torch.zeros_like(probs).scatter(-1, idx, w)
            self.last_router = dict(probs=probs.detach(), index=idx.detach(), gate=gate.detach())
            for e in range(R.E):
                y = y + gate[..., e:e + 1] * self.low_rank(self.na["experts"][e], x, R.r)
        return y


class Split(nn.Module):
    """A linear whose outputs belong to several projections (phi3), as these: each has branches of its own."""
    def __init__(self, fused: nn.Linear, sizes):
        super().__init__()
        self.parts = nn.ModuleDict()
        first = 0
        for name, size in sizes.items():
            part = nn.Linear(fused.in_features, size, bias=False)
            with torch.no_grad(): part.weight.copy_(fused.weight[first:first + size])
            self.parts[name] = part; first += size
        assert first == fused.out_features

    def forward(self, x): return torch.cat([part(x) for part in self.parts.values()], -1)


def split_fused(model):
    """Takes fused linears apart, so that every projection can be adapted by name."""
    c = model.config
    if not hasattr(model.model.layers[0].self_attn, "qkv_proj"): return
    size = c.hidden_size // c.num_attention_heads
    for layer in model.model.layers:
        heads = dict(q_proj=c.num_attention_heads, k_proj=c.num_key_value_heads, v_proj=c.num_key_value_heads)
        layer.self_attn.qkv_proj = Split(layer.self_attn.qkv_proj, {n: h * size for n, h in heads.items()})
        layer.mlp.gate_up_proj = Split(layer.mlp.gate_up_proj, dict(gate_proj=c.intermediate_size, up_proj=c.intermediate_size))


def holder_of(module, name):
    """Where the projection of this name lies: in the block itself or in a linear that was split."""
    if hasattr(module, name): return module
    return next(m.parts for m in module.children() if isinstance(m, Split) and name in m.parts)


def attach(model, recipe, seed):
    rng = torch.Generator().manual_seed(seed)
    for p in model.parameters(): p.requires_grad_(False)
    split_fused(model)
    mods = {}
    for i, layer in enumerate(model.model.layers):
        for holder, names in ((layer.self_attn, ATTN), (layer.mlp, FFN)):
            for n in names:
                place = holder_of(holder, n)
                m = Adapted(place[n] if isinstance(place, nn.ModuleDict) else getattr(place, n), recipe, rng)
                place.update({n: m}) if isinstance(place, nn.ModuleDict) else setattr(place, n, m)
                mods[f"layers.{i}.{'self_attn' if n in ATTN else 'mlp'}.{n}"] = m
    return mods


def start_mka(mods):
    for name, m in mods.items():
        if ".self_attn." in name: m.add_lora()
        else: m.add_ka(); m.add_na()


def start_da(mods):
    """Drop the Noise Aggregator, merge attention LoRA into W and freeze it, add Align; KA stays trainable."""
    for name, m in mods.items():
        if ".self_attn." in name:
            with torch.no_grad(): m.base.weight += m.recipe.scale(m.recipe.r) * (m.lora["B"] @ m.lora["A"])
            m.lora = None
        else:
            m.na = None
            m.add_align()


def merge_all(mods):
    for m in mods.values():
        R = m.recipe
        with torch.no_grad():
            for pair, rank in ((m.lora, R.r), (m.ka, R.r * R.s), (m.align, R.r * R.s)):
                if pair is not None: m.base.weight += R.scale(rank) * (pair["B"] @ pair["A"])
        m.lora = m.ka = m.na = m.align = None


def params(mods):
    out = {}
    for name, m in mods.items():
        if m.lora is not None: out[f"{name}.lora.A"], out[f"{name}.lora.B"] = m.lora["A"], m.lora["B"]
        if m.ka is not None: out[f"{name}.ka.A"], out[f"{name}.ka.B"] = m.ka["A"], m.ka["B"]
        if m.align is not None: out[f"{name}.align.A"], out[f"{name}.align.B"] = m.align["A"], m.align["B"]
        if m.na is not None:
            out[f"{name}.na.router.weight"] = m.na["router"]["weight"]
            if "bias" in m.na["router"]: out[f"{name}.na.router.bias"] = m.na["router"]["bias"]
            for e, pair in enumerate(m.na["experts"]):
                out[f"{name}.na.experts.{e}.A"], out[f"{name}.na.experts.{e}.B"] = pair["A"], pair["B"]
    return out


def orthogonal(mods):
    """sum over modules of sum |A_k A_d^T| (rows are rank directions): eq. 10-12."""
    terms = [(m.ka["A"] @ m.align["A"].T).abs().sum() for m in mods.values() if m.align is not None]
    return torch.stack(terms).sum() if terms else torch.zeros(())


def nll_sum(model, ids, labels):
    logits = model(input_ids=ids, attention_mask=(ids != PAD).long()).logits
    shift = logits[:, :-1].reshape(-1, logits.shape[-1]); target = labels[:, 1:].reshape(-1)
    return F.cross_entropy(shift, target, ignore_index=-100, reduction="sum"), int((target != -100).sum()), logits


PAD = 0


def batch(rng, B, T, V, ragged=True):
    ids = torch.randint(3, V, (B, T), generator=rng)
    labels = ids.clone()
    for b in range(B):
        n = T if not ragged else int(torch.randint(T // 2, T + 1, (1,), generator=rng))
        prompt = int(torch.randint(1, n // 2, (1,), generator=rng))
        ids[b, n:] = PAD; labels[b, n:] = -100; labels[b, :prompt] = -100
    return ids, labels


def schedule(step, total, warmup_ratio, lr):
    """transformers' cosine schedule with warm-up, warm-up steps = ceil(total * ratio)."""
    warm = math.ceil(total * warmup_ratio)
    if step < warm: return lr * step / max(1, warm)
    return lr * max(0.0, 0.5 * (1.0 + math.cos(math.pi * (step - warm) / max(1, total - warm))))


def train(model, mods, batches, total, lr, warmup, lam, clip=1.0, accumulate=2):
    ps = params(mods); names = list(ps)
    opt = torch.optim.AdamW([ps[n] for n in names], lr=lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0)
    log, first = [], None
    for step in range(total):
        micro = batches[step * accumulate:(step + 1) * accumulate]
        tokens = sum(int((l[:, 1:] != -100).sum()) for _, l in micro)
        opt.zero_grad(); nll = 0.0
        for ids, labels in micro:
            s, _, _ = nll_sum(model, ids, labels); (s / tokens).backward(); nll += float(s.detach()) / tokens
        o = orthogonal(mods)
        if o.requires_grad: (lam * o).backward()
        if first is None: first = {n: ps[n].grad.detach().clone() for n in names}
        norm = float(nn.utils.clip_grad_norm_([ps[n] for n in names], clip))
        rate = schedule(step, total, warmup, lr)
        for g in opt.param_groups: g["lr"] = rate
        opt.step()
        log.append(dict(step=step, learningRate=rate, nll=nll, orthogonal=float(o.detach()), gradNorm=norm))
    return log, first


ARCH = {
    "qwen2": (Qwen2Config, Qwen2ForCausalLM), "llama": (LlamaConfig, LlamaForCausalLM),
    "qwen3": (Qwen3Config, Qwen3ForCausalLM), "mistral": (MistralConfig, MistralForCausalLM),
    "gemma3": (Gemma3TextConfig, Gemma3ForCausalLM), "phi3": (Phi3Config, Phi3ForCausalLM),
}


def build(arch, seed, **cfg):
    C, M = ARCH[arch]
    torch.manual_seed(seed)
    base = dict(vocab_size=512, hidden_size=64, intermediate_size=176, num_hidden_layers=2, num_attention_heads=4,
                num_key_value_heads=4, max_position_embeddings=256, tie_word_embeddings=False, pad_token_id=0,
                bos_token_id=1, eos_token_id=2, attn_implementation="eager", initializer_range=0.08)
    base.update(cfg)
    model = M(C(**base)).float().eval()
    with torch.no_grad():
        for n, p in model.named_parameters():
            # Gemma keeps what its norms scale by less one.
            if n.endswith("norm.weight") or "layernorm" in n: p.uniform_(0.7, 1.3).sub_(1.0 if arch == "gemma3" else 0.0)
            if n.endswith("bias"): p.normal_(0, 0.05)
    return model


def contiguous(d): return {k: v.detach().clone().contiguous().float() if v.is_floating_point() else v.detach().clone().contiguous() for k, v in d.items()}


def case(out, arch, recipe, seed=7, B=2, T=24, steps=6, lr=5e-3, accumulate=2, **cfg):
    os.makedirs(out, exist_ok=True)
    model = build(arch, seed, **cfg)
    model.save_pretrained(f"{out}/model", safe_serialization=True)
    V = model.config.vocab_size
    rng = torch.Generator().manual_seed(seed + 1)
    mods = attach(model, recipe, seed + 2)
    tensors, meta = {}, dict(arch=arch, recipe=recipe.json(), padTokenId=PAD,
                             optimizer=dict(kind="adamw", learningRate=lr, beta1=0.9, beta2=0.999, epsilon=1e-8, weightDecay=0.0,
                                            warmupRatio=0.03, schedule="cosine", clipNorm=1.0, accumulate=accumulate), steps=steps)
    # 1. plain forward of the base model
    ids, labels = batch(rng, B, T, V)
    with torch.no_grad(): s, n, logits = nll_sum(model, ids, labels)
    tensors.update({"forward.input_ids": ids.int(), "forward.labels": labels.int(), "forward.logits": logits})
    meta["forward"] = dict(nll=float(s) / n, tokens=n)
    with torch.no_grad():
        gen = ids[:1, :8]
        g = model.generate(gen, attention_mask=torch.ones_like(gen), max_new_tokens=24, do_sample=False, eos_token_id=None, pad_token_id=PAD)
    tensors["generate.prompt"], tensors["generate.greedy"] = gen.int(), g[:, 8:].int()
    # 2. stage 1: miscellaneous knowledge aggregation
    start_mka(mods)
    save_file(contiguous(params(mods)), f"{out}/mka.start.safetensors")
    with torch.no_grad():
        s, n, logits = nll_sum(model, ids, labels)
    tensors["mka.logits"] = logits
    for name, m in mods.items():
        if m.last_router is not None:
            for k, v in m.last_router.items(): tensors[f"mka.router.{name}.{k}"] = v.int() if k == "index" else v
    stage = lambda k: [batch(rng, B, T, V) for _ in range(steps * accumulate)]
    data = stage("mka")
    tensors["mka.input_ids"] = torch.stack([d[0] for d in data]).int(); tensors["mka.labels"] = torch.stack([d[1] for d in data]).int()
    log, grads = train(model, mods, data, steps, lr, 0.03, 0.0, accumulate=accumulate)
    meta["mka"] = log
    save_file(contiguous(grads), f"{out}/mka.grads.safetensors"); save_file(contiguous(params(mods)), f"{out}/mka.end.safetensors")
    # 3. stage 2: downstream alignment
    start_da(mods)
    save_file(contiguous(params(mods)), f"{out}/da.start.safetensors")
    data = stage("da")
    tensors["da.input_ids"] = torch.stack([d[0] for d in data]).int(); tensors["da.labels"] = torch.stack([d[1] for d in data]).int()
    log, grads = train(model, mods, data, steps, lr, 0.03, recipe.lam, accumulate=accumulate)
    meta["da"] = log
    save_file(contiguous(grads), f"{out}/da.grads.safetensors"); save_file(contiguous(params(mods)), f"{out}/da.end.safetensors")
    with torch.no_grad(): _, _, before = nll_sum(model, ids, labels)
    # 4. merge
    merge_all(mods)
    with torch.no_grad(): _, _, after = nll_sum(model, ids, labels)
    tensors["merged.logits"] = after
    meta["merge"] = dict(maxAbsDifference=float((before - after).abs().max()))
    save_file(contiguous({name: m.base.weight for name, m in mods.items()}), f"{out}/merged.weights.safetensors")
    save_file(contiguous(tensors), f"{out}/tensors.safetensors")
    json.dump(meta, open(f"{out}/case.json", "w"), indent=1)
    print(out, "nll", meta["forward"]["nll"], "mka", [round(x["nll"], 4) for x in meta["mka"]], "da", [(round(x["nll"], 4), round(x["orthogonal"], 3)) for x in meta["da"]], meta["merge"])


CASES = {
    "qwen2-mha-tied": lambda out: case(out, "qwen2", Recipe(), tie_word_embeddings=True),
    "qwen2-gqa": lambda out: case(out, "qwen2", Recipe(r=4, s=2, E=8, K=2, alpha=8), num_key_value_heads=2, seed=11, rope_theta=1e6),
    "llama3-gqa": lambda out: case(
        out, "llama", Recipe(E=4, K=1), num_key_value_heads=2, seed=13,
        rope_parameters=dict(rope_type="llama3", rope_theta=500000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
                             original_max_position_embeddings=64)),
    "qwen3-qknorm": lambda out: case(out, "qwen3", Recipe(), num_key_value_heads=2, head_dim=32, seed=17),
    "odd-sizes": lambda out: case(
        out, "qwen2", Recipe(r=3, s=3, E=5, K=3, alpha=7.5), vocab_size=509, hidden_size=60, intermediate_size=154,
        num_attention_heads=6, num_key_value_heads=3, num_hidden_layers=3, seed=19, T=37, B=3),
    "paper-scaling": lambda out: case(out, "qwen2", Recipe(router_bias=False, renormalise=False, scaling="alpha/rank"), seed=23),
    # Windows shorter than the records, two rotary bases, scores scaled by other than the head size.
    "gemma3-windows": lambda out: case(
        out, "gemma3", Recipe(r=3), seed=29, T=29, vocab_size=389, hidden_size=60, intermediate_size=134, num_hidden_layers=3,
        num_attention_heads=4, num_key_value_heads=2, head_dim=18, sliding_window=7, query_pre_attn_scalar=23,
        layer_types=["sliding_attention", "sliding_attention", "full_attention"], tie_word_embeddings=True,
        rope_parameters=dict(full_attention=dict(rope_type="linear", factor=8.0, rope_theta=1e6),
                             sliding_attention=dict(rope_type="default", rope_theta=1e4))),
    "phi3-fused": lambda out: case(
        out, "phi3", Recipe(r=3), seed=31, T=27, vocab_size=393, hidden_size=72, intermediate_size=134, num_attention_heads=6,
        num_key_value_heads=3, original_max_position_embeddings=256),
}


if __name__ == "__main__":
    root, *names = sys.argv[1:]
    for name in names or CASES: CASES[name](f"{root}/{name}")
