"""The same products, steps and tokens in PyTorch eager on the same card, for a proof to compare with.

Usage: torch_peer.py REQUEST.json   prints one JSON line per result, each with the key it was asked under.

A step is what the studio trains: stage 1 has LoRA on attention, the Knowledge Aggregator (LoRA) and the Noise
Aggregator (a mixture with a router per linear) on the feed-forward; stage 2 has KA and Align with the orthogonal
loss. The mixture is computed densely over all experts' ranks, as the fast way in eager PyTorch. Weights are random.
"""
import json
import sys
import time

import torch
import torch.nn.functional as F


def device_here(wanted):
    if torch.cuda.is_available():
        return torch.device("cuda")
    if getattr(torch.backends, "mps", None) and torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu") if wanted == "any" else None


def wait(device):
    if device.type == "cuda":
        torch.cuda.synchronize()
    elif device.type == "mps":
        torch.mps.synchronize()


def median_ms(run, device, rounds):
    run()
    wait(device)
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        run()
        wait(device)
        times.append(1000 * (time.perf_counter() - begun))
    return sorted(times)[len(times) // 2]


class Linear(torch.nn.Module):
    """A frozen linear with the branches that a stage attaches: name -> (rank, experts or 0, trained)."""

    def __init__(self, inputs, outputs, branches, dtype, device):
        super().__init__()
        self.weight = torch.randn(outputs, inputs, dtype=dtype, device=device) * 0.02
        self.branches = branches
        self.held = torch.nn.ParameterDict()
        for name, (rank, experts, trained) in branches.items():
            columns = rank * max(experts, 1)
            a = torch.nn.Parameter(torch.randn(columns, inputs, device=device) * 0.02, requires_grad=trained)
            b = torch.nn.Parameter(torch.randn(outputs, columns, device=device) * 0.02, requires_grad=trained)
            self.held[f"{name}A"], self.held[f"{name}B"] = a, b
            if experts:
                self.held[f"{name}R"] = torch.nn.Parameter(torch.randn(experts, inputs, device=device) * 0.02)

    def forward(self, x):
        y = F.linear(x, self.weight)
        for name, (rank, experts, _) in self.branches.items():
            h = F.linear(x, self.held[f"{name}A"].to(x.dtype))
            if experts:
                chances = F.softmax(F.linear(x, self.held[f"{name}R"].to(x.dtype)).float(), -1)
                top, which = chances.topk(2, -1)
                gates = torch.zeros_like(chances).scatter(-1, which, top / top.sum(-1, keepdim=True))
                h = h * gates.to(x.dtype).repeat_interleave(rank, -1)
            y = y + 2.0 * F.linear(h, self.held[f"{name}B"].to(x.dtype))
        return y


class Decoder(torch.nn.Module):
    def __init__(self, m, stage, dtype, device):
        super().__init__()
        self.m = m
        hidden, ffn, heads, groups = m["hidden"], m["feedForward"], m["heads"], m["groups"]
        self.size = hidden // heads
        attention = {"lora": (16, 0, True)} if stage == 0 else {}
        feed = {"ka": (32, 0, True), "na": (16, 8, True)} if stage == 0 else {"ka": (32, 0, True), "align": (32, 0, True)}
        make = lambda i, o, b: Linear(i, o, b, dtype, device)
        self.embedding = torch.randn(m["vocabulary"], hidden, dtype=dtype, device=device) * 0.02
        self.layers = torch.nn.ModuleList(
            torch.nn.ModuleDict(
                {
                    "q": make(hidden, heads * self.size, attention),
                    "k": make(hidden, groups * self.size, attention),
                    "v": make(hidden, groups * self.size, attention),
                    "o": make(heads * self.size, hidden, attention),
                    "gate": make(hidden, ffn, feed),
                    "up": make(hidden, ffn, feed),
                    "down": make(ffn, hidden, feed),
                }
            )
            for _ in range(m["layers"])
        )
        angles = torch.outer(torch.arange(4096, device=device), 1e6 ** -(torch.arange(0, self.size, 2, device=device) / self.size))
        self.cos, self.sin = torch.cos(angles).to(dtype), torch.sin(angles).to(dtype)
        self.ones = torch.ones(hidden, dtype=dtype, device=device)

    def rotate(self, x, first):
        cos, sin = (t[first : first + x.shape[-2]] for t in (self.cos, self.sin))
        left, right = x.chunk(2, -1)
        return torch.cat((left * cos - right * sin, right * cos + left * sin), -1)

    def forward(self, ids, cache=None):
        m, first = self.m, 0 if cache is None else cache["length"]
        x = F.embedding(ids, self.embedding)
        batch, length = ids.shape
        for place, layer in enumerate(self.layers):
            h = F.rms_norm(x, (m["hidden"],), self.ones, 1e-6)
            heads = lambda t, n: t.view(batch, length, n, self.size).transpose(1, 2)
            q = self.rotate(heads(layer["q"](h), m["heads"]), first)
            k = self.rotate(heads(layer["k"](h), m["groups"]), first)
            v = heads(layer["v"](h), m["groups"])
            if cache is not None:
                k = cache["k"][place] = torch.cat((cache["k"][place], k), 2)
                v = cache["v"][place] = torch.cat((cache["v"][place], v), 2)
            a = F.scaled_dot_product_attention(q, k, v, is_causal=length > 1, enable_gqa=m["heads"] != m["groups"])
            x = x + layer["o"](a.transpose(1, 2).reshape(batch, length, -1))
            h = F.rms_norm(x, (m["hidden"],), self.ones, 1e-6)
            x = x + layer["down"](F.silu(layer["gate"](h)) * layer["up"](h))
        if cache is not None:
            cache["length"] += length
        return F.rms_norm(x, (m["hidden"],), self.ones, 1e-6)

    def orthogonal(self):
        """Sum over linears of the squared products of the rows of both branches' A."""
        total = 0.0
        for layer in self.layers:
            for name in ("gate", "up", "down"):
                held = layer[name].held
                total = total + (held["kaA"] @ held["alignA"].T).square().sum()
        return total


def step_ms(request, dtype, device):
    m, stage = request["shape"], request["stage"]
    model = Decoder(m, stage, dtype, device)
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-4, foreach=True)
    ids = torch.randint(0, m["vocabulary"], (request["records"], request["length"]), device=device)
    half = request["length"] // 2

    def run():
        states = model(ids)[:, half - 1 : -1].reshape(-1, m["hidden"])
        loss = F.cross_entropy(F.linear(states, model.embedding).float(), ids[:, half:].reshape(-1))
        if stage == 1:
            loss = loss + model.orthogonal()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        float(loss.detach())

    run()
    return median_ms(run, device, request["rounds"])


@torch.no_grad()
def token_ms(request, dtype, device):
    m = request["shape"]
    model = Decoder(m, 2, dtype, device)
    for layer in model.layers:
        for linear in layer.values():
            linear.branches = {}
    size = m["hidden"] // m["heads"]
    empty = lambda: torch.zeros(1, m["groups"], 0, size, dtype=dtype, device=device)
    cache = {"length": 0, "k": [empty() for _ in model.layers], "v": [empty() for _ in model.layers]}
    model(torch.randint(0, m["vocabulary"], (1, 32), device=device), cache)
    last = torch.zeros(1, 1, dtype=torch.long, device=device)

    def run():
        nonlocal last
        last = F.linear(model(last, cache)[:, -1:], model.embedding).argmax(-1)
        last.cpu()

    return median_ms(run, device, 32)


def product_ms(request, dtype, device):
    rows, columns, inner = request["sizes"]
    x = torch.randn(rows, inner, dtype=dtype, device=device)
    w = torch.randn(columns, inner, dtype=dtype, device=device)
    repeats = request["repeats"]

    def run():
        for _ in range(repeats):
            F.linear(x, w)

    return median_ms(run, device, 5) / repeats


def main():
    with open(sys.argv[1], encoding="utf8") as file:
        asked = json.load(file)
    device = device_here(asked["device"])
    if device is None:
        print(json.dumps({"error": "torch finds no GPU"}))
        return
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    name = torch.cuda.get_device_name() if device.type == "cuda" else device.type
    print(json.dumps({"torch": torch.__version__, "device": name}), flush=True)
    kinds = {"product": product_ms, "step": step_ms, "token": token_ms}
    for request in asked["requests"]:
        for dtype in (torch.float32, torch.bfloat16):
            try:
                found = {"milliseconds": kinds[request["kind"]](request, dtype, device)}
            except Exception as error:  # a card too small for one of them still measures the others
                found = {"error": str(error).splitlines()[0][:200]}
            if device.type == "cuda":
                torch.cuda.empty_cache()
            print(json.dumps({"key": request["key"], "type": str(dtype).split(".")[1], **found}), flush=True)


main()
