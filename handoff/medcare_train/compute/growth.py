"""How the branches of a stage grow: norms of A and B, and how much branches overlap (…/stage/branch-growth.ts)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import torch

from medcare_train.compute.arena import Named
from medcare_train.plan.layout import MODULES

NAME = re.compile(r"^layers\.(\d+)\.(\w+\.\w+)\.([a-z][a-z0-9_]*)(?:\.experts\.(\d+))?\.([AB])$")
PROJECTION_OF = {module: projection for projection, module in MODULES.items()}
Json = dict[str, Any]


@dataclass
class Pieces:
    """A branch at one linear: A and B of each expert, or its own."""

    mixture: bool = False
    a: dict[int, torch.Tensor] = field(default_factory=dict)
    b: dict[int, torch.Tensor] = field(default_factory=dict)


def growth_of(named: Named) -> list[Json]:
    """Every linear that has branches, as an archive's growth.json lists them."""
    linears: dict[tuple[int, str], dict[str, Pieces]] = {}
    for name, value in named.items():
        found = NAME.match(name)
        if found is None:
            continue
        layer, module, branch, expert, side = found.groups()
        pieces = linears.setdefault((int(layer), PROJECTION_OF[module]), {}).setdefault(branch, Pieces())
        pieces.mixture = pieces.mixture or expert is not None
        (pieces.a if side == "A" else pieces.b)[int(expert or 0)] = value.double()
    return [_linear(layer, projection, branches) for (layer, projection), branches in linears.items()]


def _linear(layer: int, projection: str, branches: dict[str, Pieces]) -> Json:
    norms = []
    for branch, pieces in branches.items():
        experts = [{"a": float(pieces.a[e].norm()), "b": float(pieces.b[e].norm())} for e in sorted(pieces.a)]
        whole = {side: sum(one[side] ** 2 for one in experts) ** 0.5 for side in "ab"}
        norms.append({"branch": branch, **whole, "experts": experts if pieces.mixture else []})
    overlaps = [
        {"between": [one, other], **_overlap(branches[one], branches[other])}
        for one, other in combinations(branches, 2)
    ]
    return {"layer": layer, "projection": projection, "norms": norms, "overlaps": overlaps}


def _overlap(one: Pieces, other: Pieces) -> Json:
    """Means over all rows of one A and of the other: of |a · d|, and of the cosine's size."""
    first, second = (torch.cat([pieces.a[e] for e in sorted(pieces.a)]) for pieces in (one, other))
    products = (first @ second.T).abs()
    lengths = first.norm(dim=1)[:, None] * second.norm(dim=1)[None, :]
    cosines = torch.where(lengths > 0, products / lengths, torch.zeros_like(products))
    return {"meanAbs": float(products.mean()), "cosine": float(cosines.mean())}
